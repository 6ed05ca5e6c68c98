/** How numbers, times and durations are written for people: in English, as all the words around them are. */

const LOCALE = 'en'

const whole = new Intl.NumberFormat(LOCALE)
const percent = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 })
const date = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' })
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' })

export const formatCount = (count: number): string => whole.format(count)
/** `share` from 0 to 1. What is not nothing never reads as 0%, what is not all never as 100%. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1%'
  return share < 1 && share >= 0.9995 ? '>99.9%' : percent.format(share)
}
/** `at` is an ISO time. */
export const formatTime = (at: string): string => date.format(new Date(at))

/** `1 user`, `2,000 users`. */
export const formatCounted = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`

const STEPS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Number.POSITIVE_INFINITY],
] as const

/** How long ago, or until when: `5 minutes ago`, `in 3 hours`. */
export function formatAgo(at: string, now: number = Date.now()): string {
  let value = (Date.parse(at) - now) / 1000
  for (const [unit, size] of STEPS) {
    if (Math.abs(value) < size - 0.5) return relative.format(Math.round(value), unit)
    value /= size
  }
  return formatTime(at)
}

/** `40 seconds`, `3 minutes`, `2 hours`: a duration that nobody needs to the second. */
export function formatSeconds(seconds: number): string {
  if (seconds < 90) return formatCounted(Math.max(1, Math.round(seconds)), 'second')
  if (seconds < 90 * 60) return formatCounted(Math.round(seconds / 60), 'minute')
  return formatCounted(Math.round(seconds / 3600), 'hour')
}
