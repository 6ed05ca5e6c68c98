import type { Entity } from '../model/entity.ts'
import { arrayLiteral, list } from './columns.ts'
import type { Db, Queryable } from './db.ts'

export type StoredRow = Readonly<Record<string, unknown>>

/** A row whose `raw`, if it was asked for, is JSON: the driver hands the column over as the text that is stored. */
export const withParsedRaw = (row: StoredRow): StoredRow =>
  typeof row.raw === 'string' ? { ...row, raw: JSON.parse(row.raw) as unknown } : row

/**
 * The records of a stream that a job has seen, in the order of their vendor ids (byte order, so that it is the same on
 * every server): the parents of a child listing. `has_children` says whether live records of the child listing are stored.
 */
export async function listSeen(
  db: Queryable,
  parent: Entity,
  request: {
    connectionId: string
    jobId: string
    stream: string
    after: string | null
    limit: number
    /** Null where children do not name a parent: then none are said to be stored. */
    child: { table: string; column: string; stream: string } | null
  },
): Promise<(StoredRow & { id: string; vendor_id: string; has_children: boolean })[]> {
  const { child } = request
  const hasChildren = child
    ? `exists (select from ${child.table} c where c."${child.column}" = p.id and c.stream = $6 and not c.is_deleted)`
    : 'false'
  const values = [request.connectionId, request.jobId, request.stream, request.after ?? '', request.limit]
  return db.query(
    `select ${list(parent.columns)}, ${hasChildren} as has_children
       from ${parent.table} p
      where p.connection_id = $1 and not p.is_deleted and p.vendor_id collate "C" > $4
        and exists (select from sync_seen s where s.job_id = $2 and s.stream = $3 and s.record_id = p.id)
      order by p.vendor_id collate "C" limit $5`,
    child ? [...values, child.stream] : values,
  )
}

/** Stored records that have not vanished, by their ids. */
export async function liveRows(
  db: Queryable,
  entity: Entity,
  ids: readonly string[],
): Promise<Map<string, StoredRow & { id: string; vendor_id: string }>> {
  if (ids.length === 0) return new Map()
  const rows = await db.query<StoredRow & { id: string; vendor_id: string }>(
    `select ${list(entity.columns)} from ${entity.table} where id = any($1::uuid[]) and not is_deleted`,
    [arrayLiteral(ids)],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** Records of one stream that have not vanished, of one parent or of all. */
export interface StreamRows {
  readonly connectionId: string
  readonly stream: string
  /** The column that names the parent, and what it holds; null: whichever parent. */
  readonly parent: { readonly column: string; readonly id: string } | null
}

const ofStream = (entity: Entity, { parent }: StreamRows): string =>
  `from ${entity.table} where connection_id = $1 and stream = $2 and not is_deleted
    ${parent ? `and "${parent.column}" = $3` : ''}`
const valuesOf = ({ connectionId, stream, parent }: StreamRows): unknown[] => [
  connectionId,
  stream,
  ...(parent ? [parent.id] : []),
]

export const listLiveIds = (
  db: Queryable,
  entity: Entity,
  rows: StreamRows,
): Promise<{ id: string; vendor_id: string }[]> =>
  db.query<{ id: string; vendor_id: string }>(
    `select id, vendor_id ${ofStream(entity, rows)} order by id`,
    valuesOf(rows),
  )

/** The live records of a stream that hang on any of these, by the column that names them. */
export async function listLiveIdsOf(
  db: Queryable,
  entity: Entity,
  {
    connectionId,
    stream,
    column,
    ids,
  }: { connectionId: string; stream: string; column: string; ids: readonly string[] },
): Promise<{ id: string; vendor_id: string }[]> {
  return db.query(
    `select id, vendor_id from ${entity.table}
      where connection_id = $1 and stream = $2 and not is_deleted and "${column}" = any($3::uuid[]) order by id`,
    [connectionId, stream, arrayLiteral(ids)],
  )
}

export async function countLive(db: Queryable, entity: Entity, rows: StreamRows): Promise<number> {
  const [row] = await db.query<{ count: number }>(`select count(*) as count ${ofStream(entity, rows)}`, valuesOf(rows))
  return row?.count ?? 0
}

/** The vendor ids of a stream's live records, a batch at a time in byte order. */
export const listLiveKeys = async (
  db: Queryable,
  entity: Entity,
  { connectionId, stream, after, limit }: { connectionId: string; stream: string; after: string; limit: number },
): Promise<(StoredRow & { id: string; vendor_id: string })[]> =>
  db.query(
    `select ${list(entity.columns)} from ${entity.table}
      where connection_id = $1 and stream = $2 and not is_deleted and vendor_id collate "C" > $3
      order by vendor_id collate "C" limit $4`,
    [connectionId, stream, after, limit],
  )

/** Which of these ids are stored records that have not vanished. */
export async function liveIds(
  db: Queryable,
  entity: { readonly table: string },
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db.query<{ id: string }>(
    `select id from ${entity.table} where id = any($1::uuid[]) and not is_deleted`,
    [arrayLiteral(ids)],
  )
  return new Set(rows.map(({ id }) => id))
}

export interface ExportRequest {
  readonly connectionId: string
  readonly includeDeleted: boolean
  readonly raw: boolean
  /** Rows fetched at a time. */
  readonly batch?: number
}

/**
 * Every record of an entity as one snapshot: a sync that commits meanwhile is not seen halfway. `raw` comes as JSON
 * text, the way it is stored.
 */
export async function exportRows(
  db: Db,
  entity: Entity,
  request: ExportRequest,
  sink: (rows: readonly StoredRow[]) => Promise<void>,
): Promise<void> {
  const batch = request.batch ?? 1000
  const columns = request.raw ? [...entity.columns, 'raw'] : entity.columns
  await db.transaction(async (tx) => {
    let after = '00000000-0000-0000-0000-000000000000'
    for (;;) {
      const rows = await tx.query<StoredRow & { id: string }>(
        `select ${list(columns)} from ${entity.table}
          where connection_id = $1 and id > $2 ${request.includeDeleted ? '' : 'and not is_deleted'}
          order by id limit $3`,
        [request.connectionId, after, batch],
      )
      if (rows.length > 0) await sink(rows)
      const last = rows.at(-1)
      if (!last || rows.length < batch) return
      after = last.id
    }
  }, 'snapshot')
}
