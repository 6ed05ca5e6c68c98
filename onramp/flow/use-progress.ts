import { useEffect, useState } from 'preact/hooks'
import type { Job, Progress } from '../answers.ts'
import type { OnrampServer } from '../server.ts'
import { type Trouble, troubleOf } from '../trouble.ts'

/** Waits between tries to get the line back, in milliseconds; the last one is used from then on. */
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000]
/** A line that says nothing for so long may be dead without knowing: it is opened anew, quietly. */
const SILENCE_MS = 45_000

export interface Followed {
  /** The latest that was told; it stays while the line is broken. */
  readonly progress: Progress | null
  /** The line is broken, and is tried again. */
  readonly isLost: boolean
  /** It cannot be followed any more. */
  readonly trouble: Trouble | null
}

/** Whether a sync has come to its end. One that waits for its next try has not. */
export const isOver = (job: Job | null): boolean => job !== null && job.status !== 'PENDING' && job.status !== 'RUNNING'

/** Follows the sync of a connection to its end, whatever happens to the line. */
export function useProgress(server: OnrampServer, connectionId: string): Followed {
  const [state, setState] = useState<Followed>({ progress: null, isLost: false, trouble: null })

  useEffect(() => {
    const gone = new AbortController()
    void follow(server, connectionId, gone.signal, (part) => {
      if (!gone.signal.aborted) setState((before) => ({ ...before, ...part }))
    })
    return () => gone.abort()
  }, [server, connectionId])

  return state
}

async function follow(
  server: OnrampServer,
  connectionId: string,
  gone: AbortSignal,
  tell: (part: Partial<Followed>) => void,
): Promise<void> {
  let latest: Progress | null = null
  for (let failures = 0; !gone.aborted; ) {
    const line = lineOf(gone)
    try {
      await server.follow(connectionId, {
        signal: line.signal,
        onProgress: (progress) => {
          line.isAlive()
          latest = progress
          failures = 0
          tell({ progress, isLost: false })
        },
      })
      if (isOver((latest as Progress | null)?.job ?? null)) return
      // Closed in good order before the end: the server restarts, or something between them has had enough.
      await wait(WAITS_MS[0] ?? 0, gone)
    } catch (thrown) {
      if (gone.aborted) return
      if (line.wasSilent()) continue
      const trouble = troubleOf(thrown)
      if (isFinal(trouble)) return tell({ trouble, isLost: false })
      tell({ isLost: true })
      await wait(WAITS_MS[Math.min(failures++, WAITS_MS.length - 1)] ?? 0, gone)
    } finally {
      line.close()
    }
  }
}

const FINAL: ReadonlySet<string> = new Set(['invite_token_invalid', 'connection_not_found'])

/** The server answers, and will not answer otherwise the next time. */
const isFinal = ({ code, httpStatus }: Trouble): boolean =>
  FINAL.has(code) || (httpStatus !== null && httpStatus >= 400 && httpStatus < 500 && httpStatus !== 429)

/** A signal for one line: aborted with `gone`, or after a long silence. */
function lineOf(gone: AbortSignal) {
  const line = new AbortController()
  let isSilent = false
  const onSilence = () => {
    isSilent = true
    line.abort()
  }
  const onGone = () => line.abort()
  gone.addEventListener('abort', onGone)
  let timer = setTimeout(onSilence, SILENCE_MS)
  return {
    signal: line.signal,
    isAlive() {
      clearTimeout(timer)
      timer = setTimeout(onSilence, SILENCE_MS)
    },
    wasSilent: () => isSilent,
    close() {
      clearTimeout(timer)
      gone.removeEventListener('abort', onGone)
    },
  }
}

/** Waits, or stops waiting once it is no use. */
const wait = (ms: number, gone: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      gone.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    gone.addEventListener('abort', end)
  })
