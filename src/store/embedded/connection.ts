import { rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import pg from 'pg'
import { systemCode } from '../../errors.ts'
import { type Cluster, ROLE } from './cluster.ts'
import { damaged } from './failures.ts'
import { uniqueName } from './layout.ts'

/** The database that Rollcall's own tables are in, and the one that every cluster has. */
const DATABASE = 'rollcall'
const MAINTENANCE_DATABASE = 'postgres'
const CONNECT_TIMEOUT_MS = 10_000
const QUERY_TIMEOUT_MS = 60_000

export function urlOf(cluster: Cluster, port: number): string {
  return `postgres://${ROLE}:${cluster.password}@127.0.0.1:${port}/${DATABASE}`
}

/** A connection whose loss is no event: whoever needs it finds out by using it. */
export interface Connection {
  client: pg.Client
  /** To let Node end while the connection is open, or not. */
  socket: net.Socket
}

export async function connect(cluster: Cluster, port: number, purpose: string): Promise<Connection> {
  const socket = new net.Socket()
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: ROLE,
    password: cluster.password,
    database: MAINTENANCE_DATABASE,
    application_name: purpose,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    ssl: false,
    stream: () => socket,
  })
  client.on('error', () => {})
  await client.connect()
  return { client, socket }
}

/** At once, whatever state the server is in: it learns of it from the system. */
export function disconnect({ client, socket }: Connection): void {
  client.end().catch(() => {})
  socket.destroy()
}

/**
 * Whether the server behind this connection works on *our* folder. A data folder that was copied while in use has the
 * password and the pid file of the original, whose server would answer just as well.
 */
export async function servesOurFolder(connection: Connection, cluster: Cluster): Promise<boolean> {
  const name = uniqueName('rollcall-probe-')
  const file = path.join(cluster.layout.pgdata, name)
  writeFileSync(file, '')
  try {
    const { rows } = await connection.client.query<{ is_there: boolean }>(
      'select (pg_stat_file($1, true)).size is not null as is_there',
      [name],
    )
    return rows[0]?.is_there === true
  } finally {
    rmSync(file, { force: true })
  }
}

/**
 * An error of a statement is told to whoever sent it, who knows what may be written down. Its text in the server's log
 * would be full of people's names and addresses. `log` is above `error` here:
 * https://www.postgresql.org/docs/18/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS
 */
const KEEP_SESSIONS_OUT_OF_THE_LOG = `alter role ${ROLE} set log_min_messages = 'log'`

/** Creates Rollcall's database where an interrupted first start did not get to it. */
export async function ensureDatabase(connection: Connection, cluster: Cluster): Promise<void> {
  const { rows } = await connection.client.query<{ is_whole: boolean }>(
    `select (pg_stat_file('base/' || oid || '/PG_VERSION', true)).size is not null as is_whole from pg_database where datname = $1`,
    [DATABASE],
  )
  const [found] = rows
  if (!found) {
    await connection.client.query(KEEP_SESSIONS_OUT_OF_THE_LOG)
    await connection.client.query(`create database ${DATABASE}`)
  }
  if (found && !found.is_whole) throw damaged(cluster.layout, 'files of its database are missing')
}

/** https://www.postgresql.org/docs/18/errcodes-appendix.html, and the system's codes when there was no answer. */
const NOT_ANSWERING = new Set(['57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'])

/** It is starting, recovering or stopping, or has just gone. */
export function isNotAnswering(error: unknown): boolean {
  const wasLost = error instanceof Error && /connection terminated|timeout expired/i.test(error.message)
  return wasLost || NOT_ANSWERING.has(systemCode(error))
}

export const WRONG_PASSWORD = '28P01'

/** Data, index or file that PostgreSQL could not make sense of while it let us in. */
export function isDamage(error: unknown): boolean {
  const code = systemCode(error)
  return code.startsWith('XX') || code === '58P01' || code === '3D000'
}
