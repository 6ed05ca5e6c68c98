const MINUTE = 60
const HOUR = 60 * MINUTE

/** Seconds from a failed attempt to the next, by how many there have been; the last one from then on, for a day. */
const WAITS: readonly number[] = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR]

/** What an endpoint may ask for: less would be no pause, more would be a way to be forgotten. */
const SHORTEST_PAUSE = 5
const LONGEST_PAUSE = HOUR

/** Statuses with which a receiver says that it cannot just now, and until when. */
const PAUSING: ReadonlySet<number> = new Set([429, 503])

/** Seconds until the attempt after the one with this number, counted from 1. */
export const waitAfter = (attempts: number): number => WAITS[Math.max(0, attempts - 1)] ?? WAITS.at(-1) ?? 0

/**
 * Seconds for which an endpoint asks to be left alone, within limits; null when it does not.
 * `Retry-After` is seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function pauseAfter(status: number, retryAfter: string | null, nowMs: number): number | null {
  if (!PAUSING.has(status) || retryAfter === null) return null
  const text = retryAfter.trim()
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - nowMs) / 1_000)
  if (Number.isNaN(seconds)) return null
  return Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, seconds))
}
