import { isoNow } from '../clock.ts'
import { AppError } from '../errors.ts'
import type { JsonObject } from '../model/fields.ts'
import {
  CONNECTION_SETTINGS,
  createConnection,
  type Deleted,
  deleteConnections,
  lockConnectionOf,
  saveConnection,
} from '../store/connection-changes.ts'
import type { Connection, ConnectionState } from '../store/connections.ts'
import { hasCredentials, saveCredentials } from '../store/credentials.ts'
import type { Queryable } from '../store/db.ts'
import { useInviteToken } from '../store/invite-tokens.ts'
import { enqueue, requestCancel } from '../store/job-queue.ts'
import { holdOrganization, type Organization } from '../store/organizations.ts'
import { type AuditedCall, audit } from './audit.ts'
import { connectionNotFound, organizationNotFound } from './found.ts'
import { connectorOf, parseCredentials } from './given-credentials.ts'
import { inviteRefused } from './invite.ts'
import type { ApiServices } from './services.ts'

/** What callers do to connections: each change is one transaction with what it entails and what the audit log tells. */

export interface WriteCall extends AuditedCall {
  readonly services: ApiServices
  readonly organization: Organization
}

type GivenCredentials = Readonly<Record<string, unknown>> | null | undefined

interface CreateBody {
  readonly vendor?: string | null | undefined
  readonly credentials?: GivenCredentials
  readonly identifier?: string | null | undefined
  readonly options?: JsonObject | null | undefined
}

/** Makes a connection and asks for its first sync. Nobody asks the vendor: what is wrong shows in its health. */
export async function create(call: WriteCall, body: CreateBody): Promise<Connection> {
  const { services, organization, actor } = call
  // What an invite token says goes before what its user says.
  const { vendor, identifier, options } = actor.type === 'invite_token' ? actor.invite : body
  const connector = connectorOf(services, vendor)
  const credentials = parseCredentials(connector, body.credentials)
  return services.db.transaction(async (tx) => {
    if (!(await holdOrganization(tx, organization.id))) throw organizationNotFound()
    const connection = await createConnection(tx, {
      organizationId: organization.id,
      vendor: connector.vendor,
      origin: credentials.origin,
      identifier: identifier || null,
      options: options ?? null,
    })
    if (actor.type === 'invite_token') {
      if (actor.invite.connection_id !== null) throw inviteRefused()
      await useUp(tx, call, connection.id)
    }
    await saveCredentials(tx, services.sealer, connection.id, credentials)
    await enqueue(tx, { connectionId: connection.id, trigger: 'connect', at: isoNow(services.clock) })
    await audit(tx, call, {
      action: 'connection.created',
      objectType: 'connection',
      objectId: connection.id,
      details: { vendor: connection.vendor },
    })
    return connection
  })
}

interface UpdateBody {
  readonly credentials?: GivenCredentials
  readonly identifier?: string | null | undefined
  readonly state?: ConnectionState | null | undefined
  readonly refresh_interval_secs?: number | null | undefined
  readonly full_interval_secs?: number | null | undefined
  readonly reread_days?: number | null | undefined
  readonly timeout_secs?: number | null | undefined
}

/** Changes a connection; what is absent or null stays as it is. With an update token only its credentials. */
export async function update(call: WriteCall, connectionId: string, given: UpdateBody): Promise<Connection> {
  const { services, organization, actor } = call
  const body = actor.type === 'invite_token' ? { credentials: given.credentials } : given
  if (body.state === 'DELETED') return remove(call, connectionId)
  return services.db.transaction(async (tx) => {
    const before = await lockConnectionOf(tx, { organizationId: organization.id, connectionId })
    if (actor.type === 'invite_token') {
      if (actor.invite.connection_id !== connectionId || !before) throw inviteRefused()
    }
    if (!before) throw connectionNotFound()
    const isReplacing = actor.type === 'invite_token' || (body.credentials ?? null) !== null
    const credentials = isReplacing ? parseCredentials(connectorOf(services, before.vendor), body.credentials) : null
    const state = body.state ?? (credentials && before.state === 'PENDING' ? 'ACTIVE' : before.state)
    if (state === 'ACTIVE' && !credentials && !(await hasCredentials(tx, connectionId))) throw credentialsMissing()
    if (actor.type === 'invite_token') await useUp(tx, call, connectionId)
    const after = await saveConnection(tx, {
      id: connectionId,
      state,
      identifier: identifierOf(body, before),
      origin: credentials?.origin ?? before.origin,
      refresh_interval_secs: body.refresh_interval_secs ?? before.refresh_interval_secs,
      full_interval_secs: body.full_interval_secs ?? before.full_interval_secs,
      reread_days: body.reread_days ?? before.reread_days,
      timeout_secs: body.timeout_secs ?? before.timeout_secs,
    })
    if (credentials) {
      await saveCredentials(tx, services.sealer, connectionId, credentials)
      const trigger = before.state === 'PENDING' ? 'connect' : 'request'
      if (state === 'ACTIVE') await enqueue(tx, { connectionId, trigger, at: isoNow(services.clock) })
      await audit(tx, call, { action: 'credentials.replaced', objectType: 'connection', objectId: connectionId })
    }
    const fields = changedFields(before, after)
    if (fields.length > 0)
      await audit(tx, call, {
        action: 'connection.updated',
        objectType: 'connection',
        objectId: connectionId,
        details: { fields, ...(before.state !== after.state && { state: after.state }) },
      })
    return after
  })
}

/** Empty text takes an identifier away. */
const identifierOf = ({ identifier }: UpdateBody, before: Connection): string | null =>
  (identifier ?? before.identifier) || null

const changedFields = (before: Connection, after: Connection): string[] =>
  CONNECTION_SETTINGS.filter((field) => before[field] !== after[field])

/** Deletes a connection: its credentials are gone, its sync ends, what was read is kept. */
export async function remove(call: WriteCall, connectionId: string): Promise<Connection> {
  const { services, organization } = call
  const deleted = await services.db.transaction(async (tx) => {
    const all = await deleteConnections(tx, { organizationId: organization.id, connectionId })
    if (all.connections.length === 0) throw connectionNotFound()
    await auditDeleted(tx, call, all)
    return all
  })
  await endJobs(services, deleted)
  const [connection] = deleted.connections
  if (!connection) throw connectionNotFound()
  return connection
}

export async function auditDeleted(tx: Queryable, call: AuditedCall, { connections }: Deleted): Promise<void> {
  for (const { id } of connections)
    await audit(tx, call, { action: 'connection.deleted', objectType: 'connection', objectId: id })
}

/**
 * Ends the syncs of deleted connections. Were this process to die before, nothing would go wrong: no worker takes up a
 * sync of a deleted connection, and the one that runs ends at its next heartbeat.
 */
export async function endJobs({ db, clock }: ApiServices, { unfinishedJobs }: Deleted): Promise<void> {
  for (const jobId of unfinishedJobs) await requestCancel(db, jobId, isoNow(clock))
}

async function useUp(tx: Queryable, call: WriteCall, connectionId: string): Promise<void> {
  if (call.actor.type !== 'invite_token') return
  const { id } = call.actor.invite
  if (!(await useInviteToken(tx, id, connectionId))) throw inviteRefused()
  await audit(tx, call, {
    action: 'invite_token.used',
    objectType: 'invite_token',
    objectId: id,
    details: { connection_id: connectionId },
  })
}

export const credentialsMissing = (): AppError =>
  new AppError('credentials_missing', 'The connection has no credentials.')
