import { type AppError, ERRORS } from '../errors.ts'
import type { Db, Queryable } from './db.ts'
import { tellJobEnd } from './job-events.ts'
import { type Job, type JobOutcome, markJob } from './jobs.ts'
import { type Lease, underLease } from './lease.ts'
import { holdConnectionOfJob, paceSchedule } from './schedule.ts'

/** Minutes until the next try, by how many there have been; the last one from then on. */
const BACKOFF_MINUTES = [1, 5, 15, 60]

/**
 * Ends the work on a leased job: for good where it has come to its end or was canceled, else until there is a reason to
 * go on with it.
 * @throws AppError `job_superseded` when another has it by now
 */
export function endJob(
  db: Db,
  lease: Lease,
  job: Pick<Job, 'trigger' | 'attempts'>,
  end: {
    readonly outcome: JobOutcome
    readonly seconds: number
    readonly at: string
    readonly error: AppError | null
    /** All that is read of such a connection, where that is known: what its health is made of. */
    readonly streams?: readonly string[]
    /** What else is written with the end. */
    readonly alongside?: (tx: Queryable) => Promise<void>
  },
): Promise<void> {
  const { error } = end
  const isOver = error === null || error.code === 'job_canceled'
  return underLease(db, lease, async (tx) => {
    await holdConnectionOfJob(tx, lease.jobId)
    await markJob(tx, lease.jobId, {
      ...end,
      state: isOver ? 'ended' : 'interrupted',
      retryInMs: isOver ? null : nextTryInMs(error, job),
    })
    // What a person runs by hand, they may run with another token.
    if (job.trigger !== 'command_line') await paceSchedule(tx, lease.jobId, end)
    await end.alongside?.(tx)
    await tellJobEnd(tx, { jobId: lease.jobId, isOver, streams: end.streams ?? [] })
  })
}

/**
 * Milliseconds until a worker goes on with a job that an error interrupted; null where it must not do so by itself: a
 * person has to mend something first, or runs the job by hand. Then the next schedule or request goes on with it.
 */
function nextTryInMs(error: AppError, job: Pick<Job, 'trigger' | 'attempts'>): number | null {
  if (job.trigger === 'command_line') return null
  if (error.code === 'job_interrupted') return 0
  if (error.code === 'credentials_unreadable') return null
  const { blame } = ERRORS[error.code]
  if (blame === 'admin' || blame === 'caller') return null
  const minutes = BACKOFF_MINUTES[Math.max(0, job.attempts - 1)] ?? BACKOFF_MINUTES.at(-1) ?? 0
  return minutes * 60_000
}
