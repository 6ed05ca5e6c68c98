import { setMaxListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { TestClock } from '../../../../test/harness/test-clock.ts'
import { silentLog } from '../../../log.ts'
import type { RequestScope } from '../../connector.ts'
import { Budget } from './budget.ts'
import { Gate } from './gate.ts'
import type { OktaRequest, OktaResponse } from './pipeline.ts'
import { type RateLimitOptions, rateLimiter } from './rate-limit.ts'
import { ResponseHeaders } from './response-headers.ts'

interface Answer {
  readonly status?: number
  readonly limit?: number
  readonly remaining?: number
  /** Seconds from now. */
  readonly resetIn?: number
  readonly headers?: Record<string, string>
  readonly ms?: number
}

const FULL: Answer = { limit: 600, remaining: 500, resetIn: 30 }
const EMPTY: Answer = { status: 429, limit: 600, remaining: 0, resetIn: 37 }
const CROWDED: Answer = { status: 429, limit: 0, remaining: 0, resetIn: 120 }

/** A limiter over answers that a test decides one by one. */
function limited(answer: (request: OktaRequest, number: number) => Answer, options: Partial<RateLimitOptions> = {}) {
  const clock = new TestClock(Date.parse('2026-01-05T09:00:00.000Z'))
  const begun = clock.now()
  const sent: { path: string; at: number; headers: OktaRequest['headers'] }[] = []
  const gate = options.gate ?? new Gate(8)
  const limiter = rateLimiter({ clock, log: silentLog, gate, share: 0.9, random: () => 0.5, ...options })
  const state = { inFlight: 0, most: 0 }
  const send = limiter.layer(async (request): Promise<OktaResponse> => {
    sent.push({ path: request.path, at: clock.now() - begun, headers: request.headers })
    state.most = Math.max(state.most, ++state.inFlight)
    const { status = 200, limit, remaining, resetIn, headers = {}, ms = 20 } = answer(request, sent.length)
    await clock.sleep(ms)
    state.inFlight--
    const lines = {
      date: new Date(clock.now()).toUTCString(),
      'x-okta-request-id': `req${sent.length}`,
      'x-rate-limit-limit': limit?.toString(),
      'x-rate-limit-remaining': remaining?.toString(),
      'x-rate-limit-reset': resetIn === undefined ? undefined : `${Math.ceil(clock.now() / 1000) + resetIn}`,
      ...headers,
    }
    return { status, headers: new ResponseHeaders(lines), body: '[]', receivedAt: clock.now() }
  })
  const get = (path = '/api/v1/users', scope: Partial<RequestScope> = {}) =>
    send({ path, expect: 'any', scope: { ...SCOPE, ...scope } })
  return { clock, sent, gate, limiter, get, state, ms: () => clock.now() - begun }
}

const SCOPE: RequestScope = {
  resource: 'users',
  background: false,
  signal: new AbortController().signal,
  onRequest() {},
}

setMaxListeners(0, SCOPE.signal)

const times = <T>(count: number, work: (number: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, number) => work(number)))

