import { expect } from 'vitest'
import type { PlacedOperation } from '../../src/api/openapi-document.ts'
import { ENDPOINTS } from '../../src/api/routes/index.ts'
import { okta } from '../../src/connectors/okta/index.ts'
import { silentLog } from '../../src/log.ts'
import { createApiKey, revokeApiKey } from '../../src/store/api-keys.ts'
import { createConnection } from '../../src/store/connection-changes.ts'
import { saveCredentials } from '../../src/store/credentials.ts'
import { createEventHook } from '../../src/store/event-hooks.ts'
import { createOrganization } from '../../src/store/organizations.ts'
import { appendToOutbox } from '../../src/store/outbox.ts'
import { createWebhookEndpoint } from '../../src/store/webhook-endpoints.ts'
import { countDeliveries } from '../../src/store/webhook-messages.ts'
import { addWebhookSecret } from '../../src/store/webhook-secrets.ts'
import { runJob } from '../../src/sync/run-job.ts'
import { DEFAULT_SETTINGS } from '../../src/sync/settings.ts'
import { feedEndpoints } from '../../src/webhooks/feed.ts'
import { eventually } from '../harness/eventually.ts'
import { OPERATIONS, validateAnswer } from './documented.ts'
import { openProvisioned, type Provisioned } from './provisioned.ts'

/** One customer's environment, with everything that a sync brings. */
export interface Environment {
  readonly key: string
  readonly readOnlyKey: string
  readonly revokedKey: string
  readonly organizationId: string
  readonly connectionId: string
}

export interface Sent {
  readonly key?: string | null
  readonly connectionId?: string | null
  readonly invite?: string
  /** Values of the path's parameters, as they are to arrive. */
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** The body as text, in place of `body`. */
  readonly rawBody?: string
  readonly contentType?: string
}

export interface Received {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Record<string, unknown>
}

/** Two environments with the same data of the same org behind one server, for tests that loop over the document. */
export interface TwoEnvironments extends Provisioned {
  readonly base: string
  readonly a: Environment
  readonly b: Environment
  /** Sends a request for an operation; the answer is held against the document. */
  send(placed: PlacedOperation, sent: Sent): Promise<Received>
  /** Values of an operation's path parameters that are there, found by the lists that the paths go on from. */
  idsFor(placed: PlacedOperation, environment: Environment): Promise<Record<string, string>>
  /** An environment of its own, without any data. */
  emptyEnvironment(name: string): Promise<Environment>
}

