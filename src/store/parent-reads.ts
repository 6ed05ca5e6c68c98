import type { Entity } from '../model/entity.ts'
import { arrayLiteral } from './columns.ts'
import type { Queryable } from './db.ts'

/** When the listing of each parent was last read to its end. */

interface Listing {
  readonly connectionId: string
  readonly stream: string
}

export async function noteParentReads(
  tx: Queryable,
  { connectionId, stream, at }: Listing & { readonly at: string },
  parentIds: readonly string[],
): Promise<void> {
  if (parentIds.length === 0) return
  await tx.query(
    `insert into parent_reads as r (connection_id, stream, parent_id, read_at)
     select distinct $1::uuid, $2::text, id, $4::timestamptz from unnest($3::uuid[]) id
     on conflict (connection_id, stream, parent_id) do update set read_at = greatest(r.read_at, excluded.read_at)`,
    [connectionId, stream, arrayLiteral(parentIds), at],
  )
}

/** Forgets when listings were read: what a scope left out of them then may be wanted now. */
export async function forgetParentReads(tx: Queryable, connectionId: string): Promise<void> {
  await tx.query('delete from parent_reads where connection_id = $1', [connectionId])
}

/**
 * Days for which the reading of a parent is good, at `r`: each parent has its own, from half of the longest to all of
 * it, so that what one sync has read is not due again all at once.
 */
const GOOD_FOR = (days: string) =>
  `make_interval(secs => ${days}::float8 * 86400 * (0.5 + (hashtext(r.parent_id::text) & 1023) / 2048.0))`

/** Which of these parents were read within `days`, and when, as ISO time. */
export async function goodReads(
  db: Queryable,
  { connectionId, stream, now, days, ids }: Listing & { now: string; days: number; ids: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ id: string; at: string }>(
    `select r.parent_id as id, r.read_at as at from parent_reads r
      where r.connection_id = $1 and r.stream = $2 and r.parent_id = any($3::uuid[])
        and r.read_at > $4::timestamptz - ${GOOD_FOR('$5')}`,
    [connectionId, stream, arrayLiteral(ids), now, days],
  )
  return new Map(rows.map(({ id, at }) => [id, at]))
}

/** The vendor ids of live parents whose reading is no longer good, the oldest first. Those never read are not among them. */
export async function parentsDue(
  db: Queryable,
  parent: Entity,
  { connectionId, stream, now, days, limit }: Listing & { now: string; days: number; limit: number },
): Promise<string[]> {
  const rows = await db.query<{ vendor_id: string }>(
    `select p.vendor_id from parent_reads r join ${parent.table} p on p.id = r.parent_id
      where r.connection_id = $1 and r.stream = $2 and not p.is_deleted
        and r.read_at <= $3::timestamptz - ${GOOD_FOR('$4')}
      order by r.read_at limit $5`,
    [connectionId, stream, now, days, limit],
  )
  return rows.map(({ vendor_id }) => vendor_id)
}

/** Lets what is stored of these parents count as seen by a job that does not read them. */
export async function countAsSeen(
  tx: Queryable,
  entity: Entity,
  request: { jobId: string; stream: string; column: string; parentIds: readonly string[] },
): Promise<void> {
  await tx.query(
    `insert into sync_seen (job_id, stream, record_id)
     select $1, $2, e.id from ${entity.table} e
      where e."${request.column}" = any($3::uuid[]) and e.stream = $2 and not e.is_deleted
     on conflict do nothing`,
    [request.jobId, request.stream, arrayLiteral(request.parentIds)],
  )
}
