import type { Clock } from '../clock.ts'

/** Entries kept; all are dropped at once when there are more. */
const MOST = 10_000

/** How long what was found is believed, unless said otherwise: a key that was revoked lets in for that long at most. */
const BELIEVED_MS = 1_000

/** Found things, believed for a moment: a page of a list need not look up again what the page before it did. */
export class Brief<T> {
  readonly #clock: Clock
  readonly #believedMs: number
  readonly #entries = new Map<string, { value: Promise<T | null>; until: number }>()

  constructor(clock: Clock, believedMs = BELIEVED_MS) {
    this.#clock = clock
    this.#believedMs = believedMs
  }

  get(name: string, find: () => Promise<T | null>): Promise<T | null> {
    const now = this.#clock.now()
    const known = this.#entries.get(name)
    if (known && known.until > now) return known.value
    if (this.#entries.size >= MOST) this.#entries.clear()
    const value = find()
    this.#entries.set(name, { value, until: now + this.#believedMs })
    const forget = () => this.#entries.delete(name)
    // What is not there may be there at once; a failure says nothing.
    value.then((found) => found ?? forget(), forget)
    return value
  }
}
