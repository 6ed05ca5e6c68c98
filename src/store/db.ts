import { createHash } from 'node:crypto'
import pg from 'pg'
import { AppError, systemCode } from '../errors.ts'

/** Anything SQL can be run on: the pool, or one transaction. */
export interface Queryable {
  /**
   * @param reuse `reuse plan`: the statement is parsed and planned once per connection, for the few that are run all the
   * time and whose plan does not depend on their parameters
   */
  query<Row extends object = Record<string, unknown>>(
    sql: string,
    params?: readonly unknown[],
    reuse?: 'reuse plan',
  ): Promise<Row[]>
}

export interface Db extends Queryable {
  /** Runs `work` in one transaction: all of it, or nothing. Inside, only `tx`. */
  transaction<T>(work: (tx: Queryable) => Promise<T>, mode?: 'read write' | 'snapshot'): Promise<T>
  /**
   * Takes a lock that this process holds until it releases it or dies, however it dies: PostgreSQL drops it with the
   * connection. Resolves to null when another process has it.
   */
  lock(name: string): Promise<Lock | null>
  close(): Promise<void>
}

export interface Lock {
  release(): Promise<void>
}

/** Times come back as ISO text and counts as numbers, so that a row is an answer without a mapper. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: string) => {
    if (format !== 'binary') {
      if (oid === pg.types.builtins.TIMESTAMPTZ) return isoTime
      if (oid === pg.types.builtins.INT8) return Number
      if (oid === pg.types.builtins.JSON) return (value: string) => value
    }
    return pg.types.getTypeParser(oid, format as 'text')
  }) as typeof pg.types.getTypeParser,
}

const UTC_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/
const NO_FRACTION = '2026-01-05 09:00:00+00'.length

/** A time as PostgreSQL writes it, as ISO text with milliseconds. A `Date` is ten times slower, and a page has a thousand. */
function isoTime(value: string): string {
  if (!UTC_TIME.test(value)) return new Date(value).toISOString()
  const fraction = value.length === NO_FRACTION ? '000' : value.slice(20, -3).padEnd(3, '0').slice(0, 3)
  return `${value.slice(0, 10)}T${value.slice(11, 19)}.${fraction}Z`
}

export interface DbOptions {
  /** Connections kept at most. */
  max?: number
  /** Called before each commit; tests end the process's life here. */
  beforeCommit?: () => void | Promise<void>
}

/** Opens a pool on a PostgreSQL 15+ server. @throws AppError `database_unreachable` or `database_unsupported` */
export async function openDb(url: string, options: DbOptions = {}): Promise<Db> {
  const pool = new pg.Pool({ connectionString: url, max: options.max ?? 8, types, application_name: 'rollcall' })
  // An idle connection that the server closes must not end the process; the next query will say what is wrong.
  pool.on('error', () => {})
  const db = new PoolDb(pool, options)
  try {
    const [row] = await db.query<{ version: number }>("select current_setting('server_version_num')::int as version")
    if (!row || row.version < 150_000)
      throw new AppError('database_unsupported', `The server is PostgreSQL ${versionName(row?.version)}; 15 is needed.`)
  } catch (error) {
    await db.close()
    throw error
  }
  return db
}

/** How long the end of a job waits for a server that is silent. */
const UNLOCK_PATIENCE_MS = 1_000

const versionName = (version = 0) => String(Math.floor(version / 10_000))

class PoolDb implements Db {
  readonly #pool: pg.Pool
  readonly #beforeCommit: DbOptions['beforeCommit']

  constructor(pool: pg.Pool, options: DbOptions) {
    this.#pool = pool
    this.#beforeCommit = options.beforeCommit
  }

  async query<Row extends object>(sql: string, params: readonly unknown[] = [], reuse?: 'reuse plan'): Promise<Row[]> {
    try {
      const named = reuse && { name: statementName(sql) }
      return (await this.#pool.query<Row>({ text: sql, values: [...params], ...named })).rows
    } catch (error) {
      throw databaseError(error)
    }
  }

  async transaction<T>(
    work: (tx: Queryable) => Promise<T>,
    mode: 'read write' | 'snapshot' = 'read write',
  ): Promise<T> {
    const client = await this.#connect()
    let broken: Error | undefined
    try {
      await client.query(mode === 'snapshot' ? 'begin isolation level repeatable read read only' : 'begin')
      const result = await work(queryable(client))
      await this.#beforeCommit?.()
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure
      })
      throw databaseError(error)
    } finally {
      client.release(broken)
    }
  }

  async lock(name: string): Promise<Lock | null> {
    const client = await this.#connect()
    try {
      const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as got', [name])
      if (rows[0]?.got !== true) {
        client.release()
        return null
      }
    } catch (error) {
      client.release(true)
      throw databaseError(error)
    }
    return {
      release: async () => {
        // Unlocked first, so that the next to ask gets it at once: PostgreSQL takes a moment to notice a connection's
        // end. That end is what counts where the server no longer answers.
        const unlock = { text: 'select pg_advisory_unlock_all()', query_timeout: UNLOCK_PATIENCE_MS }
        await client.query(unlock).catch(() => {})
        client.release(true)
      },
    }
  }

  async close(): Promise<void> {
    await this.#pool.end().catch(() => {})
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      const client = await this.#pool.connect()
      if (client.listenerCount('error') === 0) client.on('error', () => {})
      return client
    } catch (error) {
      throw databaseError(error)
    }
  }
}

const queryable = (client: pg.PoolClient): Queryable => ({
  async query<Row extends object>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return (await client.query<Row>(sql, [...params])).rows
  },
})

const statementNames = new Map<string, string>()

/** A name that stands for this very text, in every process. */
function statementName(sql: string): string {
  let name = statementNames.get(sql)
  if (name === undefined) {
    name = createHash('sha256').update(sql).digest('hex').slice(0, 32)
    statementNames.set(sql, name)
  }
  return name
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EPIPE',
  '53300', // too_many_connections
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
])

/** Answers of a server that runs and will not let us work. */
const REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'The database refuses this user or its password', // invalid_password
  '28000': 'The database refuses this user', // invalid_authorization_specification
  '3D000': 'The server has no database of this name', // invalid_catalog_name
  '42501': 'The database does not let this user work in it', // insufficient_privilege
  '25006': 'The database can only be read', // read_only_sql_transaction
}

/**
 * What PostgreSQL or the socket said, as one of our errors. Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 * The server's text is not passed on: it can quote row values.
 */
function databaseError(thrown: unknown): unknown {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return thrown
  const code = systemCode(thrown)
  const options = { cause: thrown, details: { sqlstate: code } }
  if (code === '53100' || code === 'ENOSPC' || (code === '58030' && /space/i.test(thrown.message)))
    return new AppError('database_disk_full', 'The disk that holds the database is full.', options)
  if (code === '58030' || code === '58P01' || code.startsWith('XX'))
    return new AppError('database_damaged', `PostgreSQL reports damaged or unreadable data (${code}).`, options)
  const refusal = REFUSALS[code]
  if (refusal) return new AppError('database_refused', `${refusal} (${code}).`, options)
  if (UNREACHABLE.has(code) || code.startsWith('08') || /connection terminated|connection ended/i.test(thrown.message))
    return new AppError('database_unreachable', `The database does not answer (${code || 'connection lost'}).`, options)
  return thrown
}
