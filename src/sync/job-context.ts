import type { Clock } from '../clock.ts'
import type {
  Connector,
  OrgFacts,
  PlannedRequests,
  RequestEvent,
  Session,
  Stream,
  StreamSettings,
} from '../connectors/connector.ts'
import type { Log } from '../log.ts'
import type { Connection } from '../store/connections.ts'
import type { Db } from '../store/db.ts'
import type { JobMode, Step } from '../store/jobs.ts'
import type { Lease } from '../store/lease.ts'
import type { SyncSettings } from './settings.ts'

/** What a step works with, the same for every step of a job. */
export interface JobContext<Client> {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly session: Session<Client>
  readonly connection: Connection
  readonly connector: Connector<Client>
  readonly jobId: string
  readonly mode: JobMode
  /** When the job began, as ISO time. */
  readonly startedAt: string
  /** What was read lately and has not moved since is not read again: only what runs by itself spares requests so. */
  readonly isSparing: boolean
  /** What the job writes, it writes while this holds. */
  readonly lease: Lease
  readonly settings: SyncSettings
  readonly facts: OrgFacts
  /** Every stream of the connector, and the steps of this job, by name. */
  readonly streams: ReadonlyMap<string, Stream<Client>>
  readonly steps: ReadonlyMap<string, Step>
  /** Told to stop: pages in flight are finished, none is begun any more. */
  readonly stopping: AbortSignal
  /** Everything ends now. */
  readonly aborted: AbortSignal
  /** A request was answered, or found no answer. */
  readonly onRequest: (event: RequestEvent) => void
  /** What is still to be read has become known: what that will take. */
  readonly onPlanned: (requests: readonly PlannedRequests[]) => Promise<void>
  /** A request was answered or a page was saved; with what a step learned that is shown and not stored. */
  readonly onProgress: (stream: string, learned?: { parentsTotal: number }) => void
}

/** The client of a step: its requests are counted with the step. */
export function clientFor<Client>(
  stream: Pick<Stream<Client>, 'name' | 'background'>,
  step: Step,
  job: JobContext<Client>,
): Client {
  return job.session.client({
    resource: stream.name,
    background: stream.background ?? false,
    signal: job.aborted,
    onRequest: (event) => {
      const { bucket, rateLimited } = event
      job.onRequest(event)
      step.requests++
      step.buckets[bucket] = (step.buckets[bucket] ?? 0) + 1
      if (rateLimited) step.rate_limited++
      job.onProgress(step.stream)
    },
  })
}

/** What a person has set about the listings of a stream. `now`: milliseconds, by the engine's clock. */
export function listingSettings<Client>(
  { name }: Pick<Stream<Client>, 'name'>,
  { settings, clock }: Pick<JobContext<Client>, 'settings' | 'clock'>,
  now: number = clock.now(),
): StreamSettings {
  const pageSize = settings.pageSizes[name]
  return { logDays: settings.logDays, now, ...(pageSize !== undefined && { pageSize }) }
}
