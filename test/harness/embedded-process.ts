import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { openEmbedded, stopEmbedded } from '../../src/store/embedded/index.ts'
import { scratchFolder } from './postgres.ts'

/**
 * A Rollcall process of its own that opens an embedded database, says so in one line, and leaves when told to or ends
 * without leaving. For tests of what happens between processes.
 */
const PROGRAM = `
  import { openEmbedded } from ${JSON.stringify(new URL('../../src/store/embedded/index.ts', import.meta.url).href)}
  const answer = await openEmbedded(process.argv[1]).then(
    (server) => ({ url: server.url, adopted: server.adopted, leave: server.leave }),
    (error) => ({ code: error.code ?? 'none', message: error.message }),
  )
  console.log(JSON.stringify(answer))
  if (process.argv[2] === 'stay') {
    process.stdin.once('data', async () => {
      await answer.leave?.()
      process.stdin.destroy()
    })
  }
`

export interface RollcallProcess {
  child: ChildProcess
  pid: number
  /** What `openEmbedded` gave, or the error it threw. */
  answer: Promise<OpenAnswer>
  /** Leaves the server and ends. */
  leave(): Promise<void>
  kill(signal?: NodeJS.Signals): Promise<void>
}

export interface OpenAnswer {
  url?: string
  adopted?: boolean
  code?: string
  message?: string
}

export function startRollcall(
  dataDir: string,
  options: SpawnOptions & { afterwards?: 'stay' | 'end' } = {},
): RollcallProcess {
  const tsx = import.meta.resolve('tsx')
  const args = ['--import', tsx, '--input-type=module', '-e', PROGRAM, dataDir, options.afterwards ?? 'stay']
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options })
  const complaints: string[] = []
  child.stderr?.on('data', (chunk) => complaints.push(String(chunk)))
  const ended = once(child, 'close')
  return {
    child,
    pid: child.pid ?? 0,
    answer: firstLine(child, complaints),
    leave: async () => {
      child.stdin?.write('leave\n')
      await ended
      if (child.exitCode !== 0) throw new Error(`leaving failed: ${complaints.join('')}`)
    },
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal)
      await ended
    },
  }
}

async function firstLine(child: ChildProcess, complaints: string[]): Promise<OpenAnswer> {
  if (!child.stdout) throw new Error('no stdout')
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as OpenAnswer
  throw new Error(`the process ended without an answer: ${complaints.join('')}`)
}

export interface DataFolders {
  empty(): string
  /** A copy of a cluster that was made once per test file: much faster than making one. */
  withCluster(): Promise<string>
}

/** Data folders that are stopped and removed with the test file. Pass `afterAll`. */
export function dataFolders(afterAll: (work: () => Promise<void>) => void): DataFolders {
  const made: string[] = []
  let original: Promise<string> | undefined
  const empty = () => {
    const dataDir = mkdtempSync(path.join(scratchFolder(), 'rollcall-embedded-'))
    made.push(dataDir)
    return dataDir
  }
  const makeOriginal = async () => {
    const dataDir = empty()
    await (await openEmbedded(dataDir)).leave()
    return dataDir
  }
  afterAll(async () => {
    for (const dataDir of made) {
      await stopEmbedded(dataDir).catch(() => {})
      rmSync(dataDir, { recursive: true, force: true })
    }
  })
  return {
    empty,
    withCluster: async () => {
      original ??= makeOriginal()
      const dataDir = empty()
      copyFolder(await original, dataDir)
      return dataDir
    },
  }
}

export function serverPid(dataDir: string): number {
  return Number.parseInt(readFileSync(path.join(dataDir, 'pgdata', 'postmaster.pid'), 'utf8'), 10)
}

export async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return client
    .query<Row>(sql)
    .then((result) => result.rows)
    .finally(() => client.end())
}

/** With owners and modes, as a backup would. */
export function copyFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true })
  execFileSync('cp', ['-a', from, to])
}
