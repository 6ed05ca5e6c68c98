import type { Clock, Deadline } from '../../src/clock.ts'

interface Event {
  at: number
  kind: 'sleep' | 'request' | 'watchdog'
  fire(): void
}

const HANG_UP_MS = 5

/**
 * A clock that jumps: whenever everything under test waits, time moves to the next event at once.
 *
 * The client counts its requests in flight by their deadlines, the simulator says which answers it holds back; time
 * moves only when no request is really on its way, so a 60 second wait never overtakes an answer.
 */
export class TestClock implements Clock {
  #now: number
  #events = new Set<Event>()
  #held = 0
  #scheduled = false
  /** Every wait that was asked for, in milliseconds, in order: tests assert on it. */
  readonly sleeps: number[] = []

  constructor(start = Date.parse('2026-01-05T09:00:00.000Z')) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  /** Moves time by hand and fires what falls due. */
  advance(ms: number): void {
    const until = this.#now + ms
    for (;;) {
      const next = this.#earliest(() => true)
      if (!next || next.at > until) break
      this.#fire(next)
    }
    this.#now = until
  }

  /** Back to a time, or on to it, while nothing waits. */
  startAt(ms: number): void {
    if (this.#events.size > 0) throw new Error('somebody waits for a time')
    this.#now = ms
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    this.sleeps.push(ms)
    return this.#wait(ms, signal)
  }

  /** The simulator's way to hold an answer back; the signal says that the client has gone. */
  async hold(ms: number, gone?: AbortSignal): Promise<void> {
    if (gone?.aborted) return
    this.#held++
    try {
      await this.#wait(ms, gone)
    } finally {
      this.#held--
      this.#schedule()
    }
  }

  deadline(ms: number, kind: 'request' | 'watchdog', onExpire: () => void): Deadline {
    const event: Event = { at: this.#now + ms, kind, fire: onExpire }
    this.#add(event)
    return {
      clear: () => {
        this.#events.delete(event)
        this.#schedule()
      },
    }
  }

  #wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#events.delete(event)
        reject(signal?.reason)
      }
      const event: Event = {
        at: this.#now + Math.max(0, ms),
        kind: 'sleep',
        fire: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#add(event)
    })
  }

  #add(event: Event): void {
    this.#events.add(event)
    this.#schedule()
  }

  /** Looks again once the event loop has turned a few times, so that everybody who is able to move has moved. */
  #schedule(turns = 3): void {
    if (this.#scheduled) return
    this.#scheduled = true
    const turn = (left: number) => {
      if (left > 0) setImmediate(turn, left - 1)
      else {
        this.#scheduled = false
        this.#jump()
      }
    }
    setImmediate(turn, turns)
  }

  #jump(): void {
    const inFlight = [...this.#events].filter((event) => event.kind === 'request').length
    if (inFlight > this.#held) return
    const next = this.#earliest((event) => event.kind !== 'watchdog' || inFlight > 0)
    // A watchdog alone moves no time: nothing may be waiting but the database. Time that moves does not pass one over.
    const due = next && this.#earliest((event) => event.at <= next.at)
    if (!due) return
    this.#fire(due)
    if (due.kind === 'request') this.#waitForHangUp()
    else this.#schedule()
  }

  /** The server learns through the network, in real time, that a client has given up, and holds its answer till then. */
  #waitForHangUp(): void {
    this.#scheduled = true
    setTimeout(() => {
      this.#scheduled = false
      this.#schedule()
    }, HANG_UP_MS)
  }

  #earliest(wanted: (event: Event) => boolean): Event | undefined {
    let earliest: Event | undefined
    for (const event of this.#events) if (wanted(event) && (!earliest || event.at < earliest.at)) earliest = event
    return earliest
  }

  #fire(event: Event): void {
    this.#events.delete(event)
    this.#now = Math.max(this.#now, event.at)
    event.fire()
  }
}
