const DAY = /^\d{4}-\d\d-\d\d$/

/** The local day of a moment; a day as it is. */
export function dayOf(value: string): string {
  if (DAY.test(value)) return value
  const at = new Date(value)
  if (value === '' || Number.isNaN(at.getTime())) return ''
  const [year, month, day] = [at.getFullYear(), at.getMonth() + 1, at.getDate()]
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** The moment at which a day begins here, and for the last day of a range, at which it is over; a moment as it is. */
export function momentOf(value: string | undefined, edge: 'since' | 'until'): string | undefined {
  if (value === undefined || !DAY.test(value)) return value
  const at = new Date(`${value}T00:00:00`)
  if (Number.isNaN(at.getTime())) return value
  // Days of 23 and 25 hours end at midnight as well.
  if (edge === 'until') at.setDate(at.getDate() + 1)
  return at.toISOString()
}
