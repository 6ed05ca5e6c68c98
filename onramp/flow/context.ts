import { createContext, type RefObject } from 'preact'
import { useContext, useEffect } from 'preact/hooks'
import type { Trouble } from '../trouble.ts'

/** What every step may need of the element around it. */
export interface Surroundings {
  readonly variant: 'dialog' | 'page'
  /** The product that asks, as the host page calls it; else Rollcall. */
  readonly asker: string
  readonly docsUrlOverrides: Readonly<Record<string, string>>
  /** Whether a step has been shown yet: from then on each new one takes the focus. */
  readonly hasBegun: RefObject<boolean>
  onFailed(trouble: Trouble): void
  close(): void
}

export const SurroundingsContext = createContext<Surroundings>({
  variant: 'page',
  asker: 'Rollcall',
  docsUrlOverrides: {},
  hasBegun: { current: false },
  onFailed: () => undefined,
  close: () => undefined,
})

export const useSurroundings = (): Surroundings => useContext(SurroundingsContext)

/** Tells the host page of each error that is shown to the person. */
export function useShown(shown: Trouble | null): void {
  const { onFailed } = useSurroundings()
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once for each error, whoever listens by then
  useEffect(() => {
    if (shown) onFailed(shown)
  }, [shown])
}
