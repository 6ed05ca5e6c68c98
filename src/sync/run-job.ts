import { setMaxListeners } from 'node:events'
import { type Clock, type Deadline, isoNow } from '../clock.ts'
import type { Connector, RequestEvent, Session, Stream } from '../connectors/connector.ts'
import { AppError, toAppError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Connection } from '../store/connections.ts'
import type { Db, Queryable } from '../store/db.ts'
import { endJob } from '../store/end-job.ts'
import { Heartbeat } from '../store/heartbeat.ts'
import type { Job, JobMode, Step } from '../store/jobs.ts'
import type { Lease } from '../store/lease.ts'
import { newLeaseOwner } from '../store/lease-owner.ts'
import { addRequestCounts } from '../store/request-counts.ts'
import { settleJob } from './incremental/after-full.ts'
import { runRound } from './incremental/round.ts'
import type { JobContext } from './job-context.ts'
import { openJob, openLeasedJob } from './open-job.ts'
import { isLongest, waitsFor } from './order.ts'
import { isSparing, JobPlanner } from './planning/job-planner.ts'
import type { CountOrg } from './planning/plan-sync.ts'
import { estimateRemaining, type JobProgress, type SyncResult } from './progress.ts'
import { RequestMeter } from './request-meter.ts'
import { resultOf } from './result.ts'
import { runStep } from './run-step.ts'
import { streamsFor } from './scope.ts'
import type { SyncSettings } from './settings.ts'

export interface RunJobOptions<Client> {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly connector: Connector<Client>
  readonly session: Session<Client>
  readonly connection: Connection
  readonly settings: SyncSettings
  /** What a job without a lease is to read. Default: `full`. */
  readonly mode?: JobMode
  /** The job to work on, leased by a worker; without it the connection's unfinished job is taken, or a new one. */
  readonly lease?: Lease
  /** What holds that lease already. */
  readonly heartbeat?: Heartbeat
  /** Who works on it, where there is no lease yet. Default: a name that nobody else has. */
  readonly owner?: string
  /** First abort: finish the pages in flight and stop. The sync resumes later. */
  readonly stop?: AbortSignal
  /** Counts the org for the plan of a first sync. Asked only where nothing is stored yet; without it there is no such plan. */
  readonly countOrg?: CountOrg
  readonly onProgress?: (progress: JobProgress) => void
}

/** What pages in flight have to finish after a stop. */
const STOP_GRACE_MS = 3_000

/**
 * Runs a sync of one connection to its end, or until it is told to stop. In a full one several streams run at once, each
 * as soon as what it lists by is there.
 * @throws AppError `sync_already_running` when somebody else syncs this connection
 */
export async function runJob<Client>(options: RunJobOptions<Client>): Promise<SyncResult> {
  return new JobRun(options).run()
}

/** Why a sync is told to stop: what the signal says, or that it was interrupted. */
const reasonToStop = (stop: AbortSignal | undefined): AppError =>
  stop?.reason instanceof AppError
    ? stop.reason
    : new AppError('job_interrupted', 'The sync was stopped before its end.')

class JobRun<Client> {
  readonly #options: RunJobOptions<Client>
  readonly #startedAt: number
  readonly #stopping = new AbortController()
  readonly #aborted = new AbortController()
  #streams: ReadonlyMap<string, Stream<Client>>
  readonly #steps = new Map<string, Step>()
  readonly #parents = new Map<string, { total: number }>()
  readonly #meter: RequestMeter
  #jobId = ''
  #mode: JobMode = 'full'
  #planner: JobPlanner<Client> | null = null
  #resumed = false
  #watchdog: Deadline = { clear() {} }
  #grace: Deadline = { clear() {} }
  #error: AppError | null = null

