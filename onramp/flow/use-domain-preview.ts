import { useEffect, useState } from 'preact/hooks'
import type { DomainAnswer } from '../answers.ts'
import type { OnrampServer } from '../server.ts'

/** How long after the last keystroke the server is asked, in milliseconds. */
const PAUSE_MS = 250

/** What the server makes of a domain as it is typed. The answer before stays until the next is there. */
export function useDomainPreview(server: OnrampServer, text: string): DomainAnswer | null {
  const [preview, setPreview] = useState<DomainAnswer | null>(null)
  useEffect(() => {
    if (text.trim() === '') {
      setPreview(null)
      return
    }
    const gone = new AbortController()
    const timer = setTimeout(() => {
      server.domain(text, { ask: false, signal: gone.signal }).then(
        (answer) => {
          if (!gone.signal.aborted) setPreview(answer)
        },
        // A preview that cannot be had is no error: pressing Continue tells what is wrong.
        () => undefined,
      )
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      gone.abort()
    }
  }, [server, text])
  return preview
}
