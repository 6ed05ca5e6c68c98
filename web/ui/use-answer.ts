import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { RollcallError } from '../../src/client/index.ts'

export interface Answer<Data> {
  /** The last answer. While another is on its way, or when that failed, the one before stays: nothing jumps. */
  readonly data: Data | null
  readonly error: RollcallError | Error | null
  readonly isLoading: boolean
  reload(): void
}

/**
 * What a request answered. `key` names what is asked for: the request is made again whenever it changes, and null asks for
 * nothing. An answer to an older key never wins over a newer one.
 */
export function useAnswer<Data>(key: string | null, load: (signal: AbortSignal) => Promise<Data>): Answer<Data> {
  const [state, setState] = useState<{
    key: string | null
    data: Data | null
    error: Error | null
    isLoading: boolean
  }>({ key: null, data: null, error: null, isLoading: key !== null })
  const [round, setRound] = useState(0)
  const latest = useRef(load)
  latest.current = load

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again for the same key
  useEffect(() => {
    if (key === null) return
    const gone = new AbortController()
    setState((before) => ({ ...before, isLoading: true }))
    latest
      .current(gone.signal)
      .then((data) => {
        if (!gone.signal.aborted) setState({ key, data, error: null, isLoading: false })
      })
      .catch((thrown: unknown) => {
        const error = thrown instanceof Error ? thrown : new Error(String(thrown))
        if (!gone.signal.aborted) setState((before) => ({ ...before, key, error, isLoading: false }))
      })
    return () => gone.abort()
  }, [key, round])

  const reload = useCallback(() => setRound((count) => count + 1), [])
  // Asked for in this very render: the effect has not run yet, and nobody should take that for an answer of nothing.
  const isLoading = key !== null && (state.isLoading || state.key !== key)
  return { data: state.data, error: state.error, isLoading, reload }
}
