import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../harness/database.ts'
import { rollcall, startRollcall } from './rollcall.ts'

let database: FreshDatabase
let folder: string

beforeAll(async () => {
  database = await freshDatabase()
  folder = mkdtempSync(path.join(tmpdir(), 'rollcall-e2e-'))
})

afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

test('the demo ends in an embedded database that it has left behind in order', async () => {
  const { code, stdout, stderr } = await rollcall(['demo', '--once'], { ROLLCALL_DATA_DIR: folder })
  expect(stdout).toMatch(/✓ {2}users +complete +132 +132/)
  expect(stdout).toMatch(/rollcall -- export user --connection [0-9a-f-]{36}/)
  expect(stderr).toContain(`Creating the database in ${folder}`)
  expect(code).toBe(0)
  expect(existsSync(path.join(folder, 'pgdata', 'PG_VERSION'))).toBe(true)
  expect(existsSync(path.join(folder, 'pgdata', 'postmaster.pid'))).toBe(false)
})

test('the second run says that nothing changed, and the org runs on until Ctrl-C', async () => {
  const env = { DATABASE_URL: database.url }
  expect((await rollcall(['demo', '--once'], env)).stdout).toContain('1,899 records created')
  const { child, ended, shown } = startRollcall(['demo'], env)
  await shown('factors: complete')
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (text: string) => text.includes('sync --domain') && resolve())
  })
  child.kill('SIGINT')
  const { code, stdout } = await ended
  expect(stdout).toContain('Nothing changed since the last sync.')
  expect(stdout).toMatch(/export ROLLCALL_ALLOWED_INSECURE_ORIGINS=http:\/\/127\.0\.0\.1:\d+ OKTA_API_TOKEN=00sim/)
  expect(code).toBe(0)
})

test('npm scripts run where the packages are installed, and pass the exit code on', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['scripts/with-packages.mjs', ...args], { encoding: 'utf8' })
  expect(run('node', 'bin/rollcall.mjs', '--version')).toMatchObject({ status: 0, stderr: '' })
  expect(run('node', 'bin/rollcall.mjs', 'snyc').status).toBe(1)
  expect(run('sh', '-c', 'exit 7').status).toBe(7)
  expect(run('sh', '-c', 'kill -TERM $$').status).toBe(143)
})
