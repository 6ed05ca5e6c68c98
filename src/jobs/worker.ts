import { setMaxListeners } from 'node:events'
import { type Clock, isoNow } from '../clock.ts'
import { AppError, toAppError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Db } from '../store/db.ts'
import { endJob } from '../store/end-job.ts'
import { enqueueHooked } from '../store/event-hook-deliveries.ts'
import { Heartbeat } from '../store/heartbeat.ts'
import { cleanUp } from '../store/housekeeping.ts'
import { enqueueDue, leaseNextJob } from '../store/job-queue.ts'
import type { Job } from '../store/jobs.ts'
import { type Lease, releaseLease } from '../store/lease.ts'

/** A leased job's work; it ends the job's row itself, or throws why it could not be begun. */
export type Run = (job: Job, leased: Leased) => Promise<void>

export interface Leased {
  readonly lease: Lease
  /** Holds the lease from before the work begins, which may be long before it can report progress. */
  readonly heartbeat: Heartbeat
  /** Aborted when the worker stops, and when the heartbeat's own is. */
  readonly signal: AbortSignal
}

export interface WorkerOptions {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly run: Run
  /** Jobs at the same time. */
  readonly capacity: number
  /** Who works: a name that no other worker has. */
  readonly owner: string
  /** Days for which changes of records are kept. */
  readonly changesDays: number
  /** Done every few minutes beside the jobs; what it throws is its own affair. */
  readonly keepTokensAlive?: (stop: AbortSignal) => Promise<void>
}

/** How long a worker waits before it looks for work again. */
const POLL_MS = 1_000
/** The longest wait while the database is away. */
const LONGEST_MS = 15_000
const HOUSEKEEPING_MS = 3_600_000
const KEEP_ALIVE_MS = 300_000
/** Connections that one look at the schedule makes due. */
const DUE_AT_ONCE = 50

/**
 * Works off the queue of jobs: makes due connections' jobs, leases what is runnable, and runs several at once. Any number
 * of workers share one database; what one leaves behind, however it ends, another takes over.
 */
export class Worker {
  readonly #options: WorkerOptions
  readonly #stopping = new AbortController()
  readonly #running = new Set<Promise<void>>()
  #loop: Promise<void> | null = null
  #cleanedAt = Number.NEGATIVE_INFINITY
  #keptAliveAt = Number.NEGATIVE_INFINITY
  #keepingAlive: Promise<void> | null = null

  constructor(options: WorkerOptions) {
    this.#options = options
    setMaxListeners(0, this.#stopping.signal)
  }

  start(): void {
    if (this.#loop) return
    this.#options.log.info({ capacity: this.#options.capacity }, 'worker started')
    this.#loop = this.#work()
  }

  /** Takes no more jobs, lets the running ones stop at a page boundary and hand back, and resolves when they have. */
  async stop(): Promise<void> {
    this.#stopping.abort(new AppError('job_interrupted', 'The worker was stopped.'))
    await this.#loop
    await Promise.all([...this.#running, this.#keepingAlive])
  }

  async #work(): Promise<void> {
    const { clock, log } = this.#options
    const { signal } = this.#stopping
    let waitMs = POLL_MS
    while (!signal.aborted) {
      try {
        await this.#look()
        if (waitMs > POLL_MS) log.info({}, 'the database answers again')
        waitMs = POLL_MS
      } catch (thrown) {
        // Said once for each outage, and tried again for as long as it takes.
        if (waitMs === POLL_MS) log.warn({ code: toAppError(thrown).code }, 'the queue of jobs cannot be read')
        waitMs = Math.min(waitMs * 2, LONGEST_MS)
      }
      await clock.sleep(waitMs, signal).catch(() => {})
    }
  }

  /** One look for work. */
  async #look(): Promise<void> {
    const { db, clock, log, owner, capacity, changesDays } = this.#options
    for (const { job } of await enqueueDue(db, DUE_AT_ONCE))
      log.info({ connection_id: job.connection_id, job_id: job.id }, 'sync is due')
    for (const { job } of await enqueueHooked(db, DUE_AT_ONCE))
      log.info({ connection_id: job.connection_id, job_id: job.id }, 'sync is wanted by an event hook')
    while (this.#running.size < capacity && !this.#stopping.signal.aborted) {
      const job = await leaseNextJob(db, { owner })
      if (!job) break
      // Told to stop while it was being leased: nobody has begun it, so anybody may have it.
      if (this.#stopping.signal.aborted) return releaseLease(db, { jobId: job.id, owner })
      const running = this.#run(job).finally(() => this.#running.delete(running))
      this.#running.add(running)
    }
    this.#keepAlive()
    if (clock.now() - this.#cleanedAt < HOUSEKEEPING_MS) return
    this.#cleanedAt = clock.now()
    const gone = await cleanUp(db, { changesDays })
    if (gone > 0) log.info({ rows: gone }, 'old rows thrown away')
  }

  /** Beside the jobs: orgs that are slow to answer hold nobody up. */
  #keepAlive(): void {
    const { clock, log, keepTokensAlive } = this.#options
    if (!keepTokensAlive || this.#keepingAlive || clock.now() - this.#keptAliveAt < KEEP_ALIVE_MS) return
    this.#keptAliveAt = clock.now()
    this.#keepingAlive = keepTokensAlive(this.#stopping.signal)
      .catch((thrown: unknown) => log.warn({ code: toAppError(thrown).code }, 'tokens could not be kept alive'))
      .finally(() => {
        this.#keepingAlive = null
      })
  }

  async #run(job: Job): Promise<void> {
    const { db, clock, log, owner, run } = this.#options
    const lease = { jobId: job.id, owner }
    const fields = { connection_id: job.connection_id, job_id: job.id }
    log.info({ ...fields, attempts: job.attempts }, 'job leased')
    const heartbeat = new Heartbeat({ db, clock, lease })
    const signal = AbortSignal.any([this.#stopping.signal, heartbeat.signal])
    try {
      await run(job, { lease, heartbeat, signal })
    } catch (thrown) {
      const error = toAppError(heartbeat.signal.aborted ? heartbeat.signal.reason : thrown)
      if (error.code === 'internal_error') log.error({ ...fields, code: error.code }, 'job failed')
      else log.info({ ...fields, code: error.code }, 'job not run to its end')
      const at = isoNow(clock)
      const end = { outcome: 'failed', seconds: job.seconds, at, error } as const
      await endJob(db, lease, job, end).catch((failure: unknown) => {
        // The lease runs out, and whoever takes the job then begins where this one stopped.
        log.warn({ ...fields, code: toAppError(failure).code }, 'job left to its lease')
      })
    } finally {
      heartbeat.stop()
    }
  }
}
