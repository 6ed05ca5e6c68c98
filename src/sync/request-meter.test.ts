import { expect, test } from 'vitest'
import { RequestMeter } from './request-meter.ts'

const limits = [{ bucket: '/api/v1/users', limit: 600, remaining: 10, resetsInMs: 1_000, perMinute: 540 }]

test('requests are counted by minute and rate limit, with the limit as it is known, and are taken once', () => {
  let now = Date.parse('2026-01-05T09:00:59.000Z')
  const meter = new RequestMeter({ now: () => now })
  meter.count('/api/v1/users', false)
  meter.count('/api/v1/users', true)
  now += 1_000
  meter.count('/api/v1/users', false)
  meter.count('/api/v1/logs', false)
  const users = { bucket: '/api/v1/users', granted: 600, allowed: 540 }
  expect(meter.take(limits)).toEqual([
    { ...users, minute: '2026-01-05T09:00:00.000Z', requests: 2, rate_limited: 1 },
    { ...users, minute: '2026-01-05T09:01:00.000Z', requests: 1, rate_limited: 0 },
    {
      bucket: '/api/v1/logs',
      granted: null,
      allowed: null,
      minute: '2026-01-05T09:01:00.000Z',
      requests: 1,
      rate_limited: 0,
    },
  ])
  expect(meter.take(limits)).toEqual([])
})
