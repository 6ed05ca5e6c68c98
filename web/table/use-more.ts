import { useEffect, useRef, useState } from 'preact/hooks'
import { useAnswer } from '../ui/use-answer.ts'
import type { Freshness, Stretch } from './list.ts'

export interface MoreState<Row> {
  /** Null while the first ones are on their way, or when they could not be loaded. */
  readonly rows: readonly Row[] | null
  readonly freshness: Freshness | null
  readonly error: Error | null
  readonly isLoading: boolean
  readonly hasMore: boolean
  readonly isLoadingMore: boolean
  readonly moreError: Error | null
  showMore(): void
  reload(): void
}

interface Added<Row, Place> {
  readonly to: Stretch<Row, Place>
  readonly rows: readonly Row[]
  readonly next: Place | null
  readonly isLoading: boolean
  readonly error: Error | null
}

/** Records that are read a stretch at a time, each added below the ones before. */
export function useMore<Row extends { readonly id: string }, Place>(
  key: string,
  load: (from: Place | null, signal: AbortSignal) => Promise<Stretch<Row, Place>>,
): MoreState<Row> {
  const first = useAnswer(key, (signal) => load(null, signal))
  const [added, setAdded] = useState<Added<Row, Place> | null>(null)
  const gone = useRef<AbortController | null>(null)
  // What is still on its way belongs to what was shown before.
  // biome-ignore lint/correctness/useExhaustiveDependencies: ends with each first answer
  useEffect(() => () => gone.current?.abort(), [first.data])

  const more = added && added.to === first.data ? added : null
  const next = more ? more.next : (first.data?.next ?? null)

  const showMore = () => {
    const to = first.data
    if (to === null || next === null || more?.isLoading) return
    gone.current = new AbortController()
    const { signal } = gone.current
    const before = { to, rows: more?.rows ?? [], next }
    setAdded({ ...before, isLoading: true, error: null })
    load(next, signal)
      .then((stretch) => {
        // A record that moved meanwhile may come twice.
        const known = new Set([...to.rows, ...before.rows].map(({ id }) => id))
        const rows = [...before.rows, ...stretch.rows.filter(({ id }) => !known.has(id))]
        if (!signal.aborted) setAdded({ to, rows, next: stretch.next, isLoading: false, error: null })
      })
      .catch((thrown: unknown) => {
        const error = thrown instanceof Error ? thrown : new Error(String(thrown))
        if (!signal.aborted) setAdded({ ...before, isLoading: false, error })
      })
  }

  return {
    rows: first.data && (more ? [...first.data.rows, ...more.rows] : first.data.rows),
    freshness: first.data?.freshness ?? null,
    error: first.error,
    isLoading: first.isLoading,
    hasMore: next !== null,
    isLoadingMore: more?.isLoading ?? false,
    moreError: more?.error ?? null,
    showMore,
    reload: first.reload,
  }
}
