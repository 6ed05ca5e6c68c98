import { describe, expect, test } from 'vitest'
import { readRateHeaders } from './rate-headers.ts'
import { ResponseHeaders } from './response-headers.ts'

const RECEIVED = Date.parse('2026-01-05T09:00:00Z')
const RESET = RECEIVED / 1000 + 37
const DATE = new Date(RECEIVED).toUTCString()

function read(headers: Record<string, string | string[]>) {
  return readRateHeaders({ status: 429, headers: new ResponseHeaders(headers), body: '', receivedAt: RECEIVED })
}

const headers = (limit: string, remaining: string, reset: string) => ({
  date: DATE,
  'X-Rate-Limit-Limit': limit,
  'x-rate-limit-remaining': remaining,
  'X-RATE-LIMIT-RESET': reset,
})

describe('rate-limit headers', () => {
  test('are read under any case', () => {
    expect(read(headers('600', '599', `${RESET}`))).toMatchObject({ limit: 600, remaining: 599, resetInMs: 37_000 })
  })

  test('may be doubled by a proxy, in one line or two', () => {
    expect(read(headers('50, 50', '9, 9', `${RESET}, ${RESET}`))).toMatchObject({
      limit: 50,
      remaining: 9,
      reset: RESET,
    })
    const twice = { ...headers('50', '9', `${RESET}`), 'x-rate-limit-remaining': ['9', '7'] }
    expect(read(twice)).toMatchObject({ remaining: 7 })
  })

  test.each(['', 'abc', '-1', 'NaN', '1e3', '0x10', '50;w=60'])('%j is no number', (value) => {
    expect(read(headers(value, value, value))).toMatchObject({
      limit: null,
      remaining: null,
      reset: null,
      resetInMs: null,
    })
  })

  test("B022: the wait counts by the server's clock alone", () => {
    const late = new Date(RECEIVED - 90_000).toUTCString()
    expect(read({ ...headers('600', '0', `${RESET - 90}`), date: late }).resetInMs).toBe(37_000)
  })

  test('without a Date the local clock must do', () => {
    const { date: _none, ...rest } = headers('600', '0', `${RESET}`)
    expect(read(rest).resetInMs).toBe(37_000)
  })

  test('a reset may be in milliseconds, just past, or nonsense', () => {
    expect(read(headers('600', '0', `${RESET * 1000}`)).resetInMs).toBe(37_000)
    expect(read(headers('600', '0', `${RESET - 40}`)).resetInMs).toBe(0)
    expect(read(headers('600', '0', '0'))).toMatchObject({ reset: null, resetInMs: null })
    expect(read(headers('600', '0', '99999999999'))).toMatchObject({ reset: null, resetInMs: null })
  })

  test('a reset may be with a fraction, in seconds from now, or a date, as gateways write it', () => {
    const date = new Date(RESET * 1000).toUTCString()
    for (const reset of [`${RESET}.25`, '37', date])
      expect(read(headers('600.0', '0.0', reset))).toMatchObject({ limit: 600, remaining: 0, resetInMs: 37_000 })
  })

  test('Retry-After is seconds or a date', () => {
    expect(read({ 'retry-after': '12' }).retryAfterMs).toBe(12_000)
    expect(read({ date: DATE, 'retry-after': new Date(RECEIVED + 5_000).toUTCString() }).retryAfterMs).toBe(5_000)
    expect(read({ 'retry-after': '1.5' }).retryAfterMs).toBe(1_500)
    expect(read({ 'retry-after': 'soon' }).retryAfterMs).toBeNull()
    expect(read({ 'retry-after': '999999' }).retryAfterMs).toBe(540_000)
  })
})
