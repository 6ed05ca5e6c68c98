import { afterEach, describe, expect, it } from 'vitest'
import { openTestOrg, type TestOrg, type TestOrgOptions } from '../harness/org.ts'
import { asked, atOnce, duration, limitOf, withClient } from './calls.ts'

/** The pace comes from the headers alone, and leaves something to the org's other tools. */

const USERS = 'GET /api/v1/users'
const MEMBERS = 'GET /api/v1/groups/{id}/users'
const USER_ROLES = 'GET /api/v1/users/{id}/roles'
const MINUTE = 60_000

let org: TestOrg

async function open(options: TestOrgOptions = {}): Promise<TestOrg> {
  org = await openTestOrg({ users: 12, limitScale: 1, tokenShare: 1, ...options })
  return org
}

afterEach(() => org.close())

/** So many calls for members of one group, and what the headers said was left after each. */
async function readMembers(calls: number): Promise<number[]> {
  const left: number[] = []
  const note = (usual: { remaining?: number | string }) => {
    left.push(Number(usual.remaining))
    return usual
  }
  const watch = org.sim.fault({ match: MEMBERS, rateHeaders: note })
  const id = [...org.sim.org.allGroups()][1]?.id
  await withClient(org, (client) => atOnce(calls, () => client.list(`/api/v1/groups/${id}/users`, { cursor: null })))
  watch.remove()
  return left
}

/** How many calls each minute saw, from the first one on. */
function perMinute(requests: readonly { at: number }[]): number[] {
  const counts: number[] = []
  const startedAt = requests[0]?.at ?? 0
  for (const { at } of requests) {
    const minute = Math.floor((at - startedAt) / MINUTE)
    counts[minute] = (counts[minute] ?? 0) + 1
  }
  return counts
}

describe('a bucket that others use too', () => {
  it('B007: at a share of 90 % the rest stays, and at half a share half of it', async () => {
    for (const [share, calls] of [
      [0.9, 180],
      [0.5, 100],
    ] as const) {
      await org?.close()
      await open({ rateShare: share, limitScale: 0.2 })
      const left = await readMembers(calls)
      expect(Math.min(...left)).toBeGreaterThanOrEqual(Math.floor(100 * (1 - share)) - 1)
      expect(Math.max(...perMinute(asked(org, MEMBERS)))).toBeLessThanOrEqual(100 * share + 1)
      expect(org.sim.counts.rateLimited).toBe(0)
    }
  })

  it('B007, and it slows down when another client takes two for each of ours', async () => {
    const { sim } = await open({ rateShare: 0.9, limitScale: 0.2 })
    sim.fault({ match: MEMBERS, onHit: ({ bucket }, { consume }) => consume(bucket, 2) })
    const left = await readMembers(90)
    // Of 100 a minute ten are left: at most thirty rounds of three.
    expect(Math.max(...perMinute(asked(org, MEMBERS)))).toBeLessThanOrEqual(32)
    expect(Math.min(...left)).toBeGreaterThan(0)
    expect(sim.counts.rateLimited).toBe(0)
  })

  it('B007, and it lives through a client that takes everything at once', async () => {
    const { sim } = await open()
    sim.fault('second-client-empties-bucket')
    sim.fault({ match: MEMBERS, skip: 40, times: 1, onHit: ({ bucket }, { consume }) => consume(bucket, 500) })
    const result = await org.sync({ streams: ['groups', 'group_memberships'], pageSizes: { group_memberships: 2 } })
    expect(result.outcome).toBe('complete')
    expect(await org.rows('group-membership')).toHaveLength(sim.org.expected().group_memberships)
  })

  it('B008: a ceiling below the one that the headers show is learned, and kept to', async () => {
    const { sim } = await open({ tokenShare: 0.5, limitScale: 0.2 })
    sim.fault('hidden-token-share')
    const took = await duration(org, () => readMembers(300))
    // The headers say 100 a minute, and fifty is what there is.
    expect(took).toBeGreaterThan(5 * MINUTE)
    expect(took).toBeLessThan(8 * MINUTE)
    // Once to learn it, and now and then to see whether it still holds; only the first time is half a minute lost.
    expect(sim.counts.rateLimited).toBeGreaterThan(0)
    expect(sim.counts.rateLimited).toBeLessThanOrEqual(4)
    const passed = asked(org, MEMBERS).filter(({ status }) => status === 200)
    const pauses = passed.slice(1).map(({ at }, index) => at - (passed[index]?.at ?? 0))
    expect(pauses.filter((ms) => ms > 15_000)).toHaveLength(1)
  })
})

