import type { ApiServices } from '../api/services.ts'
import type { Lifetime } from '../cli/lifetime.ts'
import { logBeside, type Output } from '../cli/output.ts'
import { pagesDir, readVersion } from '../cli/package.ts'
import type { Secrets } from '../cli/redact.ts'
import type {
  PlanRequest,
  Resource,
  ServerRequest,
  Services,
  SyncRequest,
  Target,
  WorkerRequest,
} from '../cli/services.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { describeOkta } from '../connectors/okta/description.ts'
import { parseDomain } from '../connectors/okta/domain.ts'
import { okta } from '../connectors/okta/index.ts'
import { parseServiceApp } from '../connectors/okta/service-app.ts'
import { cleanToken } from '../connectors/okta/token.ts'
import { formatEncryptionKey } from '../encryption-key.ts'
import { encryptionKeySource } from '../encryption-key-source.ts'
import { Worker } from '../jobs/worker.ts'
import { createLog, type Log } from '../log.ts'
import { faultOfUrl } from '../outgoing/callable-url.ts'
import { createSealer, type Sealer } from '../seal.ts'
import { type SignIn, secretsOf } from '../sign-in.ts'
import { findOrCreateConnection, setOrg } from '../store/connections.ts'
import { type Db, openDb } from '../store/db.ts'
import { openEmbedded } from '../store/embedded/index.ts'
import { newLeaseOwner } from '../store/lease-owner.ts'
import { migrate } from '../store/migrate.ts'
import { runJob } from '../sync/run-job.ts'
import { Dispatcher } from '../webhooks/dispatcher.ts'
import { sendTest } from '../webhooks/send-test.ts'
import { Sender } from '../webhooks/sender.ts'
import { keepTokensAlive } from './keep-token.ts'
import {
  askOrg,
  checkOktaOrg,
  countOrgBy,
  estimateOktaSync,
  findOktaOrg,
  IMPATIENT,
  type OktaOrg,
  openOktaOrg,
  orgClient,
} from './okta-org.ts'
import { planKnown, planOrg } from './plan-sync.ts'
import { runSyncJob, type SyncJobOptions } from './sync-job.ts'
import { Turns } from './turns.ts'

/** Each check is some thirty requests, and callers of the API may ask for any number of them. */
const CHECKS_AT_ONCE = 3

/** What is shorter on a line of a key's text is no key. */
const KEY_LINE = 16

const NEVER = new AbortController().signal

/** Where the connector, the database, the API, the worker and the terminal meet: what commands work with. */
export class Composition {
  readonly #config: Config
  readonly #output: Output
  readonly #lifetime: Lifetime
  readonly #secrets: Secrets
  readonly #log: Log
  readonly #insecureOrigins: string[]
  #sealer: Sealer | null = null
  #sender: Sender | null = null
  #db: Promise<Db> | null = null

  constructor(config: Config, output: Output, lifetime: Lifetime, secrets: Secrets) {
    this.#config = config
    this.#output = output
    this.#lifetime = lifetime
    this.#secrets = secrets
    this.#insecureOrigins = [...config.allowedInsecureOrigins]
    this.#log = logBeside(output, createLog(config.logLevel), config.logLevel)
  }

