import { afterEach, describe, expect, it } from 'vitest'
import { openTestOrg, type TestOrg, type TestOrgOptions } from '../harness/org.ts'
import { asked, atOnce, duration, onceEach, withClient } from './calls.ts'

/** A bucket that is used up: waiting for the reset that Okta names, as often as it takes. */

const USERS = 'GET /api/v1/users'
const MEMBERS = 'GET /api/v1/groups/{id}/users'
const EXCEEDED = {
  errorCode: 'E0000047',
  errorSummary: 'API call exceeded rate limit due to too many requests.',
}
/** How many rows a complete sync of the org has, by resource. */
const rowCounts = (org: TestOrg) => {
  const { role_holders: _, ...resources } = org.sim.org.expected()
  return resources
}
const rowsIn = (result: { resources: Readonly<Record<string, { rows: number }>> }) =>
  Object.fromEntries(Object.entries(result.resources).map(([name, { rows }]) => [name, rows]))

let org: TestOrg

async function open(options: TestOrgOptions = {}): Promise<TestOrg> {
  org = await openTestOrg({ users: 12, ...options })
  return org
}

afterEach(() => org.close())

describe('a bucket that is used up', () => {
  it('B001: a 429 is waited out by the reset that came with it, and the same request is sent again', async () => {
    const { sim } = await open()
    const rateHeaders = { limit: 600, remaining: 0, resetIn: 37 }
    sim.fault({ match: USERS, times: 1, status: 429, body: EXCEEDED, rateHeaders })
    const result = await org.sync({ streams: ['users'] })
    expect(result).toMatchObject({ outcome: 'complete', requests: 2, rate_limited: 1 })
    const [first, second] = asked(org, USERS)
    expect(second?.path).toBe(first?.path)
    expect(second?.headers['x-okta-retry-count']).toBe('1')
    const waited = (second?.at ?? 0) - (first?.at ?? 0)
    expect(waited).toBeGreaterThanOrEqual(37_000)
    expect(waited).toBeLessThanOrEqual(39_000)
    expect(await org.rows('user')).toHaveLength(sim.org.expected().users)
  })

  it('B001, and so is one on the first call of every listing there is', async () => {
    const { sim } = await open()
    sim.fault(onceEach({ status: 429, body: EXCEEDED, rateHeaders: { limit: 600, remaining: 0, resetIn: 37 } }))
    const result = await org.sync()
    expect(result.outcome).toBe('complete')
    expect(rowsIn(result)).toMatchObject(rowCounts(org))
    expect(result.rate_limited).toBeGreaterThanOrEqual(12)
  })

  it('B004: a reset 45 seconds ahead costs one wait of 45 seconds and one more try', async () => {
    const { sim, clock } = await open()
    sim.fault('rate-limit-45-seconds')
    await org.sync({ streams: ['users'] })
    expect(asked(org, USERS).map(({ status }) => status)).toEqual([429, 200])
    expect(clock.sleeps.filter((ms) => ms >= 900)).toEqual([46_000])
  })

  it('B006: a bucket that is full for 58 seconds is survived', async () => {
    const { sim } = await open()
    sim.fault('rate-limit-58-seconds')
    const result = await org.sync({ streams: ['users', 'factors'] })
    expect(result).toMatchObject({ outcome: 'complete', resources: { factors: { outcome: 'complete' } } })
    expect(asked(org, USERS)).toHaveLength(2)
  })

  it('B013: a reset 75 seconds ahead is waited for, and the sync goes on', async () => {
    const { sim, clock } = await open()
    sim.fault('rate-limit-75-seconds')
    const result = await org.sync({ streams: ['groups', 'group_memberships'] })
    expect(result.outcome).toBe('complete')
    expect(clock.sleeps.filter((ms) => ms >= 900)).toEqual([76_000])
    expect(await org.rows('group-membership')).toHaveLength(sim.org.expected().group_memberships)
  })

  it('B013, and one application that cannot be read is told about, and its records stay', async () => {
    const { sim } = await open()
    const streams = ['applications', 'application_users']
    await org.sync({ streams })
    const app = sim.org.appId(9)
    const before = (await org.rows('application-assignment')).filter((row) => row.application_vendor_id === app)
    expect(before.length).toBeGreaterThan(0)
    sim.fault({ match: 'GET /api/v1/apps/{id}/users', where: ({ params }) => params.id === app, status: 500 })
    const { application_users: step } = (await org.sync({ streams })).resources
    expect(step).toMatchObject({ outcome: 'partial', reason_code: 'okta_unavailable', deleted: 0 })
    expect(step?.reason).toContain(app)
    const after = (await org.rows('application-assignment')).filter((row) => row.application_vendor_id === app)
    expect(after).toEqual(before)
  })

  it('B016: nine refusals over five minutes end in a complete listing', async () => {
    const { sim } = await open()
    sim.fault('rate-limit-five-minutes')
    let result: Awaited<ReturnType<TestOrg['sync']>> | undefined
    const took = await duration(org, async () => {
      result = await org.sync({ streams: ['applications'] })
    })
    expect(result).toMatchObject({ outcome: 'complete', resources: { applications: { rows: 14 } } })
    expect(result?.rate_limited).toBeGreaterThan(6)
    expect(took).toBeGreaterThan(300_000)
    expect(took).toBeLessThan(320_000)
  })

  it('B016, and twenty minutes of them do not pass for a job that hangs', async () => {
    const { sim, clock } = await open()
    const until = clock.now() + 20 * 60_000
    const rateHeaders = { limit: 600, remaining: 0, resetIn: 14 * 60 }
    sim.fault({ match: USERS, where: ({ at }) => at < until, status: 429, rateHeaders })
    const result = await org.sync({ streams: ['users'] })
    expect(result).toMatchObject({ outcome: 'complete', error: null })
  })
})

