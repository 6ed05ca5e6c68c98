import type { Clock, Deadline } from '../clock.ts'
import { AppError } from '../errors.ts'
import type { Db } from '../store/db.ts'
import { type Job, markJob } from '../store/jobs.ts'
import { type Lease, renewLease, superseded, underLease } from '../store/lease.ts'
import { nextTryInMs } from '../store/next-try.ts'

/** Well within the time that a lease holds, so that one renewal may fail. */
const RENEW_MS = 3_000

export interface KeptLease {
  /** Aborted when the worker stops, the lease is lost or the job is not wanted any more. */
  readonly signal: AbortSignal
  /** Why, where it is the job's own reason. */
  readonly reason: AppError | null
  release(): void
}

/** Holds a lease from the moment a job is taken: it may be long before the job itself can report progress. */
export function keepLease({
  db,
  clock,
  lease,
  stop,
}: {
  readonly db: Db
  readonly clock: Clock
  readonly lease: Lease
  readonly stop: AbortSignal
}): KeptLease {
  const ended = new AbortController()
  let reason: AppError | null = null
  let next: Deadline = { clear() {} }
  let isReleased = false
  const renew = async () => {
    const renewal = await renewLease(db, lease, null).catch(() => 'held' as const)
    if (isReleased) return
    if (renewal === 'held') return arm()
    reason = renewal === 'lost' ? superseded() : new AppError('job_canceled', 'The sync was canceled.')
    // A job that has begun ends itself at a page boundary, by its own heartbeat; one that has not is told by this.
    ended.abort(reason)
  }
  const arm = () => {
    next = clock.deadline(RENEW_MS, 'watchdog', () => void renew())
  }
  arm()
  return {
    signal: AbortSignal.any([stop, ended.signal]),
    get reason() {
      return reason
    },
    release: () => {
      isReleased = true
      next.clear()
    },
  }
}

/**
 * Ends a job that threw: canceled ones for good, others until there is a reason to try again.
 * @throws AppError `job_superseded` when another has it by now
 */
export function endLeasedJob({
  db,
  clock,
  job,
  lease,
  error,
}: {
  readonly db: Db
  readonly clock: Clock
  readonly job: Job
  readonly lease: Lease
  readonly error: AppError
}): Promise<void> {
  const isOver = error.code === 'job_canceled'
  return underLease(db, lease, (tx) =>
    markJob(tx, job.id, {
      state: isOver ? 'ended' : 'interrupted',
      outcome: 'failed',
      seconds: job.seconds,
      at: new Date(clock.now()).toISOString(),
      error: { code: error.code, message: error.message },
      retryInMs: isOver ? null : nextTryInMs(error, job),
    }),
  )
}
