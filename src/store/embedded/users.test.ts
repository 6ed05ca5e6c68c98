import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { dataFolders, query, serverPid, startRollcall } from '../../../test/harness/embedded-process.ts'
import { openEmbedded, stopEmbedded } from './index.ts'

const NOBODY = 65534
const asNobody = { uid: NOBODY, gid: NOBODY, cwd: '/', env: { PATH: process.env.PATH } }
const isRoot = process.getuid?.() === 0
const nobodyCanReadUs =
  isRoot && spawnSync('test', ['-r', fileURLToPath(import.meta.url)], { uid: NOBODY, gid: NOBODY }).status === 0

const folders = dataFolders(afterAll)

describe.runIf(isRoot)('Rollcall runs as root', () => {
  test('the server runs as an unprivileged user, and the data folder stays closed to it', async () => {
    const dataDir = await folders.withCluster()
    const server = await openEmbedded(dataDir)
    const { uid } = statSync(`/proc/${serverPid(dataDir)}`)
    expect(uid).not.toBe(0)
    expect(statSync(path.join(dataDir, 'pgdata')).uid).toBe(uid)
    expect(statSync(dataDir)).toMatchObject({ uid: 0, mode: 0o40700 })
    await server.leave()
  })

  test('the data folder may be below folders that only root may enter, and several levels new', async () => {
    const closed = mkdtempSync(path.join(homedir(), '.rollcall-test-'))
    expect(statSync(closed).mode & 0o777).toBe(0o700)
    const dataDir = path.join(closed, 'x', 'data')
    try {
      const first = await openEmbedded(dataDir)
      const second = await openEmbedded(dataDir)
      expect([first.adopted, second.adopted]).toEqual([false, true])
      await expect(query(first.url, 'select count(*)::int as n from pg_class')).resolves.toHaveLength(1)
      await first.leave()
      await second.leave()
      const again = await openEmbedded(dataDir)
      await again.leave()
      expect(statSync(closed).mode & 0o777).toBe(0o700)
    } finally {
      await stopEmbedded(dataDir)
      rmSync(closed, { recursive: true })
    }
  })

  test('a cluster that was copied back as root, and is readable for all, is given back to the server', async () => {
    const dataDir = await folders.withCluster()
    execFileSync('chown', ['-R', '0:0', dataDir])
    chmodSync(path.join(dataDir, 'pgdata'), 0o755)
    const server = await openEmbedded(dataDir)
    expect(statSync(path.join(dataDir, 'pgdata', 'base')).uid).not.toBe(0)
    expect(statSync(path.join(dataDir, 'pgdata')).mode & 0o777).toBe(0o700)
    await server.leave()
  })

  test('a cluster keeps the user that it was made for', async () => {
    const dataDir = await folders.withCluster()
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, path.join(dataDir, 'pgdata')])
    const server = await openEmbedded(dataDir)
    expect(statSync(`/proc/${serverPid(dataDir)}`).uid).toBe(NOBODY)
    await server.leave()
  })

  test('a umask that closes everything does not close the server out', async () => {
    const dataDir = folders.empty()
    const program = `umask 077; exec "$0" "$@"`
    const tsx = import.meta.resolve('tsx')
    const index = new URL('index.ts', import.meta.url).href
    const script = `const server = await (await import('${index}')).openEmbedded('${dataDir}'); await server.leave()`
    const result = spawnSync('sh', [
      '-c',
      program,
      process.execPath,
      '--import',
      tsx,
      '--input-type=module',
      '-e',
      script,
    ])
    expect(String(result.stderr)).toBe('')
  })
})

describe.runIf(nobodyCanReadUs)('Rollcall runs as a normal user', () => {
  function folderOfNobody(): string {
    const dataDir = folders.empty()
    chownSync(dataDir, NOBODY, NOBODY)
    return dataDir
  }

  test('the server runs as that user, from start to adoption to the last leaving', async () => {
    const dataDir = path.join(folderOfNobody(), 'data')
    const first = startRollcall(dataDir, asNobody)
    await expect(first.answer).resolves.toMatchObject({ adopted: false })
    expect(statSync(`/proc/${serverPid(dataDir)}`).uid).toBe(NOBODY)
    const second = startRollcall(dataDir, asNobody)
    await expect(second.answer).resolves.toMatchObject({ adopted: true })
    await first.leave()
    await second.leave()
    expect(readFileSync(path.join(dataDir, 'postgres.log'), 'utf8')).toContain('database system is shut down')
  })

  test('a data folder of somebody else is refused with both users named', async () => {
    const dataDir = folders.empty()
    chmodSync(dataDir, 0o755)
    const other = startRollcall(dataDir, asNobody)
    await expect(other.answer).resolves.toMatchObject({
      code: 'embedded_start_failed',
      message: `Rollcall cannot use the data folder ${dataDir}: it belongs to user 0, and Rollcall runs as user ${NOBODY}.`,
    })
    await other.leave()
  })

  test('a user without an entry in /etc/passwd is told that PostgreSQL needs one', async () => {
    const dataDir = folders.empty()
    chownSync(dataDir, 54321, 54321)
    const other = startRollcall(dataDir, { ...asNobody, uid: 54321, gid: 54321 })
    await expect(other.answer).resolves.toMatchObject({
      code: 'embedded_start_failed',
      message: expect.stringContaining('user 54321 has no entry in /etc/passwd'),
    })
    await other.leave()
  })
})

test('a file in the place of the data folder is named as such', async () => {
  const file = path.join(folders.empty(), 'file')
  mkdirSync(path.dirname(file), { recursive: true })
  execFileSync('touch', [file])
  await expect(openEmbedded(file)).rejects.toMatchObject({
    code: 'embedded_start_failed',
    message: `Rollcall cannot use the data folder ${file}: it is not a folder.`,
  })
})
