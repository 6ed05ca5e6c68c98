import { afterEach, describe, expect, it } from 'vitest'
import { openTestOrg, type TestOrg, type TestOrgOptions } from '../harness/org.ts'
import { asked, atOnce, clientOf, duration, withClient } from './calls.ts'

/** Too many at once, refusals that do not say how long, and answers that never come. */

const USERS = 'GET /api/v1/users'
const MEMBERS = 'GET /api/v1/groups/{id}/users'

let org: TestOrg

async function open(options: TestOrgOptions = {}): Promise<TestOrg> {
  org = await openTestOrg({ users: 12, ...options })
  return org
}

afterEach(() => org.close())

describe('the concurrency limit', () => {
  it('B002: 80 parallel calls shrink to what Okta takes, with waits of about a second and never the reset', async () => {
    const { sim, clock } = await open({ maxInFlight: 80, tokenShare: 1 })
    sim.fault('concurrency-429')
    const id = sim.org.userId(3)
    const took = await withClient(org, async (client) => {
      await client.get(`/api/v1/users/${id}`)
      return duration(org, () => atOnce(240, () => client.get(`/api/v1/users/${id}`)))
    })
    // 240 calls of 300 ms each, four at a time, take 18 s at best.
    expect(took).toBeLessThan(60_000)
    expect(Math.max(...clock.sleeps)).toBeLessThanOrEqual(10_000)
    const refused = sim.requests.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(80)
    const waits = clock.sleeps.filter((ms) => ms >= 700 && ms <= 1_300)
    expect(new Set(waits).size).toBeGreaterThan(10)
    // Grown back one at a time: after the first burst nothing ever bursts again.
    expect(Math.max(...sim.requests.slice(-200).map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(8)
  })

  it('B002, and a whole sync meets it on any call and loses nothing', async () => {
    const { sim } = await open({ maxInFlight: 32 })
    sim.fault('concurrency-429')
    const result = await org.sync({ parallelParents: 32 })
    expect(result).toMatchObject({ outcome: 'complete' })
    expect(result.resources.group_memberships?.rows).toBe(sim.org.expected().group_memberships)
    expect(result.seconds).toBeLessThan(120)
  })

  it('B002, and says nothing about the bucket, whose limit stays what it was', async () => {
    const { sim } = await open({ limitScale: 1, tokenShare: 1 })
    await withClient(org, async (client, session) => {
      await client.list('/api/v1/users', { cursor: null })
      sim.fault({ match: USERS, times: 1, status: 429, rateHeaders: { limit: 0, remaining: 0, resetIn: 120 } })
      await client.list('/api/v1/users', { cursor: null })
      expect(session.buckets()).toMatchObject([{ bucket: '/api/v1/users', limit: 600, perMinute: 540 }])
    })
  })

  it('B015: six hundred calls at once are never more than the cap in flight, over all resources', async () => {
    const { sim } = await open({ maxInFlight: 5, tokenShare: 1 })
    sim.fault({ match: /\/api\/v1/, delayMs: 200 })
    const ids = [...sim.org.allGroups()].map(({ id }) => id)
    await withClient(org, (client) =>
      atOnce(600, (number) => {
        const id = ids[number % ids.length]
        const paths = [`/api/v1/groups/${id}/users`, `/api/v1/users/${sim.org.userId(number % 12)}`, '/api/v1/logs']
        return client.get(paths[number % 3] ?? '')
      }),
    )
    expect(sim.counts).toMatchObject({ total: 600, maxInFlight: 5 })
  })

  it('B015, and never more than the cap of the process over all connections', async () => {
    const { sim } = await open({ maxInFlight: 75, tokenShare: 1, concurrency: 500 })
    sim.fault({ match: /\/api\/v1/, delayMs: 200 })
    const sessions = Array.from({ length: 4 }, () => org.session(sim.token))
    await Promise.all(sessions.map((session) => clientOf(session).get('/api/v1/org')))
    await atOnce(400, (number) => clientOf(sessions[number % 4] ?? org.session()).get('/api/v1/org'))
    expect(sim.counts.maxInFlight).toBe(32)
    for (const session of sessions) await session.close()
  })
})

describe('a 429 that does not say how long', () => {
  it('B003: without any rate header it is waited out for a minute at most, as often as it takes', async () => {
    const { sim, clock } = await open()
    const until = clock.now() + 150_000
    sim.fault({ match: USERS, where: ({ at }) => at < until, status: 429, rateHeaders: null })
    const result = await org.sync({ streams: ['users'] })
    expect(result).toMatchObject({ outcome: 'complete', resources: { users: { rows: sim.org.expected().users } } })
    expect(result.rate_limited).toBeLessThanOrEqual(4)
    expect(Math.max(...clock.sleeps)).toBeLessThanOrEqual(60_000)
  })

  it('B003, and a burst of them counts as one', async () => {
    const { sim } = await open()
    await withClient(org, async (client) => {
      await client.list('/api/v1/users', { cursor: null })
      sim.fault({ match: USERS, times: 6, status: 429, rateHeaders: null, delayMs: 50 })
      const took = await duration(org, () => atOnce(6, () => client.list('/api/v1/users', { cursor: null })))
      expect(took).toBeLessThan(10_000)
    })
  })

  it.each<[string, Record<string, string | number>]>([
    ['limit 0 and no remaining count', { limit: 0, resetIn: 120 }],
    ['limit 0 and a remaining count of one', { limit: 0, remaining: 1, resetIn: 120 }],
    ['limit 0 twice, as behind a proxy', { limit: '0, 0', remaining: '0, 0', resetIn: 120 }],
    ['words and blanks', { limit: 'unlimited', remaining: '', reset: 'soon' }],
    ['a reset long ago', { limit: 600, remaining: 0, resetIn: -86_400 }],
    ['a reset that never comes', { limit: 600, remaining: 0, resetIn: 86_400 * 365 }],
    ['a reset that counts the seconds to go', { limit: 600, remaining: 0, reset: 30 }],
  ])('B003, and neither do %s make it wait longer', async (_, rateHeaders) => {
    const { sim, clock } = await open()
    sim.fault({ match: MEMBERS, times: 2, status: 429, rateHeaders })
    const result = await org.sync({ streams: ['groups', 'group_memberships'] })
    expect(result).toMatchObject({ outcome: 'complete', rate_limited: 2 })
    expect(Math.max(...clock.sleeps)).toBeLessThanOrEqual(60_000)
    expect(await org.rows('group-membership')).toHaveLength(sim.org.expected().group_memberships)
  })

  it.each([
    'rate-limit-no-headers',
    'rate-limit-retry-after',
    'rate-headers-missing',
    'rate-headers-doubled',
    'rate-headers-garbage',
  ])('B003, and a sync is whole under %s', async (name) => {
    const { sim } = await open()
    sim.fault(name)
    const result = await org.sync({
      streams: ['users', 'groups', 'group_memberships'],
      pageSizes: { users: 4, groups: 5 },
    })
    expect(result).toMatchObject({ outcome: 'complete' })
    expect(result.resources.users?.rows).toBe(sim.org.expected().users)
    expect(result.seconds).toBeLessThan(120)
  })

  it('B004, and a reset that has always just passed is not asked about every second', async () => {
    const { sim, clock } = await open()
    const until = clock.now() + 120_000
    const rateHeaders = { limit: 600, remaining: 0, resetIn: 0 }
    sim.fault({ match: USERS, where: ({ at }) => at < until, status: 429, rateHeaders })
    const result = await org.sync({ streams: ['users'] })
    expect(result.outcome).toBe('complete')
    expect(result.rate_limited).toBeLessThanOrEqual(6)
  })
})

describe('a request that never settles', () => {
  it('B020: is given up after a while and sent again', async () => {
    const { sim } = await open()
    sim.fault('never-answers')
    const result = await org.sync({ streams: ['groups', 'group_memberships'] })
    expect(result).toMatchObject({ outcome: 'complete' })
    expect(result.seconds).toBeGreaterThanOrEqual(90)
    expect(result.seconds).toBeLessThan(180)
    expect(await org.rows('group-membership')).toHaveLength(sim.org.expected().group_memberships)
  })

  it('B020, and an org that answers nothing at all fails the job with a reason, in the end', async () => {
    const { sim } = await open()
    sim.fault('never-answers-at-all')
    const result = await org.sync({ streams: ['users', 'groups', 'log_events'] })
    expect(result).toMatchObject({ outcome: 'failed' })
    for (const resource of Object.values(result.resources)) {
      expect(resource).toMatchObject({ outcome: 'failed', rows: 0, deleted: 0 })
      expect(resource.reason_code).toMatch(/okta_timeout|job_stalled/)
    }
    expect(result.seconds).toBeLessThan(3_600)
  })

  it('B020, and neither does a body that stops in the middle hang the sync', async () => {
    const { sim } = await open()
    sim.fault({ match: USERS, times: 1, delayMs: 3_600_000, delayAt: 'body' })
    const result = await org.sync({ streams: ['users'] })
    expect(result).toMatchObject({ outcome: 'complete', resources: { users: { rows: sim.org.expected().users } } })
    expect(result.seconds).toBeLessThan(180)
  })
})

describe('one refusal among many calls', () => {
  it('B021: twenty queued calls wait for one reset together, and none rushes after it', async () => {
    const { sim } = await open({ limitScale: 1, tokenShare: 1 })
    const id = [...sim.org.allGroups()][1]?.id
    await withClient(org, async (client) => {
      await client.list('/api/v1/groups', { cursor: null })
      sim.fault({ match: MEMBERS, times: 1, status: 429, rateHeaders: { limit: 500, remaining: 0, resetIn: 30 } })
      await atOnce(20, () => client.list(`/api/v1/groups/${id}/users`, { cursor: null }))
    })
    const calls = asked(org, MEMBERS)
    const refusedAt = calls.find(({ status }) => status === 429)?.at ?? 0
    const later = calls.map(({ at }) => at - refusedAt).filter((ms) => ms > 0)
    expect(later.length).toBeGreaterThanOrEqual(17)
    expect(Math.min(...later)).toBeGreaterThanOrEqual(30_000)
    // At 450 a minute twenty calls take more than two seconds: they do not go in one burst.
    expect(Math.max(...later) - Math.min(...later)).toBeGreaterThan(1_000)
  })
})
