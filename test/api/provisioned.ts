import { afterAll, beforeAll } from 'vitest'
import { createApp } from '../../src/api/app.ts'
import type { ApiServices } from '../../src/api/services.ts'
import { firstSyncEstimate } from '../../src/compose/okta-org.ts'
import { planKnown } from '../../src/compose/plan-sync.ts'
import type { Session } from '../../src/connectors/connector.ts'
import type { SignedInClient } from '../../src/connectors/okta/client/client.ts'
import { describeOkta } from '../../src/connectors/okta/description.ts'
import { preflight } from '../../src/connectors/okta/index.ts'
import { findOrg } from '../../src/connectors/okta/preflight-org.ts'
import type { SignIn } from '../../src/sign-in.ts'
import { createApiKey } from '../../src/store/api-keys.ts'
import { openTestOrg, type TestOrg, type TestOrgOptions } from '../harness/org.ts'
import { servicesOf } from '../harness/services.ts'
import { operationAt, validateAnswer } from './documented.ts'

/** The JSON of an answer: whatever it has, and what tests read out of it most. */
export interface Body extends Record<string, unknown> {
  readonly id: string
  readonly token: string
  readonly items: readonly Body[]
  readonly detail: unknown
}

export interface Answer {
  readonly status: number
  readonly body: Body
}

interface CallOptions {
  readonly key?: string | null
  readonly invite?: string
  readonly body?: unknown
}

/** The API over a simulated org, with a key of its own environment and a stranger's. No worker runs. */
export interface Provisioned {
  readonly org: TestOrg
  readonly services: ApiServices
  readonly key: string
  readonly readOnlyKey: string
  readonly strangersKey: string
  readonly publicUrl: string
  /** Where the server listens. */
  readonly base: string
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  /** A new organization's path. */
  organization(key?: string): Promise<string>
  /** A new connection, under an organization's path. */
  connection(organization: string, body?: object): Promise<Body>
  credentials(): { domain: string; api_token: string }
  close(): Promise<void>
}

const publicUrl = 'https://rollcall.example.com'

export async function openProvisioned(options: TestOrgOptions = {}): Promise<Provisioned> {
  const org = await openTestOrg({ users: 12, ...options })
  const asking = async <T>(
    signIn: SignIn,
    signal: AbortSignal,
    ask: (client: SignedInClient, session: Session<SignedInClient>) => Promise<T>,
  ) => {
    const session = org.session(signIn)
    try {
      return await ask(session.client({ resource: 'org', background: false, signal, onRequest: () => {} }), session)
    } finally {
      await session.close()
    }
  }
  const services: ApiServices = servicesOf({
    db: org.db,
    clock: org.clock,
    connectors: [describeOkta({ allowedInsecureOrigins: [org.sim.origin] })],
    publicUrl,
    planSync: (connection, mode, signal) =>
      planKnown(
        {
          db: org.db,
          sealer: services.sealer,
          share: 0.9,
          openSession: ({ origin: _, ...signIn }) => org.session(signIn),
          onSecret: () => {},
        },
        connection,
        { mode, signal },
      ),
    egressAddresses: ['203.0.113.7'],
    vendors: {
      findOrg: (_vendor, { origin }, signal) => asking({ token: '' }, signal, (client) => findOrg(client, origin)),
      check: (_vendor, { origin, notes: _, ...signIn }, signal, onRow = () => {}) =>
        asking(signIn, signal, (client) => preflight({ client, origin, onRow })),
      estimate: (_vendor, { origin: _, notes: __, ...signIn }, signal) =>
        asking(signIn, signal, (client, session) => firstSyncEstimate(client, session, { engine: 'idx' })),
    },
  })
  const key = (name: string, environment: string, access: 'full' | 'read_only') =>
    createApiKey(org.db, { name, environment, access }).then((made) => made.key)
  const [ours, readOnlyKey, strangersKey] = await Promise.all([
    key('ours', 'ours', 'full'),
    key('reader', 'ours', 'read_only'),
    key('stranger', 'theirs', 'full'),
  ])
  const app = await createApp(services)
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const call: Provisioned['call'] = async (method, path, { key = ours, invite, body } = {}) => {
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: {
        ...(key !== null && { 'x-api-key': key }),
        ...(invite !== undefined && { 'x-connection-invite-token': invite }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answered = (await answer.json()) as Body
    const placed = operationAt(method, path)
    if (placed) validateAnswer(placed.operation.operationId, answer.status, answered)
    return { status: answer.status, body: answered }
  }
  const credentials = () => ({ domain: org.sim.origin, api_token: org.sim.token })
  return {
    org,
    services,
    key: ours,
    readOnlyKey,
    strangersKey,
    publicUrl,
    base,
    call,
    credentials,
    organization: async (key = ours) => {
      const { body } = await call('POST', '/v1/provisioning/organizations', { key, body: { name: 'Acme' } })
      return `/v1/provisioning/organizations/${body.id}`
    },
    connection: async (organization, body = {}) => {
      const whole = { vendor: 'OKTA_IDP', credentials: credentials(), ...body }
      const answer = await call('POST', `${organization}/connections`, { body: whole })
      if (answer.status !== 200) throw new Error(`no connection: ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    close: async () => {
      await app.close()
      await org.close()
    },
  }
}

/** That API for all tests of a file, with an organization of its own; gone when they are done. */
export function useProvisioned(opened: (api: Provisioned, organization: string) => void): void {
  let api: Provisioned
  beforeAll(async () => {
    api = await openProvisioned()
    opened(api, await api.organization())
  })
  afterAll(() => api.close())
}
