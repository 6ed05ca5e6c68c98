import type { Queryable } from './db.ts'

/** SQL that says of the record at an alias whether it is to be counted: whether it is there, or was at a time. */
export type Presence = (alias: string) => string

/** There now. */
export const isThere: Presence = (alias) => `not ${alias}.is_deleted`

/**
 * There at a time, `place` of a parameter. What is there now is walked back: the first of the later changes by which the
 * record went or came back tells what it was before. Most records have not changed since, and need no look at changes.
 *
 * It is told as of when Rollcall saw it. All changes since that time must be kept (`toldSince`).
 */
export const wasThere =
  (place: string): Presence =>
  (alias) =>
    `(${alias}.first_seen_at <= ${place}::timestamptz and case
        when ${alias}.changed_at <= ${place}::timestamptz then not ${alias}.is_deleted
        else coalesce((
          select later.kind = 'deleted' from changes later
           where later.record_id = ${alias}.id and later.changed_at > ${place}::timestamptz
             and (later.kind = 'deleted' or 'is_deleted' = any(later.fields))
           order by later.tx, later.seq limit 1), not ${alias}.is_deleted) end)`

/**
 * Since when it can be told what was there, as ISO time: since all of these streams were read first, and since the latest
 * change that has been thrown away. Null when one of them was never read.
 */
export async function toldSince(
  db: Queryable,
  { connectionId, streams }: { readonly connectionId: string; readonly streams: readonly string[] },
): Promise<string | null> {
  const [row] = await db.query<{ since: string | null }>(
    `select case when count(*) = cardinality($2::text[]) then greatest(max(first.at), max(first.changes_since)) end as since
       from (select s.stream, min(s.ended_at) as at, max(c.changes_since) as changes_since
               from connections c
               join sync_jobs j on j.connection_id = c.id and j.mode = 'full'
               join sync_steps s on s.job_id = j.id
              where c.id = $1 and s.stream = any($2::text[]) and s.state = 'ended' and s.outcome <> 'failed'
              group by s.stream) first`,
    [connectionId, streams],
  )
  return row?.since ?? null
}
