import type { Entity } from '../model/entity.ts'
import type { Queryable } from './db.ts'
import { recordChanges } from './upsert.ts'

export interface ReconcileContext {
  readonly connectionId: string
  readonly jobId: string
  readonly stream: string
  readonly at: string
  /** The parents' table and stream, and the column here that names the parent. */
  readonly parents?: { readonly table: string; readonly stream: string; readonly column: string }
  /** Keys (such as policy types) whose listing the org does not have now: their records stay as they are. */
  readonly untouched?: { readonly column: string; readonly keys: readonly string[] }
  /** Deletes are held back when more than this share of the stream's records, and at least `atLeast`, would go. */
  readonly limit: { readonly share: number; readonly atLeast: number } | null
}

export interface ReconcileResult {
  readonly deleted: number
  readonly held: number
}

/**
 * Marks what a complete listing no longer shows as deleted. The caller vouches that the listing was complete, clean
 * and read in full by this job.
 *
 * A child is judged only where its parent is: a parent that this job has seen, or one that is itself deleted. Children
 * of a parent whose own deletion is held back stay with it.
 */
export async function reconcile(tx: Queryable, entity: Entity, context: ReconcileContext): Promise<ReconcileResult> {
  const gone = await findGone(tx, entity, context)
  if (gone.length === 0) return { deleted: 0, held: 0 }
  if (context.limit && gone.length >= context.limit.atLeast) {
    const live = await countLive(tx, entity, context)
    if (gone.length > live * context.limit.share) return { deleted: 0, held: gone.length }
  }
  await tx.query(
    `update ${entity.table} set is_deleted = true, deleted_at = $2, changed_at = $2 where id = any($1::uuid[])`,
    [gone.map(({ id }) => id), context.at],
  )
  await recordChanges(tx, entity, 'deleted', gone, context)
  return { deleted: gone.length, held: 0 }
}

function findGone(tx: Queryable, entity: Entity, context: ReconcileContext): Promise<{ id: string }[]> {
  const params: unknown[] = [context.connectionId, context.jobId, context.stream]
  let sql = `select e.id from ${entity.table} e
     where e.connection_id = $1 and e.stream = $3 and not e.is_deleted
       and not exists (select from sync_seen s where s.job_id = $2 and s.stream = $3 and s.record_id = e.id)`
  if (context.parents) {
    params.push(context.parents.stream)
    sql += ` and not exists (
         select from ${context.parents.table} p
          where p.id = e."${context.parents.column}" and not p.is_deleted
            and not exists (select from sync_seen s where s.job_id = $2 and s.stream = $4 and s.record_id = p.id))`
  }
  if (context.untouched && context.untouched.keys.length > 0) {
    params.push(context.untouched.keys)
    sql += ` and e."${context.untouched.column}" <> all($${params.length}::text[])`
  }
  return tx.query<{ id: string }>(sql, params)
}

async function countLive(tx: Queryable, entity: Entity, context: ReconcileContext): Promise<number> {
  const [row] = await tx.query<{ live: number }>(
    `select count(*) as live from ${entity.table} where connection_id = $1 and stream = $2 and not is_deleted`,
    [context.connectionId, context.stream],
  )
  return row?.live ?? 0
}
