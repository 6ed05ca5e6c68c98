import type { ComponentType } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { Failure } from '../ui/failure.tsx'

/**
 * A component whose script is fetched when it is first shown. Until then there is quiet room for it; when the script
 * does not arrive, a sentence and a way to try again: networks break, and servers are updated under open pages.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each page, beside the imports
  return function Later(props: Props) {
    const [, showAgain] = useState(0)
    const [error, setError] = useState<Error | null>(null)
    const ask = useCallback(() => {
      setError(null)
      load().then(
        (component) => {
          loaded = component
          showAgain((count) => count + 1)
        },
        (thrown: unknown) => setError(thrown instanceof Error ? thrown : new Error(String(thrown))),
      )
    }, [])
    useEffect(() => {
      if (loaded === null) ask()
    }, [ask])
    if (loaded) {
      const Loaded = loaded
      return <Loaded {...props} />
    }
    if (error) return <Failure error={error} onRetry={() => location.reload()} />
    return <div class="coming" aria-busy="true" />
  }
}
