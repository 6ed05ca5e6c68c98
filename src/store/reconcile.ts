import type { Entity } from '../model/entity.ts'
import type { Queryable } from './db.ts'
import { recordChanges } from './upsert.ts'

export interface ReconcileContext {
  readonly connectionId: string
  readonly jobId: string
  readonly stream: string
  readonly at: string
  /** Rows that the listing has shown. */
  readonly rowsRead: number
  /** The parents' table and stream, and the column here that names the parent. */
  readonly parents?: { readonly table: string; readonly stream: string; readonly column: string }
  /** Keys (such as policy types) whose listing the org does not have now: their records stay as they are. */
  readonly untouched?: { readonly column: string; readonly keys: readonly string[] }
  /** Deletes are held back when more than this share of the stream's records, and at least `atLeast`, would go. */
  readonly limit: { readonly share: number; readonly atLeast: number } | null
}

/**
 * Rows of a listing above which statistics are gathered first: tables that were just filled have none, and without them
 * PostgreSQL may compare every record with every other.
 * https://www.postgresql.org/docs/current/populate.html#POPULATE-ANALYZE
 */
const MANY = 1_000

export interface ReconcileResult {
  readonly deleted: number
  readonly held: number
}

/**
 * Marks what a complete listing no longer shows as deleted. The caller vouches that the listing was complete, clean
 * and read in full by this job.
 *
 * A child is judged only where its parent is: a parent that this job has seen, or one that is itself deleted. Children
 * of a parent whose own deletion is held back stay with it; those of a deleted one go with it, whatever their number,
 * since that decision has been made.
 */
export async function reconcile(tx: Queryable, entity: Entity, context: ReconcileContext): Promise<ReconcileResult> {
  if (context.rowsRead > MANY) await tx.query(`analyze sync_seen, ${entity.table}`)
  const gone = await findGone(tx, entity, context)
  const own = gone.filter(({ is_orphan }) => !is_orphan)
  const orphans = gone.length - own.length
  const isHeld = own.length > 0 && (await isTooMany(tx, entity, context, own.length, orphans))
  const going = isHeld ? gone.filter(({ is_orphan }) => is_orphan) : gone
  const held = gone.length - going.length
  await markDeleted(tx, entity, going, context)
  return { deleted: going.length, held }
}

/** Marks records as deleted, and says so in the feed of changes. */
export async function markDeleted(
  tx: Queryable,
  entity: Entity,
  records: readonly { id: string }[],
  context: Pick<ReconcileContext, 'connectionId' | 'jobId' | 'at'>,
): Promise<void> {
  if (records.length === 0) return
  await tx.query(
    `update ${entity.table} set is_deleted = true, deleted_at = $2, changed_at = $2 where id = any($1::uuid[])`,
    [records.map(({ id }) => id), context.at],
  )
  await recordChanges(tx, entity, 'deleted', records, context)
}

/** Live records that hang on one which is deleted: `column` names what they hang on. */
export const listLeftBehind = (
  tx: Queryable,
  entity: Entity,
  of: {
    readonly connectionId: string
    readonly stream: string
    readonly column: string
    readonly on: Entity
  },
): Promise<{ id: string }[]> =>
  tx.query<{ id: string }>(
    `select e.id from ${of.on.table} p join ${entity.table} e on e."${of.column}" = p.id
      where p.connection_id = $1 and p.is_deleted
        and e.connection_id = $1 and e.stream = $2 and not e.is_deleted`,
    [of.connectionId, of.stream],
  )

interface Gone {
  id: string
  /** The parent is marked as deleted. */
  is_orphan: boolean
}

function findGone(tx: Queryable, entity: Entity, context: ReconcileContext): Promise<Gone[]> {
  const params: unknown[] = [context.connectionId, context.jobId, context.stream]
  const { parents } = context
  const isOrphan = parents
    ? `exists (select from ${parents.table} p where p.id = e."${parents.column}" and p.is_deleted)`
    : 'false'
  let sql = `select e.id, ${isOrphan} as is_orphan from ${entity.table} e
     where e.connection_id = $1 and e.stream = $3 and not e.is_deleted
       and not exists (select from sync_seen s where s.job_id = $2 and s.stream = $3 and s.record_id = e.id)`
  if (parents) {
    params.push(parents.stream)
    sql += ` and not exists (
         select from ${parents.table} p
          where p.id = e."${parents.column}" and not p.is_deleted
            and not exists (select from sync_seen s where s.job_id = $2 and s.stream = $4 and s.record_id = p.id))`
  }
  if (context.untouched && context.untouched.keys.length > 0) {
    params.push(context.untouched.keys)
    sql += ` and e."${context.untouched.column}" <> all($${params.length}::text[])`
  }
  return tx.query<Gone>(sql, params)
}

/** Whether so many of a stream's records, its orphans aside, are more than may go unasked. */
export async function isTooMany(
  tx: Queryable,
  entity: Entity,
  context: Pick<ReconcileContext, 'connectionId' | 'stream' | 'limit'>,
  gone: number,
  orphans: number,
): Promise<boolean> {
  const { limit } = context
  if (!limit || gone < limit.atLeast) return false
  const [row] = await tx.query<{ live: number }>(
    `select count(*) as live from ${entity.table} where connection_id = $1 and stream = $2 and not is_deleted`,
    [context.connectionId, context.stream],
  )
  return gone > ((row?.live ?? 0) - orphans) * limit.share
}
