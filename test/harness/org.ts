import { type Sim, type SimOptions, startSim } from '../../sim/index.ts'
import { countOrgBy } from '../../src/compose/okta-org.ts'
import type { Session } from '../../src/connectors/connector.ts'
import type { OktaClient, SignedInClient } from '../../src/connectors/okta/client/client.ts'
import { openSession } from '../../src/connectors/okta/client/session.ts'
import { okta } from '../../src/connectors/okta/index.ts'
import { silentLog } from '../../src/log.ts'
import { ENTITIES } from '../../src/model/index.ts'
import type { SignIn } from '../../src/sign-in.ts'
import { type Connection, findOrCreateConnection } from '../../src/store/connections.ts'
import { type Db, type DbOptions, openDb } from '../../src/store/db.ts'
import type { JobMode } from '../../src/store/jobs.ts'
import type { JobProgress, SyncResult } from '../../src/sync/progress.ts'
import { runJob } from '../../src/sync/run-job.ts'
import { DEFAULT_SETTINGS, type SyncSettings } from '../../src/sync/settings.ts'
import { freshDatabase } from './database.ts'
import { TestClock } from './test-clock.ts'

export interface TestOrgOptions extends Omit<SimOptions, 'clock'> {
  readonly db?: DbOptions
  readonly maxInFlight?: number
  readonly rateShare?: number
}

export interface SyncOptions extends Partial<SyncSettings> {
  readonly token?: string | SignIn
  /** Reads the org past network, limits and faults, in place of a session over HTTP. */
  readonly client?: OktaClient
  readonly stop?: AbortSignal
  /** Only these streams; those they are listed by must be among them. Default: all. */
  readonly streams?: readonly string[]
  readonly onProgress?: (progress: JobProgress) => void
  /** Lets a first sync count the org beforehand, for its plan: requests of their own. */
  readonly isCounted?: boolean
}

/** A simulated org, a database of its own and one clock that both share. Time jumps; nothing sleeps. */
export interface TestOrg {
  readonly sim: Sim
  readonly clock: TestClock
  readonly db: Db
  readonly databaseUrl: string
  connection(): Promise<Connection>
  /** As the default token where nothing is given. */
  session(signIn?: string | SignIn): Session<SignedInClient>
  sync(options?: SyncOptions): Promise<SyncResult>
  /** An incremental sync; a full one where there was none yet to build on. */
  round(options?: SyncOptions): Promise<SyncResult>
  /** Rows of an entity's table, tombstones included, in the order of vendor ids. */
  rows(entity: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

const sessionOf = (client: OktaClient): Session<SignedInClient> => ({
  client: () => ({ ...client, asker: async () => ({ kind: 'api_token' }) }),
  share: 1,
  buckets: () => [],
  close: async () => undefined,
})

/** Enough that pages are stored at the same time. Each connection is a process that has to start. */
const CONNECTIONS = 4

export async function openTestOrg({
  db: dbOptions,
  maxInFlight,
  rateShare,
  ...simOptions
}: TestOrgOptions = {}): Promise<TestOrg> {
  const clock = new TestClock()
  const sim = await startSim({ limitScale: 1000, ...simOptions, clock })
  const database = await freshDatabase()
  const db = await openDb(database.url, { max: CONNECTIONS, ...dbOptions })
  const session = (signIn: string | SignIn = sim.token) =>
    openSession({
      origin: sim.origin,
      ...(typeof signIn === 'string' ? { token: signIn } : signIn),
      clock,
      log: silentLog,
      allowedInsecureOrigins: [sim.origin],
      ...(maxInFlight !== undefined && { maxInFlight }),
      ...(rateShare !== undefined && { rateShare }),
    })
  const connection = () =>
    findOrCreateConnection(db, {
      vendor: okta.vendor,
      origin: sim.origin,
      org_id: '00o1',
      org_name: 'Acme',
      engine: simOptions.engine ?? 'idx',
    })
  const run = async (
    mode: JobMode,
    { token, client, stop, streams, onProgress, isCounted, ...settings }: SyncOptions = {},
  ) => {
    const opened = client ? sessionOf(client) : session(token)
    try {
      return await runJob({
        db,
        clock,
        log: silentLog,
        owner: 'test',
        connector: streams ? { ...okta, streams: okta.streams.filter(({ name }) => streams.includes(name)) } : okta,
        session: opened,
        connection: await connection(),
        settings: { ...DEFAULT_SETTINGS, ...settings },
        mode,
        ...(stop && { stop }),
        ...(onProgress && { onProgress }),
        ...(isCounted && { countOrg: countOrgBy(opened, { engine: simOptions.engine ?? 'idx' }) }),
      })
    } finally {
      await opened.close()
    }
  }
  return {
    sim,
    clock,
    db,
    databaseUrl: database.url,
    connection,
    session,
    sync: (options) => run('full', options),
    round: (options) => run('incremental', options),
    rows: async (name) => {
      const entity = ENTITIES.find((one) => one.name === name)
      if (!entity) throw new Error(`no entity ${name}`)
      return db.query(`select * from ${entity.table} order by vendor_id collate "C"`)
    },
    close: async () => {
      await db.close()
      await sim.close()
      await database.drop()
    },
  }
}