describe('the pace', () => {
  it('B019: is nine tenths of the limit that the headers show, be it 10 a minute or 300, and nothing is refused', async () => {
    for (const limit of [10, 60, 300]) {
      await org?.close()
      const { sim } = await open({ limitScale: limit / 500 })
      const took = await duration(org, () => readMembers(limit * 0.9 * 1.5))
      expect(took).toBeGreaterThan(1.2 * MINUTE)
      expect(took).toBeLessThan(1.7 * MINUTE)
      expect(sim.counts.rateLimited).toBe(0)
    }
  })

  it('B019, and follows a limit that changes while we read', async () => {
    const { sim } = await open()
    const raiseAt = org.clock.now() + MINUTE
    sim.fault({
      match: MEMBERS,
      rateHeaders: (usual, { at }) =>
        at < raiseAt ? { ...usual, limit: 100, remaining: Number(usual.remaining) - 400 } : usual,
    })
    await readMembers(500)
    const [first = 0, second = 0, ...rest] = perMinute(asked(org, MEMBERS))
    expect(first).toBeLessThanOrEqual(92)
    expect(Math.max(second, ...rest)).toBeGreaterThan(350)
  })

  it("B022: a wait counts by the server's clock, however far from ours", async () => {
    const { sim } = await open()
    for (const dateSkewMs of [-90_000, 90_000, -86_400_000]) {
      sim.resetCounts()
      sim.clearFaults()
      sim.fault({ match: '*', dateSkewMs })
      sim.fault({ match: USERS, times: 1, status: 429, rateHeaders: { limit: 600, remaining: 0, resetIn: 37 } })
      expect(await org.sync({ streams: ['users'] })).toMatchObject({ outcome: 'complete' })
      const [refused, repeated] = asked(org, USERS)
      const waited = (repeated?.at ?? 0) - (refused?.at ?? 0)
      expect(waited).toBeGreaterThanOrEqual(37_000)
      expect(waited).toBeLessThanOrEqual(39_000)
    }
  })

  it('B022, and an answer without a Date is not taken for one of 1970', async () => {
    const { sim } = await open()
    sim.fault({ match: '*', headers: { Date: '' } })
    sim.fault({ match: USERS, times: 1, status: 429, rateHeaders: { limit: 600, remaining: 0, resetIn: 37 } })
    const result = await org.sync({ streams: ['users'] })
    expect(result.outcome).toBe('complete')
    expect(result.seconds).toBeLessThan(70)
  })

  it('B023: of two counts within one window the smaller one is kept, whichever comes last', async () => {
    const { sim } = await open()
    const counts = [400, 109, 112]
    sim.fault({ match: USERS, times: 3, rateHeaders: (usual) => ({ ...usual, remaining: counts.shift() }) })
    await withClient(org, async (client, session) => {
      for (let call = 0; call < 3; call++) await client.get('/api/v1/users?limit=1')
      expect(session.buckets()).toMatchObject([{ bucket: '/api/v1/users', limit: 600, remaining: 109 }])
    })
  })

  it('B023, and a sync whose counts jump about is never refused', async () => {
    const { sim } = await open({ limitScale: 0.1 })
    sim.fault('remaining-out-of-order')
    const result = await org.sync({ streams: ['users', 'factors', 'groups', 'group_memberships'] })
    expect(result).toMatchObject({ outcome: 'complete', rate_limited: 0 })
  })
})

