import { setMaxListeners } from 'node:events'
import type { Clock, Deadline } from '../clock.ts'
import type { BucketStatus, Connector, Session, Stream } from '../connectors/connector.ts'
import { AppError, toAppError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Connection } from '../store/connections.ts'
import type { Db, Lock } from '../store/db.ts'
import {
  abandonJobs,
  createJob,
  findUnfinishedJob,
  forgetSeen,
  type Job,
  listSteps,
  markJob,
  type Step,
} from '../store/jobs.ts'
import { isLongest, waitsFor } from './plan.ts'
import { estimateRemaining, type JobProgress, type SyncResult } from './progress.ts'
import { resultOf } from './result.ts'
import { type JobContext, runStep } from './run-step.ts'
import { hasScope } from './scope.ts'
import type { SyncSettings } from './settings.ts'

export interface RunJobOptions<Client> {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly connector: Connector<Client>
  readonly session: Session<Client>
  readonly connection: Connection
  readonly settings: SyncSettings
  /** First abort: finish the pages in flight and stop. The sync resumes later. */
  readonly stop?: AbortSignal
  readonly onProgress?: (progress: JobProgress) => void
}

/** An unfinished sync is resumed for this long; after that its pages are too old to go on from. */
const RESUME_WITHIN_MS = 24 * 3_600_000
/** What pages in flight have to finish after a stop. */
const STOP_GRACE_MS = 3_000
/** Silence after which a job is taken to hang: longer than any rate-limit window or slow answer. */
const STALL_MS = 10 * 60_000
/** How long a killed process may take to lose its lock. */
const LOCK_PATIENCE_MS = 2_000

/**
 * Runs a full sync of one connection to its end, or until it is told to stop. Several streams run at once, each as soon
 * as what it lists by is there.
 * @throws AppError `sync_already_running` when another process syncs this connection
 */
export async function runJob<Client>(options: RunJobOptions<Client>): Promise<SyncResult> {
  const lock = await takeLock(options)
  try {
    return await new JobRun(options).run()
  } finally {
    await lock.release()
  }
}

async function takeLock({
  db,
  clock,
  connection,
}: Pick<RunJobOptions<never>, 'db' | 'clock' | 'connection'>): Promise<Lock> {
  const until = clock.now() + LOCK_PATIENCE_MS
  for (;;) {
    const lock = await db.lock(`rollcall sync ${connection.id}`)
    if (lock) return lock
    if (clock.now() >= until)
      throw new AppError('sync_already_running', `Another sync of ${connection.origin} is running right now.`)
    await clock.sleep(100)
  }
}

class JobRun<Client> {
  readonly #options: RunJobOptions<Client>
  readonly #startedAt: number
  readonly #stopping = new AbortController()
  readonly #aborted = new AbortController()
  readonly #streams: ReadonlyMap<string, Stream<Client>>
  readonly #steps = new Map<string, Step>()
  readonly #parents = new Map<string, { total: number }>()
  readonly #buckets = new Map<string, string>()
  #job: Job | null = null
  #resumed = false
  #watchdog: Deadline = { clear() {} }
  #grace: Deadline = { clear() {} }
  #error: AppError | null = null

