import { errorOf } from '../../src/client/error.ts'

/** What every record of a list has. */
export interface Listed {
  readonly id: string
  readonly is_deleted: boolean
}

export const OUTCOMES = ['complete', 'not_permitted', 'not_available', 'partial', 'failed', 'never'] as const
export type ReadOutcome = (typeof OUTCOMES)[number]

/** How complete and how fresh an answer is, from its headers. */
export interface Freshness {
  readonly outcome: ReadOutcome
  /** ISO time; null: never. */
  readonly lastCompleteAt: string | null
}

/** One page of a list. */
export interface ListPage<Row> {
  readonly rows: readonly Row[]
  readonly next: string | null
  readonly previous: string | null
  /** Null where it was not counted. */
  readonly total: number | null
  readonly freshness: Freshness
}

/** A request for a list, on its way. */
export type ListCall<Row> = Promise<{ data?: PageAnswer<Row>; error?: unknown; response: Response }>

interface PageAnswer<Row> {
  readonly items: readonly Row[]
  readonly total?: number | null
  readonly next_cursor?: string | null
  readonly previous_cursor?: string | null
}

/**
 * A list's answer together with what its headers say of it.
 * @throws RollcallError when the answer failed
 */
export async function listPage<Row>(call: ListCall<Row>): Promise<ListPage<Row>> {
  const { data, error, response } = await call
  if (!data) throw errorOf(error, response)
  return {
    rows: data.items,
    next: data.next_cursor ?? null,
    previous: data.previous_cursor ?? null,
    total: data.total ?? null,
    freshness: freshnessOf(response.headers),
  }
}

function freshnessOf(headers: Headers): Freshness {
  const said = headers.get('x-rollcall-outcome')
  return {
    outcome: OUTCOMES.find((outcome) => outcome === said) ?? 'never',
    lastCompleteAt: headers.get('x-rollcall-last-complete-at'),
  }
}

/** What a list is asked for: its filters by their names, and which page. */
export type ListQuery<Filter extends string = string> = { readonly [Name in Filter]?: string } & {
  readonly enableCursor?: true
  readonly cursor?: string
  readonly limit: number
  readonly includeDeleted: boolean
}

/** Some records, and the place from which the next ones are read; null at the end. */
export interface Stretch<Row, Place> {
  readonly rows: readonly Row[]
  readonly next: Place | null
  /** Null where the answer does not tell. */
  readonly freshness: Freshness | null
}
