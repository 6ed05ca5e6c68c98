/** Numbers the way people read them. */

const grouped = new Intl.NumberFormat('en-US')

/** `12,345` */
export const count = (value: number): string => grouped.format(value)

/** `1 row`, `12,345 rows` */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`

/** `0.8 s`, `42 s`, `3 min 20 s`, `2 h 05 min` */
export function duration(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${whole % 60} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`

/** `not_permitted` as `not permitted` */
export const words = (name: string): string => name.replaceAll('_', ' ')
