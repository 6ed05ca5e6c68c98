import { useRef } from 'preact/hooks'
import { type Answer, useAnswer } from '../ui/use-answer.ts'
import type { ListPage, ListQuery } from './list.ts'
import type { ListAddress } from './list-address.ts'

export const PAGE_SIZE = 50

export interface ListState<Row> {
  readonly answer: Answer<ListPage<Row>>
  /** Place of the first of the rows at hand, from 1; null where it is not known. */
  readonly from: number | null
  /** Whether the rows at hand are those of another page or other filters, while theirs are on their way. */
  readonly isStale: boolean
  /** How many records match; null while it is not known. */
  readonly total: number | null
}

export type LoadList<Row, Filter extends string> = (
  query: ListQuery<Filter>,
  signal: AbortSignal,
) => Promise<ListPage<Row>>

/**
 * The page of a list that the address names, and then how many records there are. Counting takes longer than a page in a
 * large org: it is asked for once the rows are there, and again only when the filters change.
 */
export function useList<Row, Filter extends string>(
  scope: string,
  { filters, includeDeleted, cursor, from }: ListAddress<Filter>,
  load: LoadList<Row, Filter>,
): ListState<Row> {
  const asked = `${scope} ${JSON.stringify([filters, includeDeleted])}`
  const key = `${asked} ${cursor ?? ''}`
  const page = useAnswer(key, async (signal) => {
    const query = { ...filters, includeDeleted, limit: PAGE_SIZE, ...(cursor ? { cursor } : { enableCursor: true }) }
    return { key, from, page: await load(query as ListQuery<Filter>, signal) }
  })
  const shown = page.data?.key === key ? page.data.page : null
  const isWhole = shown !== null && shown.next === null && cursor === null
  const toCount = useRef<string | null>(null)
  // Other pages of what was counted are not counted again.
  if (toCount.current !== asked) toCount.current = shown && !isWhole ? asked : null
  const count = useAnswer(toCount.current, async (signal) => {
    const { total } = await load({ ...filters, includeDeleted, limit: 0 } as ListQuery<Filter>, signal)
    return { asked, total }
  })
  const counted = count.data?.asked === asked ? count.data.total : null
  return {
    answer: { ...page, data: page.data?.page ?? null },
    // The edge of a list is known, whatever the address said.
    from: page.data?.page.previous === null ? 1 : (page.data?.from ?? null),
    isStale: page.isLoading || (page.data !== null && shown === null),
    total: isWhole ? shown.rows.length : counted,
  }
}
