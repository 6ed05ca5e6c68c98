import type { OktaResponse } from './pipeline.ts'

/**
 * Longest wait that a header may ask for: a reset further away than this is a fault of the header. A wait must end before
 * the sync engine takes a silent job to hang.
 */
const LONGEST_MS = 9 * 60_000
/** An answer may be this much older than the end of its window; a reset further back is a fault as well. */
const OLDEST_MS = 2 * 60_000

/** What an answer says about its bucket, as far as it can be believed. */
export interface RateHeaders {
  /** Requests per window granted to this token; 0 marks an answer of the concurrency limit. */
  readonly limit: number | null
  readonly remaining: number | null
  /** End of the window by Okta's clock, in epoch seconds: it also tells one window from another. */
  readonly reset: number | null
  /** Milliseconds from the moment of receipt to `reset`, by Okta's clock alone. */
  readonly resetInMs: number | null
  /** `Retry-After`, which Okta does not send but proxies do. */
  readonly retryAfterMs: number | null
}

/**
 * Reads the rate-limit headers of an answer. They arrive doubled behind some proxies (`50, 50`), or not at all.
 * The wait is reset minus the `Date` of the same answer, so a wrong clock on this machine cannot matter.
 * @see https://developer.okta.com/docs/reference/rl-best-practices/
 */
export function readRateHeaders(response: OktaResponse): RateHeaders {
  const reset = resetOf(response)
  const resetInMs = reset === null ? Number.NaN : reset * 1000 - serverTime(response)
  const isSane = resetInMs > -OLDEST_MS && resetInMs <= LONGEST_MS
  return {
    limit: least(numbers(response, 'x-rate-limit-limit')),
    remaining: least(numbers(response, 'x-rate-limit-remaining')),
    reset: isSane ? reset : null,
    resetInMs: isSane ? Math.max(0, resetInMs) : null,
    retryAfterMs: readRetryAfter(response),
  }
}

/** `Retry-After` in milliseconds, given as seconds or as a date; null when absent or unreadable. */
export function readRetryAfter(response: OktaResponse): number | null {
  const value = response.headers.get('retry-after')?.trim()
  if (!value) return null
  if (/^\d{1,9}(\.\d{1,9})?$/.test(value)) return bounded(Number(value) * 1000)
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : bounded(at - serverTime(response))
}

function serverTime(response: OktaResponse): number {
  const date = Date.parse(response.headers.get('date') ?? '')
  return Number.isNaN(date) ? response.receivedAt : date
}

function numbers(response: OktaResponse, name: string): number[] {
  const values = response.headers.all(name).flatMap((line) => line.split(','))
  return values
    .map((value) => value.trim())
    .flatMap((value) => (/^\d{1,15}(\.\d{1,9})?$/.test(value) ? [Math.floor(Number(value))] : []))
}

/**
 * The reset in epoch seconds, however a gateway in front of Okta may write it: as such, in milliseconds, in seconds from
 * now, or as a date.
 */
function resetOf(response: OktaResponse): number | null {
  const dated = response.headers
    .all('x-rate-limit-reset')
    .map((line) => (/[a-z]/i.test(line) ? Date.parse(line) : Number.NaN))
  const dates = dated.filter((time) => !Number.isNaN(time)).map((time) => time / 1000)
  const reset = inSeconds(greatest([...numbers(response, 'x-rate-limit-reset'), ...dates]))
  const isFromNow = reset !== null && reset > 0 && reset * 1000 <= LONGEST_MS
  return isFromNow ? Math.floor(serverTime(response) / 1000) + reset : reset
}

const least = (values: number[]) => (values.length > 0 ? Math.min(...values) : null)
const greatest = (values: number[]) => (values.length > 0 ? Math.max(...values) : null)
const bounded = (ms: number) => Math.min(Math.max(ms, 0), LONGEST_MS)
/** Eleven digits of seconds lie in the year 5138: a number that long is in milliseconds. */
const inSeconds = (value: number | null) => (value !== null && value > 1e11 ? Math.floor(value / 1000) : value)
