import { isoNow, systemClock } from '../../src/clock.ts'
import { keepTokensAlive } from '../../src/compose/keep-token.ts'
import { runSyncJob } from '../../src/compose/sync-job.ts'
import { toAppError } from '../../src/errors.ts'
import { silentLog } from '../../src/log.ts'
import type { SignIn } from '../../src/sign-in.ts'
import { endJob } from '../../src/store/end-job.ts'
import { enqueueSync, leaseNextJob, type SyncRequest } from '../../src/store/job-queue.ts'
import type { Job } from '../../src/store/jobs.ts'
import { openProvisioned, type Provisioned } from '../api/provisioned.ts'
import type { TestOrgOptions } from '../harness/org.ts'

export interface Warned {
  readonly code: string
  readonly is_urgent: boolean
  readonly message: string
  readonly remedy: string | null
  readonly since: string | null
  readonly checked_at: string | null
  readonly resources: readonly string[]
}
export interface SeenHealth {
  readonly name: string
  readonly resolution_owner: string
  readonly next_action: string | null
  readonly warnings: readonly Warned[]
}
export interface Seen {
  readonly state: string
  readonly health: SeenHealth | null
  readonly next_sync_at: string | null
  readonly token: {
    readonly owner: { readonly id: string; readonly login: string | null } | null
    readonly last_used_at: string | null
    readonly keep_alive_at: string | null
  } | null
}

/** A connection of the API, and a worker's hands: what its syncs come to is what the API shows. */
export interface Watched {
  readonly api: Provisioned
  readonly id: string
  /** Its path in the API. */
  readonly path: string
  look(): Promise<Seen>
  warning(code: string): Promise<Warned | undefined>
  /** Leases the sync that is asked for, as a worker does. */
  lease(trigger?: SyncRequest['trigger']): Promise<Job>
  /** Works on a leased sync until it ends, however it does. */
  work(job: Job): Promise<void>
  /** Asks for a sync and runs it. */
  sync(trigger?: SyncRequest['trigger']): Promise<void>
  /** One look of a worker for tokens that nothing uses. `origins`: those that it may ask though they are http. */
  keepAlive(origins?: readonly string[]): Promise<void>
  /** Lets so much time pass for a column of the connection, in PostgreSQL's words: `8 days`. */
  age(column: string, by: string): Promise<void>
}

const OWNER = 'a test'

export async function openWatched(options: TestOrgOptions = {}): Promise<Watched> {
  const api = await openProvisioned(options)
  const { org, services } = api
  const organization = await api.organization()
  const { id } = await api.connection(organization)
  const path = `${organization}/connections/${id}`
  const stop = new AbortController().signal
  const worker = {
    db: org.db,
    sealer: services.sealer,
    log: silentLog,
    openSession: (signIn: SignIn) => org.session(signIn),
    onSecret: () => {},
  }
  const look = async () => (await api.call('GET', path)).body as unknown as Seen
  const lease = async (trigger: SyncRequest['trigger'] = 'request') => {
    await enqueueSync(org.db, { connectionId: id, trigger, at: isoNow(systemClock) })
    const job = await leaseNextJob(org.db, { owner: OWNER })
    if (job?.connection_id !== id) throw new Error('no sync of this connection was to be had')
    return job
  }
  const work = async (job: Job) => {
    const held = { jobId: job.id, owner: OWNER }
    try {
      await runSyncJob(worker, job, { lease: held, signal: stop })
    } catch (thrown) {
      const end = { outcome: 'failed', seconds: 0, at: isoNow(systemClock), error: toAppError(thrown) } as const
      await endJob(org.db, held, job, end)
    }
  }
  return {
    api,
    id,
    path,
    look,
    warning: async (code) => (await look()).health?.warnings.find((one) => one.code === code),
    lease,
    work,
    sync: async (trigger) => work(await lease(trigger)),
    keepAlive: (origins = [org.sim.origin]) => keepTokensAlive({ ...worker, insecureOrigins: origins }, stop),
    age: async (column, by) => {
      await org.db.query(`update connections set ${column} = now() - $2::interval where id = $1`, [id, by])
    },
  }
}
