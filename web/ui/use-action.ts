import { useRef, useState } from 'preact/hooks'

export interface Action<Input extends readonly unknown[]> {
  readonly isBusy: boolean
  /** Why the last try failed; null again as soon as it is tried anew. */
  readonly error: Error | null
  /** Does it, unless it is being done. Resolves to whether it was done. */
  run(...input: Input): Promise<boolean>
}

/** Something that a person sets off: whether it is being done, and why it could not be. */
export function useAction<Input extends readonly unknown[]>(act: (...input: Input) => Promise<unknown>): Action<Input> {
  const [state, setState] = useState<{ isBusy: boolean; error: Error | null }>({ isBusy: false, error: null })
  const isRunning = useRef(false)
  const run = async (...input: Input): Promise<boolean> => {
    if (isRunning.current) return false
    isRunning.current = true
    setState({ isBusy: true, error: null })
    try {
      await act(...input)
      setState({ isBusy: false, error: null })
      return true
    } catch (thrown) {
      setState({ isBusy: false, error: thrown instanceof Error ? thrown : new Error(String(thrown)) })
      return false
    } finally {
      isRunning.current = false
    }
  }
  return { ...state, run }
}
