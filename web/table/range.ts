import { formatCount } from '../../ui/numbers.ts'

/** `51–100 of 100,042`; as much of it as is known. */
export function rangeWords(from: number | null, count: number, total: number | null): string {
  const of = total === null ? '' : ` of ${formatCount(total)}`
  if (count === 0) return ''
  if (from === null) return `${formatCount(count)}${of}`
  if (from === 1 && total === count) return formatCount(count)
  return `${formatCount(from)}–${formatCount(from + count - 1)}${of}`
}
