import { z } from 'zod'
import type { Connection } from '../store/connections.ts'
import { type Cursor, type CursorPlace, decodeCursor, encodeCursor, type FilterValue, type SortKey } from './cursor.ts'
import { InvalidRequest, mistakeAt } from './failure.ts'
import { answerList } from './offset-list.ts'
import { flag, moment, text, wholeNumber } from './parameters.ts'
import type { ApiServices } from './services.ts'

/** The most records of one page. */
export const MOST_PER_PAGE = 1_000
/** Longer than any cursor can be: the filters that it carries came in a URL. */
const LONGEST_CURSOR = 32_000

/** Query parameters of every list. A list may put its own in the place of one. */
export const pagingQuery = {
  enableCursor: flag('Page by cursors instead of `offset`: needed for the first page only.'),
  limit: wholeNumber('Records of a page.', { from: 0, to: MOST_PER_PAGE, otherwise: 100 }),
  offset: wholeNumber('How many records to skip. Has no meaning with cursors.', { from: 0, otherwise: 0 }),
  cursor: text(
    '`next_cursor` or `previous_cursor` of an earlier answer of this list. It carries the filters of the first request.',
    LONGEST_CURSOR,
  ),
  excludeTotal: flag('Do not count: `total` is null. Has no meaning with cursors, which never count.'),
  updatedSince: moment(
    'Only what changed here at or after this time, in itself or in its relations, what has vanished included. Not together with `cursor`, which remembers it.',
  ),
  includeDeleted: flag('Whether records that have vanished from Okta are among them, marked `is_deleted`.', true),
  raw: flag('Adds `raw` to each record: Okta’s JSON as received, secrets stripped.'),
  use_pool: flag('Has no effect; accepted because clients send it.', true),
} as const

const PagingQuery = z.object(pagingQuery)
export type Paging = z.output<typeof PagingQuery>

/** The answer of a list: `count`, `items`, `total` by offset; `items` and both cursors by cursor. */
export const pageOf = (item: z.ZodType<Record<string, unknown>>, name: string) =>
  z
    .object({
      count: z.int().optional().describe('Records in this answer. By offset only.'),
      items: z.array(item).describe('The records of this page.'),
      total: z.int().nullable().optional().describe('Records that match; null with `excludeTotal`. By offset only.'),
      next_cursor: z
        .string()
        .nullable()
        .optional()
        .describe('Leads to the next page; null at the end. By cursor only.'),
      previous_cursor: z
        .string()
        .nullable()
        .optional()
        .describe('Leads to the page before; null at the beginning. By cursor only.'),
    })
    .meta({ id: name, description: 'One page of a list.' })

export interface PageAnswer {
  count?: number
  items: Record<string, unknown>[]
  total?: number | null
  next_cursor?: string | null
  previous_cursor?: string | null
}

/** Which records a page wants. */
export interface Window {
  /** `next`: in the order of the list, after `from`; `previous`: the nearest ones before `from`. */
  readonly direction: 'next' | 'previous'
  /** Not itself included; null: from the edge, which for `previous` is the end of the list. */
  readonly from: SortKey | null
  /** Records to skip; 0 with cursors. */
  readonly offset: number
  readonly limit: number
}

/** What every list can be asked for beside its own filters. */
export interface CommonFilters {
  readonly updatedSince: string | null
  readonly includeDeleted: boolean
  readonly raw: boolean
}

export interface Listing<Filters extends object> {
  readonly paging: Paging
  /** The operationId; with a path of its own, the ids in it as well: `list_idp_user_groups 3f2c…`. */
  readonly list: string
  /** The list's own filters and flags as asked. Null is "not given"; so is false for a flag, unless `defaults` says else. */
  readonly filters: Filters
  /** What filters are when they are not given, where that is not null and not false. */
  readonly defaults?: Partial<Filters & CommonFilters>
  /**
   * The records of a window, always in the order of the list, also those of a `previous` one. The filters may be those
   * of a cursor: only these count, never those of the request.
   */
  select(window: Window, filters: Filters & CommonFilters): Promise<Record<string, unknown>[]>
  /** How many records match. */
  count(filters: Filters & CommonFilters): Promise<number>
  /** What a record is sorted by. */
  keyOf(row: Record<string, unknown>): SortKey
}

/**
 * Answers one request for a page of a list, by offset or by cursor.
 * @throws AppError `invalid_request` for `cursor` together with `updatedSince` or with filters that contradict it;
 * `cursor_invalid`
 */
