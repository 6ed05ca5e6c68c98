import '../table/list-view.css'
import { useEffect, useRef } from 'preact/hooks'
import { dataOf, type Schema } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useConnection } from '../connection/context.tsx'
import { ActorField } from '../records/actor-field.tsx'
import { api } from '../session.ts'
import { Choices } from '../table/choices.tsx'
import { ClearFilters } from '../table/clear-filters.tsx'
import { DayField } from '../table/day-field.tsx'
import { momentOf } from '../table/days.ts'
import { type ListAddress, useListAddress } from '../table/list-address.ts'
import { ListFailure } from '../table/list-failure.tsx'
import { useEvery } from '../ui/time.tsx'
import { useAnswer } from '../ui/use-answer.ts'
import { ChangeTable } from './change-table.tsx'
import { ENTITY_CHOICES, KIND_CHOICES } from './choices.ts'
import { NoChanges } from './no-changes.tsx'

const FILTERS = ['entity', 'kind', 'recordId', 'since', 'until', 'includeFirstRead'] as const
type Filter = (typeof FILTERS)[number]
const A_PAGE = 50
const LOOK_EVERY_MS = 15_000

type Query = { readonly [Name in Filter]?: string }

/** What changed in the org, the newest first. All that it shows is in its address. */
export function ChangesPage() {
  const { connectionId, headers, path } = useConnection()
  const address = useListAddress(FILTERS)
  const { filters, cursor } = address
  const asked = `${connectionId} ${JSON.stringify(filters)}`
  const key = `${asked} ${cursor ?? ''}`
  const load = async (limit: number, signal: AbortSignal): Promise<Schema<'History'>> => {
    const query = cursor === null ? { ...queryOf(filters), limit } : { cursor, limit }
    return dataOf(api.GET('/idp/changes/newest', { params: { query }, headers, signal }))
  }
  const answer = useAnswer(key, async (signal) => ({ key, page: await load(A_PAGE, signal) }))
  const isStale = answer.isLoading || (answer.data !== null && answer.data.key !== key)
  const page = answer.data?.page ?? null
  const newest = page?.items[0]?.id ?? null
  const top = useTopOf(isStale, cursor)

  // Nothing is pushed away while it is read: that there is something newer is said, and shown on a press.
  const latest = useAnswer(cursor === null && page !== null && !isStale ? asked : null, async (signal) => ({
    key,
    id: (await load(1, signal)).items[0]?.id ?? null,
  }))
  useEvery(cursor === null ? LOOK_EVERY_MS : null, latest.reload)
  const isNewer = cursor === null && !isStale && latest.data?.key === key && latest.data.id !== newest

  const isEmpty = page !== null && page.items.length === 0 && !isStale
  return (
    <section ref={top} class="list-view" aria-label="Changes">
      <div class="list-head">
        <h2>Changes</h2>
        <p class="freshness small muted">Times are those at which Rollcall saw it.</p>
      </div>
      <Filters address={address} name={filters.recordId ? page?.names[filters.recordId] : undefined} />
      <div class="changes-newer" role="status">
        {isNewer && (
          <Button onClick={answer.reload}>
            <Icon name="busy" /> Show newer changes
          </Button>
        )}
      </div>
      {answer.error ? (
        <ListFailure error={answer.error} things="changes" address={address} onRetry={answer.reload} />
      ) : isEmpty ? (
        <NoChanges address={address} />
      ) : page === null ? (
        <div class="changes changes-coming" aria-busy="true" />
      ) : (
        <ChangeTable label="Changes" changes={page.items} names={page.names} path={path} isBusy={isStale} />
      )}
      {page !== null && page.items.length > 0 && !answer.error && (
        <nav class="pager" aria-label="Pages">
          <p role="status" class="small muted">
            {cursor === null ? 'The newest changes' : 'Older changes'}
          </p>
          <div class="row">
            <Button isDisabled={cursor === null} onClick={() => address.goTo(null, null)}>
              Newest
            </Button>
            <Button isDisabled={page.next_cursor === null} onClick={() => address.goTo(page.next_cursor, null)}>
              Older
              <Icon name="next" />
            </Button>
          </div>
        </nav>
      )}
    </section>
  )
}

function queryOf({ since, until, includeFirstRead, ...filters }: Query) {
  const moments = { since: momentOf(since, 'since'), until: momentOf(until, 'until') }
  return { ...filters, ...moments, ...(includeFirstRead && { includeFirstRead: includeFirstRead === 'true' }) }
}

/** The next page begins at its top, once it is there. */
function useTopOf(isStale: boolean, cursor: string | null) {
  const top = useRef<HTMLElement>(null)
  const shown = useRef(cursor)
  useEffect(() => {
    if (isStale || shown.current === cursor) return
    shown.current = cursor
    if ((top.current?.getBoundingClientRect().top ?? 0) < 0) top.current?.scrollIntoView()
  }, [isStale, cursor])
  return top
}

interface FiltersProps {
  readonly address: ListAddress<Filter>
  /** What the record that is filtered by is called, where that is known. */
  readonly name: string | undefined
}

function Filters({ address, name }: FiltersProps) {
  const { filters, change } = address
  return (
    <search class="list-filters">
      {filters.recordId ? (
        <button type="button" class="button chip" onClick={() => change({ recordId: null })}>
          <span class="muted">Record:</span>
          <bdi class="chosen">{name ?? filters.recordId}</bdi>
          <Icon name="close" />
          <span class="visually-hidden">Take this filter away</span>
        </button>
      ) : (
        <ActorField label="User" value="" onChange={(recordId) => change({ recordId })} />
      )}
      <Choices
        label="Of what"
        choices={ENTITY_CHOICES}
        value={filters.entity ?? ''}
        onChange={(entity) => change({ entity })}
      />
      <Choices label="What" choices={KIND_CHOICES} value={filters.kind ?? ''} onChange={(kind) => change({ kind })} />
      <DayField label="From" value={filters.since ?? ''} onChange={(since) => change({ since })} />
      <DayField label="To" value={filters.until ?? ''} onChange={(until) => change({ until })} />
      <label class="check">
        <input
          type="checkbox"
          checked={filters.includeFirstRead === 'true'}
          onChange={(event) => change({ includeFirstRead: event.currentTarget.checked ? 'true' : null })}
        />
        <span>What the first sync found</span>
      </label>
      <ClearFilters address={address} />
    </search>
  )
}
