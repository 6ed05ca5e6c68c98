import type { Clock } from '../clock.ts'
import { AppError } from '../errors.ts'
import { faultOfUrl } from '../outgoing/callable-url.ts'
import { type NetworkReason, networkReasonOf } from '../outgoing/network-reason.ts'
import type { Resolve } from '../outgoing/pinned-address.ts'
import type { DeliveryFailure } from '../store/webhook-messages.ts'
import { answerText } from './answer-text.ts'
import { pauseAfter } from './retry-schedule.ts'
import { signatureHeaders } from './signature.ts'
import { Wires } from './wires.ts'

/** What an attempt has, from the look-up of the name to the last byte of the answer. */
const ATTEMPT_MS = 15_000

export interface SenderOptions {
  readonly clock: Clock
  /** The name that requests go by: `rollcall/1.2.3`. */
  readonly userAgent: string
  /** Exact origins that may be http and private. */
  readonly allowedInsecureOrigins: readonly string[]
  /** Stands in for DNS. */
  readonly resolve?: Resolve
}

export interface Outgoing {
  readonly url: string
  /** `webhook-id`: the same with every attempt. */
  readonly id: string
  readonly body: string
  /** Each of them signs. */
  readonly secrets: readonly string[]
  /** Ends the attempt at once; it then throws the signal's reason. */
  readonly signal: AbortSignal
}

/** How an attempt ended. */
export interface Attempt {
  /** Null: it was delivered. */
  readonly failure: DeliveryFailure | null
  /** Null where no answer came. */
  readonly status: number | null
  /** The beginning of the answer. */
  readonly text: string
  /** Seconds for which the receiver asked to be left alone; null when it did not. */
  readonly pauseSecs: number | null
  readonly seconds: number
}

const BY_REASON: Readonly<Record<NetworkReason, DeliveryFailure>> = {
  name: 'name_unknown',
  refused: 'unreachable',
  route: 'unreachable',
  'connect-timeout': 'unreachable',
  certificate: 'certificate',
  tls: 'certificate',
}

/**
 * Sends messages: https and public addresses only, the address that was checked is the one that is called, redirects are
 * not followed, and a message counts as delivered when an answer of the 200s has come whole.
 */
export class Sender {
  readonly #options: SenderOptions
  readonly #wires: Wires

  constructor(options: SenderOptions) {
    this.#options = options
    this.#wires = new Wires(options)
  }

  async send(outgoing: Outgoing): Promise<Attempt> {
    const { clock } = this.#options
    const { signal } = outgoing
    signal.throwIfAborted()
    const begunAt = clock.now()
    const late = new AbortController()
    const deadline = clock.deadline(ATTEMPT_MS, 'request', () => late.abort())
    try {
      const ended = await this.#exchange(outgoing, AbortSignal.any([signal, late.signal]))
      return { ...ended, seconds: (clock.now() - begunAt) / 1_000 }
    } catch (thrown) {
      if (signal.aborted) throw signal.reason
      const failed = thrown instanceof Failed ? thrown : new Failed(failureOf(thrown), null)
      const { failure, status } = late.signal.aborted ? { ...failed, failure: 'timeout' as const } : failed
      return { failure, status, text: '', pauseSecs: null, seconds: (clock.now() - begunAt) / 1_000 }
    } finally {
      deadline.clear()
    }
  }

  close(): Promise<void> {
    return this.#wires.close()
  }

  async #exchange({ url, id, body, secrets }: Outgoing, signal: AbortSignal): Promise<Omit<Attempt, 'seconds'>> {
    const { clock, userAgent } = this.#options
    if (faultOfUrl(url, this.#options) !== null) throw new Failed('address_refused', null)
    if (secrets.length === 0) throw new Failed('secret_unreadable', null)
    const timestamp = Math.floor(clock.now() / 1_000)
    const answer = await this.#wires.post(url, {
      headers: {
        'content-type': 'application/json',
        'user-agent': userAgent,
        ...signatureHeaders({ id, timestamp, body }, secrets),
      },
      body,
      signal,
    })
    const { statusCode: status } = answer
    const text = await answerText(answer.body).catch(() => {
      throw new Failed('answer_broken', status)
    })
    const retryAfter = [answer.headers['retry-after']].flat()[0] ?? null
    return { failure: failureOfStatus(status), status, text, pauseSecs: pauseAfter(status, retryAfter, clock.now()) }
  }
}

/** An attempt that ended without a whole answer. */
class Failed extends Error {
  readonly failure: DeliveryFailure
  readonly status: number | null

  constructor(failure: DeliveryFailure, status: number | null) {
    super(failure)
    this.failure = failure
    this.status = status
  }
}

function failureOf(thrown: unknown): DeliveryFailure {
  if (thrown instanceof AppError && thrown.code === 'domain_refused') return 'address_refused'
  const reason = networkReasonOf(thrown)
  return reason ? BY_REASON[reason] : 'connection_broken'
}

function failureOfStatus(status: number): DeliveryFailure | null {
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400) return 'redirect'
  return status === 410 ? 'gone' : 'status'
}
