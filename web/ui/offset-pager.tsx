import { useLocation } from 'preact-iso'
import { formatCount } from '../../ui/numbers.ts'
import { withQuery } from './address.ts'

interface OffsetPagerProps {
  /** What is paged, for screen readers: `organizations`. */
  readonly of: string
  readonly offset: number
  readonly limit: number
  readonly total: number
  /** The part of the address that holds the offset. */
  readonly name?: string
}

/** Where a list is paged by its offset, in the address. Nothing where one page holds everything. */
export function OffsetPager({ of, offset, limit, total, name = 'offset' }: OffsetPagerProps) {
  const { url } = useLocation()
  if (total <= limit && offset === 0) return null
  const to = (place: number) => withQuery(url, { [name]: place <= 0 ? null : String(place) })
  const last = Math.min(total, offset + limit)
  return (
    <nav class="row apart small" aria-label={`Pages of ${of}`}>
      <span class="muted number">
        {total === 0 || offset >= total ? 'None' : `${formatCount(offset + 1)} to ${formatCount(last)}`} of{' '}
        {formatCount(total)} {of}
      </span>
      <span class="row">
        {offset > 0 ? (
          <a class="button" href={to(offset - limit)} rel="prev">
            Previous
          </a>
        ) : (
          <span class="button" aria-disabled="true">
            Previous
          </span>
        )}
        {last < total ? (
          <a class="button" href={to(offset + limit)} rel="next">
            Next
          </a>
        ) : (
          <span class="button" aria-disabled="true">
            Next
          </span>
        )}
      </span>
    </nav>
  )
}

/** The offset that an address names; 0 for what is no offset. */
export function offsetIn(text: string | undefined): number {
  const offset = Number(text)
  return Number.isSafeInteger(offset) && offset > 0 ? offset : 0
}
