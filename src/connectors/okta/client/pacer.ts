import type { Clock } from '../../../clock.ts'
import { AppError } from '../../../errors.ts'
import type { BucketStatus } from '../../connector.ts'
import { Budget } from './budget.ts'
import type { Gate, Pass } from './gate.ts'

export interface Turn {
  readonly background: boolean
  /** Refused once already: goes before those of its kind that have not been. */
  readonly again: boolean
  readonly signal: AbortSignal
}

/** Leave to send one request: its number in the budget and its place in the gate. */
export interface Ticket {
  readonly launch: number
  readonly pass: Pass
}

interface Waiter {
  readonly turn: Turn
  readonly since: number
  start(ticket: Ticket): void
  fail(reason: unknown): void
}

/** The queue before one bucket: normal requests first, background ones when no normal one waits. */
export class Pacer {
  readonly budget: Budget
  readonly #bucket: string
  readonly #clock: Clock
  readonly #gate: Gate
  readonly #maxWaitMs: number
  readonly #normal: Waiter[] = []
  readonly #background: Waiter[] = []
  #alarm: { at: number; off: AbortController } | null = null

  constructor(bucket: string, options: { clock: Clock; gate: Gate; share: number; maxWaitMs?: number }) {
    this.budget = new Budget(bucket, options.share)
    this.#bucket = bucket
    this.#clock = options.clock
    this.#gate = options.gate
    this.#maxWaitMs = options.maxWaitMs ?? Number.POSITIVE_INFINITY
  }

  /**
   * Resolves when the request may go.
   * @throws the signal's reason; AppError `okta_rate_limited` when it would wait longer than `maxWaitMs`.
   */
  enter(turn: Turn): Promise<Ticket> {
    if (turn.signal.aborted) return Promise.reject(turn.signal.reason)
    return new Promise((resolve, reject) => {
      const queue = turn.background ? this.#background : this.#normal
      const settle = () => turn.signal.removeEventListener('abort', onAbort)
      const onAbort = () => {
        queue.splice(queue.indexOf(waiter), 1)
        reject(turn.signal.reason)
        this.pump()
      }
      const waiter: Waiter = {
        turn,
        since: this.#clock.now(),
        start: (ticket) => {
          settle()
          resolve(ticket)
        },
        fail: (reason) => {
          settle()
          reject(reason)
        },
      }
      turn.signal.addEventListener('abort', onAbort, { once: true })
      if (turn.again) queue.unshift(waiter)
      else queue.push(waiter)
      this.pump()
    })
  }

  status(): BucketStatus {
    return this.budget.status(this.#clock.now())
  }

  /** Ends every wait in this queue with `reason`. */
  close(reason: unknown): void {
    for (const waiter of [...this.#normal.splice(0), ...this.#background.splice(0)]) waiter.fail(reason)
    this.#setAlarm(null)
  }

  /** Starts whatever may go now and wakes up for the rest; called whenever something has changed. */
  readonly pump = (): void => {
    this.#setAlarm(this.#startDue())
  }

  /** The time at which to look again, or null when somebody else will say so. */
  #startDue(): number | null {
    for (;;) {
      const now = this.#clock.now()
      const earliest = this.budget.earliestAt(now)
      if (earliest > now) this.#turnAwayImpatient(now, earliest)
      const queue = this.#normal.length > 0 ? this.#normal : this.#background
      const waiter = queue[0]
      if (!waiter) return null
      const dueAt = Math.min(this.budget.dueAt(now), Math.max(earliest, waiter.since + this.#maxWaitMs))
      if (dueAt === Number.POSITIVE_INFINITY) return null
      if (dueAt > now) return dueAt
      const pass = this.#gate.tryEnter(this.pump)
      if (!pass) return null
      queue.shift()
      waiter.start({ launch: this.budget.launch(now), pass })
    }
  }

  #turnAwayImpatient(now: number, earliest: number): void {
    if (earliest === Number.POSITIVE_INFINITY || this.#maxWaitMs === Number.POSITIVE_INFINITY) return
    for (const queue of [this.#normal, this.#background]) {
      for (const waiter of queue.filter((waiter) => earliest - waiter.since > this.#maxWaitMs)) {
        queue.splice(queue.indexOf(waiter), 1)
        waiter.fail(rateLimited(this.#bucket, earliest - now))
      }
    }
  }

  #setAlarm(at: number | null): void {
    if (this.#alarm && this.#alarm.at === at) return
    this.#alarm?.off.abort()
    this.#alarm = null
    if (at === null) return
    const alarm = { at, off: new AbortController() }
    this.#alarm = alarm
    // Timers count whole milliseconds; the schedule makes up for the rest.
    this.#clock.sleep(Math.ceil(at - this.#clock.now()), alarm.off.signal).then(
      () => {
        if (this.#alarm === alarm) this.#alarm = null
        this.pump()
      },
      () => undefined,
    )
  }
}

export function rateLimited(bucket: string, waitMs: number): AppError {
  const seconds = Math.ceil(waitMs / 1000)
  return new AppError(
    'okta_rate_limited',
    `Okta's rate limit for ${bucket} is used up for another ${seconds} seconds.`,
    {
      details: { bucket, reset_in_ms: Math.ceil(waitMs) },
    },
  )
}
