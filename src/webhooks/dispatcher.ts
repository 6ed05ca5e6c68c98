import { setMaxListeners } from 'node:events'
import { AppError, toAppError } from '../errors.ts'
import { type ClaimedMessage, claimMessages } from '../store/webhook-claims.ts'
import { mendPositions } from '../store/webhook-feed.ts'
import { Bell } from './bell.ts'
import { type DeliverOptions, deliver } from './deliver.ts'
import { feedEndpoints } from './feed.ts'

export interface DispatcherOptions extends DeliverOptions {
  /** Messages that may wait for one endpoint. */
  readonly mostPending?: number
}

/** Attempts at the same time. */
const AT_ONCE = 32
/** Of them to endpoints whose last attempts all failed: whoever hangs holds up nobody else. */
const AT_ONCE_TROUBLED = 8
/** Attempts at the same time to one endpoint, whichever process makes them. One, while it is in trouble. */
const PER_ENDPOINT = 8

/** How long it waits before it looks for something to tell. */
const POLL_MS = 1_000
/** The longest wait while the database is away. */
const LONGEST_MS = 15_000
/** What attempts under way have to end, once it is to stop. */
const GRACE_MS = 3_000

/**
 * Tells webhook endpoints what happens: makes messages as each endpoint keeps up, and sends what is due. Any number of
 * dispatchers share one database; what one leaves behind, another sends.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #stopping = new AbortController()
  /** Ends attempts under way. */
  readonly #aborted = new AbortController()
  readonly #running = new Set<Promise<void>>()
  /** Rung when there may be more to send: an attempt has ended, or messages were made. */
  readonly #bell = new Bell()
  #troubled = 0
  #isMended = false
  #loops: Promise<unknown> | null = null

  constructor(options: DispatcherOptions) {
    this.#options = options
    setMaxListeners(0, this.#stopping.signal, this.#aborted.signal)
  }

  start(): void {
    // Two loops: making messages for many does not hold up the sending.
    this.#loops ??= Promise.all([
      this.#repeat(() => this.#feed(), new Bell()),
      this.#repeat(() => this.#claim().then(() => false), this.#bell),
    ])
  }

  /** Takes no more messages; resolves when those under way have ended, or have been given back after a while. */
  async stop(): Promise<void> {
    const reason = new AppError('job_interrupted', 'The dispatcher was stopped.')
    this.#stopping.abort(reason)
    const grace = this.#options.clock.deadline(GRACE_MS, 'watchdog', () => this.#aborted.abort(reason))
    await this.#loops
    await Promise.all(this.#running)
    grace.clear()
  }

  /** Tells all that there is to tell and is due, once; resolves to how many attempts that were. */
  async pass(): Promise<number> {
    let attempts = 0
    for (;;) {
      const goesOn = await this.#feed()
      const begun = await this.#claim()
      await Promise.all(this.#running)
      attempts += begun
      if (!goesOn && begun === 0) return attempts
    }
  }

  /** Does a step again and again, at once where it says that it goes on; and for as long as it takes when it fails. */
  async #repeat(step: () => Promise<boolean>, bell: Bell): Promise<void> {
    const { clock, log } = this.#options
    const { signal } = this.#stopping
    let waitMs = POLL_MS
    while (!signal.aborted) {
      let goesOn = false
      try {
        goesOn = await step()
        if (waitMs > POLL_MS) log.info({}, 'the database answers again')
        waitMs = POLL_MS
      } catch (thrown) {
        if (waitMs === POLL_MS) log.warn({ code: toAppError(thrown).code }, 'webhooks cannot be read')
        waitMs = Math.min(waitMs * 2, LONGEST_MS)
      }
      if (!goesOn) await bell.wait(clock, waitMs, signal)
    }
  }

  /** Makes messages; resolves to whether there are more to be made at once. */
  async #feed(): Promise<boolean> {
    const { db, log, mostPending } = this.#options
    if (!this.#isMended) {
      const places = await mendPositions(db)
      if (places > 0) log.warn({ places }, 'webhooks go on from now: the database was restored')
      this.#isMended = true
    }
    const { made, goesOn } = await feedEndpoints({ db, log, ...(mostPending !== undefined && { mostPending }) })
    if (made > 0) this.#bell.ring()
    return goesOn
  }

  /** Takes what is due and there is room for, and begins to send it; resolves to how much that was. */
  async #claim(): Promise<number> {
    const { db, clock, owner } = this.#options
    if (this.#stopping.signal.aborted) return 0
    const claimedAt = clock.now()
    const room = () => AT_ONCE - this.#running.size
    const take = async (troubled: boolean, limit: number) => {
      const messages = await claimMessages(db, { owner, limit, perEndpoint: PER_ENDPOINT, troubled })
      for (const message of messages) this.#begin(message, claimedAt, troubled)
      return messages.length
    }
    // Who answers comes first; who does not gets what is left of a smaller part.
    const healthy = await take(false, room())
    const troubled = await take(true, Math.min(room(), AT_ONCE_TROUBLED - this.#troubled))
    return healthy + troubled
  }

  #begin(message: ClaimedMessage, claimedAt: number, troubled: boolean): void {
    if (troubled) this.#troubled++
    const running = deliver(this.#options, message, claimedAt, this.#aborted.signal)
      .catch((thrown: unknown) => {
        // The claim runs out, and the message is sent again.
        const { code } = toAppError(thrown)
        this.#options.log.warn({ message_id: message.id, code }, 'webhook left to its claim')
      })
      .finally(() => {
        this.#running.delete(running)
        if (troubled) this.#troubled--
        this.#bell.ring()
      })
    this.#running.add(running)
  }
}
