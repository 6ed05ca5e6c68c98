import type { Queryable } from './db.ts'
import type { StepOutcome } from './jobs.ts'

/** How the last read of a stream ended that has ended, and when it was last read completely. */
export interface StreamFreshness {
  readonly stream: string
  readonly outcome: StepOutcome | null
  readonly last_complete_at: string | null
}

/** Of each of these streams. Walks back from the latest job, as far as it has to. */
export function streamFreshness(
  db: Queryable,
  connectionId: string,
  streams: readonly string[],
): Promise<StreamFreshness[]> {
  const last = (column: string, condition: string) =>
    `(select s.${column} from sync_jobs j join sync_steps s on s.job_id = j.id and s.stream = n.stream
       where j.connection_id = $1 and j.started_at is not null and s.state = 'ended' and ${condition}
       order by j.started_at desc, j.id desc limit 1)`
  return db.query<StreamFreshness>(
    `select n.stream, ${last('outcome', 's.outcome is not null')} as outcome,
            ${last('ended_at', "s.outcome = 'complete'")} as last_complete_at
       from unnest($2::text[]) as n(stream)`,
    [connectionId, streams],
  )
}
