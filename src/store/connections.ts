import { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Db, Queryable } from './db.ts'

export const CONNECTION_STATES = ['PENDING', 'ACTIVE', 'PAUSED', 'DELETED'] as const
/** PENDING: has no credentials to sync by itself. ACTIVE: synced on schedule. PAUSED: not synced, still served. */
export type ConnectionState = (typeof CONNECTION_STATES)[number]

/** One configured org. */
export interface Connection {
  id: string
  vendor: string
  organization_id: string
  /** The caller's own name of it. */
  identifier: string | null
  state: ConnectionState
  origin: string
  /** The IdP's own id of the org; null until it has been asked. */
  org_id: string | null
  org_name: string | null
  engine: 'idx' | 'v1' | null
  /** Where the System Log is read on. */
  log_cursor: string | null
  /** How far back the System Log has been read. */
  log_since: string | null
  /** Seconds from the start of one scheduled sync to the next. */
  refresh_interval_secs: number
  /** Seconds of silence after which a sync is taken to hang. */
  timeout_secs: number
  /** Seconds from one full sync to the next; between them the schedule runs incremental ones. */
  full_interval_secs: number
  /** Days within which what nothing tells about is read again, whatever full syncs spare. */
  reread_days: number
  /** When a full sync last ended that incremental ones may build on; null: never. */
  full_sync_at: string | null
  /** When the schedule wants the next full sync. */
  next_full_at: string | null
  /** When the System Log last answered, with events or without; null: never. */
  log_polled_at: string | null
  /** When it last answered with events. */
  log_event_at: string | null
  next_sync_at: string | null
  created_at: string
  updated_at: string
  deleted_at: string | null
}

const COLUMN_NAMES = [
  'id',
  'vendor',
  'organization_id',
  'identifier',
  'state',
  'origin',
  'org_id',
  'org_name',
  'engine',
  'log_cursor',
  'log_since',
  'refresh_interval_secs',
  'timeout_secs',
  'full_interval_secs',
  'reread_days',
  'full_sync_at',
  'next_full_at',
  'log_polled_at',
  'log_event_at',
  'next_sync_at',
  'created_at',
  'updated_at',
  'deleted_at',
] as const
/** Its columns, of a table `c`. */
export const CONNECTION_COLUMNS = COLUMN_NAMES.map((column) => `c.${column}`).join(', ')

/** What an org says about itself. */
export type OrgOfConnection = Pick<Connection, 'origin' | 'org_name' | 'engine'> & { readonly org_id: string }

/**
 * The connection of an org for the command line: the oldest one that there is, whoever made it, else a new one in the
 * organization `Command line`. Its address and name are brought up to date.
 */
export async function findOrCreateConnection(
  db: Db,
  org: OrgOfConnection & Pick<Connection, 'vendor'>,
): Promise<Connection> {
  return db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `rollcall org ${org.vendor} ${org.org_id}`,
    ])
    const [known] = await tx.query<{ id: string }>(
      `select id from connections where vendor = $1 and org_id = $2 and state <> 'DELETED' order by created_at, id limit 1`,
      [org.vendor, org.org_id],
    )
    if (known) return setOrg(tx, known.id, org)
    const [row] = await tx.query<Connection>(
      `insert into connections as c (id, vendor, origin, org_id, org_name, engine) values ($1, $2, $3, $4, $5, $6)
       returning ${CONNECTION_COLUMNS}`,
      [newId(), org.vendor, org.origin, org.org_id, org.org_name, org.engine],
    )
    if (!row) throw new Error('insert … returning gave no row')
    return row
  })
}

/** The connection that the command line would use for an org, by its address or the vendor's id of it; null: none yet. */
export async function findConnectionAt(
  db: Queryable,
  org: { readonly vendor: string } & ({ readonly origin: string } | { readonly orgId: string }),
): Promise<Connection | null> {
  const [column, value] = 'origin' in org ? ['origin', org.origin] : ['org_id', org.orgId]
  const [row] = await db.query<Connection>(
    `select ${CONNECTION_COLUMNS} from connections c
      where c.vendor = $1 and c.${column} = $2 and c.org_id is not null and c.state <> 'DELETED'
      order by c.created_at, c.id limit 1`,
    [org.vendor, value],
  )
  return row ?? null
}

