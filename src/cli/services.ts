import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Check } from '../connectors/connector.ts'
import type { Sealer } from '../seal.ts'
import type { ServiceApp, SignIn } from '../sign-in.ts'
import type { Db } from '../store/db.ts'
import type { SyncPlan } from '../store/job-plan.ts'
import type { JobMode } from '../store/jobs.ts'
import type { JobProgress, SyncResult } from '../sync/progress.ts'
import type { SyncSettings } from '../sync/settings.ts'
import type { Lifetime } from './lifetime.ts'
import type { Output } from './output.ts'

/** What commands can do, handed to them by `main`: they know no vendor, no driver and no port. */
export interface Services {
  readonly config: Config
  readonly output: Output
  readonly lifetime: Lifetime
  readonly clock: Clock
  /** What is connected: `OKTA_IDP`. */
  readonly vendor: string
  /** Everything that a sync reads. */
  readonly resources: readonly Resource[]
  /** From now on this origin, of a simulated org, may be reached without https. */
  allowInsecureOrigin(origin: string): void
  /** What somebody typed as the org's address, as one origin. @throws AppError */
  parseDomain(domain: string): { readonly origin: string; readonly notes: readonly string[] }
  /** The token itself out of what was typed or pasted; from now on it is kept out of everything shown. @throws AppError */
  cleanToken(text: string): string
  /** A service app out of what was typed or read; from now on its key is kept out of everything shown. @throws AppError */
  parseServiceApp(given: { clientId: string; privateKey: string; keyId?: string | undefined }): ServiceApp
  /** @throws AppError when no org answers */
  check(target: Target): Promise<Check>
  /** The database, brought up to date; the first call opens it, with so many connections at most. @throws AppError */
  openDb(options?: { readonly connections: number }): Promise<Db>
  /** What seals stored credentials; makes the encryption key on first need. @throws AppError `config_invalid` */
  sealer(): Promise<Sealer>
  sync(request: SyncRequest): Promise<SyncResult>
  /** What a sync would take. An org that has been synced is not asked; nothing is stored. @throws AppError */
  planSync(request: PlanRequest): Promise<SyncPlan>
  /** The API, listening until it is stopped. @throws AppError `port_taken`, `usage_invalid` */
  startServer(request: ServerRequest): Promise<Server>
  /** Works off the queue of syncs until it is stopped. @throws AppError */
  startWorker(request: WorkerRequest): Promise<Running>
}

export interface Resource {
  readonly name: string
  /** The entity its records are. */
  readonly entity: string
  readonly maxPageSize: number | null
}

export type Target = SignIn & HowToRead & { readonly origin: string }

/** A target that is signed in to with an API token. */
export type TokenTarget = Target & { readonly token: string }

/** How gently an org is read. */
export interface HowToRead {
  readonly rateShare: number
  readonly maxInFlight: number | null
}

export interface SyncRequest {
  readonly target: Target
  /** Default: the connection of the org that answers, made where there is none. */
  readonly connectionId?: string
  readonly settings: SyncSettings
  /** Default: `full`. */
  readonly mode?: JobMode
  readonly stop: AbortSignal
  /** Called once, before anything is read. */
  readonly onOrg: (org: { id: string; name: string | null }) => void
  readonly onProgress: (progress: JobProgress) => void
}

export type PlanRequest = Pick<SyncRequest, 'target' | 'settings' | 'mode'>

export interface ServerRequest {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

export interface WorkerRequest {
  /** Syncs that it runs at the same time. */
  readonly capacity: number
}

export interface Running {
  /** Resolves when what was being done has come to an orderly end. */
  stop(): Promise<void>
}

export interface Server extends Running {
  /** Where it listens: `http://127.0.0.1:8484`. */
  readonly url: string
}

/** A command's work; resolves to the exit code. */
export type Work = (services: Services) => Promise<number>
/** Runs a command's work with what it needs. */
export type Start = (work: Work) => Promise<void>
