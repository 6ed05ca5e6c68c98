import { useCallback, useMemo } from 'preact/hooks'
import { useLocation } from 'preact-iso'

/** What the address of a list says: which records, and which page of them. */
export interface ListAddress<Filter extends string> {
  /** The filters that are set. */
  readonly filters: { readonly [Name in Filter]?: string }
  readonly hasFilters: boolean
  /** Whether records that have vanished from Okta are among them. */
  readonly includeDeleted: boolean
  /** Null: the first page. */
  readonly cursor: string | null
  /** Place of the page's first record, from 1; null where the address does not say. */
  readonly from: number | null
  /** Sets filters, or with null takes them away, and goes to the first page. Typing replaces: it is no step of its own. */
  change(filters: { readonly [Name in Filter | 'includeDeleted']?: string | null }, how?: 'push' | 'replace'): void
  clear(): void
  goTo(cursor: string | null, from: number | null): void
}

const PAGE = ['cursor', 'from'] as const

/** Reads and writes what a list shows in the address, so that it can be shared and the back button works. */
export function useListAddress<Filter extends string>(names: readonly Filter[]): ListAddress<Filter> {
  const { query, route } = useLocation()

  const write = useCallback(
    (values: Readonly<Record<string, string | null | undefined>>, how: 'push' | 'replace' = 'push') => {
      // Not from the last render: two changes may come within one.
      const parameters = new URLSearchParams(location.search)
      for (const [name, value] of Object.entries(values)) {
        if (value) parameters.set(name, value)
        else parameters.delete(name)
      }
      const text = parameters.toString()
      route(`${location.pathname}${text && `?${text}`}`, how === 'replace')
    },
    [route],
  )

  return useMemo(() => {
    const set = names.filter((name) => query[name])
    const from = Number(query.from)
    const firstPage = Object.fromEntries(PAGE.map((name) => [name, null]))
    return {
      filters: Object.fromEntries(set.map((name) => [name, query[name]])) as ListAddress<Filter>['filters'],
      hasFilters: set.length > 0,
      includeDeleted: query.includeDeleted === 'true',
      cursor: query.cursor || null,
      from: query.cursor ? (Number.isInteger(from) && from > 0 ? from : null) : 1,
      change: (filters, how) => write({ ...filters, ...firstPage }, how),
      clear: () => write({ ...Object.fromEntries(names.map((name) => [name, null])), ...firstPage }),
      goTo: (cursor, place) =>
        write({ cursor, from: cursor === null || place === null || place <= 1 ? null : String(place) }),
    }
  }, [query, names, write])
}
