import type { LogEvent } from '../generate/log-events.ts'
import { hex, uuid } from '../ids.ts'
import type { EventHook } from '../state/event-hooks.ts'

/** Okta waits so long for an answer, and asks once more: https://developer.okta.com/docs/concepts/event-hooks/ */
const TIMEOUT_MS = 3_000
const TRIES = 2
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/|$)/

/** Whether the simulated org may call an address: one of this machine. */
export const isCallable = (uri: string): boolean => URL.canParse(uri) && LOOPBACK.test(new URL(uri).href)

export interface EventHookSenderOptions {
  readonly seed: number
  readonly now: () => number
  /** The second try of a delivery has failed, or the first was refused. */
  readonly onFailed: (hook: EventHook) => void
}

/** Calls the receivers of event hooks: asks them their challenge, and delivers events that happen together together. */
export class EventHookSender {
  readonly #options: EventHookSenderOptions
  readonly #waiting = new Map<EventHook, LogEvent[]>()
  readonly #underWay = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  #sent = 0

  constructor(options: EventHookSenderOptions) {
    this.#options = options
  }

  /** Queues an event for a hook; what is queued until the running work lets go of the process goes out as one. */
  tell(hook: EventHook, event: LogEvent): void {
    const waiting = this.#waiting.get(hook)
    if (waiting) {
      waiting.push(event)
      return
    }
    this.#waiting.set(hook, [event])
    const delivery = new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#deliver(hook))
    this.#underWay.add(delivery)
    void delivery.finally(() => this.#underWay.delete(delivery))
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  /** Delivers these events now, whatever was delivered before; resolves to whether they were taken. */
  deliver(hook: EventHook, events: readonly LogEvent[]): Promise<boolean> {
    const { seed, now } = this.#options
    const body = {
      eventType: 'com.okta.event_hook',
      eventTypeVersion: '1.0',
      cloudEventsVersion: '0.1',
      source: `${hook.origin}/api/v1/eventHooks/${hook.id}`,
      eventId: uuid(seed, 501, this.#sent++),
      data: { events },
      eventTime: new Date(now()).toISOString(),
      contentType: 'application/json',
    }
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    return this.#send(hook, init, async (response) => response.ok)
  }

  /** Asks the receiver the one thing that shows that it wants to be told; resolves to whether it answered right. */
  verify(hook: EventHook): Promise<boolean> {
    const challenge = hex(this.#options.seed, 502, this.#sent++, 32)
    return this.#send(hook, { headers: { 'x-okta-verification-challenge': challenge } }, async (response) => {
      const answer: unknown = response.ok ? await response.json().catch(() => null) : null
      return typeof answer === 'object' && answer !== null && Reflect.get(answer, 'verification') === challenge
    })
  }

  /** What is on its way ends. */
  close(): void {
    this.#closing.abort()
  }

  async #deliver(hook: EventHook): Promise<void> {
    const events = this.#waiting.get(hook) ?? []
    this.#waiting.delete(hook)
    const isTaken = await this.deliver(hook, events)
    if (!isTaken && !this.#closing.signal.aborted) this.#options.onFailed(hook)
  }

  /** An answer in the 400s is not asked for again. */
  async #send(hook: EventHook, init: RequestInit, isRight: (response: Response) => Promise<boolean>): Promise<boolean> {
    const headers = {
      accept: 'application/json',
      ...Object.fromEntries(hook.headers.map(({ key, value }) => [key, value])),
      ...(hook.auth && { [hook.auth.key]: hook.auth.value }),
      ...init.headers,
    }
    for (let left = TRIES; left > 0 && !this.#closing.signal.aborted; left--) {
      const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), this.#closing.signal])
      try {
        const response = await fetch(hook.uri, { ...init, headers, signal, redirect: 'manual' })
        if (await isRight(response)) return true
        await response.body?.cancel()
        if (response.status >= 400 && response.status < 500) return false
      } catch {
        // No answer, or too late: as one that is wrong.
      }
    }
    return false
  }
}
