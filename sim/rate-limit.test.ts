import { afterEach, describe, expect, test } from 'vitest'
import { bucketOf } from './http/rate-limit.ts'
import { type Sim, type SimOptions, startSim } from './index.ts'
import { get, handClock } from './testing/calls.ts'

describe('rate limits', () => {
  let sim: Sim
  afterEach(() => sim?.close())

  const start = async (options: SimOptions = {}) => {
    const clock = handClock()
    sim = await startSim({ clock, ...options })
    return clock
  }
  const times = async (n: number, path: string, token = sim.token) => {
    const statuses: number[] = []
    for (let i = 0; i < n; i++) statuses.push((await get(sim, path, token)).status)
    return statuses
  }
  const rate = async (path: string, token = sim.token) => {
    const { headers } = await get(sim, path, token)
    return ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`x-rate-limit-${name}`)))
  }

  test.each([
    ['/api/v1/users', '/api/v1/users'],
    ['/api/v1/users/me', '/api/v1/users/me'],
    ['/api/v1/users/00u1', '/api/v1/users/{id}'],
    ['/api/v1/users/00u1/factors', '/api/v1/users'],
    ['/api/v1/groups/00g1', '/api/v1/groups/{id}'],
    ['/api/v1/groups/00g1/users', '/api/v1/groups'],
    ['/api/v1/groups/rules', '/api/v1/groups'],
    ['/api/v1/apps/0oa1', '/api/v1/apps/{id}'],
    ['/api/v1/apps/0oa1/users', '/api/v1/apps'],
    ['/api/v1/iam/assignees/users', '/api/v1/iam'],
    ['/api/v1/policies/00p1/rules', '/api/v1'],
    ['/api/v1/logs', '/api/v1/logs'],
    ['/.well-known/okta-organization', '/'],
  ])('%s counts in the bucket %s', (path, bucket) => {
    expect(bucketOf(path)).toBe(bucket)
  })

  test("headers show the token's share: half of 100 applications calls a minute", async () => {
    const clock = await start()
    expect(await rate('/api/v1/apps')).toEqual([50, 49, clock.now() / 1000 + 60])
    expect(await rate('/api/v1/apps')).toEqual([50, 48, clock.now() / 1000 + 60])
  })

  test('the call after the share is used up gets a 429, and a fresh window opens 60 s after the first call', async () => {
    const clock = await start()
    clock.advance(12_345)
    expect((await times(51, '/api/v1/apps')).filter((status) => status === 429)).toHaveLength(1)
    expect(sim.counts.rateLimited).toBe(1)
    clock.advance(59_999)
    expect(await times(1, '/api/v1/apps')).toEqual([429])
    clock.advance(1)
    expect(await times(1, '/api/v1/apps')).toEqual([200])
  })

  test('a list and its sub-resources share a bucket, a single record has its own', async () => {
    await start()
    const app = sim.org.appId(9)
    await times(50, `/api/v1/apps/${app}/users?limit=1`)
    expect(await times(1, '/api/v1/apps')).toEqual([429])
    expect(await times(1, `/api/v1/apps/${app}`)).toEqual([200])
  })

  test("another client can eat the org's bucket while our share has room: 429 with requests left", async () => {
    await start()
    sim.consume('/api/v1/apps', 100)
    const response = await get(sim, '/api/v1/apps')
    expect(response.status).toBe(429)
    expect(response.headers.get('x-rate-limit-remaining')).toBe('50')
    expect(await response.json()).toMatchObject({ errorCode: 'E0000047' })
  })

  test('a token with the whole bucket sees what others take', async () => {
    await start({ tokenShare: 1 })
    sim.consume('/api/v1/apps', 30)
    expect((await rate('/api/v1/apps')).slice(0, 2)).toEqual([100, 69])
  })

  test('two tokens have a share each', async () => {
    await start()
    const other = sim.addToken({ name: 'other', share: 0.1 })
    await times(50, '/api/v1/apps?limit=1')
    expect((await rate('/api/v1/apps', other)).slice(0, 2)).toEqual([10, 9])
  })

  test('a call without a valid token costs nothing and shows no limits', async () => {
    await start()
    const response = await get(sim, '/api/v1/apps', 'wrong')
    expect([response.status, response.headers.get('x-rate-limit-limit')]).toEqual([401, null])
    expect((await rate('/api/v1/apps'))[1]).toBe(49)
  })

  test('limitScale makes buckets smaller, Infinity switches them off', async () => {
    await start({ limitScale: 0.1 })
    expect((await rate('/api/v1/apps'))[0]).toBe(5)
    await sim.close()
    await start({ limitScale: Number.POSITIVE_INFINITY })
    expect(new Set(await times(120, '/api/v1/apps?limit=1'))).toEqual(new Set([200]))
  })

  test('more at once than the share of the concurrency get 429 with limit 0 and remaining 0', async () => {
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const clock = { ...handClock(), hold: () => gate }
    await start({ clock, concurrency: 8 })
    sim.fault({ match: 'GET /api/v1/org', delayMs: 1000 })
    const slow = Array.from({ length: 4 }, () => get(sim, '/api/v1/org'))
    while (sim.counts.total < 4) await new Promise((resolve) => setImmediate(resolve))
    const response = await get(sim, '/api/v1/org')
    expect(response.status).toBe(429)
    expect(response.headers.get('x-rate-limit-limit')).toBe('0')
    expect(response.headers.get('x-rate-limit-remaining')).toBe('0')
    open()
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect([sim.counts.concurrencyLimited, sim.counts.maxInFlight]).toEqual([1, 5])
  })

  test('counts are by bucket and by route, and never hold a secret', async () => {
    await start()
    await get(sim, `/api/v1/groups/${sim.org.groupId(1)}/users?limit=1`)
    await get(sim, '/api/v1/groups?limit=1')
    expect(sim.counts.byBucket).toEqual({ '/api/v1/groups': 2 })
    expect(sim.counts.byRoute).toEqual({ 'GET /api/v1/groups/{id}/users': 1, 'GET /api/v1/groups': 1 })
    expect(JSON.stringify(sim.requests)).not.toContain(sim.token)
    expect(sim.requests[0]).toMatchObject({ token: 'default', status: 200, inFlight: 1 })
    sim.resetCounts()
    expect([sim.counts.total, sim.requests.length]).toEqual([0, 0])
  })
})
