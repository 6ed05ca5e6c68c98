import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Mark } from '../../ui/mark.tsx'
import { formatCount } from '../../ui/numbers.ts'
import { useConnection } from '../connection/context.tsx'
import { isUnfinished } from '../connection/words.ts'
import { type BarItem, BarList } from '../ui/bar-list.tsx'
import { Ago } from '../ui/time.tsx'
import { type Reading, readingWords, whatToKnow, whyNothing } from './reading.ts'

interface PartProps {
  readonly title: string
  readonly reading: Reading
  /** What it counts, within a sentence: `administrators`. */
  readonly things: string
  readonly isEmpty: boolean
  /** Takes the whole width. */
  readonly isWide?: boolean
  readonly children: ComponentChildren
}

/** One part of the overview: its numbers, or why there are none, and how far they can be trusted. */
export function Part({ title, reading, things, isEmpty, isWide = false, children }: PartProps) {
  const { answer, path } = useConnection()
  const id = useId()
  const isSyncing = isUnfinished(answer.data?.last_job ?? null)
  const words = readingWords(reading, isSyncing)
  const caveat = isEmpty ? null : whatToKnow(reading, things)
  const hasMore = reading.outcome !== 'complete' && reading.outcome !== 'never'
  return (
    <section class={`card overview-part${isWide ? ' wide' : ''}`} aria-labelledby={id}>
      <div class="row apart">
        <h2 id={id}>{title}</h2>
        {words && <Mark tone={words.tone}>{words.text}</Mark>}
      </div>
      {isEmpty ? <p class="muted">{whyNothing(reading, things, isSyncing)}</p> : children}
      {(caveat || hasMore) && (
        <p class="small muted overview-caveat">
          {caveat && `${caveat} `}
          {hasMore && reading.last_complete_at && (
            <>
              Last complete <Ago at={reading.last_complete_at} />.{' '}
            </>
          )}
          {hasMore && reading.outcome !== 'not_available' && (
            <a href={path('sync')}>
              Why, and what to do<span class="visually-hidden"> about {things}</span>
            </a>
          )}
        </p>
      )}
    </section>
  )
}

interface PartBarsProps {
  readonly label: string
  readonly items: readonly BarItem[]
  readonly total?: number | null
  /** How many are shown at first: parts side by side are about as high. */
  readonly most?: number
}

/** The numbers of a part as bars: the first of them, and all on request. */
export function PartBars({ label, items, total, most = 6 }: PartBarsProps) {
  const [isWhole, setWhole] = useState(false)
  const hasMore = items.length > most
  // The shares are of all, also of those that are not shown.
  const all = total === undefined ? items.reduce((sum, { count }) => sum + count, 0) : total
  return (
    <div class="overview-bars">
      <BarList label={label} items={isWhole || !hasMore ? items : items.slice(0, most)} total={all} />
      {hasMore && (
        <Button look="quiet" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show fewer' : `Show all ${formatCount(items.length)}`}
          <span class="visually-hidden">: {label}</span>
        </Button>
      )}
    </div>
  )
}
