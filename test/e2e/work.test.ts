import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Db, openDb } from '../../src/store/db.ts'
import { type FreshDatabase, freshDatabase } from '../harness/database.ts'
import { eventually } from '../harness/eventually.ts'
import { startRollcall } from './rollcall.ts'
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

let database: FreshDatabase
let db: Db
let org: StandingOrg
let env: Record<string, string>

beforeAll(async () => {
  ;[database, org] = await Promise.all([freshDatabase(), startStandingOrg()])
  db = await openDb(database.url)
  env = {
    DATABASE_URL: database.url,
    ROLLCALL_ENCRYPTION_KEY: ENCRYPTION_KEY,
    ROLLCALL_ALLOWED_INSECURE_ORIGINS: org.sim.origin,
  }
})

afterAll(async () => {
  await org.sim.close()
  await db.close()
  await database.drop()
})

/** Pages that were answered, and how often each. */
function answered(): Map<string, number> {
  const times = new Map<string, number>()
  for (const { path, status } of org.sim.requests) {
    if (status === 200) times.set(path, (times.get(path) ?? 0) + 1)
  }
  return times
}

/**
 * What one sync asks for once. Not the org, which each who takes the job asks about; nor what a role is limited to, which
 * both the roles of users and those of groups may lead to.
 */
const isListing = (path: string): boolean =>
  path.startsWith('/api/v1/') && path !== '/api/v1/org' && !path.includes('/roles/')
/** What is counted for the plan of a first sync, and asked for once more by the sync itself. */
const isCounted = (path: string): boolean => /^\/api\/v1\/(groups\?|apps\?|policies\?|iam\/)/.test(path)
const repeated = () =>
  [...answered()].filter(([path, times]) => isListing(path) && times > (isCounted(path) ? 2 : 1)).map(([path]) => path)

test('two servers and two workers share a database; one worker is killed with -9, and the other finishes its job', async () => {
  const startWork = async () => {
    const running = startRollcall(['work'], env)
    await running.printed('Running the syncs')
    return running
  }
  const [one, two, ...workers] = await Promise.all([
    startServe(env, ['--no-worker']),
    startServe(env, ['--no-worker']),
    startWork(),
    startWork(),
  ])
  const keys = [one.key, two.key].filter((key) => key !== null)
  expect(keys, 'of two that start at once, one makes the first key').toHaveLength(1)
  const [key = ''] = keys

  const factors = org.hold(40)
  const connection = await connect(one.url, key, org.sim)
  await factors.reached
  const [lease] = await db.query<{ pid: number }>(
    "select split_part(lease_owner, '/', 4)::int as pid from sync_jobs where state = 'running'",
  )
  const killed = workers.find(({ child }) => child.pid === lease?.pid)
  const survivor = workers.find((worker) => worker !== killed)
  expect(killed, 'the job is with one of the workers').toBeDefined()
  expect(repeated(), 'nothing was asked for by both').toEqual([])

  const killedAt = Date.now()
  killed?.child.kill('SIGKILL')
  await killed?.ended
  factors.release()
  const done = await jobWith(two.url, key, connection, 'SUCCEEDED')
  expect(Date.now() - killedAt).toBeLessThan(30_000)
  expect(done.attempts).toBe(2)

  const again = repeated()
  expect(
    again.every((path) => path.endsWith('/factors')),
    'ended steps are not read again',
  ).toBe(true)
  expect(again.length, 'only the pages in flight, which were not saved').toBeLessThanOrEqual(8)

  for (const { url } of [one, two]) {
    expect(await vendorIdsOfUsers(url, key, connection.id)).toEqual(truthOfUsers(org.sim))
  }
  const truth = org.sim.org.expected()
  const exports = done.data_exports as { resource: keyof typeof truth; rows: number; outcome: string }[]
  for (const { resource, rows, outcome } of exports) {
    expect({ resource, rows, outcome }).toEqual({ resource, rows: truth[resource], outcome: 'complete' })
  }
  const [stored] = await db.query('select count(*) as factors from factors where not is_deleted')
  expect(stored).toEqual({ factors: truth.factors })

  await loseTheDatabase()
  await jobAfterOutage(one.url, key, connection)
  for (const { child } of [one, two, survivor].flatMap((each) => each ?? [])) child.kill('SIGTERM')
  for (const running of [one, two, survivor]) expect((await running?.ended)?.code).toBe(0)
}, 60_000)

/** Every connection that the processes have is cut. */
const loseTheDatabase = () =>
  db.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )

/** Serving and working go on by themselves: a request that met the cut is answered when it is made again. */
async function jobAfterOutage(url: string, key: string, connection: { path: string }): Promise<void> {
  const { id } = await eventually(() => call('POST', `${url}${connection.path}/sync`, { key }))
  expect((await jobWith(url, key, connection, 'SUCCEEDED')).id).toBe(id)
}
