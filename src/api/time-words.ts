/** Times as answers say them in sentences: in UTC, to the minute. */

/** `2026-01-31`. Takes milliseconds. */
export const dateWords = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** `2026-01-31 at 09:00 UTC`. Takes an ISO time. */
export function momentWords(iso: string): string {
  const [day, time = ''] = new Date(iso).toISOString().split('T')
  return `${day} at ${time.slice(0, 5)} UTC`
}

/** `26 hours`, and from two days on `2 days`. Takes hours, and rounds down. */
export function durationWords(hours: number): string {
  const [count, unit] = hours >= 48 ? [Math.floor(hours / 24), 'day'] : [Math.floor(hours), 'hour']
  return count === 1 ? `one ${unit}` : `${count} ${unit}s`
}

/** What follows `every`: `hour`, `4 hours`, `15 minutes`. Takes seconds. */
export function intervalWords(secs: number): string {
  const [size, unit] = secs % 86_400 === 0 ? [86_400, 'day'] : secs % 3_600 === 0 ? [3_600, 'hour'] : [60, 'minute']
  const count = Math.max(1, Math.round(secs / size))
  return count === 1 ? unit : `${count} ${unit}s`
}
