import type { BucketStatus } from '../../connector.ts'
import type { RateHeaders } from './rate-headers.ts'

/**
 * Okta's windows last about a minute and begin with the first request after the last one ended.
 * @see https://developer.okta.com/docs/reference/rate-limits/
 */
const WINDOW_MS = 60_000
/** Resets are whole seconds, so no window is taken to be shorter. */
const SHORTEST_MS = 1_000
/** `Date` and reset are whole seconds, so a window may end up to a second later than they say. */
const GRACE_MS = 1_000
/** A late timer or a pause is caught up with at once up to this much, or this many requests. */
const CATCH_UP_MS = 100
const CATCH_UP_REQUESTS = 2
/** Behind schedule, at most this many times the even pace. */
const HURRY = 2
/** Part of a ceiling learned the hard way that is believed in for another window. */
const FORGET = 0.9
/** Wait after a 429 without any header: short once, since it may be about concurrency, then a whole window. */
const BARE_FIRST_MS = 5_000
/** Least wait after a second 429 in a row that names a reset nearer than this; doubles up to a window. */
const AGAIN_MS = 5_000

/**
 * What is known of one rate-limit bucket, and when its next request may go. No promises and no timers: `pacer.ts` has
 * those.
 *
 * The allowance left (Okta's count, less the reserve for the org's other tools, less our requests that Okta may not
 * have counted yet) is spread evenly over the rest of the window. Whatever others use shrinks the allowance, so we
 * slow down as they speed up.
 */
export class Budget {
  readonly #bucket: string
  readonly #share: number
  /** `probing`: nothing known, one request at a time. `unpaced`: answered without headers. */
  #phase: 'probing' | 'unpaced' | 'paced' = 'probing'
  #limit = 0
  #remaining = 0
  /** Okta's name of the window (its end by Okta's clock); null when the window is presumed, not yet answered. */
  #reset: number | null = null
  #lastReset = Number.NEGATIVE_INFINITY
  /** How long a window lasts: a minute, unless this bucket has shown a shorter one. */
  #windowMs = WINDOW_MS
  /** Local end of the window, grace included; null when it has not begun: the next request begins it. */
  #endsAt: number | null = null
  /** Part of the limit that turned out not to be there. */
  #withheld = 0
  #nextAt = 0
  #blockedUntil = 0
  /** Waves of refusals since the last answer: what was in flight together is refused together, and counts once. */
  #waves = 0
  /** Launches up to here belong to a wave that has been counted. */
  #wavesUpTo = 0
  #lastNow = 0
  #launched = 0
  /** Launches up to here are part of `#remaining`: a later one has been answered. */
  #counted = 0
  readonly #inFlight = new Set<number>()

  constructor(bucket: string, share: number) {
    this.#bucket = bucket
    this.#share = share
  }

  /** The time at which the next request is due: now, later, or Infinity when only an answer can tell. */
  dueAt(now: number): number {
    const earliest = this.earliestAt(now)
    return this.#phase === 'paced' ? Math.max(earliest, this.#nextAt) : earliest
  }

