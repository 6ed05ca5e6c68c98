import { type Clock, isoNow } from '../clock.ts'
import { AppError } from '../errors.ts'
import { isSameScope } from '../model/scope.ts'
import type { Connection } from '../store/connections.ts'
import type { Db, Queryable } from '../store/db.ts'
import {
  abandonJobs,
  createJob,
  findJob,
  forgetSteps,
  type Job,
  type JobMode,
  makeFull,
  openSteps,
  type Step,
} from '../store/jobs.ts'
import { type Lease, lockUnfinishedJob, superseded, takeLease, underLease } from '../store/lease.ts'
import { forgetParentReads } from '../store/parent-reads.ts'
import { hasScope } from './scope.ts'
import type { SyncSettings } from './settings.ts'

/** An unfinished sync is resumed for this long; after that its pages are too old to go on from. */
const RESUME_WITHIN_MS = 24 * 3_600_000
/** How long a sync that is just ending may take to let go. */
const PATIENCE_MS = 2_000

export interface OpenJobRequest {
  readonly db: Db
  readonly clock: Clock
  readonly connection: Connection
  readonly settings: SyncSettings
  /** What a new job is to read. Default: `full`, and where there is nothing yet that an incremental one may build on. */
  readonly mode?: JobMode
  readonly streams: readonly string[]
}

/** A job that is ours to work on. */
export interface OpenJob {
  readonly job: Job
  readonly lease: Lease
  readonly steps: readonly Step[]
  /** It goes on where an earlier run stopped. */
  readonly resumed: boolean
}

/**
 * Opens the connection's job for somebody who has none yet, such as the command line: the unfinished one, if that was
 * to read the same and is young enough, else a new one.
 * @throws AppError `sync_already_running` when somebody works on it
 */
export async function openJob(request: OpenJobRequest, owner: string): Promise<OpenJob> {
  const { clock, connection } = request
  const until = clock.now() + PATIENCE_MS
  for (;;) {
    const opened = await request.db.transaction((tx) => tryToOpen(tx, request, owner))
    if (opened) return opened
    if (clock.now() >= until)
      throw new AppError('sync_already_running', `Another sync of ${connection.origin} is running right now.`)
    await clock.sleep(100)
  }
}

async function tryToOpen(tx: Queryable, request: OpenJobRequest, owner: string): Promise<OpenJob | null> {
  const { connection, settings, streams } = request
  const mode = canBeBuiltOn(request) ? (request.mode ?? 'full') : 'full'
  const at = isoNow(request.clock)
  const unfinished = await lockUnfinishedJob(tx, connection.id, owner)
  if (unfinished === 'busy') return null
  // Who asks for a full sync is not served by an incremental one; the other way round, all the better.
  const serves = unfinished !== null && (mode === 'incremental' || unfinished.mode === 'full')
  const waiting = serves && (unfinished.started_at === null || isResumable(unfinished, request)) ? unfinished : null
  if (!waiting) await abandonJobs(tx, connection.id, at)
  const job =
    waiting ??
    (await createJob(tx, { connectionId: connection.id, mode, trigger: 'command_line', settings, at, isQueued: false }))
  if (!job) return null
  if (job.started_at === null) await forgetOtherScope(tx, request)
  const lease = { jobId: job.id, owner }
  const taken = await takeLease(tx, lease, { settings, at })
  return { job: taken, lease, steps: await openSteps(tx, job.id, streams), resumed: job.started_at !== null }
}

/**
 * Opens a job that a worker has leased: it goes on where it was left, or begins anew where that was too long ago.
 * @throws AppError `job_superseded` when the lease is lost
 */
export function openLeasedJob(request: OpenJobRequest, lease: Lease): Promise<OpenJob> {
  return underLease(request.db, lease, async (tx) => {
    const job = await findJob(tx, lease.jobId)
    if (!job) throw superseded()
    const isStale = job.mode === 'incremental' && !canBeBuiltOn(request)
    const resumed = job.started_at !== null && isResumable(job, request) && !isStale
    if (isStale) await makeFull(tx, job.id)
    else if (!resumed) await forgetSteps(tx, job.id)
    if (!resumed) await forgetOtherScope(tx, request)
    const taken = await takeLease(tx, lease, { settings: request.settings, at: isoNow(request.clock) })
    return { job: taken, lease, steps: await openSteps(tx, job.id, request.streams), resumed }
  })
}

/** Whether a full sync has read what this one is to keep current: in the same scope, and to its end. */
const canBeBuiltOn = ({ connection, settings }: OpenJobRequest): boolean =>
  connection.full_sync_at !== null && isSameScope(connection.full_sync_scope, settings.scope)

/** Nothing that was read under another scope spares a request. */
async function forgetOtherScope(tx: Queryable, { connection, settings }: OpenJobRequest): Promise<void> {
  if (!isSameScope(connection.full_sync_scope, settings.scope)) await forgetParentReads(tx, connection.id)
}

function isResumable(job: Job, { clock, settings }: OpenJobRequest): boolean {
  const isYoung = job.started_at !== null && Date.parse(job.started_at) >= clock.now() - RESUME_WITHIN_MS
  return isYoung && !settings.fresh && hasScope(job.settings, settings.scope)
}
