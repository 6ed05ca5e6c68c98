import { vi } from 'vitest'

/** Far more than anything takes, so that a busy machine fails no test. */
const PATIENCE_MS = 15_000

/** Looks again and again until nothing is thrown any more, and resolves to what was seen. vitest itself gives up after 1 s. */
export const eventually = <T>(look: () => T | Promise<T>, { interval = 5, timeout = PATIENCE_MS } = {}): Promise<T> =>
  vi.waitFor(look, { interval, timeout })
