import type { Clock } from '../../../clock.ts'
import { AppError } from '../../../errors.ts'
import type { Log } from '../../../log.ts'
import type { BucketStatus } from '../../connector.ts'
import { bucketOf } from './buckets.ts'
import type { Gate } from './gate.ts'
import { Pacer, type Ticket } from './pacer.ts'
import type { Layer, OktaRequest, OktaResponse, Send } from './pipeline.ts'
import { type RateHeaders, readRateHeaders } from './rate-headers.ts'
import { repeatOf } from './repeat.ts'

/** Wait after an answer of the concurrency limit: its reset is only an estimate and far too long. */
const CROWDED_MS = 1_000
const CROWDED_MOST_MS = 8_000

export interface RateLimitOptions {
  readonly clock: Clock
  readonly log: Log
  readonly gate: Gate
  /** Part of what Okta grants that we use, 0 to 1. */
  readonly share: number
  /** Longest wait for one turn; without it a request waits as long as its scope lives. */
  readonly maxWaitMs?: number
  /** 0 to 1, for jitter. */
  readonly random: () => number
}

export interface RateLimiter {
  readonly layer: Layer
  buckets(): readonly BucketStatus[]
  close(reason: unknown): void
}

/**
 * Paces requests per bucket and repeats those that Okta answers with 429, for as long as the scope lives: waiting
 * costs no attempt. Knows three kinds of 429: the bucket is empty (it waits for the reset), too many at once (limit 0:
 * the gate narrows), and one without headers (a proxy).
 * @see https://developer.okta.com/docs/reference/rl-best-practices/
 */
export function rateLimiter(options: RateLimitOptions): RateLimiter {
  const pacers = new Map<string, Pacer>()
  const pacerOf = (bucket: string): Pacer => {
    const known = pacers.get(bucket)
    if (known) return known
    const pacer = new Pacer(bucket, options)
    pacers.set(bucket, pacer)
    return pacer
  }
  return {
    layer: (next) => async (request) => {
      const bucket = bucketOf(request.path)
      return paced(request, next, bucket, pacerOf(bucket), options)
    },
    buckets: () => [...pacers.values()].map((pacer) => pacer.status()),
    close: (reason) => {
      for (const pacer of pacers.values()) pacer.close(reason)
    },
  }
}

async function paced(
  first: OktaRequest,
  next: Send,
  bucket: string,
  pacer: Pacer,
  { clock, log, maxWaitMs, random }: RateLimitOptions,
): Promise<OktaResponse> {
  const { background, signal } = first.scope
  let request = first
  let crowdedTimes = 0
  let crowdedMs = 0
  for (let refusals = 0; ; refusals++) {
    const ticket = await pacer.enter({ background, signal, again: refusals > 0 })
    const response = await attempt(request, next, pacer, ticket)
    const rate = readRateHeaders(response)
    const kind = settle(response, rate, pacer, ticket)
    if (kind === 'answered') return response
    request = repeatOf(request, response.headers.get('x-okta-request-id'), refusals + 1)
    log.debug({ bucket, kind, limit: rate.limit, remaining: rate.remaining, reset_in_ms: rate.resetInMs }, 'okta 429')
    if (kind === 'crowded') {
      const waitMs = Math.min(CROWDED_MS * 2 ** crowdedTimes++, CROWDED_MOST_MS) * (0.75 + random() / 2)
      crowdedMs += waitMs
      if (maxWaitMs !== undefined && crowdedMs > maxWaitMs) throw crowdedOut(waitMs)
      await clock.sleep(waitMs, signal)
    }
  }
}

async function attempt(request: OktaRequest, next: Send, pacer: Pacer, ticket: Ticket): Promise<OktaResponse> {
  try {
    return await next(request)
  } catch (error) {
    pacer.budget.lost(ticket.launch)
    ticket.pass.leave()
    pacer.pump()
    throw error
  }
}

function settle(response: OktaResponse, rate: RateHeaders, pacer: Pacer, ticket: Ticket) {
  const kind = response.status !== 429 ? 'answered' : rate.limit === 0 ? 'crowded' : 'refused'
  const { budget } = pacer
  if (kind === 'answered') {
    budget.answered(ticket.launch, rate, response.receivedAt, response.status < 500)
    ticket.pass.fine()
  } else if (kind === 'crowded') {
    budget.crowded(ticket.launch)
    ticket.pass.crowded()
  } else {
    budget.refused(ticket.launch, rate, response.receivedAt)
    // Without headers it may be the concurrency limit behind a proxy that drops them.
    if (rate.limit === null) ticket.pass.crowded()
  }
  ticket.pass.leave()
  pacer.pump()
  return kind
}

function crowdedOut(waitMs: number): AppError {
  return new AppError('okta_concurrency_limited', 'Okta is answering as many requests at once as it allows this org.', {
    details: { retry_in_ms: Math.ceil(waitMs) },
  })
}
