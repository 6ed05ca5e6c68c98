/** How often and how long to wait when the server says that there were too many requests. */
export interface Patience {
  /** Tries after the first; 0: an answer of 429 is handed on at once. */
  readonly retries: number
  /** The longest single wait, in seconds: an answer that asks for more is handed on. */
  readonly longestWaitSecs: number
}
export const DEFAULT_PATIENCE: Patience = { retries: 4, longestWaitSecs: 60 }

/** Where an answer of 429 does not say how long to wait, in seconds. */
const UNTOLD_WAIT_SECS = 1

export type Send = (request: Request) => Promise<Response>
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

/** Sends again what was answered with 429, after as long as `Retry-After` asks: nothing of it had been done. */
export function patient(send: Send, sleep: Sleep, { retries, longestWaitSecs }: Patience): Send {
  return async (request) => {
    for (let left = retries; ; left--) {
      // A body can be sent once: what may have to be sent again is a copy.
      const response = await send(left > 0 ? request.clone() : request)
      if (response.status !== 429 || left <= 0) return response
      const seconds = waitOf(response)
      if (seconds > longestWaitSecs) return response
      await response.body?.cancel()
      await sleep(seconds * 1000, request.signal)
    }
  }
}

function waitOf(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : UNTOLD_WAIT_SECS
}

/** @throws the signal's reason when it is aborted */
export const sleepFor: Sleep = (ms, signal) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, { once: true })
  })
