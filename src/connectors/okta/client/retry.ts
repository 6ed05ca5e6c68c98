import type { Clock } from '../../../clock.ts'
import { AppError, type ErrorCode } from '../../../errors.ts'
import type { Log } from '../../../log.ts'
import { pathTemplate } from './buckets.ts'
import type { Layer, OktaRequest } from './pipeline.ts'
import { repeatOf } from './repeat.ts'

export interface RetryOptions {
  /** Tries in all, the first one included. */
  readonly attempts?: number
  /** First wait, in milliseconds; doubles each time. */
  readonly baseMs?: number
  /** Longest wait, in milliseconds. */
  readonly mostMs?: number
}

interface RetryContext {
  readonly clock: Clock
  readonly log: Log
  readonly retry?: RetryOptions
  readonly maxWaitMs?: number
  /** 0 to 1, for jitter. */
  readonly random: () => number
}

/** Wait before a refused token or client is tried once more: a single 401 happens while Okta moves things about. */
const CONFIRM_MS = 1_000
const REJECTED: ReadonlySet<ErrorCode> = new Set(['okta_token_rejected', 'okta_client_rejected'])
/** Tries of a listing that Okta may find too big, before its caller asks for less. */
const SHRINKABLE_TRIES = 2

/**
 * Repeats a request whose failure may pass: 5xx, time-outs, broken connections and bodies. Waits grow exponentially with
 * jitter. The repeat says which request it repeats, as Okta asks.
 * @see https://developer.okta.com/docs/reference/rl-best-practices/
 */
export function retry({ clock, log, retry: options = {}, maxWaitMs, random }: RetryContext): Layer {
  const { attempts = 6, baseMs = 500, mostMs = 30_000 } = options
  const waitFor = (error: AppError, tries: number): number => {
    const wait = Math.min(baseMs * 2 ** (tries - 1), mostMs) * (0.5 + random() / 2)
    return Math.max(wait, Number(error.details.retry_after_ms ?? 0))
  }
  return (next) => async (first) => {
    let request = first
    let confirmed = false
    for (let tries = 1; ; tries++) {
      try {
        return await next(request)
      } catch (error) {
        if (!(error instanceof AppError) || first.scope.signal.aborted) throw error
        const isUnconfirmed: boolean = REJECTED.has(error.code) && !confirmed
        if (!isUnconfirmed && !(isPassing(error) && tries < triesFor(first, error, attempts))) throw error
        confirmed ||= isUnconfirmed
        const waitMs = isUnconfirmed ? CONFIRM_MS : waitFor(error, tries)
        if (maxWaitMs !== undefined && waitMs > maxWaitMs) throw error
        log.debug({ path: pathTemplate(first.path), code: error.code, tries, wait_ms: waitMs }, 'okta request repeats')
        await clock.sleep(waitMs, first.scope.signal)
        request = repeatOf(request, error.details.request_id, tries)
      }
    }
  }
}

const TOO_MUCH: ReadonlySet<unknown> = new Set([500, 502, 504])

/** Whether asking for less may help: the query took too long, or the body was too much for something on the way. */
export function isTooMuch(error: unknown): boolean {
  if (!(error instanceof AppError)) return false
  if (error.code === 'okta_timeout' || error.code === 'okta_truncated_body') return true
  // "A 500 on a list means that the query took too long": https://github.com/okta/okta-developer-docs/issues/3503
  // A gateway says 502 or 504 where it lost patience or room.
  return error.code === 'okta_unavailable' && TOO_MUCH.has(error.details.status)
}

function isPassing(error: AppError): boolean {
  // A 429 is the rate limiter's; the same word under another status has only this layer to wait.
  if (error.code === 'okta_rate_limited')
    return typeof error.details.status === 'number' && error.details.status !== 429
  // A certificate does not mend itself within a minute.
  return error.action === 'retry' && error.details.reason !== 'certificate'
}

function triesFor(request: OktaRequest, error: AppError, attempts: number): number {
  if (!request.shrinkable || !isTooMuch(error)) return attempts
  if (error.code === 'okta_timeout') return 1
  return request.shrinkable === 'least' ? attempts : Math.min(attempts, SHRINKABLE_TRIES)
}
