import type { Clock, Deadline } from '../clock.ts'
import type { Db } from '../store/db.ts'
import { type Lease, type Renewal, renewLease } from '../store/lease.ts'

/** Well within the time that a lease holds, so that one beat may fail. */
const BEAT_MS = 3_000

export interface HeartbeatOptions {
  readonly db: Db
  readonly clock: Clock
  readonly lease: Lease
  /** What the job knows of itself, kept for whoever asks. */
  progress(): object
  /** The lease was lost, or the job is not wanted any more. */
  onEnd(why: Exclude<Renewal, 'held'>): void
}

/** Holds a job's lease while it is worked on. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #next: Deadline = { clear() {} }
  #isStopped = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#arm()
  }

  stop(): void {
    this.#isStopped = true
    this.#next.clear()
  }

  #arm(): void {
    if (this.#isStopped) return
    this.#next = this.#options.clock.deadline(BEAT_MS, 'watchdog', () => void this.#beat())
  }

  async #beat(): Promise<void> {
    const { db, lease, progress, onEnd } = this.#options
    try {
      const renewal = await renewLease(db, lease, progress())
      if (renewal !== 'held' && !this.#isStopped) {
        this.stop()
        onEnd(renewal)
      }
    } catch {
      // A database that is away for a moment: the next beat may still be in time, and every commit asks for the lease.
    }
    this.#arm()
  }
}