export async function answerPage<Filters extends object>(
  call: { readonly services: Pick<ApiServices, 'sealer'>; readonly connection: Pick<Connection, 'id'> },
  listing: Listing<Filters>,
): Promise<PageAnswer> {
  const { paging } = listing
  const { updatedSince, includeDeleted, raw } = paging
  const asked = { ...listing.filters, updatedSince, includeDeleted, raw }
  if (!paging.enableCursor && paging.cursor === null) return byOffset(listing, asked)
  const place: CursorPlace = { list: listing.list, connectionId: call.connection.id }
  const { sealer } = call.services
  if (paging.cursor === null) {
    return byCursor(listing, asked, null, (cursor) => encodeCursor(sealer, place, cursor))
  }
  if (updatedSince !== null)
    throw mistakeAt(['query', 'updatedSince'], 'cannot be sent together with cursor, which remembers it')
  const cursor = decodeCursor(sealer, place, paging.cursor)
  const filters = remembered(asked, cursor, defaultsOf(listing))
  return byCursor(listing, filters, cursor, (next) => encodeCursor(sealer, place, next))
}

const byOffset = <Filters extends object>(
  listing: Listing<Filters>,
  filters: Filters & CommonFilters,
): Promise<PageAnswer> =>
  answerList(listing.paging, {
    items: (slice) => (slice.limit === 0 ? [] : listing.select({ direction: 'next', from: null, ...slice }, filters)),
    count: () => listing.count(filters),
  })

async function byCursor<Filters extends object>(
  listing: Listing<Filters>,
  filters: Filters & CommonFilters,
  cursor: Cursor | null,
  encode: (cursor: Cursor) => string,
): Promise<PageAnswer> {
  const { limit } = listing.paging
  if (limit === 0) return { items: [], next_cursor: null, previous_cursor: null }
  const { direction, key: from } = cursor ?? { direction: 'next', key: null }
  // One more than asked tells whether there is another page.
  const rows = await listing.select({ direction, from, offset: 0, limit: limit + 1 }, filters)
  const isForward = direction === 'next'
  const goesOn = rows.length > limit
  const items = isForward ? rows.slice(0, limit) : rows.slice(-limit)
  const said = given(filters, defaultsOf(listing))
  const to = (way: 'next' | 'previous', row: Record<string, unknown> | undefined) =>
    // Nothing is left beyond the place we came from: the way back begins at that edge of the list.
    encode({ direction: way, key: row ? listing.keyOf(row) : null, filters: said })
  const hasNext = isForward ? goesOn : from !== null
  const hasPrevious = isForward ? from !== null : goesOn
  return {
    items,
    next_cursor: hasNext ? to('next', items.at(-1)) : null,
    previous_cursor: hasPrevious ? to('previous', items[0]) : null,
  }
}

const entriesOf = (filters: object) => Object.entries(filters) as [string, FilterValue][]

const defaultsOf =
  (listing: Listing<object>): Default =>
  (name, asked) => {
    const own = (listing.defaults as Record<string, FilterValue> | undefined)?.[name]
    if (own !== undefined) return own
    return name === 'includeDeleted' ? true : nothing(name, asked)
  }

/** Nothing asked for: null, or false for a flag. */
export const nothing: Default = (_, asked) => (typeof asked === 'boolean' ? false : null)

/** What a filter of this name is when it is not given. */
type Default = (name: string, asked: FilterValue) => FilterValue

/** The filters that say something: what a cursor remembers. */
export function given(filters: object, otherwise: Default): Cursor['filters'] {
  return Object.fromEntries(
    entriesOf(filters).filter(([name, value]) => value !== null && !same(value, otherwise(name, value))),
  )
}

/**
 * The filters of a cursor. Others that were sent along must agree with them.
 * @throws AppError `invalid_request` where they do not
 */
export function remembered<Filters extends object>(asked: Filters, cursor: Cursor, otherwise: Default): Filters {
  const contradicting = Object.entries(given(asked, otherwise)).filter(
    ([name, value]) => !same(value, cursor.filters[name] ?? otherwise(name, value)),
  )
  if (contradicting.length > 0)
    throw new InvalidRequest(
      contradicting.map(([name]) => ({
        loc: ['query', name],
        msg: 'differs from what the cursor was made with: send the cursor alone',
        type: 'value_error',
      })),
    )
  // The cursor is signed: its filters are those that this list's own query once let through.
  return Object.fromEntries(
    entriesOf(asked).map(([name, value]) => [name, cursor.filters[name] ?? otherwise(name, value)]),
  ) as Filters
}

const same = (one: FilterValue, other: FilterValue): boolean => comparable(one) === comparable(other)
const comparable = (value: FilterValue): string =>
  JSON.stringify(Array.isArray(value) ? [...value].sort() : (value as string | number | boolean | null))
