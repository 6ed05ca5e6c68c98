import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Db } from '../store/db.ts'
import type { JobProgress, SyncResult } from '../sync/progress.ts'
import type { SyncSettings } from '../sync/settings.ts'
import type { Lifetime } from './lifetime.ts'
import type { CheckResult } from './matrix.ts'
import type { Output } from './output.ts'

/** What commands can do, handed to them by `main`: they know no vendor, no driver and no port. */
export interface Services {
  readonly config: Config
  readonly output: Output
  readonly lifetime: Lifetime
  readonly clock: Clock
  /** Everything that a sync reads. */
  readonly resources: readonly Resource[]
  /** What somebody typed as the org's address, as one origin. @throws AppError */
  parseDomain(domain: string): { readonly origin: string; readonly notes: readonly string[] }
  /** The token itself out of what was typed or pasted; from now on it is kept out of everything shown. @throws AppError */
  cleanToken(text: string): string
  /** @throws AppError when no org answers */
  check(target: Target): Promise<CheckResult>
  /** The database, brought up to date. @throws AppError */
  openDb(): Promise<Db>
  sync(request: SyncRequest): Promise<SyncResult>
}

export interface Resource {
  readonly name: string
  /** The entity its records are. */
  readonly entity: string
  readonly maxPageSize: number | null
}

export interface Target {
  readonly origin: string
  readonly token: string
  readonly rateShare: number
  readonly maxInFlight: number | null
  /** May be reached without https: a simulated org. */
  readonly isInsecureAllowed?: boolean
}

export interface SyncRequest {
  readonly target: Target
  readonly settings: SyncSettings
  readonly stop: AbortSignal
  /** Called once, before anything is read. */
  readonly onOrg: (org: { id: string; name: string | null }) => void
  readonly onProgress: (progress: JobProgress) => void
}

/** A command's work; resolves to the exit code. */
export type Work = (services: Services) => Promise<number>
/** Runs a command's work with what it needs. */
export type Start = (work: Work) => Promise<void>