describe('the number of requests', () => {
  it('B010: roles are asked of those who hold one, never of all users', async () => {
    const { sim } = await open({ users: 120, limitScale: 1000 })
    sim.fault('roles-bucket-50')
    const result = await org.sync({ streams: ['user_roles'] })
    expect(result.outcome).toBe('complete')
    const holders = sim.org.roleHolderIds()
    const paths = new Set(asked(org, USER_ROLES).map(({ path }) => path))
    expect(paths).toEqual(new Set(holders.map((id) => `/api/v1/users/${id}/roles`)))
    expect(holders.length).toBeLessThan(sim.org.expected().users / 4)
    expect(result.resources.user_roles?.rows).toBe(sim.org.expected().user_roles)
  })

  it('B025: a listing of four pages costs four requests', async () => {
    const { sim } = await open()
    const pageSize = Math.ceil(sim.org.expected().users / 4)
    const result = await org.sync({ streams: ['users'], pageSizes: { users: pageSize } })
    expect(sim.counts.total).toBe(4)
    expect(result.resources.users).toMatchObject({ requests: 4, rows: sim.org.expected().users })
  })

  it('B025, and a whole sync costs what it must and not one more', async () => {
    const { sim } = await open({ limitScale: 1000 })
    await org.sync()
    const { applications, policies, role_holders } = sim.org.expected()
    const people = [...sim.org.allUsers()].filter(({ status }) => status !== 'DEPROVISIONED').length
    const groups = [...sim.org.allGroups()].filter(({ id }) => [...sim.org.membersOf(id)].length > 0).length
    expect(sim.counts.byRoute).toMatchObject({
      'GET /api/v1/users': 1,
      'GET /api/v1/groups': 1,
      'GET /api/v1/groups/{id}/users': groups,
      'GET /api/v1/apps': 1,
      'GET /api/v1/apps/{id}/users': applications,
      'GET /api/v1/apps/{id}/groups': applications,
      'GET /api/v1/users/{id}/factors': people,
      'GET /api/v1/iam/assignees/users': 1,
      'GET /api/v1/users/{id}/roles': role_holders,
      'GET /api/v1/groups/{id}/roles': sim.org.adminGroupIds().length,
      'GET /api/v1/policies': 13,
      'GET /api/v1/policies/{id}/rules': policies,
      'GET /api/v1/logs': 2,
    })
    for (const route of ['users/{id}', 'groups/{id}', 'apps/{id}', 'users/{id}/groups', 'groups/{id}/apps'])
      expect(sim.counts.byRoute).not.toHaveProperty([`GET /api/v1/${route}`])
  })

  it('B026: every listing names its page size', async () => {
    const { sim } = await open({ limitScale: 1000 })
    await org.sync()
    const sizes: Record<string, string[]> = {}
    for (const request of sim.requests) {
      const limit = limitOf(request)
      if (limit !== null) sizes[request.route] = [...new Set([...(sizes[request.route] ?? []), limit])]
    }
    expect(sizes).toMatchObject({
      'GET /api/v1/users': ['200'],
      'GET /api/v1/groups': ['200'],
      'GET /api/v1/groups/{id}/users': ['200'],
      'GET /api/v1/apps': ['200'],
      'GET /api/v1/apps/{id}/users': ['500'],
      'GET /api/v1/apps/{id}/groups': ['200'],
      'GET /api/v1/iam/assignees/users': ['100'],
      'GET /api/v1/logs': ['1000'],
    })
    for (const [route, count] of Object.entries(sim.counts.byRoute)) {
      const sized = sizes[route] !== undefined
      const isPaged = /\/(users|groups|apps|logs)$/.test(route)
      if (isPaged && count > 0) expect([route, sized]).toEqual([route, true])
    }
  })

  it('B026, and on every page of it', async () => {
    await open({ limitScale: 1000 })
    await org.sync({
      pageSizes: { users: 3, groups: 4, group_memberships: 2, applications: 5, application_users: 6, log_events: 7 },
    })
    const expected: Record<string, string> = {
      'GET /api/v1/users': '3',
      'GET /api/v1/groups': '4',
      'GET /api/v1/groups/{id}/users': '2',
      'GET /api/v1/apps': '5',
      'GET /api/v1/apps/{id}/users': '6',
      'GET /api/v1/logs': '7',
    }
    for (const [route, limit] of Object.entries(expected)) {
      const requests = asked(org, route)
      expect(requests.length).toBeGreaterThan(2)
      expect(new Set(requests.map(limitOf))).toEqual(new Set([limit]))
    }
  })
})
