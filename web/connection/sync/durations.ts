import { formatCount } from '../../../ui/numbers.ts'

/** `0.3 s`, `45 s`, `3 min 20 s`, `2 h 5 min`: a duration beside others that it is compared with. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const minutes = Math.floor(Math.round(seconds) / 60)
  if (minutes < 60) return `${minutes} min ${Math.round(seconds) % 60} s`
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`
}

/** Seconds between two ISO times; until `now` where there is no second one. */
export const secondsBetween = (from: string, to: string | null, now: number): number =>
  Math.max(0, ((to === null ? now : Date.parse(to)) - Date.parse(from)) / 1000)
