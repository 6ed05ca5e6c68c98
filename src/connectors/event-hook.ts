import type { JsonObject } from '../model/fields.ts'
import type { Target } from './target.ts'

/** How an IdP pushes its log events to an address that is given to it. */
export interface EventHookDescription {
  /** The header in which it shows the secret that it was given. */
  readonly secretHeader: string
  /** The header that carries what has to be sent back, before anything is pushed. */
  readonly challengeHeader: string
  /** The types of events that it pushes and that name something to be read again. */
  readonly eventTypes: readonly string[]
  /** The answer to a challenge. */
  answerTo(challenge: string): JsonObject
  /** The events of a delivery, as received, and how many things in it were none. Never throws. */
  read(body: unknown): { readonly events: readonly ToldEvent[]; readonly odd: number }
}

/** A log event as a hook tells it: a hint where to look, on which nothing is stored. */
export interface ToldEvent {
  /** The same as `vendor_id` of the log event that the log itself gives. */
  readonly id: string
  readonly targets: readonly Target[]
}
