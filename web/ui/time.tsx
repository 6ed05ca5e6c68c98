import { useEffect, useState } from 'preact/hooks'
import { formatAgo, formatTime } from '../../ui/numbers.ts'

/** A moment as people say it, `5 minutes ago`, kept current, with the exact time on hover. */
export function Ago({ at }: { readonly at: string }) {
  useNow(30_000)
  return (
    <time dateTime={at} title={formatTime(at)}>
      {formatAgo(at)}
    </time>
  )
}

/** Renders again every so many milliseconds, and says the time. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

/** Calls back every so many milliseconds while the page is in sight; null: not at all. */
export function useEvery(everyMs: number | null, act: () => void): void {
  useEffect(() => {
    if (everyMs === null) return
    const actInSight = () => {
      if (document.visibilityState === 'visible') act()
    }
    const timer = setInterval(actInSight, everyMs)
    document.addEventListener('visibilitychange', actInSight)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', actInSight)
    }
  }, [everyMs, act])
}
