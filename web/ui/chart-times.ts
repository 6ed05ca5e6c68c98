/** In seconds. */
export const DAY = 24 * 60 * 60

const formatter = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat('en', options)
  return (time: number): string => format.format(time * 1000)
}

/** Times that stand for whole days, which are meant in UTC. */
export const areDays = (times: readonly number[]): boolean =>
  times.length > 0 && times.every((time) => time % DAY === 0)

const shortDay = { month: 'short', day: 'numeric' } as const
const DAYS = {
  full: formatter({ weekday: 'short', ...shortDay, year: 'numeric', timeZone: 'UTC' }),
  axis: formatter({ ...shortDay, timeZone: 'UTC' }),
}
const clock = formatter({ hour: 'numeric', minute: '2-digit' })
const date = formatter(shortDay)
const MOMENTS = {
  full: formatter({ ...shortDay, hour: 'numeric', minute: '2-digit' }),
  /** The day at its beginning, else the time of day. */
  axis: (time: number): string => {
    const at = new Date(time * 1000)
    return at.getHours() === 0 && at.getMinutes() === 0 ? date(time) : clock(time)
  },
}

/** How times of a chart are written: in full, and in short along its axis. */
export const timeFormats = (times: readonly number[]): typeof DAYS => (areDays(times) ? DAYS : MOMENTS)
