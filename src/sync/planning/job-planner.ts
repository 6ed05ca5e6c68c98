import { type Clock, isoNow } from '../../clock.ts'
import type { Estimate, PlannedRequests, RequestEvent, Session, Stream } from '../../connectors/connector.ts'
import type { Connection } from '../../store/connections.ts'
import type { Db } from '../../store/db.ts'
import { type SyncPlan, saveJobPlan } from '../../store/job-plan.ts'
import type { Job, Step } from '../../store/jobs.ts'
import { type Lease, underLease } from '../../store/lease.ts'
import type { SyncSettings } from '../settings.ts'
import { knownPaces, planOf } from './plan-of.ts'
import { type CountOrg, planSync } from './plan-sync.ts'

export interface JobPlannerOptions<Client> {
  readonly db: Db
  readonly clock: Clock
  readonly connection: Connection
  readonly settings: SyncSettings
  readonly session: Session<Client>
  readonly streams: readonly Stream<Client>[]
  readonly job: Job
  readonly lease: Lease
  readonly countOrg?: CountOrg
  readonly onRequest: (event: RequestEvent) => void
}

/** Nobody waits longer for a plan: a sync can do without. */
const COUNT_MS = 30_000

/** Only what runs by itself spares what was read lately. */
export const isSparing = ({ mode, trigger }: Pick<Job, 'mode' | 'trigger'>): boolean =>
  mode === 'full' && trigger === 'schedule'

/** The plan of one job: made as it begins, stored with it, and kept over every run of it. */
export class JobPlanner<Client> {
  readonly #options: JobPlannerOptions<Client>
  #plan: SyncPlan | null

  constructor(options: JobPlannerOptions<Client>) {
    this.#options = options
    this.#plan = options.job.plan
  }

  get plan(): SyncPlan | null {
    return this.#plan
  }

  /** Plans a job that begins. One that goes on keeps the plan that it began with. */
  async make(stop: AbortSignal): Promise<void> {
    if (this.#plan || stop.aborted) return
    const { clock, job, connection } = this.#options
    const plan = await planSync({
      ...this.#options,
      facts: { engine: connection.engine },
      now: job.started_at ?? isoNow(clock),
      mode: job.mode,
      isSparing: isSparing(job),
      countOrg: (how) => this.#count(how, stop),
    })
    if (plan && !stop.aborted) await this.#keep(plan)
  }

  /** What cannot be counted, or not soon, may be read all the same; and if not, the sync says better why. */
  async #count(how: Parameters<CountOrg>[0], stop: AbortSignal): Promise<Estimate | null> {
    const { clock, countOrg, onRequest } = this.#options
    const late = new AbortController()
    const deadline = clock.deadline(COUNT_MS, 'watchdog', () => late.abort())
    const counting = countOrg?.({ ...how, onRequest, stop: AbortSignal.any([stop, late.signal]) })
    return (counting ?? Promise.resolve(null)).catch(() => null).finally(() => deadline.clear())
  }

  /** A round is planned once it is known what has changed: what it has spent until then, and what is left to be read. */
  async refine(steps: Iterable<Step>, left: readonly PlannedRequests[]): Promise<void> {
    if (this.#plan && !this.#plan.at_least) return
    const { db, connection, session } = this.#options
    const spent = [...steps].flatMap(({ stream, buckets }) =>
      Object.entries(buckets).map(([bucket, requests]) => ({ stream, bucket, requests })),
    )
    const paces = await knownPaces(db, connection.id, { share: session.share, buckets: session.buckets() })
    await this.#keep(planOf([...spent, ...left], paces, false))
  }

  async #keep(plan: SyncPlan): Promise<void> {
    const { db, lease } = this.#options
    await underLease(db, lease, (tx) => saveJobPlan(tx, lease.jobId, plan))
    this.#plan = plan
  }
}
