import './list-view.css'
import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { formatCount } from '../../ui/numbers.ts'
import { useConnection } from '../connection/context.tsx'
import { useEvery } from '../ui/time.tsx'
import { ClearFilters } from './clear-filters.tsx'
import { type Column, DataTable } from './data-table.tsx'
import { FreshnessLine } from './freshness-line.tsx'
import type { Listed } from './list.ts'
import { type ListAddress, useListAddress } from './list-address.ts'
import { ListFailure } from './list-failure.tsx'
import { NoRows } from './no-rows.tsx'
import { Pager } from './pager.tsx'
import { readsOf } from './reads.ts'
import { SearchField } from './search-field.tsx'
import { type LoadList, useList } from './use-list.ts'

interface ListViewProps<Row extends Listed, Filter extends string> {
  readonly title: string
  /** What is listed, within a sentence: `users`. */
  readonly things: string
  /** The resources that feed the list, as the connection's health names them. */
  readonly resources: readonly string[]
  /** Filters of the API that the address may hold. The same array each time. */
  readonly filters: readonly Filter[]
  /** The same array as long as nothing about the columns changes. */
  readonly columns: readonly Column<Row>[]
  /** What the filter `search` looks at: `Search name, email or username`. Null where the list has no such filter. */
  readonly search: string | null
  /** Whether there can be deleted ones. */
  readonly canBeDeleted?: boolean
  /** The other filters. */
  readonly controls: (address: ListAddress<Filter>) => ComponentChildren
  readonly load: LoadList<Row, Filter>
  /** Order for people, where the whole list is on one page; the API's order is by id. The same function each time. */
  readonly order?: (one: Row, other: Row) => number
}

/** A list of records: filters, table, pages, and how fresh it is. All that it shows is in its address. */
export function ListView<Row extends Listed, Filter extends string>(props: ListViewProps<Row, Filter>) {
  const { title, things, resources, filters, columns, search, canBeDeleted = true, controls, load, order } = props
  const { connectionId, answer: connection } = useConnection()
  const address = useListAddress(filters)
  const { answer, from, isStale, total } = useList(`${connectionId} ${things}`, address, load)
  const { data: page, error, reload } = answer
  const top = useRef<HTMLElement>(null)
  const rows = useMemo(() => {
    const isWhole = page?.next === null && page.previous === null
    return page && (order && isWhole ? page.rows.toSorted(order) : page.rows)
  }, [page, order])

  // Where there is nothing because it could not be read, that is said once, in its place.
  const saysWhy = page?.rows.length === 0 && page.freshness.outcome !== 'complete' && !address.hasFilters

  // What is read for the first time shows as soon as the connection tells of it.
  const isUnread = page?.rows.length === 0 && page.freshness.outcome === 'never'
  const isReadByNow = isUnread && readsOf(connection.data, resources).length === resources.length
  useEvery(isReadByNow ? 1_000 : null, reload)

  // The next page begins at its top, once it is there.
  const shownCursor = useRef(address.cursor)
  useEffect(() => {
    if (isStale || shownCursor.current === address.cursor) return
    shownCursor.current = address.cursor
    if ((top.current?.getBoundingClientRect().top ?? 0) < 0) top.current?.scrollIntoView()
  }, [isStale, address.cursor])

  const setSearch = (text: string) =>
    address.change({ search: text } as Parameters<typeof address.change>[0], 'replace')
  const isSearchable = search !== null
  return (
    <section ref={top} class="list-view" aria-label={title}>
      <div class="list-head">
        <h2>
          {title} {total !== null && !saysWhy && <span class="number muted list-total">{formatCount(total)}</span>}
        </h2>
        {!saysWhy && (
          <FreshnessLine things={things} resources={resources} freshness={page?.freshness ?? null} onReload={reload} />
        )}
      </div>
      <search class="list-filters">
        {isSearchable && (
          <SearchField
            label={search}
            value={(address.filters as { search?: string }).search ?? ''}
            onSearch={setSearch}
          />
        )}
        {controls(address)}
        {canBeDeleted && (
          <label class="check">
            <input
              type="checkbox"
              checked={address.includeDeleted}
              onChange={(event) =>
                address.change({ includeDeleted: event.currentTarget.checked ? 'true' : null } as Parameters<
                  typeof address.change
                >[0])
              }
            />
            <span>Show deleted</span>
          </label>
        )}
        <ClearFilters address={address} />
      </search>
      {error ? (
        <ListFailure error={error} things={things} address={address} onRetry={reload} />
      ) : page && rows?.length === 0 && (!isStale || isUnread) ? (
        <NoRows
          things={things}
          resources={resources}
          freshness={page.freshness}
          hasFilters={address.hasFilters}
          includeDeleted={address.includeDeleted || !canBeDeleted}
          onClear={address.clear}
        />
      ) : (
        <DataTable label={title} columns={columns} rows={rows} expected={12} isBusy={isStale} isSticky />
      )}
      {page && rows && rows.length > 0 && !error && (
        <Pager page={page} from={from} goTo={address.goTo} total={total} isBusy={isStale} />
      )}
    </section>
  )
}
