import { AppError } from '../errors.ts'
import { storable } from '../model/storable.ts'
import type { Db, Queryable } from './db.ts'
import { JOB, type Job } from './jobs.ts'
import { isDead } from './lease-owner.ts'
import { KEEP_TOLD_ERROR } from './told-error.ts'

/** The right to work on a job, as long as its row names the owner. */
export interface Lease {
  readonly jobId: string
  readonly owner: string
}

/**
 * How long a lease holds without being renewed. All of it is in PostgreSQL's time: no two clocks have to agree.
 * https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT
 */
export const LEASE_UNTIL = "now() + interval '15 seconds'"

/**
 * Runs `work` in one transaction, and only while the lease is held: whatever a job writes goes through here.
 *
 * `key share` lets heartbeats and other commits of the job pass, and holds up nobody but whoever takes the job over,
 * until this is committed. https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS
 * @throws AppError `job_superseded` when another has the job by now, or it has ended
 */
export function underLease<T>(db: Db, lease: Lease, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    const held = await tx.query(
      "select from sync_jobs where id = $1 and lease_owner = $2 and state = 'running' for key share",
      [lease.jobId, lease.owner],
    )
    if (held.length === 0) throw superseded()
    return work(tx)
  })
}

export const superseded = (): AppError => new AppError('job_superseded', 'Somebody else goes on with this sync.')
export const canceled = (): AppError => new AppError('job_canceled', 'The sync was canceled.')

/**
 * The connection's unfinished job, locked for whoever wants to take it. `busy` when it is being worked on: its lease has
 * not run out and its owner is not known to be dead, or one of its commits is under way.
 */
export async function lockUnfinishedJob(
  tx: Queryable,
  connectionId: string,
  owner: string,
): Promise<Job | 'busy' | null> {
  const [seen] = await tx.query<{ id: string }>(
    "select id from sync_jobs where connection_id = $1 and state <> 'ended'",
    [connectionId],
  )
  if (!seen) return null
  const [row] = await tx.query<Job & { live_owner: string | null }>(
    `select ${JOB}, case when state = 'running' and lease_until >= now() then lease_owner end as live_owner
       from sync_jobs where id = $1 and state <> 'ended' for update skip locked`,
    [seen.id],
  )
  if (!row) return 'busy'
  const { live_owner, ...job } = row
  return live_owner === null || live_owner === owner || isDead(live_owner) ? job : 'busy'
}

/** Takes a job that has been locked; whoever had it before is fenced off once this is committed. */
export async function takeLease(
  tx: Queryable,
  lease: Lease,
  start: { readonly settings: object; readonly at: string },
): Promise<Job> {
  const [job] = await tx.query<Job>(
    `update sync_jobs set ${KEEP_TOLD_ERROR}, state = 'running', outcome = null, error_code = null, error_message = null, ended_at = null,
            settings = $3, started_at = coalesce(started_at, $4), progress = null, lease_until = ${LEASE_UNTIL},
            attempts = attempts + (lease_owner is distinct from $2)::int, lease_owner = $2
      where id = $1 returning ${JOB}`,
    [lease.jobId, lease.owner, JSON.stringify(settingsToKeep(start.settings)), start.at],
  )
  if (!job) throw superseded()
  return job
}

/** To begin anew was a wish about one start; going on with the job later must not begin anew again. */
const settingsToKeep = (settings: object): object => ({ ...settings, fresh: false })

/** What a heartbeat learned: whether the lease is still held, and whether the job is wanted any more. */
export type Renewal = 'held' | 'canceled' | 'lost'

/** Holds the lease for another while, and keeps what the job knows of its progress, where it says any. */
export async function renewLease(db: Queryable, lease: Lease, progress: object | null): Promise<Renewal> {
  const [row] = await db.query<{ is_canceled: boolean }>(
    `update sync_jobs j set lease_until = ${LEASE_UNTIL}, progress = coalesce($3, progress)
      where id = $1 and lease_owner = $2 and state = 'running'
      returning cancel_requested_at is not null
        or exists (select from connections c where c.id = j.connection_id and c.state = 'DELETED') as is_canceled`,
    [lease.jobId, lease.owner, progress && JSON.stringify(storable(progress))],
  )
  if (!row) return 'lost'
  return row.is_canceled ? 'canceled' : 'held'
}

/** Hands back a leased job that has not been begun, as it was before: any worker may take it at once. */
export async function releaseLease(db: Queryable, lease: Lease): Promise<void> {
  await db.query(
    `update sync_jobs set run_after = now(),
            state = case when started_at is null and outcome is null then 'queued' else 'interrupted' end,
            attempts = greatest(attempts - 1, 0), lease_owner = null, lease_until = null
      where id = $1 and lease_owner = $2 and state = 'running'`,
    [lease.jobId, lease.owner],
  )
}
