import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import type { AppError } from '../../errors.ts'
import type { Binaries } from './binaries.ts'
import { type Cluster, ROLE } from './cluster.ts'
import { judgeStart, startFailure } from './failures.ts'
import { type Layout, uniqueName } from './layout.ts'
import { giveTo, type ServerUser } from './server-user.ts'
import { folderArgument, runTool } from './tool.ts'

/**
 * Made aside and renamed into place, password first: whenever this is interrupted, the next start finds either no
 * cluster or a whole one.
 */
export async function createCluster(layout: Layout, binaries: Binaries, user: ServerUser): Promise<Cluster> {
  const password = randomBytes(24).toString('base64url')
  const aside = path.join(layout.home, uniqueName(`.${path.basename(layout.pgdata)}-`))
  const unfinished = path.join(aside, 'pgdata')
  const passwordFile = path.join(aside, 'password')
  try {
    mkdirSync(unfinished, { recursive: true, mode: 0o700 })
    writeFileSync(passwordFile, password, { mode: 0o600 })
    for (const file of [aside, unfinished, passwordFile]) giveTo(user, file)
    const result = await runTool(binaries.initdb, initdbArguments(unfinished), unfinished, user)
    if (!result.ok) throw initdbFailure(layout, result.output)
    writeDurably(layout.credentials, `${JSON.stringify({ password })}\n`)
    renameSync(unfinished, layout.pgdata)
    syncFolder(layout.home)
  } finally {
    rmSync(aside, { recursive: true, force: true, maxRetries: 5 })
  }
  return { layout, password }
}

/** What was being made aside, a cluster or a copy of the binaries, when an earlier start was killed. */
export function removeLeftovers({ home }: Layout): void {
  for (const name of readdirSync(home)) {
    if (!/^\.(?:pgdata|postgresql)-/.test(name)) continue
    rmSync(path.join(home, name), { recursive: true, force: true, maxRetries: 5 })
  }
}

/**
 * Text sorts by code point, and case follows Unicode, both from tables inside PostgreSQL: the order of an index then
 * cannot change under it with the system's locale data. https://www.postgresql.org/docs/18/locale.html
 */
function initdbArguments(unfinished: string): string[] {
  const authentication = ['--username', ROLE, '--pwfile', '../password', '--auth', 'scram-sha-256']
  const locale = ['--encoding', 'UTF8', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C']
  return ['--pgdata', folderArgument(unfinished), ...authentication, ...locale, '--no-instructions']
}

function initdbFailure(layout: Layout, output: string): AppError {
  const [, uid] = /could not look up effective user ID (\d+)/.exec(output) ?? []
  // There is no database yet that could be damaged.
  const code = judgeStart(output) === 'database_disk_full' ? 'database_disk_full' : 'embedded_start_failed'
  if (uid === undefined) return startFailure(layout, output, code)
  return startFailure(
    layout,
    `initdb: user ${uid} has no entry in /etc/passwd, which PostgreSQL needs to make a database`,
  )
}

function writeDurably(file: string, text: string): void {
  const aside = `${file}.new`
  rmSync(aside, { force: true })
  const fd = openSync(aside, 'wx', 0o600)
  writeFileSync(fd, text)
  fsyncSync(fd)
  closeSync(fd)
  chmodSync(aside, 0o600)
  renameSync(aside, file)
}

/** A rename is only durable once its folder is. https://www.postgresql.org/docs/18/wal-reliability.html */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  fsyncSync(fd)
  closeSync(fd)
}
