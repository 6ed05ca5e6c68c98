/**
 * Records by index: the generated ones are made when asked for, and only what changed since is kept. Indexes are never
 * used twice, so an id stays the id of one thing.
 */
export class Table<T> {
  readonly #base: number
  readonly #generate: (index: number) => T
  readonly #changed = new Map<number, T>()
  readonly #deleted = new Set<number>()
  #end: number

  constructor(base: number, generate: (index: number) => T) {
    this.#base = base
    this.#generate = generate
    this.#end = base
  }

  /** One past the highest index ever used. */
  get end(): number {
    return this.#end
  }

  get count(): number {
    return this.#end - this.#deleted.size
  }

  has(index: number): boolean {
    return index >= 0 && index < this.#end && !this.#deleted.has(index)
  }

  /** The changed record, if it was changed since the org was made. */
  changed(index: number): T | undefined {
    return this.#changed.get(index)
  }

  changedIndexes(): IterableIterator<number> {
    return this.#changed.keys()
  }

  deletedIndexes(): IterableIterator<number> {
    return this.#deleted.values()
  }

  get(index: number): T | undefined {
    if (!this.has(index)) return undefined
    return this.#changed.get(index) ?? this.#generate(index)
  }

  set(index: number, record: T): void {
    this.#changed.set(index, record)
  }

  append(record: T): number {
    const index = this.#end++
    this.#changed.set(index, record)
    return index
  }

  delete(index: number): void {
    this.#deleted.add(index)
    this.#changed.delete(index)
  }

  /** Indexes of everything that is there, from `from` on. */
  *indexes(from = 0): Generator<number> {
    for (let index = Math.max(0, from); index < this.#end; index++) if (!this.#deleted.has(index)) yield index
  }

  /** How many of the generated ones are gone. */
  get deletedFromBase(): number {
    let gone = 0
    for (const index of this.#deleted) if (index < this.#base) gone++
    return gone
  }
}
