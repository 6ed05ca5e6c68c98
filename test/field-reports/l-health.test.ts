import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { endJob } from '../../src/store/end-job.ts'
import { findPastJob } from '../../src/store/job-history.ts'
import { takeLease } from '../../src/store/lease.ts'
import { openProvisioned, type Provisioned } from '../api/provisioned.ts'
import { openWatched, type Watched } from './watched.ts'

/** The health of a connection, as the API shows it. */

let api: Provisioned

beforeAll(async () => {
  api = await openProvisioned()
})
afterEach(() => api.org.sim.clearFaults())
afterAll(() => api.close())

describe('one permission that is missing', () => {
  it('B153: names the refused resources and hides none of those that are fine', async () => {
    api.org.sim.fault('roles-forbidden')
    const { connection_id: connectionId } = await api.org.sync()
    const organization = await api.organization()
    await api.org.db.query('update connections set organization_id = $2 where id = $1', [
      connectionId,
      organization.split('/').at(-1),
    ])
    const { body } = await api.call('GET', `${organization}/connections/${connectionId}`)
    const health = body.health as { resources: { resource: string; outcome: string; remedy: string | null }[] }
    expect(health).toMatchObject({ name: 'UNAUTHORIZED', resolution_owner: 'CUSTOMER' })
    const outcomes = Object.fromEntries(health.resources.map(({ resource, outcome }) => [resource, outcome]))
    expect(outcomes).toMatchObject({ users: 'complete', groups: 'complete', user_roles: 'not_permitted' })
    expect(health.resources.find(({ resource }) => resource === 'user_roles')?.remedy).toMatch(/\w/)
  })
})

