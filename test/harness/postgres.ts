import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openEmbedded, stopEmbedded } from '../../src/store/embedded/index.ts'
import { migrate } from '../../src/store/migrate.ts'

/**
 * One PostgreSQL server for a whole test run: the one that DATABASE_URL names, or an embedded one in a temporary folder.
 * Its schema is migrated once, into a template that `freshDatabase` clones.
 */
export interface TestPostgres {
  /** May create and drop databases. */
  adminUrl: string
  /** Every database of this run has a name that starts so. */
  prefix: string
  template: string
}

declare module 'vitest' {
  interface ProvidedContext {
    postgres: TestPostgres
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env.DATABASE_URL ? externalServer(process.env.DATABASE_URL) : await embeddedServer()
  const prefix = `rollcall_test_${randomBytes(4).toString('hex')}_`
  const postgres = { adminUrl: server.url, prefix, template: `${prefix}template` }
  try {
    await createTemplate(postgres)
  } catch (error) {
    await server.stop()
    throw error
  }
  project.provide('postgres', postgres)
  return async () => {
    await dropDatabases(postgres).finally(() => server.stop())
  }
}

interface Server {
  url: string
  stop(): Promise<void>
}

/** Somebody else's server: its settings stay as they are. */
function externalServer(url: string): Server {
  return { url, stop: async () => {} }
}

async function embeddedServer(): Promise<Server> {
  const dataDir = mkdtempSync(path.join(scratchFolder(), 'rollcall-test-'))
  try {
    const { url } = await openEmbedded(dataDir)
    const guard = stopWhenWeDie(dataDir)
    // Tests do not pull the plug, so nothing need wait for the disk or outlive it.
    await asAdmin(url, async (admin) => {
      for (const setting of ['synchronous_commit', 'fsync', 'full_page_writes'])
        await admin.query(`alter system set ${setting} = off`)
      await admin.query('select pg_reload_conf()')
    })
    const stop = async () => {
      await stopEmbedded(dataDir)
      guard.dismiss()
      rmSync(dataDir, { recursive: true, force: true })
    }
    return { url, stop }
  } catch (error) {
    await stopEmbedded(dataDir)
    rmSync(dataDir, { recursive: true, force: true })
    throw error
  }
}

const ENOUGH_BYTES = 3 * 1024 ** 3

/** In memory where there is plenty, so that test runs do not wait for the disk, least of all for each other's. */
export function scratchFolder(): string {
  const memory = '/dev/shm'
  if (!existsSync(memory)) return tmpdir()
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > ENOUGH_BYTES ? memory : tmpdir()
}

/**
 * A test run may end without a teardown: Ctrl-C twice, a crash, `kill -9`. The guard is a shell that waits for the end
 * of a pipe from us, which the system closes however we end, then stops the server and removes its folder.
 */
function stopWhenWeDie(dataDir: string): { dismiss(): void } {
  const pid = readFileSync(path.join(dataDir, 'pgdata', 'postmaster.pid'), 'utf8').split('\n')[0] ?? ''
  const script =
    'cat; kill -INT "$0"; for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$0" || break; sleep 0.2; done; rm -rf "$1"'
  const shell = spawn('sh', ['-c', script, pid, dataDir], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  shell.on('error', () => {})
  shell.unref()
  return { dismiss: () => shell.kill('SIGKILL') }
}

async function createTemplate({ adminUrl, template }: TestPostgres): Promise<void> {
  await asAdmin(adminUrl, (admin) => admin.query(`create database ${template} template template0 encoding 'UTF8'`))
  await migrate(databaseUrl(adminUrl, template))
  // A database that somebody is connected to cannot be cloned, so nobody may connect.
  await asAdmin(adminUrl, (admin) => admin.query(`alter database ${template} allow_connections false`))
}

async function dropDatabases({ adminUrl, prefix }: TestPostgres): Promise<void> {
  await asAdmin(adminUrl, async (admin) => {
    const { rows } = await admin.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [prefix],
    )
    for (const { datname } of rows) await admin.query(`drop database if exists ${datname} with (force)`)
  })
}

export function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.href
}

export async function asAdmin<T>(adminUrl: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  return work(admin).finally(() => admin.end())
}
