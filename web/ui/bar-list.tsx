import './bar-list.css'
import { formatCount, formatShare } from '../../ui/numbers.ts'

export interface BarItem {
  /** Tells it from the others; its label, unless said otherwise. */
  readonly key?: string
  readonly label: string
  readonly count: number
  /** A few words beside the count, such as who else was counted: `and 2 groups`. */
  readonly note?: string
  readonly href?: string | null
  readonly tone?: 'accent' | 'good' | 'warn' | 'bad' | 'muted'
}

interface BarListProps {
  /** What is counted, for those who cannot see the heading. */
  readonly label: string
  readonly items: readonly BarItem[]
  /** What the shares are of; the sum of the counts, unless said otherwise. Null: no shares, the longest bar is full. */
  readonly total?: number | null
}

/** Counts as a list: each with its bar, its share, and its way to the records that were counted. */
export function BarList({ label, items, total = items.reduce((sum, { count }) => sum + count, 0) }: BarListProps) {
  const full = total ?? Math.max(0, ...items.map(({ count }) => count))
  const hasNotes = items.some(({ note }) => note)
  return (
    <ul class="bar-list" aria-label={label}>
      {items.map(({ key, label: name, count, note, href, tone = 'accent' }) => {
        const share = full > 0 ? count / full : 0
        return (
          <li key={key ?? name} class={href ? 'linked' : undefined}>
            <span class="bar-label">
              {href ? (
                <a href={href}>
                  <bdi>{name}</bdi>
                </a>
              ) : (
                <bdi>{name}</bdi>
              )}
            </span>
            <span class="bar-count">{formatCount(count)}</span>
            {total !== null && <span class="bar-share">{formatShare(share)}</span>}
            {hasNotes && <span class="bar-note">{note}</span>}
            <span class="bar-track" aria-hidden="true">
              {count > 0 && <span class={`bar-fill ${tone}`} style={{ width: `${Math.min(100, share * 100)}%` }} />}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
