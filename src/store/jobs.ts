import type { ErrorCode } from '../errors.ts'
import { newId } from '../ids.ts'
import { storable, storableText } from '../model/storable.ts'
import type { Queryable } from './db.ts'

/**
 * How a step ended. Four facts that are not the same: all of it was read; the token may not; the org does not have it;
 * some or nothing of it was read because something went wrong.
 */
export type StepOutcome = 'complete' | 'not_permitted' | 'not_available' | 'partial' | 'failed'
export type JobOutcome = 'complete' | 'partial' | 'failed'

export interface Job {
  id: string
  connection_id: string
  state: 'running' | 'interrupted' | 'ended'
  outcome: JobOutcome | null
  started_at: string
  seconds: number
  /** What the sync was told to read. */
  settings: unknown
}

/** Where a step is, and what it has done so far. */
export interface Step {
  stream: string
  state: 'waiting' | 'running' | 'ended'
  outcome: StepOutcome | null
  reason_code: ErrorCode | 'deletes_held' | null
  reason: string | null
  checkpoint: unknown
  rows_read: number
  created: number
  changed: number
  deleted: number
  held_deletes: number
  rejected: number
  pages: number
  requests: number
  rate_limited: number
  seconds: number
}

const JOB = 'id, connection_id, state, outcome, started_at, seconds, settings'
const STEP = `stream, state, outcome, reason_code, reason, checkpoint, rows_read, created, changed, deleted, held_deletes,
  rejected, pages, requests, rate_limited, seconds`

export async function createJob(
  tx: Queryable,
  job: { connectionId: string; streams: readonly string[]; settings: object; at: string },
): Promise<Job> {
  const [row] = await tx.query<Job>(
    `insert into sync_jobs (id, connection_id, mode, state, settings, started_at)
     values ($1, $2, 'full', 'running', $3, $4) returning ${JOB}`,
    [newId(), job.connectionId, JSON.stringify(job.settings), job.at],
  )
  if (!row) throw new Error('insert … returning gave no row')
  await tx.query("insert into sync_steps (job_id, stream, state) select $1, unnest($2::text[]), 'waiting'", [
    row.id,
    job.streams,
  ])
  return row
}

/** The connection's job that was stopped before its end and is young enough to go on with: a later job ends it. */
export async function findUnfinishedJob(db: Queryable, connectionId: string, notBefore: string): Promise<Job | null> {
  const [unfinished] = await db.query<Job>(
    `select ${JOB} from sync_jobs
      where connection_id = $1 and state <> 'ended' and started_at >= $2 order by started_at desc limit 1`,
    [connectionId, notBefore],
  )
  return unfinished ?? null
}

/** Ends every unfinished job of a connection but one: their work is superseded. */
export async function abandonJobs(tx: Queryable, connectionId: string, exceptId: string, at: string): Promise<void> {
  await tx.query(
    `update sync_jobs set state = 'ended', outcome = 'failed', ended_at = $3, error_code = 'job_interrupted',
            error_message = 'Superseded by a later sync.'
      where connection_id = $1 and id <> $2 and state <> 'ended'`,
    [connectionId, exceptId, at],
  )
  await tx.query(
    `delete from sync_seen where job_id in (select id from sync_jobs where connection_id = $1 and id <> $2)`,
    [connectionId, exceptId],
  )
}

export async function markJob(
  db: Queryable,
  jobId: string,
  end: {
    state: Job['state']
    outcome?: JobOutcome
    seconds: number
    at: string
    error?: { code: ErrorCode; message: string }
  },
): Promise<void> {
  await db.query(
    `update sync_jobs set state = $2, outcome = $3, seconds = $4, error_code = $5, error_message = $6,
            ended_at = case when $2 = 'running' then null else $7::timestamptz end
      where id = $1`,
    [
      jobId,
      end.state,
      end.outcome ?? null,
      end.seconds,
      end.error?.code ?? null,
      storableText(end.error?.message ?? '') || null,
      end.at,
    ],
  )
}

/** Forgets what the job's listings have shown, once nothing will be compared with it any more. */
export const forgetSeen = (db: Queryable, jobId: string) => db.query('delete from sync_seen where job_id = $1', [jobId])

export const listSteps = (db: Queryable, jobId: string): Promise<Step[]> =>
  db.query<Step>(`select ${STEP} from sync_steps where job_id = $1`, [jobId])

/**
 * Saves all of a step; in the transaction of the page whose rows and checkpoint it accounts for. What Okta said about a
 * failure stands in its reasons, and Okta may say what PostgreSQL cannot hold.
 */
export async function saveStep(tx: Queryable, jobId: string, step: Step, at: string): Promise<void> {
  await tx.query(
    `update sync_steps set state = $3, outcome = $4, reason_code = $5, reason = $6, checkpoint = $7, rows_read = $8,
            created = $9, changed = $10, deleted = $11, held_deletes = $12, rejected = $13, pages = $14, requests = $15,
            rate_limited = $16, seconds = $17, started_at = coalesce(started_at, $18::timestamptz),
            ended_at = case when $3 = 'ended' then $18::timestamptz end
      where job_id = $1 and stream = $2`,
    [
      jobId,
      step.stream,
      step.state,
      step.outcome,
      step.reason_code,
      step.reason && storableText(step.reason),
      JSON.stringify(storable(step.checkpoint)),
      step.rows_read,
      step.created,
      step.changed,
      step.deleted,
      step.held_deletes,
      step.rejected,
      step.pages,
      step.requests,
      step.rate_limited,
      step.seconds,
      at,
    ],
  )
}

/** When each stream of a connection was last read completely, as ISO time; null for never. */
export async function lastCompleteReads(db: Queryable, connectionId: string): Promise<Map<string, string>> {
  const rows = await db.query<{ stream: string; at: string }>(
    `select s.stream, max(s.ended_at) as at from sync_steps s join sync_jobs j on j.id = s.job_id
      where j.connection_id = $1 and s.outcome = 'complete' group by s.stream`,
    [connectionId],
  )
  return new Map(rows.map(({ stream, at }) => [stream, at]))
}