  services(): Services {
    return {
      config: this.#config,
      output: this.#output,
      lifetime: this.#lifetime,
      clock: systemClock,
      vendor: okta.vendor,
      resources: RESOURCES,
      allowInsecureOrigin: (origin) => void this.#insecureOrigins.push(origin),
      parseDomain: (domain) => parseDomain(domain, { allowedInsecureOrigins: this.#insecureOrigins }),
      cleanToken: (text) => {
        this.#secrets.add(text.trim())
        const token = cleanToken(text)
        this.#secrets.add(token)
        return token
      },
      parseServiceApp: (given) => {
        for (const line of given.privateKey.split(/\s+|\\n/)) this.#secrets.add(line.length < KEY_LINE ? null : line)
        const serviceApp = parseServiceApp(given)
        for (const secret of secretsOf({ serviceApp })) this.#secrets.add(secret)
        return serviceApp
      },
      check: (target) => checkOktaOrg(this.#orgOf(target), this.#log, NEVER),
      openDb: (options) => {
        this.#db ??= this.#openDb(options?.connections)
        return this.#db
      },
      sealer: async () => this.#openSealer(),
      sync: (request) => this.#sync(request),
      planSync: (request) => this.#planSync(request),
      startServer: (request) => this.#startServer(request),
      startWorker: (request) => this.#startWorker(request),
    }
  }

  async #sync({ target, connectionId, settings, mode = 'full', stop, onOrg, onProgress }: SyncRequest) {
    const impatient = this.#openUntilEnd(target, { retry: IMPATIENT.retry })
    const org = await askOrg(orgClient(impatient, NEVER), target.origin)
    const db = await this.services().openDb()
    const connection =
      connectionId === undefined
        ? await findOrCreateConnection(db, { vendor: okta.vendor, ...org })
        : await setOrg(db, connectionId, org)
    onOrg({ id: org.org_id, name: connection.org_name })
    const session = this.#openUntilEnd(target)
    const log = this.#log
    const options = { db, clock: systemClock, log, connector: okta, session, connection, settings, mode }
    return runJob({ ...options, countOrg: countOrgBy(impatient, connection), stop, onProgress })
  }

  async #planSync({ target, settings, mode = 'full' }: PlanRequest) {
    const db = await this.services().openDb()
    const session = this.#openUntilEnd(target, IMPATIENT)
    return planOrg({ db, settings, mode }, session, target.origin, NEVER)
  }

  async #startServer({ host, port }: ServerRequest) {
    const [db, sealer] = [await this.services().openDb(), this.#openSealer()]
    const { apiRateLimit, metricsToken, publicUrl, egressAddresses } = this.#config
    const pages = pagesDir()
    if (pages === null) this.#output.note('The dashboard is not built, so only the API is served: npm run build:web')
    // Commands without a server start sooner without its packages.
    const { openApiServer } = await import('./api-server.ts')
    const server = await openApiServer({
      services: {
        db,
        clock: systemClock,
        log: this.#log,
        sealer,
        connectors: [describeOkta({ allowedInsecureOrigins: this.#insecureOrigins })],
        pagesDir: pages,
        version: readVersion(),
        rateLimit: apiRateLimit,
        metricsToken,
        egressAddresses,
        vendors: this.#vendors(),
        planSync: this.#planner(db, sealer),
        webhooks: this.#webhooks(db, sealer),
      },
      publicUrl,
      host,
      port,
    })
    this.#lifetime.defer(() => server.stop())
    return server
  }

  #planner(db: Db, sealer: Sealer): ApiServices['planSync'] {
    const options = {
      db,
      sealer,
      share: this.#config.rateShare,
      openSession: (credentials: OrgOfCommand) => openOktaOrg(this.#orgOf(credentials), this.#log, IMPATIENT),
      onSecret: (secret: string) => this.#secrets.add(secret),
    }
    return (connection, mode, signal) => planKnown(options, connection, { mode, signal })
  }

  #vendors(): ApiServices['vendors'] {
    const turns = new Turns(CHECKS_AT_ONCE)
    const log = this.#log
    return {
      findOrg: (_vendor, { origin }, signal) =>
        turns.take(signal, () => findOktaOrg(this.#orgOf({ origin, token: '' }), log, signal)),
      check: (_vendor, { notes: _, ...org }, signal, onRow) =>
        turns.take(signal, () => checkOktaOrg(this.#orgOf(org), log, signal, onRow)),
      estimate: (_vendor, { notes: _, ...org }, signal) =>
        turns.take(signal, () => estimateOktaSync(this.#orgOf(org), log, signal)),
    }
  }

  #webhooks(db: Db, sealer: Sealer): ApiServices['webhooks'] {
    const turns = new Turns(CHECKS_AT_ONCE)
    const options = { db, sealer, clock: systemClock, sender: this.#openSender() }
    return {
      faultOf: (url) => faultOfUrl(url, { allowedInsecureOrigins: this.#insecureOrigins }),
      test: (endpoint, signal) => turns.take(signal, () => sendTest(options, endpoint, signal)),
    }
  }

  async #startWorker({ capacity }: WorkerRequest) {
    const db = await this.services().openDb()
    const options: SyncJobOptions = {
      db,
      sealer: this.#openSealer(),
      log: this.#log,
      openSession: (credentials) => openOktaOrg(this.#orgOf(credentials), this.#log),
      onSecret: (secret) => this.#secrets.add(secret),
    }
    const worker = new Worker({
      db,
      clock: systemClock,
      log: this.#log,
      capacity,
      owner: newLeaseOwner(),
      changesDays: this.#config.changesDays,
      run: (job, leased) => runSyncJob(options, job, leased),
      keepTokensAlive: (stop) =>
        keepTokensAlive(
          {
            ...options,
            openSession: (credentials) => openOktaOrg(this.#orgOf(credentials), this.#log, IMPATIENT),
            insecureOrigins: this.#insecureOrigins,
          },
          stop,
        ),
    })
    worker.start()
    this.#lifetime.defer(() => worker.stop())
    const dispatcher = this.#startDispatcher(db)
    return { stop: async () => void (await Promise.all([worker.stop(), dispatcher.stop()])) }
  }

  #startDispatcher(db: Db): Dispatcher {
    const [sealer, sender] = [this.#openSealer(), this.#openSender()]
    const owner = newLeaseOwner()
    const dispatcher = new Dispatcher({ db, clock: systemClock, log: this.#log, sealer, sender, owner })
    dispatcher.start()
    this.#lifetime.defer(() => dispatcher.stop())
    return dispatcher
  }

  #openSender(): Sender {
    if (this.#sender) return this.#sender
    const sender = new Sender({
      clock: systemClock,
      userAgent: `rollcall/${readVersion()}`,
      allowedInsecureOrigins: this.#insecureOrigins,
    })
    this.#lifetime.defer(() => sender.close())
    this.#sender = sender
    return sender
  }

  /** An org, and how gently it is asked: as the settings say where the command does not. */
  #orgOf(target: OrgOfCommand): OktaOrg {
    const { rateShare, maxInFlight } = this.#config
    return { rateShare, maxInFlight, ...target, allowedInsecureOrigins: this.#insecureOrigins }
  }

  #openUntilEnd(target: Target, patience?: Parameters<typeof openOktaOrg>[2]) {
    const session = openOktaOrg(this.#orgOf(target), this.#log, patience)
    this.#lifetime.defer(() => session.close())
    return session
  }

  #openSealer(): Sealer {
    if (this.#sealer) return this.#sealer
    const source = encryptionKeySource(this.#config, (line) => this.#output.note(line))
    this.#sealer = createSealer(() => {
      const keys = source()
      for (const key of keys) this.#secrets.add(formatEncryptionKey(key))
      return keys
    })
    return this.#sealer
  }

  async #openDb(connections: number | undefined): Promise<Db> {
    const url = this.#config.databaseUrl ?? (await this.#openEmbedded())
    await migrate(url)
    const db = await openDb(url, connections === undefined ? {} : { max: connections })
    this.#lifetime.defer(() => db.close())
    return db
  }

  async #openEmbedded(): Promise<string> {
    const onProgress = (line: string) => this.#output.note(line)
    const server = await openEmbedded(this.#config.dataDir, { onProgress })
    this.#secrets.addUrl(server.url)
    this.#lifetime.defer(() => server.leave())
    return server.url
  }
}

type OrgOfCommand = SignIn & { readonly origin: string } & Partial<Pick<Target, 'rateShare' | 'maxInFlight'>>

const RESOURCES: readonly Resource[] = okta.streams.map(({ name, entity, pageSize }) => ({
  name,
  entity: entity.name,
  maxPageSize: pageSize?.max ?? null,
}))
