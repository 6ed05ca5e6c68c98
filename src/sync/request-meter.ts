import type { Clock } from '../clock.ts'
import type { BucketStatus } from '../connectors/connector.ts'
import type { RequestCount } from '../store/request-counts.ts'

const MINUTE_MS = 60_000

interface Count {
  requests: number
  rateLimited: number
}

/** Counts requests by minute and rate limit until somebody takes the counts away. */
export class RequestMeter {
  readonly #clock: Pick<Clock, 'now'>
  /** By minute, then by bucket. */
  #counts = new Map<number, Map<string, Count>>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  count(bucket: string, rateLimited: boolean): void {
    const minute = Math.floor(this.#clock.now() / MINUTE_MS)
    const buckets = this.#counts.get(minute) ?? new Map<string, Count>()
    this.#counts.set(minute, buckets)
    const count = buckets.get(bucket) ?? { requests: 0, rateLimited: 0 }
    buckets.set(bucket, { requests: count.requests + 1, rateLimited: count.rateLimited + (rateLimited ? 1 : 0) })
  }

  /** What was counted since the last time, with the limits as they are known now. */
  take(limits: readonly BucketStatus[]): RequestCount[] {
    const taken = this.#counts
    this.#counts = new Map()
    return [...taken].flatMap(([minute, buckets]) =>
      [...buckets].map(([bucket, { requests, rateLimited }]) => {
        const limit = limits.find((status) => status.bucket === bucket)
        return {
          minute: new Date(minute * MINUTE_MS).toISOString(),
          bucket,
          requests,
          rate_limited: rateLimited,
          granted: limit?.limit ?? null,
          allowed: limit?.perMinute ?? null,
        }
      }),
    )
  }
}