describe('an empty bucket', () => {
  test('B001 B004: waits for the reset once, and sends the same request again', async () => {
    const { get, sent, ms } = limited((_request, number) => (number === 1 ? EMPTY : FULL))
    expect((await get('/api/v1/users?after=x')).status).toBe(200)
    expect(sent.map(({ path }) => path)).toEqual(['/api/v1/users?after=x', '/api/v1/users?after=x'])
    expect(ms()).toBeGreaterThanOrEqual(37_000)
    expect(ms()).toBeLessThan(40_000)
    expect(sent[1]?.headers).toEqual({ 'x-okta-retry-for': 'req1', 'x-okta-retry-count': '1' })
  })

  test('B006 B013 B016: is waited for as often and as long as it takes', async () => {
    const { get, sent, ms } = limited((_request, number) => (number <= 9 ? { ...EMPTY, resetIn: 75 } : FULL))
    expect((await get()).status).toBe(200)
    expect(sent).toHaveLength(10)
    expect(ms()).toBeGreaterThan(9 * 75_000)
  })

  test('B009 B011: leaves the other buckets alone', async () => {
    const { get, clock } = limited(({ path }, number) =>
      path.startsWith('/api/v1/apps') && number <= 2 ? EMPTY : FULL,
    )
    const apps = get('/api/v1/apps').then(() => clock.now())
    const users = get('/api/v1/users').then(() => clock.now())
    expect((await apps) - (await users)).toBeGreaterThan(30_000)
  })

  test('B021: is no reason to rush once it is full again', async () => {
    const { get, sent, state } = limited((_request, number) => {
      if (number === 1) return FULL
      return number <= 4 ? { ...EMPTY, limit: 60 } : { limit: 60, remaining: 60 - number, resetIn: 60 }
    })
    await get()
    await times(20, () => get())
    const after = sent.filter(({ at }) => at > 30_000).map(({ at }) => at)
    expect(after.length).toBeGreaterThanOrEqual(20)
    expect(Math.max(...after) - Math.min(...after)).toBeGreaterThan(12_000)
    expect(state.most).toBeLessThanOrEqual(8)
  })

  test('B018: is told at once to a caller who cannot wait', async () => {
    const { get, ms, sent } = limited(() => EMPTY, { maxWaitMs: 5_000 })
    await expect(get()).rejects.toMatchObject({ code: 'okta_rate_limited', details: { bucket: '/api/v1/users' } })
    expect(ms()).toBeLessThan(1_000)
    await expect(get()).rejects.toMatchObject({ code: 'okta_rate_limited' })
    expect(sent).toHaveLength(1)
  })

  test('B018: a caller who cannot wait goes ahead of the pace while there is any allowance', async () => {
    const options = { maxWaitMs: 2_000 }
    const { get, ms } = limited((_request, number) => ({ limit: 10, remaining: 10 - number, resetIn: 60 }), options)
    for (let i = 0; i < 9; i++) await get()
    expect(ms()).toBeLessThan(6 * 2_100)
    await expect(get()).rejects.toMatchObject({ code: 'okta_rate_limited' })
  })

  test('is left as soon as the scope is aborted, with its reason', async () => {
    const { get, clock, ms } = limited(() => EMPTY)
    const stop = new AbortController()
    const waiting = get('/api/v1/users', { signal: stop.signal })
    void clock.sleep(3_000).then(() => stop.abort(new Error('enough')))
    await expect(waiting).rejects.toThrow('enough')
    expect(ms()).toBe(3_000)
  })

  test('ends every wait when the session closes', async () => {
    const { get, clock, limiter } = limited(() => EMPTY)
    void clock.sleep(3_000).then(() => limiter.close(new Error('closed')))
    await expect(get()).rejects.toThrow('closed')
  })
})

describe('the concurrency limit', () => {
  test('B002: narrows the gate, is tried again within seconds, and its reset is not believed', async () => {
    const okta: ReturnType<typeof limited> = limited(() =>
      okta.state.inFlight > 4 ? CROWDED : { limit: 600_000, remaining: 500_000, resetIn: 60, ms: 300 },
    )
    await okta.get()
    await times(40, () => okta.get())
    expect(okta.gate.capacity).toBeLessThanOrEqual(5)
    expect(okta.sent.length).toBeLessThan(41 + 12)
    expect(okta.ms()).toBeLessThan(12_000)
    expect(okta.limiter.buckets()[0]?.limit).toBe(600_000)
  })

  test('B002: a first retry comes after about a second', async () => {
    const { get, ms } = limited((_request, number) => (number === 1 ? CROWDED : FULL))
    await get()
    expect(ms()).toBeGreaterThan(700)
    expect(ms()).toBeLessThan(1_500)
  })

  test('B018: is told at once to a caller who cannot wait', async () => {
    const { get } = limited(() => CROWDED, { maxWaitMs: 500 })
    await expect(get()).rejects.toMatchObject({ code: 'okta_concurrency_limited' })
  })
})

describe('a 429 without rate headers', () => {
  test('B003: waits a little once, then a minute at a time', async () => {
    const { get, sent } = limited((_request, number) => (number <= 3 ? { status: 429 } : FULL))
    await get()
    const [first = 0, second = 0, third = 0, fourth = 0] = sent.map(({ at }) => Math.round(at / 1000))
    expect([second - first, third - second, fourth - third]).toEqual([5, 60, 60])
  })

  test('B003: counts a wave of them as one', async () => {
    const { get, ms } = limited((_request, number) => (number > 1 && number <= 9 ? { status: 429 } : {}))
    await get()
    await times(8, () => get())
    expect(ms()).toBeLessThan(10_000)
  })

  test('honors Retry-After', async () => {
    const bare = { status: 429, headers: { 'retry-after': '12' } }
    const { get, ms } = limited((_request, number) => (number === 1 ? bare : FULL))
    await get()
    expect(Math.round(ms() / 1000)).toBe(12)
  })

  test('without headers on good answers either, requests go unpaced', async () => {
    const { get, ms } = limited(() => ({}))
    await times(80, () => get())
    expect(ms()).toBe(11 * 20)
  })
})

