import type { ErrorCode } from '../errors.ts'
import { newId } from '../ids.ts'
import { storable, storableText } from '../model/storable.ts'
import type { Queryable } from './db.ts'
import type { SyncPlan } from './job-plan.ts'
import { toldErrorBefore } from './told-error.ts'

/**
 * How a step ended. Four facts that are not the same: all of it was read; the token may not; the org does not have it;
 * some or nothing of it was read because something went wrong.
 */
export const STEP_OUTCOMES = ['complete', 'not_permitted', 'not_available', 'partial', 'failed'] as const
export type StepOutcome = (typeof STEP_OUTCOMES)[number]
export type JobOutcome = 'complete' | 'partial' | 'failed'

/** Who asked for a job. */
export const JOB_TRIGGERS = ['command_line', 'connect', 'schedule', 'request'] as const
export type JobTrigger = (typeof JOB_TRIGGERS)[number]

/** `full` reads everything; `incremental` what the log and the marks say has changed since the last sync. */
export const JOB_MODES = ['full', 'incremental'] as const
export type JobMode = (typeof JOB_MODES)[number]

export interface Job {
  id: string
  connection_id: string
  mode: JobMode
  /** `interrupted`: stopped before its end; goes on at `run_after`, or when somebody asks for a sync. */
  state: 'queued' | 'running' | 'interrupted' | 'ended'
  outcome: JobOutcome | null
  trigger: JobTrigger
  created_at: string
  /** When its first page was asked for; null while it has only been queued. */
  started_at: string | null
  /** When a worker may take it; null: none by itself. */
  run_after: string | null
  /** How often it has been taken, since somebody asked for it. Being handed back does not count. */
  attempts: number
  cancel_requested_at: string | null
  /** Seconds worked, over every process that worked on it. */
  seconds: number
  /** What the sync was told to read; what it does not say is as usual. */
  settings: unknown
  /** What it was expected to take before it began; null where nothing was known. */
  plan: SyncPlan | null
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
  /** Requests by rate limit: they add up to `requests`. */
  buckets: Record<string, number>
  seconds: number
}

export const JOB = `id, connection_id, mode, state, outcome, trigger, created_at, started_at, run_after, attempts,
  cancel_requested_at, seconds, settings, plan`
const STEP = `stream, state, outcome, reason_code, reason, checkpoint, rows_read, created, changed, deleted, held_deletes,
  rejected, pages, requests, rate_limited, buckets, seconds`

/** Adds a job to a connection; null where it has an unfinished one: PostgreSQL lets a connection have no second. */
export async function createJob(
  tx: Queryable,
  job: {
    connectionId: string
    /** Default: `full`. */
    mode?: JobMode
    trigger: JobTrigger
    settings: object
    at: string | null
    /** Whether workers may take it. */
    isQueued: boolean
  },
): Promise<Job | null> {
  const [row] = await tx.query<Job>(
    `insert into sync_jobs (id, connection_id, mode, state, trigger, settings, created_at, run_after)
     values ($1, $2, $7, 'queued', $3, $4, coalesce($5, now()), case when $6 then now() end)
     on conflict (connection_id) where state <> 'ended' do nothing returning ${JOB}`,
    [newId(), job.connectionId, job.trigger, JSON.stringify(job.settings), job.at, job.isQueued, job.mode ?? 'full'],
  )
  return row ?? null
}

/** Gives a job a step for each stream that it has none for yet, and returns all of its steps. */
export async function openSteps(tx: Queryable, jobId: string, streams: readonly string[]): Promise<Step[]> {
  await tx.query(
    "insert into sync_steps (job_id, stream, state) select $1, unnest($2::text[]), 'waiting' on conflict do nothing",
    [jobId, streams],
  )
  return listSteps(tx, jobId)
}

/** Ends the connection's unfinished job, if there is one: its work is superseded. */
export async function abandonJobs(tx: Queryable, connectionId: string, at: string): Promise<void> {
  await tx.query(
    `with abandoned as (
       update sync_jobs set state = 'ended', outcome = 'failed', ended_at = $2, error_code = 'job_interrupted',
              error_message = 'Superseded by a later sync.', run_after = null, lease_owner = null, lease_until = null
        where connection_id = $1 and state <> 'ended' returning id)
     delete from sync_seen where job_id in (select id from abandoned)`,
    [connectionId, at],
  )
}

export interface JobEnd {
  readonly state: 'interrupted' | 'ended'
  readonly outcome: JobOutcome
  readonly seconds: number
  readonly at: string
  readonly error: { readonly code: ErrorCode; readonly message: string } | null
  /** Milliseconds until a worker may go on with it; null: none by itself. */
  readonly retryInMs: number | null
}

