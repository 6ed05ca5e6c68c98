import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../harness/database.ts'
import { dataFolders } from '../harness/embedded-process.ts'
import { expectRefusal, rollcall, startRollcall } from './rollcall.ts'
import {
  call,
  connect,
  ENCRYPTION_KEY,
  jobWith,
  type StandingOrg,
  startServe,
  startStandingOrg,
  truthOfUsers,
  vendorIdsOfUsers,
} from './server.ts'

const folders = dataFolders(afterAll)
let database: FreshDatabase
let org: StandingOrg

beforeAll(async () => {
  ;[database, org] = await Promise.all([freshDatabase(), startStandingOrg()])
})

afterAll(async () => {
  await org.sim.close()
  await database.drop()
})

test('on an empty folder it makes one key, syncs what is connected, hands its job back when told to stop, and goes on', async () => {
  const env = { ROLLCALL_DATA_DIR: folders.empty(), ROLLCALL_ALLOWED_INSECURE_ORIGINS: org.sim.origin }
  const first = await startServe(env)
  const key = first.key ?? ''
  expect(key).toMatch(/^rck_[\w-]{43}$/)
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200)

  const connection = await connect(first.url, key, org.sim)
  await jobWith(first.url, key, connection, 'SUCCEEDED')
  expect(await vendorIdsOfUsers(first.url, key, connection.id)).toEqual(truthOfUsers(org.sim))

  const factors = org.hold(40)
  org.sim.resetCounts()
  const job = await call('POST', `${first.url}${connection.path}/sync`, { key })
  await factors.reached
  first.child.kill('SIGTERM')
  await first.shown('Stopping: ')
  factors.release()
  expect(await first.ended).toMatchObject({ code: 0 })

  const second = await startServe(env)
  expect(second.key).toBeNull()
  const done = await jobWith(second.url, key, connection, 'SUCCEEDED')
  expect(done.id).toBe(job.id)
  const asked = org.sim.requests.filter(({ path }) => /^\/api\/v1\/users\?search=status(\+|%20)pr/.test(path))
  expect(asked, 'what was read is not read again').toHaveLength(1)
  const health = await call('GET', `${second.url}${connection.path}`, { key })
  expect(health).toMatchObject({ state: 'ACTIVE', health: { status: 'HEALTHY' } })
  second.child.kill('SIGINT')
  const { code, stdout, stderr } = await second.ended
  expect(code).toBe(0)
  expect(stdout + stderr).not.toContain('rck_')
  expect(stdout + stderr).not.toContain(org.sim.token)
})

test('it says where it listens, where the reference is, and how to ask', async () => {
  const env = { DATABASE_URL: database.url, ROLLCALL_ENCRYPTION_KEY: ENCRYPTION_KEY }
  const { child, ended, printed, shown } = startRollcall(
    ['serve', '--port', '0', '--host', '0.0.0.0', '--no-worker'],
    env,
  )
  expect(await printed('Rollcall serves on')).toMatch(/http:\/\/127\.0\.0\.1:\d+: .* http:\/\/127\.0\.0\.1:\d+\/docs$/)
  const curl = await printed('curl')
  const [, header = '', url = ''] = /-H '([^']+)' (\S+)/.exec(curl) ?? []
  const [name = '', key = ''] = header.split(': ')
  expect((await fetch(url, { headers: { [name]: key } })).status).toBe(200)
  await shown('0.0.0.0 can be reached from other machines')
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0, stdout: expect.stringContaining('which is not shown again: rck_') })
})

test('a port that is taken is said to be, and no key is made for nobody to see', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  const fresh = await freshDatabase()
  const env = { DATABASE_URL: fresh.url, ROLLCALL_ENCRYPTION_KEY: ENCRYPTION_KEY }
  const refused = await rollcall(['serve', '--port', String(port)], env)
  expectRefusal(refused, `Something listens on 127.0.0.1:${port} already. Choose another port with --port`)
  const keys = await rollcall(['keys', 'list', '--json'], env)
  expect(JSON.parse(keys.stdout)).toEqual({ keys: [] })
  other.close()
  await fresh.drop()
})

test.each([['serve'], ['work']])('%s needs the encryption key beside DATABASE_URL', async (command) => {
  expectRefusal(await rollcall([command], { DATABASE_URL: database.url }), 'ROLLCALL_ENCRYPTION_KEY must be set')
})

test('an address that is not of this machine is refused', async () => {
  const env = { DATABASE_URL: database.url, ROLLCALL_ENCRYPTION_KEY: ENCRYPTION_KEY }
  expectRefusal(await rollcall(['serve', '--host', '192.0.2.1'], env), '192.0.2.1 is not an address of this machine')
})
