import { reportFailure } from './cli/failure.ts'
import { Lifetime } from './cli/lifetime.ts'
import { logBeside, Output } from './cli/output.ts'
import { runProgram } from './cli/program.ts'
import { Secrets } from './cli/redact.ts'
import type { Resource, Services, SyncRequest, Target } from './cli/services.ts'
import { systemClock } from './clock.ts'
import { type Config, readConfig } from './config.ts'
import { openSession } from './connectors/okta/client/session.ts'
import { parseDomain } from './connectors/okta/domain.ts'
import { type OktaClient, okta, preflight } from './connectors/okta/index.ts'
import { findOrg, findOrgName } from './connectors/okta/preflight-org.ts'
import { cleanToken } from './connectors/okta/token.ts'
import { AppError, toAppError } from './errors.ts'
import { createLog, type Log } from './log.ts'
import { findOrCreateConnection } from './store/connections.ts'
import { type Db, openDb } from './store/db.ts'
import { openEmbedded } from './store/embedded/index.ts'
import { migrate } from './store/migrate.ts'
import { runJob } from './sync/run-job.ts'

/** A person waits for the answer: better told soon that nothing answers than kept waiting. */
const IMPATIENT = { retry: { attempts: 3, baseMs: 300 }, maxWaitMs: 5_000 }
/** A check says after this long what it has found out till then. */
const CHECK_MS = 30_000
/** Longer than anything that may rightly keep the process up after its work is done. */
const LAST_RESORT_MS = 1_000

/**
 * The composition root: here, and only here, the connector, the database and the terminal meet. Runs the command that
 * the arguments name and leaves its exit code to the process.
 */
export async function main(args: readonly string[]): Promise<void> {
  const output = new Output(process)
  const lifetime = new Lifetime(output)
  const secrets = new Secrets()
  secrets.add(process.env.OKTA_API_TOKEN)
  secrets.addUrl(process.env.DATABASE_URL)
  let isDebug = process.env.ROLLCALL_LOG === 'debug'
  const report = (thrown: unknown) => {
    if (lifetime.isHurried) return
    output.live?.close()
    reportFailure(toAppError(thrown), { output, secrets, isJson: args.includes('--json'), isDebug })
  }
  const onUnexpected = (thrown: unknown) => {
    report(thrown)
    void lifetime.hurry(1)
  }
  process.on('uncaughtException', onUnexpected)
  process.on('unhandledRejection', onUnexpected)

  try {
    process.exitCode = await runProgram(args, output, ({ logLevel }) => {
      const { config, warnings } = readConfig({ ...process.env, ...(logLevel && { ROLLCALL_LOG: logLevel }) })
      isDebug = config.logLevel === 'debug'
      for (const warning of warnings) output.note(warning)
      return new Composition(config, output, lifetime, secrets).services()
    })
  } catch (thrown) {
    process.exitCode = 1
    report(thrown)
  }
  for (const failure of await lifetime.end()) report(failure)
  await output.flush().catch((failure: unknown) => {
    process.exitCode = 1
    report(failure)
  })
  setTimeout(() => process.exit(), LAST_RESORT_MS).unref()
}

class Composition {
  readonly #config: Config
  readonly #output: Output
  readonly #lifetime: Lifetime
  readonly #secrets: Secrets
  readonly #log: Log

  constructor(config: Config, output: Output, lifetime: Lifetime, secrets: Secrets) {
    this.#config = config
    this.#output = output
    this.#lifetime = lifetime
    this.#secrets = secrets
    this.#log = logBeside(output, createLog(config.logLevel), config.logLevel)
  }

  services(): Services {
    const { allowedInsecureOrigins } = this.#config
    return {
      config: this.#config,
      output: this.#output,
      lifetime: this.#lifetime,
      clock: systemClock,
      resources: RESOURCES,
      parseDomain: (domain) => parseDomain(domain, { allowedInsecureOrigins }),
      cleanToken: (text) => {
        this.#secrets.add(text.trim())
        const token = cleanToken(text)
        this.#secrets.add(token)
        return token
      },
      check: (target) => this.#check(target),
      openDb: () => this.#openDb(),
      sync: (request) => this.#sync(request),
    }
  }

  async #check(target: Target) {
    const late = new AbortController()
    const deadline = systemClock.deadline(CHECK_MS, 'watchdog', () => {
      late.abort(new AppError('okta_timeout', `Okta took longer than ${CHECK_MS / 1000} seconds over the check.`))
    })
    try {
      const { client } = this.#connect(target, IMPATIENT, late.signal)
      return await preflight({ client, origin: target.origin })
    } finally {
      deadline.clear()
    }
  }

  async #sync({ target, settings, stop, onOrg, onProgress }: SyncRequest) {
    const { client } = this.#connect(target, { retry: IMPATIENT.retry })
    const org = await findOrg(client, target.origin)
    const name = await findOrgName(client)
    const db = await this.#openDb()
    const connection = await findOrCreateConnection(db, {
      vendor: okta.vendor,
      origin: target.origin,
      org_id: org.id,
      org_name: name,
      engine: org.engine,
    })
    onOrg({ id: org.id, name: connection.org_name })
    const { session } = this.#connect(target)
    const log = this.#log
    return runJob({ db, clock: systemClock, log, connector: okta, session, connection, settings, stop, onProgress })
  }

  /** A connection to the org, and a client for the few requests that belong to no step. */
  #connect(
    target: Target,
    patience: Partial<Parameters<typeof openSession>[0]> = {},
    signal = new AbortController().signal,
  ) {
    const { origin, token, rateShare, maxInFlight, isInsecureAllowed = false } = target
    const { allowedInsecureOrigins } = this.#config
    const session = openSession({
      origin,
      token,
      clock: systemClock,
      log: this.#log,
      rateShare,
      ...(maxInFlight !== null && { maxInFlight }),
      allowedInsecureOrigins: isInsecureAllowed ? [...allowedInsecureOrigins, origin] : allowedInsecureOrigins,
      ...patience,
    })
    this.#lifetime.defer(() => session.close())
    const client: OktaClient = session.client({ resource: 'org', background: false, signal, onRequest: () => {} })
    return { session, client }
  }

  async #openDb(): Promise<Db> {
    const url = this.#config.databaseUrl ?? (await this.#openEmbedded())
    await migrate(url)
    const db = await openDb(url)
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

const RESOURCES: readonly Resource[] = okta.streams.map(({ name, entity, pageSize }) => ({
  name,
  entity: entity.name,
  maxPageSize: pageSize?.max ?? null,
}))
