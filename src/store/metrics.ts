import type { Queryable } from './db.ts'

/** One number about the database's contents, as it is measured: a name, what it is about, how much. */
export interface ResourceNumbers {
  connection_id: string
  resource: string
  /** Records that the last read showed. */
  rows: number
  held_deletes: number
  rejected: number
  /** Seconds since this resource was last read completely; null when it never was. */
  lag_seconds: number | null
  /** Requests to the IdP, and those answered with 429, of all syncs that are remembered. */
  requests: number
  rate_limited: number
}

/** Per live connection and resource; of each the last step that ended, and sums over the history of syncs. */
export const resourceNumbers = (db: Queryable): Promise<ResourceNumbers[]> =>
  db.query<ResourceNumbers>(
    `select j.connection_id, s.stream as resource,
            (array_agg(s.rows_read order by s.ended_at desc nulls last))[1] as rows,
            (array_agg(s.held_deletes order by s.ended_at desc nulls last))[1] as held_deletes,
            (array_agg(s.rejected order by s.ended_at desc nulls last))[1] as rejected,
            extract(epoch from now() - max(s.ended_at) filter (where s.outcome = 'complete'))::float8 as lag_seconds,
            sum(s.requests)::bigint as requests, sum(s.rate_limited)::bigint as rate_limited
       from sync_steps s join sync_jobs j on j.id = s.job_id join connections c on c.id = j.connection_id
      where c.state <> 'DELETED'
      group by 1, 2 order by 1, 2`,
  )

/** How many syncs are in each state, and how the ended ones ended. */
export const jobNumbers = (db: Queryable): Promise<{ state: string; outcome: string; jobs: number }[]> =>
  db.query(
    `select state, coalesce(outcome, 'none') as outcome, count(*) as jobs from sync_jobs group by 1, 2 order by 1, 2`,
  )

/** How many connections are in each state. */
export const connectionNumbers = (db: Queryable): Promise<{ state: string; connections: number }[]> =>
  db.query(`select state, count(*) as connections from connections where state <> 'DELETED' group by 1 order by 1`)

/** What running syncs said at their last heartbeat. */
export const runningProgress = (db: Queryable): Promise<{ connection_id: string; progress: unknown }[]> =>
  db.query(
    `select connection_id, progress from sync_jobs
      where state = 'running' and progress is not null and lease_until >= now() order by connection_id`,
  )

/** Whether the database answers and has a schema. @throws AppError */
export async function ping(db: Queryable): Promise<void> {
  await db.query('select from schema_migrations limit 1')
}
