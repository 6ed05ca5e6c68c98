import type { Queryable } from './db.ts'
import { columnsOf, type PastJob } from './job-history.ts'
import type { Slice } from './organizations.ts'

/** Rounds that changed nothing, between two syncs that have more to tell. */
export interface QuietRounds {
  readonly count: number
  /** Requests made to Okta, by all of them. */
  readonly requests: number
  /** When the first and the last of them began, as ISO times. */
  readonly first_at: string
  readonly last_at: string
}

export interface TellingJob extends PastJob {
  /** Those between this job and the next newer one; null where there are none. */
  readonly quiet_rounds: QuietRounds | null
}

interface Telling {
  readonly connectionId: string
  /** The streams whose records can change: what is only ever added says nothing. */
  readonly streams: readonly string[]
}

/** Has something to tell: all but rounds that came to a good end, and changed no record. `$1`, `$2`: as `Telling`. */
const TELLING = `j.connection_id = $1 and not (
  j.mode = 'incremental' and j.state = 'ended' and j.outcome = 'complete' and j.error_code is null and not exists (
    select from sync_steps s where s.job_id = j.id and s.stream = any($2::text[])
       and s.created + s.changed + s.deleted + s.held_deletes + s.rejected > 0))`

/** The syncs of a connection without quiet rounds, the newest first; how many those are is told beside them. */
export async function listTellingJobs(
  db: Queryable,
  { connectionId, streams, limit, offset }: Telling & Slice,
): Promise<TellingJob[]> {
  const rows = await db.query<PastJob & Quiet>(
    `select ${columnsOf('j')}, quiet.*
       from (select j.id, j.created_at, lag(j.created_at) over newest as newer_at from sync_jobs j where ${TELLING}
             window newest as (order by j.created_at desc, j.id desc)
              order by j.created_at desc, j.id desc limit $3 offset $4) place
       join sync_jobs j on j.id = place.id
      cross join lateral (
        select count(*) as quiet_count, coalesce(sum(r.requests), 0)::int as quiet_requests,
               min(q.at) as quiet_first_at, max(q.at) as quiet_last_at
          from (select k.id, coalesce(k.started_at, k.created_at) as at from sync_jobs k
                 where k.connection_id = $1 and k.created_at > place.created_at
                   and (place.newer_at is null or k.created_at < place.newer_at)) q
         cross join lateral (select sum(s.requests) as requests from sync_steps s where s.job_id = q.id) r) quiet
      order by place.created_at desc, place.id desc`,
    [connectionId, streams, limit, offset],
  )
  return rows.map(({ quiet_count, quiet_requests, quiet_first_at, quiet_last_at, ...job }) => ({
    ...job,
    quiet_rounds:
      quiet_first_at === null || quiet_last_at === null
        ? null
        : { count: quiet_count, requests: quiet_requests, first_at: quiet_first_at, last_at: quiet_last_at },
  }))
}

interface Quiet {
  quiet_count: number
  quiet_requests: number
  quiet_first_at: string | null
  quiet_last_at: string | null
}

export async function countTellingJobs(db: Queryable, { connectionId, streams }: Telling): Promise<number> {
  const [row] = await db.query<{ total: number }>(`select count(*) as total from sync_jobs j where ${TELLING}`, [
    connectionId,
    streams,
  ])
  return row?.total ?? 0
}
