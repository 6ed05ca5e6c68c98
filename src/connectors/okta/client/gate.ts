/** Good answers after which a narrowed gate opens by one. */
const GROW_AFTER = 30
const GROW_AFTER_MOST = 480

/** Leave to have one request in flight. */
export interface Pass {
  /** Gives the place back. */
  leave(): void
  /** Okta's concurrency limit refused this request: halve the gate, once for all requests that were in flight together. */
  crowded(): void
  /** The request was answered: enough of these open the gate again by one. */
  fine(): void
}

/**
 * How many requests may be in flight at once. It narrows when Okta says that there are too many and widens slowly
 * afterwards, never above its size. A gate inside another takes a place in both.
 * @see https://developer.okta.com/docs/reference/rl2-concurrency/
 */
export class Gate {
  readonly #size: number
  readonly #outer: Gate | null
  readonly #waiting = new Set<() => void>()
  #capacity: number
  #inside = 0
  #entered = 0
  /** Requests that entered up to here have had their say about crowding. */
  #heardUntil = 0
  #fine = 0
  #growAfter = GROW_AFTER

  constructor(size: number, outer: Gate | null = null) {
    this.#size = size
    this.#capacity = size
    this.#outer = outer
  }

  get capacity(): number {
    return this.#capacity
  }

  get inFlight(): number {
    return this.#inside
  }

  /** A pass, or null when it is full: `onRoom` is then called once, when trying again is worth it. */
  tryEnter(onRoom: () => void): Pass | null {
    if (this.#inside >= this.#capacity) {
      this.#waiting.add(onRoom)
      return null
    }
    const outerPass = this.#outer?.tryEnter(onRoom)
    if (outerPass === null) return null
    this.#inside++
    const number = ++this.#entered
    let left = false
    return {
      leave: () => {
        if (left) return
        left = true
        this.#inside--
        outerPass?.leave()
        this.#admit()
      },
      crowded: () => this.#narrow(number),
      fine: () => this.#widen(),
    }
  }

  #narrow(number: number): void {
    if (number <= this.#heardUntil) return
    this.#heardUntil = this.#entered
    this.#capacity = Math.max(1, Math.floor(Math.min(this.#capacity, this.#inside) / 2))
    this.#fine = 0
    this.#growAfter = Math.min(this.#growAfter * 2, GROW_AFTER_MOST)
  }

  #widen(): void {
    if (this.#capacity === this.#size || ++this.#fine < this.#growAfter) return
    this.#fine = 0
    this.#capacity++
    this.#admit()
  }

  /** Calls one waiter after the other while there is room, so that they take turns. */
  #admit(): void {
    for (const onRoom of this.#waiting) {
      if (this.#inside >= this.#capacity) return
      this.#waiting.delete(onRoom)
      onRoom()
    }
  }
}

/** The cap over all sessions of this process: many connections together still make one well-behaved client. */
export const processGate = new Gate(32)
