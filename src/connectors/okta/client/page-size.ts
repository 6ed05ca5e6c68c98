/** Good pages in a row before a larger size is tried again; doubles whenever the larger one fails once more. */
const GROW_AFTER = 3
const GROW_AFTER_MOST = 96
/** Halving stops here once, before it goes on to single rows to get around one that breaks the page. */
const FLOOR = 10

/** What one kind of listing can take at present. */
interface Family {
  size: number
  /** Optional parameters such as `expand` are left out for now. */
  isBare: boolean
  good: number
  growAfter: number
  hasGrown: boolean
}

/** How a page is asked for: its size, and whether optional parameters are left out. */
export interface PageShape {
  readonly size: number
  readonly isBare: boolean
}

/**
 * Remembers per kind of listing the page size that Okta manages. A list that answers 500 took too long: half the size
 * usually passes, and after a while the full one does again.
 * @see https://github.com/okta/okta-developer-docs/issues/3503
 */
export class PageSizes {
  readonly #families = new Map<string, Family>()

  /** How to ask for the next page of `family` when `wanted` rows would be best. */
  shape(family: string, wanted: number): PageShape {
    const known = this.#families.get(family)
    return { size: Math.min(wanted, known?.size ?? wanted), isBare: known?.isBare ?? false }
  }

  /**
   * The next smaller way to ask, or null when there is none: half the size down to a single row; then without the
   * optional parameters, from a small page down once more.
   */
  smaller({ size, isBare }: PageShape, wanted: number, hasOptional: boolean): PageShape | null {
    if (size > FLOOR) return { size: Math.max(FLOOR, Math.floor(size / 2)), isBare }
    if (size > 1) return { size: Math.floor(size / 2), isBare }
    return hasOptional && !isBare ? { size: Math.min(FLOOR, wanted), isBare: true } : null
  }

  /** A page came: keep a shape that had to shrink, and grow back after enough good ones. */
  passed(family: string, shape: PageShape, wanted: number): void {
    const known = this.#families.get(family)
    const isFull = shape.size >= wanted && !shape.isBare
    if (!known) {
      if (!isFull) this.#families.set(family, { ...shape, good: 0, growAfter: GROW_AFTER, hasGrown: false })
      return
    }
    if (shape.size !== known.size || shape.isBare !== known.isBare) this.#shrink(known, shape)
    else if (!isFull && ++known.good >= known.growAfter) this.#grow(known, wanted)
  }

  #grow(known: Family, wanted: number): void {
    known.good = 0
    known.hasGrown = true
    if (known.size < wanted) known.size = Math.min(wanted, known.size * 2)
    else known.isBare = false
  }

  #shrink(known: Family, shape: PageShape): void {
    if (known.hasGrown) known.growAfter = Math.min(known.growAfter * 2, GROW_AFTER_MOST)
    Object.assign(known, shape, { good: 0, hasGrown: false })
  }
}
