import type { Clock } from '../clock.ts'
import type {
  Address,
  Check,
  CheckRow,
  ConnectorDescription,
  Credentials,
  Estimate,
  FoundOrg,
} from '../connectors/connector.ts'
import type { Log } from '../log.ts'
import type { Sealer } from '../seal.ts'
import type { Connection } from '../store/connections.ts'
import type { Db } from '../store/db.ts'
import type { SyncPlan } from '../store/job-plan.ts'
import type { JobMode } from '../store/jobs.ts'
import type { WebhookEndpoint } from '../store/webhook-endpoints.ts'
import type { DeliveryFailure } from '../store/webhook-messages.ts'

/** What the API works with, handed to it by `main`: it knows no vendor and no sync engine. */
export interface ApiServices {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly sealer: Sealer
  /** What can be connected. */
  readonly connectors: readonly ConnectorDescription[]
  /** Where the built pages are; null: none are served. */
  readonly pagesDir: string | null
  /** Under which URL people reach the server, without a slash at the end. */
  readonly publicUrl: string
  readonly version: string
  /** Requests a minute that one key may make; 0: no limit. */
  readonly rateLimit: number
  /** What `/metrics` asks for as a bearer token; null: it answers callers on this machine only. */
  readonly metricsToken: string | null
  /** Addresses from which the vendor is called, for allow-lists; none where nobody has said which. */
  readonly egressAddresses: readonly string[]
  readonly vendors: AskVendors
  readonly webhooks: AskWebhooks
  /**
   * What a sync of a connection would take, from what is stored; one that was never synced is asked.
   * @throws AppError where it cannot be counted
   */
  planSync(connection: Connection, mode: JobMode, signal: AbortSignal): Promise<SyncPlan>
}

/** What has to do with calling webhook endpoints; handed in by `main`, for the API calls nobody by itself. */
export interface AskWebhooks {
  /** What is wrong with an address to be called, as the end of a sentence; null when nothing is. Looks no name up. */
  faultOf(url: string): string | null
  /** Sends `webhook.test` once, now. @throws the signal's reason */
  test(endpoint: WebhookEndpoint, signal: AbortSignal): Promise<WebhookAttempt>
}

/** What came of sending one message. */
export interface WebhookAttempt {
  /** Null: it was delivered. */
  readonly failure: DeliveryFailure | null
  /** Null where no answer came. */
  readonly status: number | null
  /** The beginning of the answer. */
  readonly text: string
  readonly seconds: number
}

/** What is asked of a vendor while a person waits; handed in by `main`, for the API knows no vendor. */
export interface AskVendors {
  /** Which org answers at an address, asked without credentials. @throws AppError when none does */
  findOrg(vendor: string, address: Address, signal: AbortSignal): Promise<FoundOrg>
  /**
   * What these credentials can read; nothing is stored. `onRow` is told each row as soon as it is found.
   * @throws AppError when no org answers
   */
  check(vendor: string, credentials: Credentials, signal: AbortSignal, onRow?: (row: CheckRow) => void): Promise<Check>
  /** What a first sync with these credentials will take. @throws AppError when it cannot be counted at all */
  estimate(vendor: string, credentials: Credentials, signal: AbortSignal): Promise<FirstSyncEstimate>
}

/** What a first sync will take, before there is a connection. */
export interface FirstSyncEstimate extends Pick<Estimate, 'at_least' | 'counts'> {
  /** Requests to the vendor. */
  readonly requests: number
  /** Seconds, at the pace that the vendor's limits leave; null where they are not known. */
  readonly seconds: number | null
}