  /** The same for a request that cannot wait for its place in the pace: it may go while there is any allowance. */
  earliestAt(now: number): number {
    this.#followClock(now)
    if (now < this.#blockedUntil) return this.#blockedUntil
    if (this.#phase === 'probing') return this.#inFlight.size > 0 ? Number.POSITIVE_INFINITY : now
    if (this.#phase === 'unpaced') return now
    this.#roll(now)
    return this.#allowance() >= 1 ? now : (this.#endsAt ?? Number.POSITIVE_INFINITY)
  }

  /** Notes that a request goes now; the number stands for it in `answered`, `refused` and `lost`. */
  launch(now: number): number {
    if (this.#phase === 'paced') this.#schedule(now)
    const launch = ++this.#launched
    this.#inFlight.add(launch)
    return launch
  }

  /** An answer other than 429. `conclusive`: Okta itself answered, so missing headers mean that there are none. */
  answered(launch: number, rate: RateHeaders, now: number, conclusive: boolean): void {
    this.#followClock(now)
    this.#inFlight.delete(launch)
    this.#waves = 0
    if (!rate.limit || rate.remaining === null) {
      this.#countUnseen(launch)
      if (conclusive && this.#phase === 'probing') this.#phase = 'unpaced'
      return
    }
    this.#learn(rate, now, rate.limit, rate.remaining)
    this.#counted = Math.max(this.#counted, launch)
  }

  /** No answer came. */
  lost(launch: number): void {
    this.#inFlight.delete(launch)
    this.#countUnseen(launch)
  }

  /** A 429 of the concurrency limit: says nothing about this bucket. */
  crowded(launch: number): void {
    this.#inFlight.delete(launch)
  }

  /** A 429 of the bucket itself: nothing goes before the window ends. */
  refused(launch: number, rate: RateHeaders, now: number): void {
    this.#followClock(now)
    this.#inFlight.delete(launch)
    this.#countWave(launch)
    if (rate.resetInMs === null) {
      const wait = this.#waves > 1 ? WINDOW_MS : BARE_FIRST_MS
      this.#blockedUntil = Math.max(this.#blockedUntil, now + (rate.retryAfterMs ?? wait))
      return
    }
    if (rate.limit) {
      const missing = this.#missing(rate)
      this.#learn(rate, now, rate.limit, 0)
      if (missing > this.#withheld) this.#withheld = Math.max(0, Math.min(missing, this.#limit - 2))
    }
    this.#counted = Math.max(this.#counted, launch)
    // A reset that is always about to come, or just past, is not asked about every second.
    const isNear = this.#waves > 1 && rate.resetInMs < AGAIN_MS
    const least = isNear ? Math.min(AGAIN_MS * 2 ** (this.#waves - 2), WINDOW_MS) : 0
    const wait = Math.max(rate.retryAfterMs ?? 0, rate.resetInMs + GRACE_MS, least)
    this.#blockedUntil = Math.max(this.#blockedUntil, now + wait)
    this.#remaining = 0
    this.#endsAt = this.#blockedUntil
  }

  status(now: number): BucketStatus {
    const isPaced = this.#phase === 'paced'
    if (isPaced) this.#roll(now)
    const blockedMs = this.#blockedUntil > now ? this.#blockedUntil - now : null
    const windowMs = this.#endsAt === null ? null : Math.max(0, this.#endsAt - GRACE_MS - now)
    return {
      bucket: this.#bucket,
      limit: isPaced ? this.#limit : null,
      remaining: isPaced ? this.#remaining : null,
      resetsInMs: blockedMs ?? windowMs,
      perMinute: isPaced ? this.#usable() : null,
    }
  }

  #countWave(launch: number): void {
    if (launch > this.#wavesUpTo || this.#waves === 0) this.#waves++
    this.#wavesUpTo = this.#launched
  }

  /** A local clock that is set back must not stretch a wait by as much. */
  #followClock(now: number): void {
    const back = this.#lastNow - now
    this.#lastNow = now
    if (back <= 0) return
    this.#nextAt -= back
    this.#blockedUntil -= back
    if (this.#endsAt !== null) this.#endsAt -= back
  }

  #learn(rate: RateHeaders, now: number, limit: number, remaining: number): void {
    this.#phase = 'paced'
    this.#limit = limit
    const left = Math.min(remaining, limit)
    const endsAt = now + (rate.resetInMs ?? this.#windowMs) + GRACE_MS
    if (rate.reset === null) {
      this.#remaining = this.#endsAt === null ? left : Math.min(this.#remaining, left)
      this.#endsAt ??= endsAt
    } else if (this.#reset !== null && Math.abs(rate.reset - this.#reset) <= 1) {
      // Answers overtake each other: within a window the smallest count is the newest.
      this.#remaining = Math.min(this.#remaining, left)
      this.#endsAt = Math.min(this.#endsAt ?? endsAt, endsAt)
    } else if (rate.reset > (this.#reset ?? this.#lastReset) + 1) {
      if (this.#reset !== null) this.#close()
      this.#measure(rate.reset, rate.resetInMs, left >= limit - 1)
      this.#reset = rate.reset
      this.#remaining = left
      this.#endsAt = endsAt
      // The next request may have been put off by a window that was only presumed.
      this.#nextAt = Math.min(this.#nextAt, now + this.#interval(now))
    }
  }

  /** The first request of a window sees all of it; and no window is longer than from one reset to the next. */
  #measure(reset: number, resetInMs: number | null, isFirst: boolean): void {
    const whole = isFirst && resetInMs !== null ? resetInMs : (reset - this.#lastReset) * 1000
    this.#windowMs = Math.min(WINDOW_MS, Math.max(SHORTEST_MS, whole))
  }

  /** Takes the window as over once its time is up, without waiting for an answer that says so. */
  #roll(now: number): void {
    if (this.#endsAt === null || now < this.#endsAt) return
    this.#close()
    this.#endsAt = null
    this.#remaining = this.#limit
    this.#counted = this.#launched
  }

  #close(): void {
    this.#lastReset = this.#reset ?? this.#lastReset
    this.#reset = null
    this.#withheld = Math.floor(this.#withheld * FORGET)
  }

  #schedule(now: number): void {
    this.#roll(now)
    this.#endsAt ??= now + this.#windowMs + GRACE_MS
    const interval = this.#interval(now)
    const catchUp = Math.max(CATCH_UP_MS, CATCH_UP_REQUESTS * interval)
    this.#nextAt = Math.max(this.#nextAt, now - catchUp) + interval
  }

  /** Milliseconds from one request to the next. */
  #interval(now: number): number {
    const left = (this.#endsAt ?? now + this.#windowMs + GRACE_MS) - GRACE_MS - now
    return Math.max(left / Math.max(1, this.#allowance()), this.#windowMs / this.#usable() / HURRY)
  }

  /** Requests that may still go in this window. */
  #allowance(): number {
    let uncounted = 0
    for (const launch of this.#inFlight) if (launch > this.#counted) uncounted++
    return this.#remaining - (this.#limit - this.#usable()) - uncounted
  }

  /** Requests per window that we allow ourselves; at least one stays untouched wherever there are two. */
  #usable(): number {
    const granted = this.#limit - this.#withheld
    return Math.max(1, Math.min(granted - 1, Math.floor(granted * this.#share + 1e-9)))
  }

  /**
   * How many requests the headers promised that a 429 has now refused: other tokens emptied the org's bucket, or this
   * token has less than they show. Zero when we were close to the end anyway, or knew nothing of this window.
   */
  #missing(rate: RateHeaders): number {
    if (rate.reset === null || this.#reset === null || Math.abs(rate.reset - this.#reset) > 1) return 0
    return this.#allowance() < 1 ? 0 : rate.remaining || this.#remaining - this.#inFlight.size
  }

  /** A request whose answer told us nothing may still have been counted by Okta. */
  #countUnseen(launch: number): void {
    if (this.#phase === 'paced' && launch > this.#counted && this.#remaining > 0) this.#remaining--
  }
}
