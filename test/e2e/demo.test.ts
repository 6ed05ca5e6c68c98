import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../harness/database.ts'
import { rollcall, startRollcall } from './rollcall.ts'
import { call, ENCRYPTION_KEY } from './server.ts'

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
  expect(stdout).toContain(
    '4. The API, asked for GET /v1/idp/users?limit=1\n{\n  "count": 1,\n  "items": [\n    {\n      "id": "',
  )
  expect(stdout).toMatch(/rollcall -- export user --connection [0-9a-f-]{36}/)
  expect(stderr).toContain(`Creating the database in ${folder}`)
  expect(code).toBe(0)
  expect(existsSync(path.join(folder, 'pgdata', 'PG_VERSION'))).toBe(true)
  expect(existsSync(path.join(folder, 'pgdata', 'postmaster.pid'))).toBe(false)
})

test('the second run says that nothing changed, and serves until Ctrl-C', async () => {
  const env = { DATABASE_URL: database.url, ROLLCALL_ENCRYPTION_KEY: ENCRYPTION_KEY }
  const before = (await rollcall(['demo', '--once'], env)).stdout
  expect(before).toContain('1,899 records created')
  const { child, ended, printed } = startRollcall(['demo'], env)
  const exported = await printed('export KEY=')
  await printed('sync --domain')
  const [, key = '', connection = ''] = /KEY=(\S+) CONNECTION=(\S+)/.exec(exported) ?? []
  expect(before, 'the connection of the run before').toContain(connection)
  const urls = [await printed('limit=2'), await printed('/applications'), await printed('/connections/')].map(
    (line) => /^ {2}curl .*'(http[^']+)'$/.exec(line)?.[1] ?? line,
  )
  const ask = (url: string) => call('GET', url, { key, connection })
  const [users, applications, shown] = await Promise.all(urls.map(ask))
  expect(users?.items).toHaveLength(2)
  expect(applications?.items[0]).toMatchObject({
    access: { via: expect.stringMatching(/^(direct|group)$/) },
  })
  expect(shown).toMatchObject({ state: 'ACTIVE', organization_name: 'Demo', health: { status: 'HEALTHY' } })

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
