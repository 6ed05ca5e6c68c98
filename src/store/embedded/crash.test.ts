import { spawn } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { copyFolder, dataFolders, query, serverPid, startRollcall } from '../../../test/harness/embedded-process.ts'
import { eventually } from '../../../test/harness/eventually.ts'
import { openEmbedded, stopEmbedded } from './index.ts'
import { nameOf, startTimeOf } from './process-table.ts'

const folders = dataFolders(afterAll)
const pidFile = (dataDir: string) => path.join(dataDir, 'pgdata', 'postmaster.pid')

test('kill -9 of Rollcall leaves the server running, and the next process adopts it', async () => {
  const dataDir = await folders.withCluster()
  const first = startRollcall(dataDir)
  const { url } = await first.answer
  await first.kill()
  const server = await openEmbedded(dataDir)
  expect(server).toMatchObject({ adopted: true, url })
  await server.leave()
})

test('kill -9 of the server loses nothing that was committed, and the next process starts it again', async () => {
  const dataDir = await folders.withCluster()
  const first = await openEmbedded(dataDir)
  await query(first.url, 'create table kept as select 1 as x')
  const killed = serverPid(dataDir)
  process.kill(killed, 'SIGKILL')
  const server = await openEmbedded(dataDir)
  expect(server.adopted).toBe(false)
  expect(serverPid(dataDir)).not.toBe(killed)
  await expect(query(server.url, 'select x from kept')).resolves.toEqual([{ x: 1 }])
  await first.leave()
  expect(startTimeOf(serverPid(dataDir))).toBeDefined()
  await server.leave()
})

test('a killed server that remains as a zombie does not block the start', async () => {
  const dataDir = await folders.withCluster()
  const parent = startRollcall(dataDir)
  await parent.answer
  parent.child.kill('SIGSTOP')
  const zombie = serverPid(dataDir)
  process.kill(zombie, 'SIGKILL')
  const server = await openEmbedded(dataDir)
  expect(server.adopted).toBe(false)
  expect(() => process.kill(zombie, 0)).not.toThrow()
  await server.leave()
  await parent.kill()
})

test('a server killed in the middle of writing leaves a transaction whole or not there at all', async () => {
  const dataDir = await folders.withCluster()
  const first = startRollcall(dataDir)
  const { url = '' } = await first.answer
  await query(url, 'create table kept (x int)')
  // Its backend may live on for a while and even commit. The next server must not start before that is over.
  const rows = 400_000
  const writing = query(url, `insert into kept select i from generate_series(1, ${rows}) i`).then(
    () => rows,
    () => 0,
  )
  const busy = `select count(*)::int as busy from pg_stat_activity where query like 'insert%'`
  await eventually(async () => expect(await query(url, busy)).toEqual([{ busy: 1 }]))
  process.kill(serverPid(dataDir), 'SIGKILL')
  await first.kill()
  const server = await openEmbedded(dataDir)
  await expect(query(server.url, 'select count(*)::int as n from kept')).resolves.toEqual([{ n: await writing }])
  await server.leave()
})

/** A process of the server's own user, because only such a one would make PostgreSQL refuse to start. */
function innocent(dataDir: string, program = 'sleep') {
  const { uid, gid } = statSync(path.join(dataDir, 'pgdata'))
  return spawn(program, ['60'], process.getuid?.() === 0 ? { uid, gid } : {})
}

async function reopenWithPidOf(dataDir: string, pid: number | undefined): Promise<void> {
  writeFileSync(pidFile(dataDir), `${pid}\n/proc/self/cwd\n1\n1\n\n127.0.0.1\n 1 1\nready   \n`)
  const server = await openEmbedded(dataDir)
  expect(server.adopted).toBe(false)
  await server.leave()
}

test('a process that got the dead server’s id is not mistaken for it', async () => {
  const dataDir = await folders.withCluster()
  const other = innocent(dataDir)
  await reopenWithPidOf(dataDir, other.pid)
  expect(startTimeOf(other.pid ?? 0)).toBeDefined()
  other.kill()
})

test.runIf(process.platform === 'linux')('not even when it is a PostgreSQL server too', async () => {
  const dataDir = await folders.withCluster()
  const folder = folders.empty()
  chmodSync(folder, 0o755)
  const program = path.join(folder, 'postgres')
  copyFileSync('/bin/sleep', program)
  const other = innocent(dataDir, program)
  await eventually(() => expect(nameOf(other.pid ?? 0)).toBe('postgres'))
  await reopenWithPidOf(dataDir, other.pid)
  expect(startTimeOf(other.pid ?? 0)).toBeDefined()
  other.kill()
})

test.each(['', 'garbage\n'])('a pid file that was cut short by a crash (%j) does not block the start', async (text) => {
  const dataDir = await folders.withCluster()
  writeFileSync(pidFile(dataDir), text)
  const server = await openEmbedded(dataDir)
  expect(server.adopted).toBe(false)
  await server.leave()
})

test('a data folder copied while in use gets a server of its own', async () => {
  const dataDir = await folders.withCluster()
  const original = await openEmbedded(dataDir)
  await query(original.url, 'checkpoint')
  const copyDir = await folders.withCluster()
  copyFolder(dataDir, copyDir)
  const copy = await openEmbedded(copyDir)
  expect(copy.adopted).toBe(false)
  await query(copy.url, 'create table only_in_copy (x int)')
  await expect(query(original.url, 'select * from only_in_copy')).rejects.toMatchObject({ code: '42P01' })
  await copy.leave()
  await original.leave()
})

test('a first start that was killed while it made the cluster leaves nothing behind for the next', async () => {
  const dataDir = folders.empty()
  const first = startRollcall(dataDir)
  first.answer.catch(() => {})
  const unfinished = () => readdirSync(dataDir).filter((name) => name.startsWith('.'))
  await eventually(() => expect(unfinished()).toEqual([expect.stringContaining('.pgdata-')]))
  await first.kill()
  mkdirSync(path.join(dataDir, '.postgresql-18-copy'))
  const server = await openEmbedded(dataDir)
  expect(server.adopted).toBe(false)
  expect(unfinished()).toEqual([])
  await server.leave()
})

test('a first start that was killed before its database was created is completed by the next', async () => {
  const dataDir = await folders.withCluster()
  const first = await openEmbedded(dataDir)
  await query(first.url.replace(/rollcall$/, 'postgres'), 'drop database rollcall')
  const second = await openEmbedded(dataDir)
  expect(second.adopted).toBe(true)
  await expect(query(second.url, 'select 1')).resolves.toHaveLength(1)
  await second.leave()
  await first.leave()
})

test('a starter that was killed while the server came up does not hold up the next', async () => {
  const dataDir = await folders.withCluster()
  const first = startRollcall(dataDir)
  let isUp = false
  first.answer.then(
    () => {
      isUp = true
    },
    () => {},
  )
  await eventually(() => expect(isUp || readdirSync(dataDir).includes('server.lock')).toBe(true))
  await first.kill()
  const server = await openEmbedded(dataDir)
  await expect(query(server.url, 'select 1')).resolves.toHaveLength(1)
  await server.leave()
})

test('the log of a recovery is kept', async () => {
  const dataDir = await folders.withCluster()
  await openEmbedded(dataDir)
  process.kill(serverPid(dataDir), 'SIGKILL')
  await openEmbedded(dataDir)
  expect(readFileSync(path.join(dataDir, 'postgres.log'), 'utf8')).toContain('automatic recovery in progress')
  expect(await stopEmbedded(dataDir)).toBe(true)
})
