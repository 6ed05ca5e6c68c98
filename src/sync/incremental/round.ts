import { isoNow } from '../../clock.ts'
import { type Step, saveSteps } from '../../store/jobs.ts'
import { underLease } from '../../store/lease.ts'
import { ageTargets, enqueueTargets, type QueuedTarget } from '../../store/refetch-queue.ts'
import type { JobContext } from '../job-context.ts'
import { runStep } from '../run-step.ts'
import { listChanged } from './changed-since.ts'
import { drainQueue } from './drain-queue.ts'
import { oldReadings } from './old-readings.ts'
import { queueHooked } from './queue-hooked.ts'
import { RoundCommits } from './round-commits.ts'
import { RoundWrites } from './round-writes.ts'
import { Troubles } from './troubles.ts'

/** Rounds that a target may fail in before it is left to the next full sync. */
const MOST_ROUNDS = 5

/**
 * Runs a round: polls the log, lists what changed since the marks, and reads again what both have named, each once, with
 * a slice of what nothing tells about. Whatever names a target queues it in the transaction that stores the reason, and it
 * leaves the queue in the transaction that stores what was read: a round that ends anywhere is gone on with by the next.
 * @throws AppError whose action is `stop`; the job can be resumed
 */
export async function runRound<Client>(job: JobContext<Client>): Promise<void> {
  const isOver = () => job.stopping.aborted || job.aborted.aborted
  await begin(job)
  for (const stream of job.streams.values()) {
    const step = job.steps.get(stream.name)
    if (stream.entity.appendOnly && step && !isOver()) await runStep(stream, step, job)
  }
  await queueHooked(job)
  const round = { job, commits: new RoundCommits(job), writes: new RoundWrites(job) }
  const troubles = new Troubles()
  await listChanged(job, { ...round, troubles })
  if (isOver()) return
  await queueOld(job)
  const left = await drainQueue(round, troubles)
  if (!isOver()) await end(job, troubles, left)
}

async function begin<Client>(job: JobContext<Client>): Promise<void> {
  const { streams, steps, db, lease, jobId, clock } = job
  const records = [...streams.values()].filter(({ entity }) => !entity.appendOnly)
  const waiting = records.flatMap(({ name }) => steps.get(name) ?? []).filter(({ state }) => state === 'waiting')
  if (waiting.length === 0) return
  await underLease(db, lease, async (tx) => {
    const running = waiting.map((step): Step => ({ ...step, state: 'running' }))
    await saveSteps(tx, jobId, running, isoNow(clock))
  })
  for (const step of waiting) step.state = 'running'
}

/** What nothing tells about is read again before its reading is too old, a slice in each round. */
async function queueOld<Client>(job: JobContext<Client>): Promise<void> {
  const connectionId = job.connection.id
  const at = isoNow(job.clock)
  const streams = [...job.streams.values()]
  for (const stream of streams) {
    const keys = await oldReadings(job.db, stream, streams, { connectionId, now: at, days: job.settings.rereadDays })
    const targets = keys.map((key) => ({ kind: 'children' as const, stream: stream.name, key }))
    if (targets.length > 0)
      await underLease(job.db, job.lease, (tx) => enqueueTargets(tx, { connectionId, at }, targets))
  }
}

async function end<Client>(job: JobContext<Client>, troubles: Troubles, left: readonly QueuedTarget[]): Promise<void> {
  const at = isoNow(job.clock)
  const ended = await underLease(job.db, job.lease, async (tx) => {
    const dropped = await ageTargets(tx, job.connection.id, left, MOST_ROUNDS)
    if (dropped > 0) job.log.warn({ targets: dropped }, 'left to the next full sync after several rounds')
    const steps: Step[] = []
    for (const stream of job.streams.values()) {
      const step = job.steps.get(stream.name)
      if (!step || step.state === 'ended') continue
      steps.push({ ...step, ...troubles.endOf(stream, step, job.settings.scope), state: 'ended' })
    }
    await saveSteps(tx, job.jobId, steps, at)
    return steps
  })
  for (const final of ended) {
    const step = job.steps.get(final.stream)
    if (step) Object.assign(step, final)
    job.onProgress(final.stream)
  }
}
