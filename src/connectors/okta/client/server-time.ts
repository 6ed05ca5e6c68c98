import type { Clock } from '../../../clock.ts'
import type { Layer, OktaResponse } from './pipeline.ts'

/**
 * Okta's own time, learned from the `Date` of its answers: what is signed has to be in date there, however wrong the
 * clock of this machine is.
 */
export class ServerTime {
  readonly #clock: Pick<Clock, 'now'>
  #aheadMs = 0

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** Milliseconds since the epoch, whole seconds exact; this machine's time before the first answer. */
  now(): number {
    return this.#clock.now() + this.#aheadMs
  }

  /** Looks at every answer on its way back. */
  readonly layer: Layer = (next) => async (request) => {
    const response = await next(request)
    this.#learn(response)
    return response
  }

  #learn({ headers, receivedAt }: OktaResponse): void {
    const date = Date.parse(headers.get('date') ?? '')
    if (!Number.isNaN(date)) this.#aheadMs = date - receivedAt
  }
}
