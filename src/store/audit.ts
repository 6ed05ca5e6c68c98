import { newId } from '../ids.ts'
import { storable } from '../model/storable.ts'
import type { Queryable } from './db.ts'
import type { Slice } from './organizations.ts'

/** Everything that is written down about who did what. */
export const AUDIT_ACTIONS = [
  'api_key.created',
  'api_key.revoked',
  'session.created',
  'session.ended',
  'organization.created',
  'organization.updated',
  'organization.deleted',
  'connection.created',
  'connection.updated',
  'connection.deleted',
  'connection.read',
  'connection.listed',
  'credentials.replaced',
  'credentials.tested',
  'invite_token.created',
  'invite_token.used',
  'sync.requested',
  'sync.canceled',
  'deletes.confirmed',
  'webhook_endpoint.created',
  'webhook_endpoint.updated',
  'webhook_endpoint.deleted',
  'webhook_endpoint.tested',
  'webhook_secret.rotated',
  'webhook_delivery.retried',
  'event_hook.created',
  'event_hook.deleted',
  'event_hook_secret.rotated',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

export const ACTOR_TYPES = ['api_key', 'invite_token', 'command_line'] as const
export type ActorType = (typeof ACTOR_TYPES)[number]

export interface NewAuditEntry {
  readonly environmentId: string
  readonly organizationId: string | null
  readonly actorType: ActorType
  /** Id of the key or invite token; never its text. */
  readonly actorId: string | null
  readonly action: AuditAction
  readonly objectType:
    | 'api_key'
    | 'session'
    | 'organization'
    | 'connection'
    | 'invite_token'
    | 'job'
    | 'webhook_endpoint'
    | 'event_hook'
  readonly objectId: string | null
  /** Null for what the command line does. */
  readonly requestId: string | null
  /** Names and ids that explain it. Never a secret. */
  readonly details?: object
}

export interface AuditEntry {
  id: string
  at: string
  organization_id: string | null
  actor_type: ActorType
  actor_id: string | null
  /** Name of the API key; null for another actor. */
  actor_name: string | null
  action: string
  object_type: string
  object_id: string | null
  request_id: string | null
  details: Record<string, unknown>
}

/** Writes down what is done, in the transaction that does it. */
export async function appendAudit(tx: Queryable, entry: NewAuditEntry): Promise<void> {
  await tx.query(
    `insert into audit_log (id, environment_id, organization_id, actor_type, actor_id, action, object_type, object_id,
                            request_id, details)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      newId(),
      entry.environmentId,
      entry.organizationId,
      entry.actorType,
      entry.actorId,
      entry.action,
      entry.objectType,
      entry.objectId,
      entry.requestId,
      JSON.stringify(storable(entry.details ?? {})),
    ],
  )
}

export interface AuditFilter {
  readonly environmentId: string
  readonly organizationId: string | null
  readonly action: string | null
  /** ISO time; inclusive. */
  readonly since: string | null
}
const WANTED = `a.environment_id = $1 and ($2::uuid is null or a.organization_id = $2)
  and ($3::text is null or a.action = $3) and ($4::timestamptz is null or a.at >= $4)`
const valuesOf = (filter: AuditFilter) => [filter.environmentId, filter.organizationId, filter.action, filter.since]

/** What was done in an environment, the newest first. */
export const listAudit = (db: Queryable, { limit, offset, ...filter }: AuditFilter & Slice): Promise<AuditEntry[]> =>
  db.query<AuditEntry>(
    `select a.id, a.at, a.organization_id, a.actor_type, a.actor_id, k.name as actor_name, a.action, a.object_type,
            a.object_id, a.request_id, a.details
       from audit_log a left join api_keys k on a.actor_type = 'api_key' and k.id::text = a.actor_id
      where ${WANTED} order by a.at desc, a.id desc limit $5 offset $6`,
    [...valuesOf(filter), limit, offset],
  )

export async function countAudit(db: Queryable, filter: AuditFilter): Promise<number> {
  const [row] = await db.query<{ total: number }>(
    `select count(*) as total from audit_log a where ${WANTED}`,
    valuesOf(filter),
  )
  return row?.total ?? 0
}