describe('the budget', () => {
  test('is probed by one request before anything is known', async () => {
    const { get, sent } = limited(() => ({ ...FULL, ms: 500 }))
    await times(5, () => get())
    expect(sent.filter(({ at }) => at < 500)).toHaveLength(1)
  })

  test('is probed again when the first request fails', async () => {
    const { get, sent } = limited((_request, number) => (number === 1 ? { status: 503 } : FULL))
    await times(3, () => get())
    expect(sent).toHaveLength(3)
  })

  test('B023: keeps the smallest remaining of a window, since answers overtake each other', async () => {
    const remaining = [50, 30, 40]
    const { get, limiter } = limited((_request, number) => ({
      limit: 100,
      remaining: remaining[number - 1],
      resetIn: 60,
    }))
    for (let i = 0; i < 3; i++) await get()
    expect(limiter.buckets()[0]).toMatchObject({ limit: 100, remaining: 30, perMinute: 90 })
  })

  test('an answer of the last window does not count for this one', async () => {
    const answers = [
      { limit: 100, remaining: 50, resetIn: 60 },
      { limit: 100, remaining: 99, resetIn: 120 },
      { limit: 100, remaining: 3, resetIn: 60 },
    ]
    const { get, limiter } = limited((_request, number) => answers[number - 1] ?? FULL)
    for (let i = 0; i < 3; i++) await get()
    expect(limiter.buckets()[0]?.remaining).toBe(99)
  })

  test.each([
    ['a reset of zero', '0'],
    ['a reset in a far future', '99999999999'],
    ['no reset', undefined],
  ])('with %s falls back on a minute', async (_name, reset) => {
    const headers: Record<string, string> = reset === undefined ? {} : { 'x-rate-limit-reset': reset }
    let left = 10
    const { get, ms } = limited(() => ({ limit: 10, remaining: --left, headers }))
    await times(9, () => get())
    left = 10
    await get()
    expect(ms()).toBeLessThan(130_000)
  })
})

test('a local clock that is set back stretches no wait', () => {
  const rate = { limit: 10, remaining: 1, reset: 1_000, resetInMs: 30_000, retryAfterMs: null }
  const budget = new Budget('/api/v1/apps', 0.9)
  const noon = 3_600_000 * 12
  budget.answered(budget.launch(noon), rate, noon, true)
  expect(budget.dueAt(noon) - noon).toBe(31_000)
  const setBack = noon - 3_600_000
  expect(budget.dueAt(setBack) - setBack).toBe(31_000)
})

describe('background requests', () => {
  test('go when no normal request of their bucket waits', async () => {
    const { get, sent } = limited((_request, number) => ({ limit: 60, remaining: 60 - number, resetIn: 60 }))
    await get('/api/v1/users?first')
    await Promise.all([
      ...[1, 2, 3, 4].map((number) => get(`/api/v1/users/${number}/factors`, { background: true })),
      ...[1, 2, 3, 4].map(() => get('/api/v1/users?normal')),
    ])
    const order = sent.map(({ path }) => (path.includes('factors') ? 'background' : 'normal'))
    const firstWaiting = order.slice(4)
    expect(firstWaiting).toEqual([...firstWaiting].sort().reverse())
  })
})

test('B015: two thousand requests at once are never more than the cap in flight', async () => {
  const outer = new Gate(6)
  const make = () => limited(() => ({ limit: 1e9, remaining: 9e8, resetIn: 60, ms: 50 }), { gate: new Gate(4, outer) })
  const [one, other] = [make(), make()]
  await Promise.all([times(1_000, () => one.get()), times(1_000, () => other.get('/api/v1/apps'))])
  expect(one.state.most).toBeLessThanOrEqual(4)
  expect(one.state.most + other.state.most).toBeLessThanOrEqual(8)
  expect(outer.inFlight).toBe(0)
})
