import { newId } from '../ids.ts'
import type { Queryable } from './db.ts'

/** One configured org. */
export interface Connection {
  id: string
  vendor: string
  origin: string
  /** The IdP's own id of the org: the same org under two host names is one connection. */
  org_id: string
  org_name: string | null
  engine: 'idx' | 'v1' | null
  /** Where the System Log is read on. */
  log_cursor: string | null
  /** How far back the System Log has been read. */
  log_since: string | null
  created_at: string
}

const COLUMNS = 'id, vendor, origin, org_id, org_name, engine, log_cursor, log_since, created_at'

/** The connection of an org, made on first sight; its address and name are brought up to date. */
export async function findOrCreateConnection(
  db: Queryable,
  org: Pick<Connection, 'vendor' | 'origin' | 'org_id' | 'org_name' | 'engine'>,
): Promise<Connection> {
  const rows = await db.query<Connection>(
    `insert into connections (id, vendor, origin, org_id, org_name, engine) values ($1, $2, $3, $4, $5, $6)
     on conflict (vendor, org_id) do update set
       origin = excluded.origin,
       org_name = coalesce(excluded.org_name, connections.org_name),
       engine = coalesce(excluded.engine, connections.engine),
       updated_at = now()
     returning ${COLUMNS}`,
    [newId(), org.vendor, org.origin, org.org_id, org.org_name, org.engine],
  )
  const [row] = rows
  if (!row) throw new Error('insert … returning gave no row')
  return row
}

export const listConnections = (db: Queryable): Promise<Connection[]> =>
  db.query<Connection>(`select ${COLUMNS} from connections order by created_at, id`)

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
