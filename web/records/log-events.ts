import type { Freshness, ListPage, Stretch } from '../table/list.ts'

interface Event {
  readonly id: string
  readonly published_at: string | null
}

/** Where a walk through two lists of events stands. */
export interface MergedPlace<Row> {
  /** The cursor of each list; null at its end. */
  readonly cursors: readonly (string | null)[]
  /** Read already, but older than what another list may still bring. */
  readonly held: readonly Row[]
}

type LoadPage<Row> = (cursor: string | null, signal: AbortSignal) => Promise<ListPage<Row>>

/**
 * Events of several lists as one, newest first: what a user did, and what happened to them. An event that is in both is
 * shown once.
 */
export function mergedEvents<Row extends Event>(lists: readonly LoadPage<Row>[]) {
  return async (from: MergedPlace<Row> | null, signal: AbortSignal): Promise<Stretch<Row, MergedPlace<Row>>> => {
    const pages = await Promise.all(
      lists.map((load, place) => {
        const cursor = from?.cursors[place] ?? null
        return from !== null && cursor === null ? null : load(cursor, signal)
      }),
    )
    const all = [...(from?.held ?? []), ...pages.flatMap((page) => page?.rows ?? [])]
    const rows = [...new Map(all.map((row) => [row.id, row])).values()].sort((a, b) => timeOf(b) - timeOf(a))
    // A list that goes on may still have events as new as its last one, and so newer than some that another brought.
    const bound = Math.max(...pages.map((page) => (page?.next ? timeOf(page.rows.at(-1)) : Number.NEGATIVE_INFINITY)))
    const cursors = pages.map((page) => page?.next ?? null)
    const isOver = cursors.every((cursor) => cursor === null)
    return {
      rows: rows.filter((row) => isOver || timeOf(row) >= bound),
      next: isOver ? null : { cursors, held: rows.filter((row) => timeOf(row) < bound) },
      freshness: pages.find((page) => page !== null)?.freshness ?? UNKNOWN,
    }
  }
}

const UNKNOWN: Freshness = { outcome: 'complete', lastCompleteAt: null }

const timeOf = (event: Event | undefined): number =>
  event?.published_at ? Date.parse(event.published_at) : Number.NEGATIVE_INFINITY