/**
 * Keeps what an org has just said about itself.
 * @throws AppError `org_mismatch` when the connection was made for another org: its records would be taken for gone
 */
export async function setOrg(tx: Queryable, connectionId: string, org: OrgOfConnection): Promise<Connection> {
  const [row] = await tx.query<Connection>(
    `update connections as c set origin = $2, org_id = $3, org_name = coalesce($4, c.org_name),
            engine = coalesce($5, c.engine), updated_at = now()
      where c.id = $1 and (c.org_id is null or c.org_id = $3) returning ${CONNECTION_COLUMNS}`,
    [connectionId, org.origin, org.org_id, org.org_name, org.engine],
  )
  if (row) return row
  throw new AppError(
    'org_mismatch',
    'The domain belongs to another Okta org than the one this connection was made for.',
  )
}

/** A connection that has not been deleted, if it belongs to the environment; null when there is none. */
export async function findConnection(
  db: Queryable,
  { environmentId, connectionId }: { environmentId: string; connectionId: string },
): Promise<Connection | null> {
  const [row] = await db.query<Connection>(
    `select ${CONNECTION_COLUMNS} from connections c join organizations o on o.id = c.organization_id
      where c.id = $1 and o.environment_id = $2 and c.state <> 'DELETED' and o.deleted_at is null`,
    [connectionId, environmentId],
  )
  return row ?? null
}

/** A connection, whosever it is; null when it was deleted. */
export async function getConnection(db: Queryable, connectionId: string): Promise<Connection | null> {
  const [row] = await db.query<Connection>(
    `select ${CONNECTION_COLUMNS} from connections c where c.id = $1 and c.state <> 'DELETED'`,
    [connectionId],
  )
  return row ?? null
}

export const listConnections = (db: Queryable): Promise<Connection[]> =>
  db.query<Connection>(
    `select ${CONNECTION_COLUMNS} from connections c where c.state <> 'DELETED' order by c.created_at, c.id`,
  )

/** Keeps where the System Log is read on; in the transaction of the page it follows. */
export async function saveLogCursor(
  tx: Queryable,
  connectionId: string,
  place: { cursor: string | null; since: string },
): Promise<void> {
  await tx.query('update connections set log_cursor = $2, log_since = least(log_since, $3) where id = $1', [
    connectionId,
    place.cursor,
    place.since,
  ])
}

/** Notes that the System Log has answered, with events or without: silence is told from a log that is not read. */
export async function noteLogPoll(
  tx: Queryable,
  connectionId: string,
  { at, hasEvents }: { readonly at: string; readonly hasEvents: boolean },
): Promise<void> {
  await tx.query(
    `update connections set log_polled_at = $2,
            log_event_at = case when $3 then $2::timestamptz else log_event_at end where id = $1`,
    [connectionId, at, hasEvents],
  )
}

/** Until a full sync tries again what one before could not read, and may read soon. */
export const RETRY_FULL_SECS = 3_600

/**
 * Notes that a full sync has come to its end. `canBuildOn`: incremental ones may build on it. `isLasting`: another would
 * read no more of it, so that the next one is due an interval later, else within the hour.
 */
export async function noteFullSync(
  tx: Queryable,
  connectionId: string,
  { at, canBuildOn, isLasting }: { readonly at: string; readonly canBuildOn: boolean; readonly isLasting: boolean },
): Promise<void> {
  await tx.query(
    `update connections set full_sync_at = case when $3 then $2::timestamptz else full_sync_at end,
            next_full_at = now() + make_interval(secs => case when $4 then full_interval_secs
                                                              else least(full_interval_secs, ${RETRY_FULL_SECS}) end)
      where id = $1`,
    [connectionId, at, canBuildOn, isLasting],
  )
}
