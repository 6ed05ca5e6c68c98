/**
 * Time, as a dependency. Nothing in Rollcall calls `Date.now` or `setTimeout` for a wait: tests hand in a clock that
 * jumps, so a 60 second rate-limit window costs no second of test time.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after `ms`. Rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /**
   * Calls `onExpire` unless cleared within `ms`. `request`: something in flight that will end by itself (a test clock
   * does not jump over it); `watchdog`: a passive limit on silence.
   */
  deadline(ms: number, kind: 'request' | 'watchdog', onExpire: () => void): Deadline
}

/** Now by a clock, as ISO text. */
export const isoNow = (clock: Pick<Clock, 'now'>): string => new Date(clock.now()).toISOString()

export interface Deadline {
  clear(): void
}

export const systemClock: Clock = {
  now: () => Date.now(),

  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }, ms)
      signal?.addEventListener('abort', onAbort, { once: true })
    }),

  deadline: (ms, _kind, onExpire) => {
    const timer = setTimeout(onExpire, ms)
    return { clear: () => clearTimeout(timer) }
  },
}