describe('a connection in the hands of a worker', () => {
  let watched: Watched
  beforeAll(async () => {
    watched = await openWatched()
    await watched.api.call('PATCH', watched.path, { body: { refresh_interval_secs: 14_400 } })
    await watched.sync('connect')
  })
  afterEach(() => watched.api.org.sim.clearFaults())
  afterAll(() => watched.api.close())

  const fault = (name: string) => void watched.api.org.sim.fault(name)
  /** Seconds until the next scheduled sync, rounded to hours. */
  const nextInHours = async () => {
    const at = Date.parse((await watched.look()).next_sync_at ?? '')
    return Math.round((at - Date.now()) / 3_600_000)
  }

  it('B153, and tells of a resource that could be read before, and that what was read is kept', async () => {
    fault('roles-forbidden')
    await watched.sync()
    expect(await watched.warning('permission_lost')).toMatchObject({
      is_urgent: false,
      message: expect.stringMatching(/^Could be read before, and is not permitted any more: .*user_roles/),
      remedy: "Give the token's owner a role that may read this, or the service app the role and the scope.",
      since: expect.any(String),
      resources: expect.arrayContaining(['user_roles']),
    })
    watched.api.org.sim.clearFaults()
    await watched.sync()
    expect(await watched.warning('permission_lost')).toBeUndefined()
  })

  it('B149, and stays red while another try runs, and while that is stopped by us, until one works', async () => {
    watched.api.org.sim.fault({ match: /\/api\/v1\/groups/, status: 400 })
    fault('token-expires-midway')
    await watched.sync('schedule')
    const name = async () => (await watched.look()).health?.name
    expect(await name()).toBe('UNAUTHORIZED')
    const job = await watched.lease('schedule')
    expect(await name()).toBe('UNAUTHORIZED')
    // As the engine does once it has begun; no answer of Okta's has come to it yet. Under another scope it is not resumed.
    const { org } = watched.api
    await org.db.transaction((tx) =>
      takeLease(
        tx,
        { jobId: job.id, owner: 'a test' },
        { settings: { scope: { groups: ['x'] } }, at: new Date().toISOString() },
      ),
    )
    expect((await findPastJob(org.db, { connectionId: watched.id, jobId: job.id }))?.error_code).toBeNull()
    expect(await name()).toBe('UNAUTHORIZED')
    const stopped = { outcome: 'failed', seconds: 0, at: new Date().toISOString() } as const
    const error = new AppError('job_interrupted', 'The worker was stopped.')
    await endJob(org.db, { jobId: job.id, owner: 'a test' }, job, { ...stopped, error })
    expect(await name()).toBe('UNAUTHORIZED')
    org.sim.clearFaults()
    await watched.sync()
    expect(await name()).toBe('HEALTHY')
  })

  it('B149, and is not red any more as soon as Okta answers the token, however long the sync then takes', async () => {
    fault('token-invalid')
    await watched.sync('schedule')
    const { sim } = watched.api.org
    sim.clearFaults()
    const seen: (string | undefined)[] = []
    let asked: Promise<void> | null = null
    sim.fault({
      match: 'GET /api/v1/users',
      times: 1,
      delayMs: 1,
      onHit: () => {
        asked = watched.look().then(({ health }) => void seen.push(health?.name))
      },
    })
    await watched.sync()
    await asked
    expect(seen).toEqual(['HEALTHY'])
  })

  it('B149, and after three refusals in a row asks less and less often, until somebody asks for a sync', async () => {
    fault('token-invalid')
    for (const [refusals, hours] of [
      [1, 4],
      [2, 4],
      [3, 8],
      [4, 16],
      [5, 24],
      [6, 24],
    ] as const) {
      await watched.api.org.db.query("update connections set next_sync_at = now() + interval '4 hours' where id = $1", [
        watched.id,
      ])
      await watched.sync('schedule')
      expect([refusals, await nextInHours()]).toEqual([refusals, hours])
      const warning = await watched.warning('schedule_slowed')
      if (refusals < 3) expect(warning).toBeUndefined()
      else
        expect(warning).toMatchObject({
          message: expect.stringMatching(new RegExp(`^The last ${refusals} syncs were refused alike, .* UTC\\.$`)),
          remedy: expect.stringMatching(/^Create a new token .* Syncs come every 4 hours again as soon as/),
        })
    }
    await watched.api.call('POST', `${watched.path}/sync`)
    expect(await nextInHours()).toBe(4)
    expect(await watched.warning('schedule_slowed')).toBeUndefined()
  })

  it.each([
    [
      'other credentials',
      () => watched.api.call('PATCH', watched.path, { body: { credentials: watched.api.credentials() } }),
    ],
    ['a sync that works', () => watched.sync('schedule')],
  ])('B149, and the schedule is as before with %s', async (_, mend) => {
    fault('token-outside-network')
    for (let refusal = 0; refusal < 4; refusal++) await watched.sync('schedule')
    expect(await nextInHours()).toBe(16)
    watched.api.org.sim.clearFaults()
    await mend()
    expect(await nextInHours()).toBe(4)
    await watched.sync()
  })

  it('B149, and trouble of Okta’s own neither slows the schedule nor ends its slowness', async () => {
    const refusals = async () =>
      (
        await watched.api.org.db.query<{ refusals: number }>('select refusals from connections where id = $1', [
          watched.id,
        ])
      )[0]?.refusals
    fault('token-invalid')
    await watched.sync('schedule')
    expect(await refusals()).toBe(1)
    const byHand = await watched.lease('schedule')
    await watched.api.org.db.query("update sync_jobs set trigger = 'command_line' where id = $1", [byHand.id])
    await watched.work(byHand)
    expect(await refusals()).toBe(1)
    watched.api.org.sim.clearFaults()
    watched.api.org.sim.fault({ match: /okta-organization/, status: 503 })
    await watched.sync('schedule')
    expect(await refusals()).toBe(1)
    watched.api.org.sim.clearFaults()
    await watched.sync('schedule')
    expect(await refusals()).toBe(0)
  })

  it('tells of syncs that do not come, and where to look', async () => {
    const { db } = watched.api.org
    expect(await watched.warning('sync_overdue')).toBeUndefined()
    await db.query("update sync_jobs set ended_at = now() - interval '13 hours'")
    await watched.age('created_at', '30 days')
    await watched.age('next_sync_at', '9 hours')
    expect(await watched.warning('sync_overdue')).toMatchObject({
      message: expect.stringMatching(/^The last sync came to its end on .* UTC; one is due every 4 hours\.$/),
      remedy: 'Check that `rollcall serve` or `rollcall work` runs, and with enough workers.',
    })
    // A connection that was paused until just now has not been due three times.
    await watched.age('active_since', '1 hour')
    expect(await watched.warning('sync_overdue')).toBeUndefined()
    await watched.age('active_since', '13 hours')
    await watched.lease('schedule').then(async (job) => {
      expect(await watched.warning('sync_overdue')).toBeUndefined()
      await watched.work(job)
    })
    expect(await watched.warning('sync_overdue')).toBeUndefined()
  })
})
