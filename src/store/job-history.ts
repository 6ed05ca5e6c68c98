import type { ErrorCode } from '../errors.ts'
import type { Queryable } from './db.ts'
import type { SyncPlan } from './job-plan.ts'
import type { Job, JobMode, JobOutcome, JobTrigger, Step } from './jobs.ts'
import type { Slice } from './organizations.ts'
import { asTold, type LastError, SILENT_ENDS } from './told-error.ts'
import { type WarningFacts, warningFacts, withUsualSilence } from './warning-facts.ts'

/** A sync as its history tells it. */
export interface PastJob {
  id: string
  connection_id: string
  mode: JobMode
  state: Job['state']
  outcome: JobOutcome | null
  error_code: ErrorCode | null
  error_message: string | null
  trigger: JobTrigger
  attempts: number
  created_at: string
  started_at: string | null
  ended_at: string | null
  /** When a worker may take it; null: none by itself. */
  run_after: string | null
  cancel_requested_at: string | null
  seconds: number
  /** What it knew of itself at its last heartbeat. */
  progress: unknown
  plan: SyncPlan | null
}

export type PastStep = Step & { job_id: string; started_at: string | null; ended_at: string | null }

const columnsOf = (alias: string): string =>
  `${alias}.id, ${alias}.connection_id, ${alias}.mode, ${alias}.state, ${alias}.outcome, ${alias}.error_code, ${alias}.error_message,
   ${alias}.trigger, ${alias}.attempts, ${alias}.created_at, ${alias}.started_at, ${alias}.ended_at, ${alias}.run_after,
   ${alias}.cancel_requested_at, ${alias}.seconds, ${alias}.progress, ${alias}.plan`

/** The syncs of a connection, the newest first. */
export const listJobs = (
  db: Queryable,
  { connectionId, limit, offset }: { readonly connectionId: string } & Slice,
): Promise<PastJob[]> =>
  db.query<PastJob>(
    `select ${columnsOf('j')} from sync_jobs j where j.connection_id = $1
      order by j.created_at desc, j.id desc limit $2 offset $3`,
    [connectionId, limit, offset],
  )

export async function countJobs(db: Queryable, connectionId: string): Promise<number> {
  const [row] = await db.query<{ total: number }>('select count(*) as total from sync_jobs where connection_id = $1', [
    connectionId,
  ])
  return row?.total ?? 0
}

/** One sync of this connection; null when there is none of this id. */
export async function findPastJob(
  db: Queryable,
  { connectionId, jobId }: { readonly connectionId: string; readonly jobId: string },
): Promise<PastJob | null> {
  const [row] = await db.query<PastJob>(
    `select ${columnsOf('j')} from sync_jobs j where j.connection_id = $1 and j.id = $2`,
    [connectionId, jobId],
  )
  return row ?? null
}

/** The steps of several syncs. */
export const listStepsOf = (db: Queryable, jobIds: readonly string[]): Promise<PastStep[]> =>
  db.query<PastStep>(
    `select job_id, stream, state, outcome, reason_code, reason, checkpoint, rows_read, created, changed, deleted,
            held_deletes, rejected, pages, requests, rate_limited, buckets, seconds, started_at, ended_at
       from sync_steps where job_id = any($1::uuid[])`,
    [jobIds],
  )

/** What the syncs of one connection say about it. */
export interface ConnectionFacts {
  readonly connection_id: string
  /** Its last sync, whatever became of it. */
  readonly lastJob: PastJob | null
  /** The last sync that came to an outcome or an error, which may be one that will be tried again. */
  readonly toldJob: PastJob | null
  /** How each stream was read the last time that it was read, by whichever sync. */
  readonly lastReads: readonly LastRead[]
  /** What may mean trouble to come; null where that was not asked. */
  readonly warnings: WarningFacts | null
}

export interface LastRead
  extends Pick<Step, 'stream' | 'outcome' | 'reason_code' | 'reason' | 'rows_read' | 'held_deletes' | 'rejected'> {
  connection_id: string
  ended_at: string | null
  /** When it was last read completely; null: never. */
  last_complete_at: string | null
}