/** Stops a job, for good or for a while: it is nobody's from now on. */
export async function markJob(tx: Queryable, jobId: string, end: JobEnd): Promise<void> {
  await tx.query(
    `update sync_jobs set ${toldErrorBefore(end.error?.code ?? null)}, state = $2, outcome = $3, seconds = $4, error_code = $5, error_message = $6, ended_at = $7,
            run_after = now() + $8::float8 * interval '1 millisecond', lease_owner = null, lease_until = null
      where id = $1`,
    [
      jobId,
      end.state,
      end.outcome,
      end.seconds,
      end.error?.code ?? null,
      storableText(end.error?.message ?? '') || null,
      end.at,
      end.retryInMs,
    ],
  )
  if (end.state === 'ended') await tx.query('delete from sync_seen where job_id = $1', [jobId])
}

/** A job by its id; null when there is none. */
export async function findJob(db: Queryable, jobId: string): Promise<Job | null> {
  const [job] = await db.query<Job>(`select ${JOB} from sync_jobs where id = $1`, [jobId])
  return job ?? null
}

/** Ends a job that nobody wants any more. */
export const markCanceled = (tx: Queryable, job: Pick<Job, 'id' | 'seconds'>, at: string): Promise<void> =>
  markJob(tx, job.id, {
    state: 'ended',
    outcome: 'failed',
    seconds: job.seconds,
    at,
    error: { code: 'job_canceled', message: 'The sync was canceled.' },
    retryInMs: null,
  })

/** Lets a job begin anew: what it has read so far is too old, or was read under another scope. */
export async function forgetSteps(tx: Queryable, jobId: string): Promise<void> {
  await tx.query('delete from sync_steps where job_id = $1', [jobId])
  await tx.query('delete from sync_seen where job_id = $1', [jobId])
  await tx.query('update sync_jobs set started_at = null, seconds = 0, plan = null where id = $1', [jobId])
}

/** Lets an incremental job begin anew as a full one. */
export async function makeFull(tx: Queryable, jobId: string): Promise<void> {
  await tx.query("update sync_jobs set mode = 'full' where id = $1", [jobId])
  await forgetSteps(tx, jobId)
}

export const listSteps = (db: Queryable, jobId: string): Promise<Step[]> =>
  db.query<Step>(`select ${STEP} from sync_steps where job_id = $1`, [jobId])

/**
 * Saves all of a step; in the transaction of the page whose rows and checkpoint it accounts for. What Okta said about a
 * failure stands in its reasons, and Okta may say what PostgreSQL cannot hold.
 */
export const saveStep = (tx: Queryable, jobId: string, step: Step, at: string): Promise<void> =>
  saveSteps(tx, jobId, [step], at)

/** Several steps of a job in one statement. */
export async function saveSteps(tx: Queryable, jobId: string, steps: readonly Step[], at: string): Promise<void> {
  if (steps.length === 0) return
  const columns = [
    steps.map(({ stream }) => stream),
    steps.map(({ state }) => state),
    steps.map(({ outcome }) => outcome),
    steps.map(({ reason_code }) => reason_code),
    steps.map(({ reason }) => reason && storableText(reason)),
    steps.map(({ checkpoint }) => JSON.stringify(storable(checkpoint))),
    steps.map(({ buckets }) => JSON.stringify(buckets)),
    ...COUNTED.map((column) => steps.map((step) => step[column])),
    steps.map(({ seconds }) => seconds),
  ]
  await tx.query(
    `update sync_steps s
        set state = u.state, outcome = u.outcome, reason_code = u.reason_code, reason = u.reason,
            checkpoint = u.checkpoint, buckets = u.buckets, seconds = u.seconds,
            ${COUNTED.map((column) => `${column} = u.${column}`).join(', ')},
            started_at = coalesce(s.started_at, $2::timestamptz),
            ended_at = case when u.state = 'ended' then $2::timestamptz end
       from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::jsonb[],
                   ${COUNTED.map((_, index) => `$${10 + index}::bigint[]`).join(', ')}, $${10 + COUNTED.length}::float8[])
         as u(stream, state, outcome, reason_code, reason, checkpoint, buckets, ${COUNTED.join(', ')}, seconds)
      where s.job_id = $1 and s.stream = u.stream`,
    [jobId, at, ...columns],
  )
}

/** What a step counts. */
const COUNTED = [
  'rows_read',
  'created',
  'changed',
  'deleted',
  'held_deletes',
  'rejected',
  'pages',
  'requests',
  'rate_limited',
] as const

/** When each stream of a connection was last read completely, as ISO time; null for never. */
export async function lastCompleteReads(db: Queryable, connectionId: string): Promise<Map<string, string>> {
  const rows = await db.query<{ stream: string; at: string }>(
    `select s.stream, max(s.ended_at) as at from sync_steps s join sync_jobs j on j.id = s.job_id
      where j.connection_id = $1 and j.mode = 'full' and s.outcome = 'complete' group by s.stream`,
    [connectionId],
  )
  return new Map(rows.map(({ stream, at }) => [stream, at]))
}
