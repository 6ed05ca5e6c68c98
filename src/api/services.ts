import type { Clock } from '../clock.ts'
import type { Check, ConnectorDescription, Credentials } from '../connectors/connector.ts'
import type { Log } from '../log.ts'
import type { Sealer } from '../seal.ts'
import type { Db } from '../store/db.ts'

/** What the API works with, handed to it by `main`: it knows no vendor and no sync engine. */
export interface ApiServices {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly sealer: Sealer
  /** What can be connected. */
  readonly connectors: readonly ConnectorDescription[]
  /** Under which URL people reach the server, without a slash at the end. */
  readonly publicUrl: string
  readonly version: string
  /** Requests a minute that one key may make; 0: no limit. */
  readonly rateLimit: number
  /** What `/metrics` asks for as a bearer token; null: it answers callers on this machine only. */
  readonly metricsToken: string | null
  /**
   * What these credentials can read, row by row; nothing is stored.
   * @throws AppError when no org answers
   */
  check(vendor: string, credentials: Credentials, signal: AbortSignal): Promise<Check>
}
