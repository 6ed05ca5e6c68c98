import { newId } from '../ids.ts'
import type { JsonObject } from '../model/fields.ts'
import { storable } from '../model/storable.ts'
import { CONNECTION_COLUMNS, type Connection } from './connections.ts'
import { deleteCredentials } from './credentials.ts'
import type { Queryable } from './db.ts'
import { deleteEventHooks } from './event-hooks.ts'
import type { Slice } from './organizations.ts'
import { dropMessagesOf } from './webhook-messages.ts'

/** What callers do with the connections of an organization. A deleted one is not found any more. */

export interface NewConnection {
  readonly organizationId: string
  readonly vendor: string
  readonly origin: string
  readonly identifier: string | null
  readonly options: JsonObject | null
}

/** A connection that is synced from now on; the caller stores its credentials and asks for its first sync. */
export async function createConnection(tx: Queryable, connection: NewConnection): Promise<Connection> {
  const [row] = await tx.query<Connection>(
    `insert into connections as c (id, vendor, origin, organization_id, identifier, options, state)
     values ($1, $2, $3, $4, $5, $6, 'ACTIVE') returning ${CONNECTION_COLUMNS}`,
    [
      newId(),
      connection.vendor,
      connection.origin,
      connection.organizationId,
      connection.identifier,
      connection.options && JSON.stringify(storable(connection.options)),
    ],
  )
  if (!row) throw new Error('insert … returning gave no row')
  // Its first sync is asked for by the caller: the schedule goes on one interval later.
  const [scheduled] = await tx.query<Connection>(
    `update connections as c set next_sync_at = now() + make_interval(secs => refresh_interval_secs)
      where c.id = $1 returning ${CONNECTION_COLUMNS}`,
    [row.id],
  )
  return scheduled ?? row
}

export interface ConnectionFilter {
  readonly organizationId: string
  /** Null: any. */
  readonly identifier: string | null
}
const WANTED = `c.organization_id = $1 and c.state <> 'DELETED' and ($2::text is null or c.identifier = $2)`

/** The connections of an organization, the oldest first. */
export const listConnectionsOf = (
  db: Queryable,
  { organizationId, identifier, limit, offset }: ConnectionFilter & Slice,
): Promise<Connection[]> =>
  db.query<Connection>(
    `select ${CONNECTION_COLUMNS} from connections c where ${WANTED} order by c.created_at, c.id limit $3 offset $4`,
    [organizationId, identifier, limit, offset],
  )

export async function countConnectionsOf(
  db: Queryable,
  { organizationId, identifier }: ConnectionFilter,
): Promise<number> {
  const [row] = await db.query<{ total: number }>(`select count(*) as total from connections c where ${WANTED}`, [
    organizationId,
    identifier,
  ])
  return row?.total ?? 0
}

export interface Place {
  readonly organizationId: string
  readonly connectionId: string
}

const FOUND = `select ${CONNECTION_COLUMNS} from connections c
  where c.id = $1 and c.organization_id = $2 and c.state <> 'DELETED'`

/** A connection of this organization; null when there is none of this id, or it belongs to another. */
export async function findConnectionOf(
  db: Queryable,
  { organizationId, connectionId }: Place,
): Promise<Connection | null> {
  const [row] = await db.query<Connection>(FOUND, [connectionId, organizationId])
  return row ?? null
}

/** As `findConnectionOf`, and nobody else changes it until the end of the transaction. */
export async function lockConnectionOf(
  tx: Queryable,
  { organizationId, connectionId }: Place,
): Promise<Connection | null> {
  // `no key update`: pages that a sync is saving refer to the connection, and go on.
  const [row] = await tx.query<Connection>(`${FOUND} for no key update`, [connectionId, organizationId])
  return row ?? null
}

/** What of a connection its owner may change. */
export const CONNECTION_SETTINGS = [
  'state',
  'identifier',
  'origin',
  'refresh_interval_secs',
  'full_interval_secs',
  'reread_days',
  'timeout_secs',
] as const

/**
 * Writes the settings of a connection as they are given. One that is synced from now on, and was not before, is due at
 * once unless it has been due anyway; a new interval counts from the last time that it was due, or that everything was read.
 */
export async function saveConnection(
  tx: Queryable,
  connection: Pick<Connection, 'id' | (typeof CONNECTION_SETTINGS)[number]>,
): Promise<Connection> {
  const [row] = await tx.query<Connection>(
    `update connections as c set active_since = case when c.state <> 'ACTIVE' and $2 = 'ACTIVE' then now() else active_since end,
            state = $2, identifier = $3, origin = $4, timeout_secs = $6,
            next_sync_at = coalesce(next_sync_at + make_interval(secs => $5 - refresh_interval_secs),
                                    case when $2 = 'ACTIVE' then now() end),
            next_full_at = case when next_full_at > now() then next_full_at + make_interval(secs => $7 - full_interval_secs)
                                else next_full_at end,
            refresh_interval_secs = $5, full_interval_secs = $7, reread_days = $8, updated_at = now()
      where c.id = $1 returning ${CONNECTION_COLUMNS}`,
    [
      connection.id,
      connection.state,
      connection.identifier,
      connection.origin,
      connection.refresh_interval_secs,
      connection.timeout_secs,
      connection.full_interval_secs,
      connection.reread_days,
    ],
  )
  if (!row) throw new Error('update … returning gave no row')
  return row
}

/** What was done away with, and which syncs of it are still to be ended. */
export interface Deleted {
  readonly connections: readonly Connection[]
  readonly unfinishedJobs: readonly string[]
}

/** Marks one connection, or all of an organization, as deleted. Their credentials are gone; what was read is kept. */
export async function deleteConnections(
  tx: Queryable,
  { organizationId, connectionId }: { organizationId: string; connectionId: string | null },
): Promise<Deleted> {
  const connections = await tx.query<Connection>(
    `update connections as c set state = 'DELETED', deleted_at = now(), updated_at = now(), next_sync_at = null
      where c.organization_id = $1 and ($2::uuid is null or c.id = $2) and c.state <> 'DELETED' returning ${CONNECTION_COLUMNS}`,
    [organizationId, connectionId],
  )
  const ids = connections.map(({ id }) => id)
  await deleteCredentials(tx, ids)
  await deleteEventHooks(tx, ids)
  await dropMessagesOf(tx, ids)
  const jobs = await tx.query<{ id: string }>(
    "select id from sync_jobs where connection_id = any($1::uuid[]) and state <> 'ended'",
    [ids],
  )
  return { connections, unfinishedJobs: jobs.map(({ id }) => id) }
}