  constructor(options: RunJobOptions<Client>) {
    this.#options = options
    this.#startedAt = options.clock.now()
    // Every waiting request listens for the end of the job.
    setMaxListeners(0, this.#stopping.signal, this.#aborted.signal)
    this.#streams = new Map(options.connector.streams.map((stream) => [stream.name, stream]))
  }

  async run(): Promise<SyncResult> {
    const { log, connection, stop } = this.#options
    const job = await this.#openJob()
    log.info({ connection_id: connection.id, job_id: job.id, resumed: this.#resumed }, 'sync started')
    const onStop = () => this.#stopSoon(new AppError('job_interrupted', 'The sync was stopped before its end.'))
    stop?.addEventListener('abort', onStop, { once: true })
    if (stop?.aborted) onStop()
    this.#progressed()
    try {
      await this.#runSteps(job)
    } finally {
      this.#watchdog.clear()
      this.#grace.clear()
      stop?.removeEventListener('abort', onStop)
    }
    return this.#end(job)
  }

  /** The unfinished job of before, if that was to read the same; or a new one. */
  async #openJob(): Promise<Job> {
    const { db, connection, settings, clock } = this.#options
    const notBefore = new Date(clock.now() - RESUME_WITHIN_MS).toISOString()
    const last = settings.fresh ? null : await findUnfinishedJob(db, connection.id, notBefore)
    const unfinished = last && hasScope(last.settings, settings.scope) ? last : null
    const at = new Date(clock.now()).toISOString()
    const streams = [...this.#streams.keys()]
    const job = await db.transaction(async (tx) => {
      const job = unfinished ?? (await createJob(tx, { connectionId: connection.id, streams, settings, at }))
      await abandonJobs(tx, connection.id, job.id, at)
      await markJob(tx, job.id, { state: 'running', seconds: job.seconds, at })
      return job
    })
    this.#resumed = unfinished !== null
    for (const step of await listSteps(db, job.id)) this.#steps.set(step.stream, step)
    this.#job = job
    return job
  }

  async #runSteps(job: Job): Promise<void> {
    const { settings, session, connection } = this.#options
    const context: JobContext<Client> = {
      ...this.#options,
      jobId: job.id,
      facts: { engine: connection.engine },
      streams: this.#streams,
      steps: this.#steps,
      stopping: this.#stopping.signal,
      aborted: this.#aborted.signal,
      onProgress: (stream, learned) => {
        if (learned?.bucket) this.#buckets.set(stream, learned.bucket)
        if (learned?.parentsTotal !== undefined) this.#parents.set(stream, { total: learned.parentsTotal })
        this.#progressed()
      },
    }
    const running = new Map<string, Promise<void>>()
    const start = (stream: Stream<Client>): Promise<void> => {
      const begun = running.get(stream.name)
      if (begun) return begun
      const before = waitsFor(stream, settings.scope).flatMap((name) => this.#streams.get(name) ?? [])
      const promise = Promise.all(before.map(start))
        .then(() => (stream.background ? this.#turnOfBackground(stream, running, session) : undefined))
        .then(() => this.#runStep(stream, context))
      running.set(stream.name, promise)
      return promise
    }
    await Promise.all([...this.#streams.values()].map(start))
  }

  async #runStep(stream: Stream<Client>, context: JobContext<Client>): Promise<void> {
    const step = this.#steps.get(stream.name)
    if (!step || this.#stopping.signal.aborted) return
    try {
      await runStep(stream, step, context)
    } catch (thrown) {
      const error = toAppError(thrown)
      this.#error ??= error
      this.#stopSoon(error)
      this.#aborted.abort(error)
    }
  }

  /** A background step waits for all others, unless it is the longest: then waiting would make the sync longer. */
  async #turnOfBackground(
    stream: Stream<Client>,
    running: ReadonlyMap<string, Promise<void>>,
    session: Session<Client>,
  ): Promise<void> {
    const parents = stream.parents?.from === 'stream' ? this.#steps.get(stream.parents.stream) : undefined
    const bucket = parents && this.#buckets.get(parents.stream)
    const pace = session.buckets().find((status) => status.bucket === bucket)?.perMinute ?? null
    if (parents && isLongest(parents.rows_read, pace)) return
    await Promise.all([...running].filter(([name]) => name !== stream.name).map(([, promise]) => promise))
  }

  #stopSoon(reason: AppError): void {
    if (this.#stopping.signal.aborted) return
    this.#error ??= reason
    this.#stopping.abort(reason)
    this.#grace = this.#options.clock.deadline(STOP_GRACE_MS, 'watchdog', () => this.#aborted.abort(reason))
  }

  #progressed(): void {
    this.#watchdog.clear()
    this.#watchdog = this.#options.clock.deadline(STALL_MS, 'watchdog', () => {
      const stalled = new AppError('job_stalled', `Nothing happened for ${STALL_MS / 60_000} minutes.`)
      this.#stopSoon(stalled)
      this.#aborted.abort(stalled)
    })
    this.#options.onProgress?.(this.#progress())
  }

  #progress(): JobProgress {
    const buckets: readonly BucketStatus[] = this.#options.session.buckets()
    const steps = [...this.#steps.values()].map(({ checkpoint, ...step }) => {
      const total = this.#parents.get(step.stream)?.total
      const done = (checkpoint as { parentsDone?: number }).parentsDone ?? 0
      return {
        ...step,
        parents: total === undefined ? null : { done, total },
        bucket: this.#buckets.get(step.stream) ?? null,
      }
    })
    return {
      jobId: this.#job?.id ?? '',
      resumed: this.#resumed,
      elapsedMs: this.#options.clock.now() - this.#startedAt,
      requests: steps.reduce((sum, step) => sum + step.requests, 0),
      rateLimited: steps.reduce((sum, step) => sum + step.rate_limited, 0),
      steps,
      buckets,
      etaMs: estimateRemaining(steps, buckets),
    }
  }

  async #end(job: Job): Promise<SyncResult> {
    const { db, clock, log, connection } = this.#options
    const seconds = job.seconds + (clock.now() - this.#startedAt) / 1000
    const result = resultOf({
      connectionId: connection.id,
      jobId: job.id,
      resumed: this.#resumed,
      seconds,
      steps: [...this.#steps.values()],
      order: [...this.#streams.keys()],
      error: this.#error,
    })
    const unfinished = this.#error !== null
    await db
      .transaction(async (tx) => {
        await markJob(tx, job.id, {
          state: unfinished ? 'interrupted' : 'ended',
          outcome: result.outcome,
          seconds,
          at: new Date(clock.now()).toISOString(),
          ...(this.#error && { error: { code: this.#error.code, message: this.#error.message } }),
        })
        if (!unfinished) await forgetSeen(tx, job.id)
      })
      .catch((failure: unknown) => {
        // Where the database itself is what failed, the job stays as a killed one would leave it, and can be resumed.
        if (!unfinished) throw failure
      })
    log.info({ job_id: job.id, outcome: result.outcome, seconds, requests: result.requests }, 'sync ended')
    return result
  }
}
