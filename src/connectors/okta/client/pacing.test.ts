import { describe, expect, test } from 'vitest'
import { TestClock } from '../../../../test/harness/test-clock.ts'
import { silentLog } from '../../../log.ts'
import { Gate } from './gate.ts'
import type { Send } from './pipeline.ts'
import { rateLimiter } from './rate-limit.ts'
import { ResponseHeaders } from './response-headers.ts'

/** One bucket of Okta's on a clock that jumps: windows begin with traffic, headers count whole seconds. */
interface Bucket {
  readonly limit: number
  /** What is really there, when the headers promise more. */
  readonly ceiling?: number
  readonly latencyMs?: number
  /** How far Okta's clock is from ours. */
  readonly skewMs?: number
  /** How long a window lasts, in whole seconds. Default: a minute. */
  readonly windowMs?: number
  /** Windows begin on the minute, whoever asks. */
  readonly aligned?: boolean
  readonly beginsAt?: string
  /** Requests per minute of somebody else, so many at a time. */
  readonly neighbor?: { readonly perMinute: number; readonly burst?: number }
}

interface Run extends Bucket {
  readonly requests: number
  readonly workers?: number
  readonly share?: number
}

async function run({ requests, workers = 4, share = 0.9, ...bucket }: Run) {
  const clock = new TestClock(Date.parse(bucket.beginsAt ?? '2026-01-05T09:00:00.400Z'))
  const { limit, ceiling = limit, latencyMs = 20, skewMs = 0, windowMs = 60_000 } = bucket
  const seen = { refused: 0, neighborRefused: 0, lowest: limit, perWindow: [] as number[] }
  let startedAt = Number.NEGATIVE_INFINITY
  let used = 0
  const take = (): boolean => {
    if (clock.now() >= startedAt + windowMs) {
      startedAt = bucket.aligned ? Math.floor(clock.now() / 60_000) * 60_000 : clock.now()
      used = 0
      seen.perWindow.push(0)
    }
    if (used >= ceiling) return false
    seen.lowest = Math.min(seen.lowest, ceiling - ++used)
    return true
  }
  const okta: Send = async () => {
    await clock.sleep(latencyMs / 2)
    const isFine = take()
    if (isFine) seen.perWindow.push((seen.perWindow.pop() ?? 0) + 1)
    else seen.refused++
    const headers = new ResponseHeaders({
      date: new Date(clock.now() + skewMs).toUTCString(),
      'x-rate-limit-limit': `${limit}`,
      'x-rate-limit-remaining': `${isFine ? limit - used : 0}`,
      'x-rate-limit-reset': `${Math.ceil((startedAt + windowMs + skewMs) / 1000)}`,
    })
    await clock.sleep(latencyMs / 2)
    return { status: isFine ? 200 : 429, headers, body: '[]', receivedAt: clock.now() }
  }

  const send = rateLimiter({ clock, log: silentLog, gate: new Gate(8), share, random: () => 0.5 }).layer(okta)
  const scope = { resource: 'users', background: false, signal: new AbortController().signal, onRequest() {} }
  const begun = clock.now()
  let left = requests
  let isDone = false
  const neighbor = async ({ perMinute, burst = 1 }: { perMinute: number; burst?: number }) => {
    while (!isDone) {
      for (let i = 0; i < burst; i++) if (!take()) seen.neighborRefused++
      await clock.sleep((60_000 / perMinute) * burst)
    }
  }
  if (bucket.neighbor) void neighbor(bucket.neighbor)
  const work = async () => {
    while (left-- > 0) await send({ path: '/api/v1/users', scope, expect: 'any' })
  }
  await Promise.all(Array.from({ length: workers }, work))
  isDone = true
  const wallMs = clock.now() - begun
  return { ...seen, wallMs, ratio: wallMs / ((requests / (limit * share)) * 60_000) }
}

