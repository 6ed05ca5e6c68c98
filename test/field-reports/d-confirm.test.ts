import { afterAll, beforeAll, expect, it } from 'vitest'
import { runSyncJob } from '../../src/compose/sync-job.ts'
import { silentLog } from '../../src/log.ts'
import { leaseNextJob } from '../../src/store/job-queue.ts'
import { openProvisioned, type Provisioned } from '../api/provisioned.ts'

/** What a person decides about deletes, over HTTP. */

const OWNER = 'a worker'

let api: Provisioned
let path: string
let connectionId: string

beforeAll(async () => {
  api = await openProvisioned({ users: 60 })
  const organization = await api.organization()
  connectionId = (await api.connection(organization)).id
  path = `${organization}/connections/${connectionId}`
  await work()
})
afterAll(() => api.close())

/** Runs the job that waits, as a worker does. */
async function work(): Promise<void> {
  const { db } = api.org
  const job = await leaseNextJob(db, { owner: OWNER })
  if (!job) throw new Error('no job waits')
  const { session: openSession } = api.org
  await runSyncJob({ db, sealer: api.services.sealer, log: silentLog, openSession, onSecret: () => {} }, job, {
    lease: { jobId: job.id, owner: OWNER },
    signal: new AbortController().signal,
  })
}

const liveUsers = async () => {
  const answer = await fetch(`${api.base}/v1/idp/users?includeDeleted=false&limit=1`, {
    headers: { 'x-api-key': api.key, 'x-connection-id': connectionId },
  })
  return (await answer.json()) as { count: number; total: number; items: unknown[] }
}

it('B073, and over HTTP it is shown, confirmed by one call, and then done', async () => {
  const before = (await liveUsers()).total
  const users = [...api.org.sim.org.allUsers()]
  for (const { id } of users.slice(0, Math.ceil(users.length * 0.4))) api.org.sim.org.deleteUser(id)

  await api.call('POST', `${path}/sync`, { body: {} })
  await work()
  expect((await liveUsers()).total, 'held').toBe(before)
  const held = await api.call('GET', path)
  expect(held.body.held_deletes).toBeGreaterThanOrEqual(Math.ceil(users.length * 0.4))
  expect(held.body.health).toMatchObject({ name: 'HEALTHY', next_action: expect.stringMatching(/confirm/i) })

  expect((await api.call('POST', `${path}/confirm-deletes`)).status).toBe(200)
  await work()
  expect((await liveUsers()).total).toBe(api.org.sim.org.expected().users)
  expect((await api.call('GET', path)).body.held_deletes).toBe(0)
})