  constructor(options: RunJobOptions<Client>) {
    this.#options = options
    this.#startedAt = options.clock.now()
    this.#meter = new RequestMeter(options.clock)
    // Every waiting request listens for the end of the job.
    setMaxListeners(0, this.#stopping.signal, this.#aborted.signal)
    this.#streams = new Map(options.connector.streams.map((stream) => [stream.name, stream]))
  }

  async run(): Promise<SyncResult> {
    const { log, connection, stop } = this.#options
    const { job, lease } = await this.#openJob()
    const context = this.#contextOf(job, lease)
    log.info({ connection_id: connection.id, job_id: job.id, resumed: this.#resumed }, 'sync started')
    const onStop = () => this.#stopSoon(reasonToStop(stop))
    stop?.addEventListener('abort', onStop, { once: true })
    if (stop?.aborted) onStop()
    const heartbeat = this.#options.heartbeat ?? new Heartbeat({ ...this.#options, lease })
    heartbeat.report(() => this.#progress())
    heartbeat.alongside(() => this.#keepCounts())
    heartbeat.signal.addEventListener('abort', () => this.#endedFromOutside(heartbeat.signal.reason), { once: true })
    this.#progressed()
    try {
      await this.#plan()
      await this.#runSteps(context)
    } finally {
      this.#watchdog.clear()
      this.#grace.clear()
      heartbeat.stop()
      stop?.removeEventListener('abort', onStop)
    }
    return this.#end(job, context)
  }

  async #openJob(): Promise<{ job: Job; lease: Lease }> {
    const { lease, owner = newLeaseOwner() } = this.#options
    const request = { ...this.#options, streams: [...this.#streams.keys()] }
    const opened = await (lease ? openLeasedJob(request, lease) : openJob(request, owner))
    this.#resumed = opened.resumed
    this.#jobId = opened.job.id
    this.#mode = opened.job.mode
    const { connector, settings } = this.#options
    const streams = streamsFor(connector, opened.job.mode, settings.scope)
    this.#streams = new Map(streams.map((stream) => [stream.name, stream]))
    this.#planner = new JobPlanner({ ...this.#options, ...opened, streams, onRequest: this.#count })
    for (const step of opened.steps) this.#steps.set(step.stream, step)
    return opened
  }

  async #plan(): Promise<void> {
    await this.#guarded(async () => this.#planner?.make(AbortSignal.any([this.#stopping.signal, this.#aborted.signal])))
    this.#progressed()
  }

  /** Nobody wants the job any more: it stops at a page boundary. Another has it: nothing may be written any more. */
  #endedFromOutside(reason: AppError): void {
    this.#stopSoon(reason)
    if (reason.code === 'job_superseded') this.#aborted.abort(reason)
  }

  #contextOf(job: Job, lease: Lease): JobContext<Client> {
    return {
      ...this.#options,
      jobId: lease.jobId,
      lease,
      mode: job.mode,
      startedAt: job.started_at ?? isoNow(this.#options.clock),
      isSparing: isSparing(job),
      facts: { engine: this.#options.connection.engine },
      streams: this.#streams,
      steps: this.#steps,
      stopping: this.#stopping.signal,
      aborted: this.#aborted.signal,
      onPlanned: async (requests) => {
        await this.#planner?.refine(this.#steps.values(), requests)
        this.#progressed()
      },
      onRequest: this.#count,
      onProgress: (stream, learned) => {
        if (learned) this.#parents.set(stream, { total: learned.parentsTotal })
        this.#progressed()
      },
    }
  }

  async #runSteps(context: JobContext<Client>): Promise<void> {
    const { settings, session, mode } = context
    if (mode === 'incremental') return this.#guarded(() => runRound(context))
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
    await this.#guarded(() => runStep(stream, step, context))
  }

  /** What stops the work stops the whole job. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work()
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
    const bucket = parents && this.#streams.get(parents.stream)?.bucket
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
    const { timeout_secs: seconds } = this.#options.connection
    this.#watchdog = this.#options.clock.deadline(seconds * 1_000, 'watchdog', () => {
      const stalled = new AppError('job_stalled', `Nothing happened for ${Math.round(seconds / 60)} minutes.`)
      this.#stopSoon(stalled)
      this.#aborted.abort(stalled)
    })
    this.#options.onProgress?.(this.#progress())
  }

  #progress(): JobProgress {
    const buckets = this.#options.session.buckets()
    const plan = this.#planner?.plan ?? null
    const steps = [...this.#steps.values()].map(({ checkpoint, ...step }) => {
      const total = this.#parents.get(step.stream)?.total
      const done = (checkpoint as { parentsDone?: number }).parentsDone ?? 0
      const { bucket = '' } = this.#streams.get(step.stream) ?? {}
      return { ...step, parents: total === undefined ? null : { done, total }, bucket }
    })
    return {
      jobId: this.#jobId,
      mode: this.#mode,
      resumed: this.#resumed,
      elapsedMs: this.#options.clock.now() - this.#startedAt,
      requests: steps.reduce((sum, step) => sum + step.requests, 0),
      rateLimited: steps.reduce((sum, step) => sum + step.rate_limited, 0),
      steps,
      buckets,
      plan,
      etaMs: estimateRemaining(steps, buckets, plan),
    }
  }

  readonly #count = ({ bucket, rateLimited }: RequestEvent): void => this.#meter.count(bucket, rateLimited)

  #keepCounts(): Promise<void> {
    const { db, connection, session } = this.#options
    return addRequestCounts(db, connection.id, this.#meter.take(session.buckets()))
  }

  async #end(job: Job, context: JobContext<Client>): Promise<SyncResult> {
    const { db, clock, log, connection } = this.#options
    const error = this.#error
    const seconds = job.seconds + (clock.now() - this.#startedAt) / 1000
    const result = resultOf({
      connectionId: connection.id,
      jobId: job.id,
      resumed: this.#resumed,
      seconds,
      steps: [...this.#steps.values()],
      order: [...this.#streams.keys()],
      plan: this.#planner?.plan ?? null,
      error,
    })
    const at = isoNow(clock)
    const streams = [...this.#streams.keys()]
    await this.#keepCounts().catch(() => {})
    const alongside = (tx: Queryable) =>
      error === null && job.mode === 'full' ? settleJob(tx, this.#steps, context, at) : Promise.resolve()
    const end = { outcome: result.outcome, seconds, at, error, streams, alongside }
    await endJob(db, context.lease, job, end).catch((failure: unknown) => {
      // Where the database itself is what failed, or another has the job, it stays as a killed run would leave it.
      if (error === null) throw failure
    })
    log.info({ job_id: job.id, outcome: result.outcome, seconds, requests: result.requests }, 'sync ended')
    return result
  }
}
