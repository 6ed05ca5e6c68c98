import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestOrg, type TestOrg } from '../../test/harness/org.ts'
import { silentLog } from '../log.ts'
import { createSealer } from '../seal.ts'
import type { SignIn } from '../sign-in.ts'
import { createConnection } from '../store/connection-changes.ts'
import { type Connection, getConnection, setOrg } from '../store/connections.ts'
import { saveCredentials } from '../store/credentials.ts'
import { enqueueSync, leaseNextJob } from '../store/job-queue.ts'
import { runSyncJob } from './sync-job.ts'

const OWNER = 'this test'
const ORGANIZATION = '00000000-0000-4000-8000-000000000001'
const sealer = createSealer(() => [Buffer.alloc(32, 7)])
const running = new AbortController().signal

let org: TestOrg
beforeAll(async () => {
  org = await openTestOrg({ users: 3 })
})
afterAll(() => org.close())

const connect = (origin = org.sim.origin): Promise<Connection> =>
  createConnection(org.db, {
    organizationId: ORGANIZATION,
    vendor: 'OKTA_IDP',
    origin,
    identifier: null,
    options: null,
  })

const giveToken = ({ id }: Connection, token = org.sim.token) =>
  org.db.transaction((tx) => saveCredentials(tx, sealer, id, { token }))

/** Leases the connection's job and runs it as a worker does. */
async function run({ id }: Connection, signal = running, key = sealer): Promise<{ tokens: string[]; closed: number }> {
  await enqueueSync(org.db, { connectionId: id, trigger: 'request', at: new Date(org.clock.now()).toISOString() })
  const job = await leaseNextJob(org.db, { owner: OWNER })
  if (job?.connection_id !== id) throw new Error('another job was leased')
  const seen = { tokens: [] as string[], closed: 0 }
  const options = {
    db: org.db,
    sealer: key,
    log: silentLog,
    openSession: (signIn: SignIn) => {
      const session = org.session(signIn)
      return { ...session, close: async () => session.close().then(() => void seen.closed++) }
    },
    onSecret: (secret: string) => void seen.tokens.push(secret),
  }
  await runSyncJob(options, job, { lease: { jobId: job.id, owner: OWNER }, signal })
  return seen
}

test('a job reads the org with the stored token, and keeps what the org says about itself', async () => {
  const connection = await connect()
  await giveToken(connection)
  expect(await run(connection)).toEqual({ tokens: [org.sim.token], closed: 1 })
  expect(await getConnection(org.db, connection.id)).toMatchObject({
    org_id: expect.stringMatching(/^00o/),
    engine: 'idx',
  })
  expect(await org.rows('user')).toHaveLength(org.sim.org.expected().users)
})

test('another org at the address is not read: its records would make those of before look gone', async () => {
  const connection = await connect()
  await setOrg(org.db, connection.id, { origin: org.sim.origin, org_id: '00oOTHER', org_name: null, engine: null })
  await giveToken(connection)
  org.sim.resetCounts()
  await expect(run(connection)).rejects.toMatchObject({ code: 'org_mismatch' })
  expect(org.sim.counts.byRoute['GET /api/v1/users']).toBeUndefined()
})

test('without credentials, or without the key that opens them, the job says so', async () => {
  await expect(run(await connect())).rejects.toMatchObject({ code: 'credentials_missing' })
  const connection = await connect()
  await giveToken(connection)
  const another = createSealer(() => [Buffer.alloc(32, 8)])
  await expect(run(connection, running, another)).rejects.toMatchObject({ code: 'credentials_unreadable' })
})

test('a worker that is stopped before the org has answered has been interrupted, not refused', async () => {
  const connection = await connect()
  await giveToken(connection)
  const stop = new AbortController()
  stop.abort()
  await expect(run(connection, stop.signal)).rejects.toMatchObject({ code: 'job_interrupted' })
})
