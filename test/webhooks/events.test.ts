import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { isoNow, systemClock } from '../../src/clock.ts'
import { AppError } from '../../src/errors.ts'
import { newId } from '../../src/ids.ts'
import { silentLog } from '../../src/log.ts'
import { endJob } from '../../src/store/end-job.ts'
import { enqueueSync, leaseNextJob } from '../../src/store/job-queue.ts'
import { feedEndpoints } from '../../src/webhooks/feed.ts'
import { openProvisioned, type Provisioned } from '../api/provisioned.ts'
import { feedSettled } from '../harness/feed.ts'

let api: Provisioned
beforeAll(async () => {
  api = await openProvisioned({ users: 5 })
})
afterAll(() => api.close())
afterEach(async () => {
  await api.org.db.query('delete from outbox')
  // What was read last is told by its time.
  api.org.clock.advance(60_000)
})

interface Told {
  type: string
  data: Record<string, unknown>
}
const told = (): Promise<Told[]> => api.org.db.query('select type, data from outbox order by tx, seq')

/** The name of the connection's health, as the API tells it. */
async function health(): Promise<unknown> {
  const { organization_id: organization, id } = await api.org.connection()
  const [row] = await api.org.db.query<{ told_health: string }>('select told_health from connections where id = $1', [
    id,
  ])
  await api.org.db.query('update organizations set environment_id = (select id from environments where name = $1)', [
    'ours',
  ])
  const { body } = await api.call('GET', `/v1/provisioning/organizations/${organization}/connections/${id}`)
  expect((body.health as { name: string }).name).toBe(row?.told_health)
  return row?.told_health
}

it('a sync that ends tells so, with the health of its connection where that has changed', async () => {
  const { job_id } = await api.org.sync()
  const events = await told()
  expect(events).toMatchObject([
    {
      type: 'sync.completed',
      data: { job_id, mode: 'full', outcome: 'complete', error_code: null, created: expect.any(Number), deleted: 0 },
    },
    { type: 'connection.health_changed', data: { previous: null, health: 'HEALTHY', reason_code: null, job_id } },
  ])
  expect(events[0]?.data.created).toBeGreaterThan(20)
  expect(await health()).toBe('HEALTHY')
})

it('a sync that finds the same health tells only that it ended', async () => {
  await api.org.sync()
  expect((await told()).map(({ type }) => type)).toEqual(['sync.completed'])
})

it('what the token may read no more is told, and that it may again', async () => {
  const fault = api.org.sim.fault('roles-forbidden')
  await api.org.sync()
  expect(await told()).toMatchObject([
    { type: 'sync.completed', data: { outcome: 'partial' } },
    { data: { previous: 'HEALTHY', health: 'UNAUTHORIZED', reason_code: 'okta_scope_missing' } },
  ])
  expect(await health()).toBe('UNAUTHORIZED')
  fault.remove()
  await api.org.db.query('delete from outbox')
  api.org.clock.advance(60_000)
  await api.org.sync()
  expect((await told())[1]).toMatchObject({ data: { previous: 'UNAUTHORIZED', health: 'HEALTHY' } })
})

/** A job of the connection, leased and not begun. */
async function leased() {
  const { id } = await api.org.connection()
  await enqueueSync(api.org.db, { connectionId: id, trigger: 'request', at: isoNow(api.org.clock) })
  const job = await leaseNextJob(api.org.db, { owner: 'test' })
  if (!job) throw new Error('nothing was leased')
  return { job, lease: { jobId: job.id, owner: 'test' } }
}
const at = new Date().toISOString()

it('a sync that cannot even begin tells what that says of the connection, and not that it ended', async () => {
  const { job, lease } = await leased()
  const error = new AppError('okta_token_rejected', 'No.')
  await endJob(api.org.db, lease, job, { outcome: 'failed', seconds: 0, at, error })
  expect(await told()).toMatchObject([
    { type: 'connection.health_changed', data: { health: 'UNAUTHORIZED', reason_code: 'okta_token_rejected' } },
  ])
  expect(await health()).toBe('UNAUTHORIZED')
})

it('a sync that was stopped on our side says nothing of the connection', async () => {
  const { job, lease } = await leased()
  const error = new AppError('job_interrupted', 'Stopped.')
  await endJob(api.org.db, lease, job, { outcome: 'failed', seconds: 0, at, error })
  expect(await told()).toEqual([])
})

it('a sync whose end is not committed tells nothing', async () => {
  const { job, lease } = await leased()
  const end = { outcome: 'failed', seconds: 0, at, error: new AppError('okta_unavailable', 'Away.') } as const
  await expect(endJob(api.org.db, { ...lease, owner: newId() }, job, end)).rejects.toMatchObject({
    code: 'job_superseded',
  })
  expect(await told()).toEqual([])
  await endJob(api.org.db, lease, job, { ...end, error: new AppError('job_canceled', 'Enough.') })
  expect((await told()).map(({ type }) => type)).toEqual(['sync.completed'])
})

it('events become messages of their own, about the connection and in their order', async () => {
  const { organization_id: organization, id } = await api.org.connection()
  const path = `/v1/provisioning/organizations/${organization}/webhook-endpoints`
  const event_types = ['sync.completed', 'connection.health_changed']
  const made = await api.call('POST', path, { body: { url: 'https://hooks.example.com/in', event_types } })
  await api.org.sync()
  await feedSettled(api.org.db)
  await expect
    .poll(async () => {
      await feedEndpoints({ db: api.org.db, log: silentLog })
      const { body } = await api.call('GET', `${path}/${made.body.id}/deliveries`)
      return body.items.map(({ type, subject_id, change_id }) => [type, subject_id, change_id])
    })
    .toEqual([
      ['connection.health_changed', id, null],
      ['sync.completed', id, null],
    ])
  const payloads = await api.org.db.query<{ payload: string }>('select payload from webhook_messages order by seq')
  expect(payloads.map(({ payload }) => JSON.parse(payload))).toMatchObject([
    { type: 'sync.completed', data: { organization_id: organization, connection_id: id, outcome: 'complete' } },
    {
      type: 'connection.health_changed',
      data: { organization_id: organization, connection_id: id, health: 'HEALTHY' },
    },
  ])
  expect(Date.parse(JSON.parse(payloads[0]?.payload ?? '{}').timestamp)).toBeLessThanOrEqual(systemClock.now())
})
