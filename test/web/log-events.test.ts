import { describe, expect, it } from 'vitest'
import { mergedEvents } from '../../web/records/log-events.ts'
import type { ListPage } from '../../web/table/list.ts'

interface Event {
  readonly id: string
  readonly published_at: string | null
}

const freshness = { outcome: 'complete', lastCompleteAt: null } as const
const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString()
const { signal } = new AbortController()

/** A list of events, newest first, read two at a time. */
function listOf(...events: readonly (readonly [id: string, minute: number])[]) {
  return async (cursor: string | null): Promise<ListPage<Event>> => {
    const from = Number(cursor ?? 0)
    const rows = events.slice(from, from + 2).map(([id, minute]) => ({ id, published_at: at(minute) }))
    const next = from + 2 < events.length ? String(from + 2) : null
    return { rows, next, previous: null, total: null, freshness }
  }
}

async function walk(...lists: readonly ReturnType<typeof listOf>[]): Promise<readonly (readonly string[])[]> {
  const load = mergedEvents(lists)
  const seen: string[][] = []
  let stretch = await load(null, signal)
  for (;;) {
    seen.push(stretch.rows.map(({ id }) => id))
    if (stretch.next === null) return seen
    stretch = await load(stretch.next, signal)
  }
}

describe('events of two lists', () => {
  it('come newest first, whichever list they are in', async () => {
    const seen = await walk(listOf(['a', 9], ['c', 7], ['e', 5], ['g', 3]), listOf(['b', 8], ['d', 6], ['f', 4]))
    expect(seen.flat()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  })

  it('wait while another list may still bring newer ones', async () => {
    const seen = await walk(listOf(['a', 9], ['b', 8], ['c', 7], ['d', 6]), listOf(['x', 2], ['y', 1]))
    expect(seen[0]).toEqual(['a', 'b'])
    expect(seen.flat()).toEqual(['a', 'b', 'c', 'd', 'x', 'y'])
  })

  it('are shown once when they are in both', async () => {
    const seen = await walk(listOf(['a', 9], ['b', 8], ['c', 7]), listOf(['a', 9], ['c', 7]))
    expect(seen.flat()).toEqual(['a', 'b', 'c'])
  })

  it('end when both lists have ended, also where both are empty', async () => {
    expect(await walk(listOf(), listOf())).toEqual([[]])
  })
})
