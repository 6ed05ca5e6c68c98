import type { ComponentChildren } from 'preact'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useConnection } from '../connection/context.tsx'
import type { Freshness } from './list.ts'
import { readsOf, readWords } from './reads.ts'

interface NoRowsProps {
  readonly things: string
  readonly resources: readonly string[]
  readonly freshness: Freshness
  readonly hasFilters: boolean
  readonly includeDeleted: boolean
  onClear(): void
}

/** Why a list shows nothing. None in Okta, none that match, not read, not permitted and failed are different things. */
export function NoRows({ things, resources, freshness, hasFilters, includeDeleted, onClear }: NoRowsProps) {
  const { answer, path } = useConnection()
  const words = readWords(things, freshness, readsOf(answer.data, resources))
  if (words && !(hasFilters && freshness.lastCompleteAt))
    return (
      <Notice tone={words.tone} title={words.title}>
        {words.reason && <p>{words.reason}</p>}
        {words.remedy && <p>{words.remedy}</p>}
        <p>
          <a href={path('sync')}>How each resource was read</a>
        </p>
      </Notice>
    )
  if (hasFilters)
    return (
      <Nothing title={`No ${things} match these filters`}>
        {!includeDeleted && <p class="muted">Those that are no longer in Okta are not searched.</p>}
        <p>
          <Button onClick={onClear}>Clear filters</Button>
        </p>
      </Nothing>
    )
  return (
    <Nothing title={`No ${things} in Okta`}>
      <p class="muted">They were read completely, and there are none.</p>
    </Nothing>
  )
}

/** Emptiness that is as it should be. */
function Nothing({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class="nothing">
      <h3>{title}</h3>
      {children}
    </div>
  )
}
