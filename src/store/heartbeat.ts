import type { Clock, Deadline } from '../clock.ts'
import type { Db } from './db.ts'
import { canceled, type Lease, renewLease, superseded } from './lease.ts'

/** Well within the time that a lease holds, so that one beat may fail. */
const BEAT_MS = 3_000

/** Holds a job's lease from the moment that it is taken until it is stopped. */
export class Heartbeat {
  readonly lease: Lease
  readonly #db: Db
  readonly #clock: Clock
  readonly #ended = new AbortController()
  #progress: () => object | null = () => null
  #alongside: () => Promise<void> = async () => {}
  #next: Deadline = { clear() {} }
  #isStopped = false

  constructor({ db, clock, lease }: { readonly db: Db; readonly clock: Clock; readonly lease: Lease }) {
    this.#db = db
    this.#clock = clock
    this.lease = lease
    this.#arm()
  }

  /** Aborted when the lease was lost (`job_superseded`) or the job is not wanted any more (`job_canceled`). */
  get signal(): AbortSignal {
    return this.#ended.signal
  }

  /** From now on each beat keeps what the job knows of itself, for whoever asks. */
  report(progress: () => object): void {
    this.#progress = progress
  }

  /** From now on each beat does this as well. It may fail: the lease does not hang on it. */
  alongside(work: () => Promise<void>): void {
    this.#alongside = work
  }

  stop(): void {
    this.#isStopped = true
    this.#next.clear()
  }

  #arm(): void {
    if (this.#isStopped) return
    this.#next = this.#clock.deadline(BEAT_MS, 'watchdog', () => void this.#beat())
  }

  async #beat(): Promise<void> {
    // A database that is away for a moment: the next beat may still be in time, and every commit asks for the lease.
    const renewal = await renewLease(this.#db, this.lease, this.#progress()).catch(() => 'held' as const)
    await this.#alongside().catch(() => {})
    if (renewal === 'held') return this.#arm()
    if (this.#isStopped) return
    this.stop()
    this.#ended.abort(renewal === 'lost' ? superseded() : canceled())
  }
}
