/**
 * Collects what is ready to be saved and saves it together, one transaction at a time.
 *
 * A factor pass answers ten thousand tiny pages; a transaction each would spend its time on commits. Whatever became
 * ready while the last transaction ran goes into the next one, so a slow listing still commits page by page.
 */
export class CommitQueue<Item> {
  readonly #save: (items: readonly Item[]) => Promise<void>
  readonly #weigh: (item: Item) => number
  readonly #most: number
  #waiting: { item: Item; resolve: () => void; reject: (error: unknown) => void }[] = []
  #isDraining = false

  /** `most`: what one save may weigh in all; an item that is heavier alone is saved alone. */
  constructor(save: (items: readonly Item[]) => Promise<void>, most: number, weigh: (item: Item) => number) {
    this.#save = save
    this.#most = most
    this.#weigh = weigh
  }

  /** Resolves when the item is durable. */
  commit(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (!this.#isDraining) void this.#drain()
    })
  }

  /** Begins and ends in the same breath as it looks at what waits, so that nothing is left to wait in between. */
  async #drain(): Promise<void> {
    this.#isDraining = true
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#fitting())
      try {
        await this.#save(batch.map(({ item }) => item))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#isDraining = false
  }

  /** How many of the waiting items go into one save: at least one. */
  #fitting(): number {
    let weight = 0
    const tooMany = this.#waiting.findIndex(({ item }, index) => {
      weight += this.#weigh(item)
      return index > 0 && weight > this.#most
    })
    return tooMany === -1 ? this.#waiting.length : tooMany
  }
}
