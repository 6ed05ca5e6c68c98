import type { RefObject } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { CheckRow, ConnectionTest, Estimate, GivenCredentials } from '../answers.ts'
import type { OnrampServer } from '../server.ts'
import { type Trouble, troubleOf } from '../trouble.ts'

export interface CheckState {
  /** As they were found. */
  readonly rows: readonly CheckRow[]
  /** Null until the check is over. */
  readonly result: ConnectionTest | null
  /** Why there is no result. */
  readonly trouble: Trouble | null
  /** `failed`: how long the first sync takes cannot be told. */
  readonly estimate: Estimate | 'failed' | null
}

const NOTHING: CheckState = { rows: [], result: null, trouble: null, estimate: null }

/** Checks the token as soon as the step is there, and again when asked to. It is read out of `secret` for each use. */
export function useCheck(server: OnrampServer, domain: string, secret: RefObject<string | null>) {
  const [state, setState] = useState<CheckState>(NOTHING)
  const gone = useRef<AbortController | null>(null)

  const run = useCallback(async () => {
    gone.current?.abort()
    gone.current = new AbortController()
    const { signal } = gone.current
    const credentials: GivenCredentials = { domain, api_token: secret.current ?? '' }
    const add = (part: (before: CheckState) => CheckState) => {
      if (!signal.aborted) setState(part)
    }
    add(() => NOTHING)
    try {
      const result = await server.check(credentials, {
        signal,
        onRow: (row) => add((before) => ({ ...before, rows: [...before.rows, row] })),
      })
      add((before) => ({ ...before, result, rows: result.check?.rows ?? before.rows }))
      if (!result.is_valid) return
    } catch (thrown) {
      add((before) => ({ ...before, trouble: troubleOf(thrown) }))
      return
    }
    const estimate = await server.estimate(credentials, signal).catch(() => 'failed' as const)
    add((before) => ({ ...before, estimate }))
  }, [server, domain, secret])

  useEffect(() => {
    void run()
    return () => gone.current?.abort()
  }, [run])

  return { ...state, isRunning: state.result === null && state.trouble === null, run }
}