export async function openTwoEnvironments(): Promise<TwoEnvironments> {
  const provisioned = await openProvisioned({ users: 12 })
  const { org, services } = provisioned
  const base = provisioned.base
  const emptyEnvironment = async (environment: string): Promise<Environment> => {
    const made = await createApiKey(org.db, { name: 'all', environment, access: 'full' })
    const reader = await createApiKey(org.db, { name: 'reader', environment, access: 'read_only' })
    const revoked = await createApiKey(org.db, { name: 'revoked', environment, access: 'full' })
    await revokeApiKey(org.db, revoked.record.id)
    const { id: organizationId } = await createOrganization(org.db, {
      environmentId: made.record.environment_id,
      name: `Customer of ${environment}`,
      identifier: environment,
    })
    const { id: connectionId } = await org.db.transaction(async (tx) => {
      const connection = await createConnection(tx, {
        organizationId,
        vendor: okta.vendor,
        origin: org.sim.origin,
        identifier: environment,
        options: null,
      })
      await saveCredentials(tx, services.sealer, connection.id, { token: org.sim.token })
      return connection
    })
    return { key: made.key, readOnlyKey: reader.key, revokedKey: revoked.key, organizationId, connectionId }
  }
  const fill = async (environment: Environment) => {
    const [connection] = await org.db.query<Parameters<typeof runJob>[0]['connection']>(
      'select * from connections where id = $1',
      [environment.connectionId],
    )
    if (!connection) throw new Error('the connection is gone')
    const session = org.session()
    const { db, clock } = org
    await runJob({ db, clock, log: silentLog, connector: okta, session, connection, settings: DEFAULT_SETTINGS })
    await session.close()
    await addWebhooks(environment)
    await createEventHook(org.db, { connectionId: environment.connectionId, eventTypes: [] })
    return environment
  }
  /** An endpoint with something on its way to it. */
  const addWebhooks = async ({ organizationId, connectionId }: Environment) => {
    const endpoint = await org.db.transaction(async (tx) => {
      const made = await createWebhookEndpoint(tx, {
        organization_id: organizationId,
        url: 'https://hooks.example.com/rollcall',
        description: null,
        event_types: [],
      })
      if (made) await addWebhookSecret(tx, services.sealer, made.id)
      return made
    })
    await appendToOutbox(org.db, connectionId, { type: 'sync.completed', data: {} })
    // What was just written is told once no transaction of before runs any more, of other tests' databases included.
    await eventually(async () => {
      await feedEndpoints({ db: org.db, log: silentLog })
      const filter = { endpointId: endpoint?.id ?? '', state: null }
      expect(await countDeliveries(org.db, filter)).toBeGreaterThan(0)
    })
  }
  const a = await fill(await emptyEnvironment('a'))
  const b = await fill(await emptyEnvironment('b'))

  const send: TwoEnvironments['send'] = async (
    placed,
    { key = null, connectionId = null, invite, path = {}, ...sent },
  ) => {
    const url = new URL(
      base + `/v1${placed.path}`.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? name)),
    )
    for (const [name, value] of Object.entries(sent.query ?? {})) url.searchParams.append(name, value)
    const text = sent.rawBody ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body))
    const response = await fetch(url, {
      method: placed.method.toUpperCase(),
      headers: {
        ...(key !== null && { 'x-api-key': key }),
        ...(connectionId !== null && { 'x-connection-id': connectionId }),
        ...(invite !== undefined && { 'x-connection-invite-token': invite }),
        ...(text !== undefined && { 'content-type': sent.contentType ?? 'application/json' }),
      },
      ...(text !== undefined && { body: text }),
    })
    const answer = await response.text()
    const body = JSON.parse(answer)
    validateAnswer(placed.operation.operationId, response.status, body)
    return { status: response.status, headers: response.headers, text: answer, body }
  }

  const found = new Map<string, string>()
  const idsFor: TwoEnvironments['idsFor'] = async (placed, environment) => {
    const ids: Record<string, string> = {}
    for (const [, name = ''] of placed.path.matchAll(/\{(\w+)\}/g)) {
      const listPath = placed.path.slice(0, placed.path.indexOf(`/{${name}}`))
      const known =
        name === 'organization_id'
          ? environment.organizationId
          : name === 'connection_id'
            ? environment.connectionId
            : undefined
      const place = `${listPath} ${environment.connectionId}`
      const id = known ?? found.get(place) ?? (await firstOf(listPath, environment, ids))
      found.set(place, id)
      ids[name] = id
    }
    return ids
  }
  const firstOf = async (listPath: string, environment: Environment, path: Record<string, string>): Promise<string> => {
    const list = OPERATIONS.find((one) => one.method === 'get' && one.path === listPath)
    if (!list) throw new Error(`nothing lists ${listPath}`)
    const { key, connectionId } = environment
    const { text, body } = await send(list, { key, connectionId, path })
    const [first] = body.items as { id: string }[]
    if (!first) throw new Error(`${listPath} is empty: ${text}`)
    return first.id
  }
  return { ...provisioned, a, b, send, idsFor, emptyEnvironment }
}

/** Whether an operation changes something. */
export const writes = ({ operation }: PlacedOperation): boolean =>
  ENDPOINTS.find(({ operationId }) => operationId === operation.operationId)?.writes === true

/** Whether an operation takes this scheme of the document's. */
export const takes = ({ operation }: PlacedOperation, scheme: string): boolean =>
  operation.security.some((schemes) => scheme in schemes)

/** The body that the document shows as an example; undefined where there is none. */
export const exampleBody = ({ operation }: PlacedOperation): unknown =>
  operation.requestBody?.content['application/json'].example

export const named = (operations: readonly PlacedOperation[]) =>
  operations.map((placed): [string, PlacedOperation] => [placed.operation.operationId, placed])
