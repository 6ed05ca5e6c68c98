import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, chownSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataFolders, query, serverPid } from '../../../test/harness/embedded-process.ts'
import { openEmbedded, stopEmbedded } from './index.ts'

const folders = dataFolders(afterAll)

describe('a damaged database is named as such, with what PostgreSQL said, and left as it is', () => {
  const zeros = Buffer.alloc(8192)
  const cases: [what: string, file: string, becomes: string | Buffer | undefined, quote: string | RegExp][] = [
    ['the version is missing', 'pgdata/PG_VERSION', undefined, 'pgdata/PG_VERSION is missing'],
    ['the version is odd', 'pgdata/PG_VERSION', '?', 'pgdata/PG_VERSION does not hold a version'],
    ['it is of another major version', 'pgdata/PG_VERSION', '17\n', 'it was made by PostgreSQL 17, and this'],
    ['the password is missing', 'pg.json', undefined, 'pg.json, which holds its password, is missing'],
    ['the password is cut short', 'pg.json', '{"pa', 'pg.json does not hold its password'],
    ['the password is of another', 'pg.json', '{"password":"x"}', 'the password in pg.json is not the one it was made'],
    ['the control file is missing', 'pgdata/global/pg_control', undefined, 'could not find the database system'],
    ['the control file is empty', 'pgdata/global/pg_control', '', /PANIC: could not read file "global\/pg_control"/],
    ['the control file is spoilt', 'pgdata/global/pg_control', zeros, 'FATAL: database files are incompatible'],
    [
      'the log is spoilt',
      'pgdata/pg_wal/000000010000000000000001',
      zeros,
      'PANIC: could not locate a valid checkpoint',
    ],
    ['the configuration is missing', 'pgdata/postgresql.conf', undefined, 'could not access the server configuration'],
    ['the tables are missing', 'pgdata/base', undefined, 'its own tables (database "postgres" does not exist)'],
    ['a map of tables is spoilt', 'pgdata/global/pg_filenode.map', 'x', 'could not read file "global/pg_filenode.map"'],
  ]
  let dataDir: string
  beforeAll(async () => {
    dataDir = folders.empty()
    const server = await openEmbedded(dataDir)
    await query(server.url, 'create table kept as select 1 as x')
    await server.leave()
  })

  test.each(cases)('%s', async (_what, name, becomes, quote) => {
    const undo = damage(path.join(dataDir, name), becomes)
    const error = await openEmbedded(dataDir).catch((thrown) => thrown)
    undo()
    expect(error).toMatchObject({ code: 'database_damaged', message: expect.stringContaining(dataDir) })
    expect(error.message).toMatch(quote)
    expect(error.message).not.toContain('/proc/self')
    expect(await stopEmbedded(dataDir)).toBe(false)
  })

  test('once the damage is undone, everything is there', async () => {
    expect(readdirSync(dataDir).sort()).toEqual(['pg.json', 'pgdata', 'postgres.log'])
    const server = await openEmbedded(dataDir)
    await expect(query(server.url, 'select x from kept')).resolves.toEqual([{ x: 1 }])
    await server.leave()
  })
})

/** Puts a file aside and another in its place, which has the same owner. Returns how to undo it. */
function damage(file: string, becomes: string | Buffer | undefined): () => void {
  const aside = path.join(folders.empty(), 'aside')
  renameSync(file, aside)
  if (becomes !== undefined) {
    writeFileSync(file, becomes, { mode: 0o600 })
    const { uid, gid } = statSync(aside)
    chownSync(file, uid, gid)
  }
  return () => {
    rmSync(file, { recursive: true, force: true })
    renameSync(aside, file)
  }
}

test('a mistake in postgresql.conf is not called damage', async () => {
  const dataDir = await folders.withCluster()
  appendFileSync(path.join(dataDir, 'pgdata', 'postgresql.conf'), '\nnot a setting\n')
  await expect(openEmbedded(dataDir)).rejects.toMatchObject({
    code: 'embedded_start_failed',
    message: expect.stringMatching(/postgresql.conf" contains errors/),
  })
})

test('an empty folder in the place of the cluster is taken as none', async () => {
  const dataDir = folders.empty()
  mkdirSync(path.join(dataDir, 'pgdata'))
  const server = await openEmbedded(dataDir)
  await expect(query(server.url, 'select 1')).resolves.toHaveLength(1)
  await server.leave()
})

const canMount = process.platform === 'linux' && process.getuid?.() === 0 && tryMount()

function tryMount(): boolean {
  const folder = folders.empty()
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder]).status === 0
  if (isMounted) spawnSync('umount', [folder])
  return isMounted
}

describe.runIf(canMount)('a full disk', () => {
  async function onDisk(megabytes: number, work: (dataDir: string) => Promise<void>): Promise<void> {
    const disk = folders.empty()
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', disk])
    try {
      await work(path.join(disk, 'data'))
    } finally {
      await stopEmbedded(path.join(disk, 'data'))
      execFileSync('umount', ['--lazy', disk])
    }
  }

  test('while the cluster is made: said so, nothing left behind', () =>
    onDisk(12, async (dataDir) => {
      await expect(openEmbedded(dataDir)).rejects.toMatchObject({ code: 'database_disk_full' })
      expect(readdirSync(dataDir)).toEqual([])
    }))

  test('while the server starts: said so, and the data is there once there is room again', () =>
    onDisk(100, async (dataDir) => {
      const first = await openEmbedded(dataDir)
      await query(first.url, 'create table kept as select 1 as x')
      process.kill(serverPid(dataDir), 'SIGKILL')
      const filler = path.join(dataDir, 'filler')
      spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'])
      await expect(openEmbedded(dataDir)).rejects.toMatchObject({ code: 'database_disk_full' })
      rmSync(filler)
      const second = await openEmbedded(dataDir)
      await expect(query(second.url, 'select x from kept')).resolves.toEqual([{ x: 1 }])
      await second.leave()
    }))
})