describe('only what is refused waits', () => {
  it('B009: the list of apps and a single app draw on budgets of their own', async () => {
    const { sim } = await open({ limitScale: 1, tokenShare: 1 })
    sim.fault({
      match: 'GET /api/v1/apps',
      times: 1,
      status: 429,
      rateHeaders: { limit: 100, remaining: 0, resetIn: 50 },
    })
    await withClient(org, async (client, session) => {
      const startedAt = org.clock.now()
      const list = client.list('/api/v1/apps', { cursor: null }).then(() => org.clock.now() - startedAt)
      const one = duration(org, () => atOnce(10, (number) => client.get(`/api/v1/apps/${sim.org.appId(number)}`)))
      expect(await one).toBeLessThan(10_000)
      expect(await list).toBeGreaterThanOrEqual(50_000)
      const limits = session.buckets().map(({ bucket, limit }) => [bucket, limit])
      expect(Object.fromEntries(limits)).toEqual({ '/api/v1/apps': 100, '/api/v1/apps/{id}': 500 })
    })
  })

  it('B011: a 429 on the 40th group delays that group and loses none of the others', async () => {
    const { sim } = await open()
    for (let number = 0; number < 30; number++) {
      const { id } = sim.org.addGroup({ name: `Team ${number}` })
      sim.org.addMember(id, sim.org.userId(number % 12))
    }
    sim.fault('rate-limit-40th-group')
    const result = await org.sync({ streams: ['groups', 'group_memberships'], parallelParents: 1 })
    expect(result).toMatchObject({ outcome: 'complete', rate_limited: 1 })
    const calls = asked(org, MEMBERS)
    const paths = calls.map(({ path }) => path)
    expect(paths.length - new Set(paths).size).toBe(1)
    expect(paths[40]).toBe(paths[39])
    expect(calls.every(({ path }) => path.includes('limit=200'))).toBe(true)
    expect(await org.rows('group-membership')).toHaveLength(sim.org.expected().group_memberships)
  })
})

describe('a listing that is refused again and again', () => {
  const streams = ['users']
  const pageSizes = { users: 1 }

  it('B014: three 429 in a row on the seventh page lose nothing: the run is complete, not short', async () => {
    const { sim } = await open()
    sim.fault('rate-limit-three-in-a-row')
    const result = await org.sync({ streams, pageSizes })
    expect(result).toMatchObject({ outcome: 'complete', rate_limited: 3 })
    expect(await org.rows('user')).toHaveLength(sim.org.expected().users)
  })

  it('B014, and a sync that is stopped in that wait is not a success, and goes on from that page', async () => {
    const { sim, clock } = await open()
    await org.sync({ streams })
    sim.resetCounts()
    const stop = new AbortController()
    const rateHeaders = { remaining: 0, resetIn: 300 }
    const onHit = () => void clock.sleep(2_000).then(() => stop.abort())
    sim.fault({ match: USERS, skip: 6, times: 1, status: 429, rateHeaders, onHit })
    const stopped = await org.sync({ streams, pageSizes, stop: stop.signal })
    expect(stopped).toMatchObject({ outcome: 'failed', error: { code: 'job_interrupted' } })
    expect(stopped.resources.users).toMatchObject({ outcome: 'partial', rows: 6, deleted: 0 })
    const refused = asked(org, USERS).at(-1)?.path
    sim.resetCounts()
    const resumed = await org.sync({ streams, pageSizes })
    expect(resumed).toMatchObject({ outcome: 'complete', resumed: true })
    expect(asked(org, USERS)[0]?.path).toBe(refused)
    expect((await org.rows('user')).filter((row) => row.is_deleted)).toEqual([])
  })

  it('B014, and a page that fails for good makes the run partial: its rows are kept, nothing is deleted', async () => {
    const { sim } = await open()
    await org.sync({ streams })
    const gone = [...sim.org.allUsers()].findLast(({ id }) => id !== sim.org.ownerId)
    sim.org.deleteUser(gone?.id ?? '')
    sim.fault({ match: USERS, skip: 6, status: 503 })
    const result = await org.sync({ streams, pageSizes })
    expect(result).toMatchObject({ outcome: 'partial' })
    expect(result.resources.users).toMatchObject({ outcome: 'partial', rows: 6, reason_code: 'okta_unavailable' })
    expect((await org.rows('user')).filter((row) => row.is_deleted)).toEqual([])
  })
})
