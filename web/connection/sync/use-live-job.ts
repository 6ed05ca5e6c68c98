import { useEffect, useRef, useState } from 'preact/hooks'
import type { Schema } from '../../../src/client/index.ts'
import { readEvents } from '../../../ui/event-stream.ts'
import { SESSION_HEADERS } from '../../session.ts'
import { useConnection } from '../context.tsx'

type Job = Schema<'Job'>

export interface LiveJob {
  /** The job as of a second ago; null before anything was heard of it. */
  readonly job: Job | null
  /** The line to the server is broken; it is tried again. */
  readonly isLost: boolean
}

const NEXT_TRY_MS = 3_000

/** Follows the unfinished job of the connection while `isOn`. `onEnd` is called when it has ended, or may have. */
export function useLiveJob(isOn: boolean, onEnd: () => void): LiveJob {
  const { organizationId, connectionId } = useConnection()
  const [live, setLive] = useState<LiveJob>({ job: null, isLost: false })
  const latestOnEnd = useRef(onEnd)
  latestOnEnd.current = onEnd

  useEffect(() => {
    if (!isOn) return
    setLive({ job: null, isLost: false })
    const gone = new AbortController()
    const { signal } = gone
    const follow = async () => {
      while (!signal.aborted) {
        try {
          await readEvents({
            url: `/v1/provisioning/organizations/${organizationId}/connections/${connectionId}/progress`,
            headers: SESSION_HEADERS,
            signal,
            onEvent: ({ event, data }) => {
              if (event === 'progress') setLive({ job: (data as { job: Job | null }).job, isLost: false })
            },
          })
        } catch {
          if (!signal.aborted) setLive(({ job }) => ({ job, isLost: true }))
        }
        if (signal.aborted) return
        // Reads the connection anew: says whether there is still something to follow, or that the session has ended.
        latestOnEnd.current()
        await pause(NEXT_TRY_MS, signal)
      }
    }
    void follow()
    return () => gone.abort()
  }, [isOn, organizationId, connectionId])
  return live
}

/** Ends early, and in good order, when it is no longer waited for. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