/** What the syncs of these connections say, in a few queries however many they are. */
export async function factsOf(
  db: Queryable,
  connectionIds: readonly string[],
  streams: readonly string[],
): Promise<ReadonlyMap<string, ConnectionFacts>> {
  const [last, told, reads, warnings] = await Promise.all([
    lastJobs(db, connectionIds, 'true', []),
    toldJobs(db, connectionIds),
    lastReads(db, connectionIds, streams),
    warningFacts(db, connectionIds),
  ])
  const silences = await Promise.all(warnings.map((facts) => withUsualSilence(db, facts, reads)))
  return new Map(
    connectionIds.map((id) => [
      id,
      {
        connection_id: id,
        lastJob: last.get(id) ?? null,
        toldJob: told.get(id) ?? null,
        lastReads: reads.filter((read) => read.connection_id === id),
        warnings: silences.find((facts) => facts.connection_id === id) ?? null,
      },
    ]),
  )
}

/**
 * The last sync of each connection that came to an outcome or an error which tells something about it. One that is tried
 * again is told as its last try ended.
 */
export async function toldJobs(db: Queryable, connectionIds: readonly string[]): Promise<Map<string, PastJob>> {
  const told = await lastJobs<PastJob & LastError>(
    db,
    connectionIds,
    `j.last_error_code is not null or ((j.outcome is not null or j.error_code is not null)
       and (j.error_code is null or j.error_code <> all($2::text[])))`,
    [SILENT_ENDS],
    ', j.last_error_code, j.last_error_message, j.last_error_at',
  )
  return new Map([...told].map(([id, job]) => [id, asTold(job)]))
}

async function lastJobs<Row extends PastJob>(
  db: Queryable,
  connectionIds: readonly string[],
  wanted: string,
  values: readonly unknown[],
  also = '',
): Promise<Map<string, Row>> {
  const rows = await db.query<Row>(
    `select last.* from unnest($1::uuid[]) as c (id) cross join lateral (
       select ${columnsOf('j')}${also} from sync_jobs j where j.connection_id = c.id and (${wanted})
        order by j.created_at desc, j.id desc limit 1) last`,
    [connectionIds, ...values],
  )
  return new Map(rows.map((row) => [row.connection_id, row]))
}

/**
 * How each of these streams of each of these connections was read the last time; nothing where it never was. An
 * incremental sync reads little of a stream: what it says counts where it met a gap, and brings a complete read up to date.
 */
export const lastReads = (
  db: Queryable,
  connectionIds: readonly string[],
  streams: readonly string[],
): Promise<LastRead[]> =>
  db.query<LastRead>(
    `select c.id as connection_id, last.*, complete.last_complete_at
       from unnest($1::uuid[]) as c (id) cross join unnest($2::text[]) as w (stream)
       left join lateral (
        select s.outcome from sync_jobs j join sync_steps s on s.job_id = j.id and s.stream = w.stream
         where j.connection_id = c.id and j.mode = 'full' and j.started_at is not null and s.outcome is not null
         order by j.started_at desc limit 1) whole on true
       left join lateral (
        select s.outcome from sync_jobs j join sync_steps s on s.job_id = j.id and s.stream = w.stream
         where j.connection_id = c.id and j.started_at is not null and s.outcome is not null
         order by j.started_at desc limit 1) newest on true
      cross join lateral (
        select s.stream, s.outcome, s.reason_code, s.reason, s.rows_read, s.held_deletes, s.rejected, s.ended_at
          from sync_jobs j join sync_steps s on s.job_id = j.id and s.stream = w.stream
         where j.connection_id = c.id and j.started_at is not null and s.outcome is not null
           and (j.mode = 'full' or newest.outcome <> 'complete')
         order by j.started_at desc limit 1) last
       left join lateral (
        select s.ended_at as last_complete_at
          from sync_jobs j join sync_steps s on s.job_id = j.id and s.stream = w.stream
         where j.connection_id = c.id and j.started_at is not null and s.outcome = 'complete'
           and (j.mode = 'full' or whole.outcome = 'complete')
         order by j.started_at desc limit 1) complete on true`,
    [connectionIds, streams],
  )