describe('the wall time against requests ÷ (limit × share)', () => {
  test.each([10, 20, 50, 100, 300, 600, 2_000])('at %i a minute over five windows is at most 1.05', async (limit) => {
    const { ratio, refused, lowest } = await run({ limit, requests: limit * 0.9 * 5 })
    expect(refused).toBe(0)
    expect(lowest).toBeGreaterThanOrEqual(limit * 0.1)
    expect(ratio).toBeLessThan(1.05)
  })

  test('at 12,000 a minute over three windows is at most 1.05, without a timer per request', async () => {
    const { ratio, refused, lowest } = await run({ limit: 12_000, requests: 32_400, workers: 8 })
    expect(refused).toBe(0)
    expect(lowest).toBeGreaterThanOrEqual(1_200)
    expect(ratio).toBeLessThan(1.05)
  })

  test.each([
    ['slow answers', { latencyMs: 400 }],
    ['B022: a server clock 90 seconds off', { skewMs: -90_300 }],
    ['windows on the minute', { aligned: true }],
    ['one worker', { workers: 1 }],
    ['a share of one half', { share: 0.5 }],
  ])('with %s is at most 1.06', async (_name, how) => {
    const { ratio, refused } = await run({ limit: 600, requests: 2_700, ...how })
    expect(refused).toBe(0)
    expect(ratio).toBeLessThan(1.06)
  })

  test('is nothing but latency when the limit is out of reach', async () => {
    const { wallMs } = await run({ limit: 1_000_000_000, requests: 4_000, workers: 8 })
    expect(wallMs).toBeLessThan((4_000 / 8) * 20 * 1.05)
  })
})

describe('B019: windows shorter than a minute', () => {
  test.each([
    [50, 3_000],
    [10, 2_000],
    [600, 1_000],
  ])('of %i requests are learned, and not paced like minutes', async (limit, windowMs) => {
    const windows = 10
    const { refused, wallMs } = await run({ limit, windowMs, requests: Math.floor(limit * 0.9) * windows })
    expect(refused).toBe(0)
    // Date and reset are whole seconds, so each window may cost up to two more.
    expect(wallMs).toBeLessThan(windows * (windowMs + 2_000))
  })

  test('are forgotten when a longer one shows, as after the last seconds of a minute', async () => {
    const beginsAt = '2026-01-05T09:00:50.400Z'
    const { ratio, refused, lowest } = await run({ limit: 20, requests: 90, aligned: true, beginsAt })
    expect(refused).toBe(0)
    expect(lowest).toBeGreaterThanOrEqual(2)
    expect(ratio).toBeLessThan(1.06)
  })
})

describe('B007: beside another client that takes a third', () => {
  test.each([
    ['evenly', 600, { perMinute: 200 }],
    ['in gulps', 600, { perMinute: 200, burst: 33 }],
    ['at 12,000 a minute', 12_000, { perMinute: 4_000 }],
  ])('%s neither of us sees a 429', async (_name, limit, neighbor) => {
    const requests = limit * 3
    const { refused, neighborRefused, lowest, wallMs } = await run({ limit, neighbor, requests, workers: 8 })
    expect({ refused, neighborRefused }).toEqual({ refused: 0, neighborRefused: 0 })
    expect(lowest).toBeGreaterThan(0)
    const leftForUs = limit * 0.9 - neighbor.perMinute
    expect(wallMs).toBeLessThan((requests / leftForUs) * 60_000 * 1.1)
  })
})

describe('B008: a bucket with less in it than its headers say', () => {
  test('is learned from its refusals and tried again only slowly', async () => {
    const windows = 12
    const { refused, wallMs } = await run({ limit: 600, ceiling: 300, requests: 270 * windows })
    expect(refused).toBeLessThanOrEqual(windows)
    expect(wallMs).toBeLessThan(windows * 60_000 * 1.05)
  })
})

test.each([1, 2, 3])('a limit of %i a minute still moves', async (limit) => {
  const { refused, wallMs } = await run({ limit, requests: 4 })
  expect(refused).toBe(0)
  expect(wallMs).toBeLessThan(4 * 62_000)
})
