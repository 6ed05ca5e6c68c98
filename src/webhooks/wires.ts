import { Agent, type Dispatcher } from 'undici'
import type { Clock } from '../clock.ts'
import { hostOf } from '../outgoing/callable-url.ts'
import { PinnedAddress, type Resolve } from '../outgoing/pinned-address.ts'

export interface WiresOptions {
  readonly clock: Clock
  readonly allowedInsecureOrigins: readonly string[]
  readonly resolve?: Resolve
}

interface Wire {
  readonly agent: Agent
  readonly address: PinnedAddress
  readonly madeAt: number
}

/** How long connections to an origin, and the address that its name was found to have, are used again. */
const FRESH_MS = 60_000
/** Origins that are kept connections to. */
const MOST_ORIGINS = 100
const CONNECT_MS = 10_000

/** Connections to the origins that are called, each pinned to the addresses that were checked. */
export class Wires {
  readonly #options: WiresOptions
  /** The oldest first. */
  readonly #wires = new Map<string, Wire>()

  constructor(options: WiresOptions) {
    this.#options = options
  }

  /** Posts to a URL that was found callable. @throws AppError `domain_refused` for a private address; the network's error */
  async post(
    url: string,
    request: { readonly headers: Record<string, string>; readonly body: string; readonly signal: AbortSignal },
  ): Promise<Dispatcher.ResponseData> {
    const { origin, pathname, search } = new URL(url)
    const { agent, address } = this.#wireTo(origin)
    await unlessAborted(request.signal, address.pin())
    return agent.request({ origin, path: pathname + search, method: 'POST', ...request })
  }

  async close(): Promise<void> {
    const wires = [...this.#wires.values()]
    this.#wires.clear()
    await Promise.all(wires.map(({ agent }) => agent.destroy()))
  }

  #wireTo(origin: string): Wire {
    const known = this.#wires.get(origin)
    if (known && this.#options.clock.now() - known.madeAt < FRESH_MS) return known
    if (known) this.#retire(origin)
    const oldest = this.#wires.keys().next().value
    if (oldest !== undefined && this.#wires.size >= MOST_ORIGINS) this.#retire(oldest)
    const wire = this.#open(origin)
    this.#wires.set(origin, wire)
    return wire
  }

  #open(origin: string): Wire {
    const { clock, allowedInsecureOrigins, resolve } = this.#options
    const isTrusted = allowedInsecureOrigins.includes(origin)
    const address = new PinnedAddress(hostOf(new URL(origin)), isTrusted, resolve)
    const agent = new Agent({
      // The attempt's deadline stands for all of undici's own.
      headersTimeout: 0,
      bodyTimeout: 0,
      pipelining: 1,
      connect: { lookup: address.lookup, rejectUnauthorized: true, timeout: CONNECT_MS },
    })
    return { agent, address, madeAt: clock.now() }
  }

  /** Requests in flight end; the next ones look the name up anew. */
  #retire(origin: string): void {
    this.#wires
      .get(origin)
      ?.agent.close()
      .catch(() => {})
    this.#wires.delete(origin)
  }
}

/** A look-up of a name cannot be ended, but nobody has to wait for it. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
