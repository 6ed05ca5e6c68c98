/** By id, or by the time of a log event: newest (`desc`) or oldest first, those without a time last, then by id. */
export type RecordOrder = 'id' | 'published_at asc' | 'published_at desc'

/** Which records of a list are wanted. */
export interface RecordWindow {
  /** `next`: after `from`; `previous`: the nearest ones before it. */
  readonly direction: 'next' | 'previous'
  /** The sort key of a record, itself not included; null: from the edge, which for `previous` is the end of the list. */
  readonly from: readonly (string | null)[] | null
  readonly offset: number
  readonly limit: number
}

/** A stretch of a list that one index scan yields in order. */
export interface Part {
  conditions(bind: (value: unknown) => string): string[]
  readonly order: string
}

/** A column beside the entity's own: the time a list is ordered by, to the microsecond. */
export const SORT_TIME = 't.published_at::text as sort_time'

/** What a record that `listRecords` gave is sorted by. */
export const sortKeyOf = (row: Readonly<Record<string, unknown>>): readonly (string | null)[] =>
  'sort_time' in row ? [row.sort_time as string | null, String(row.id)] : [String(row.id)]

/**
 * The parts of a list that a window goes through, in the direction it looks. Events without a time are a part of their
 * own: PostgreSQL reads `desc nulls last` off no index that is made `asc nulls last`.
 */
export function partsOf(order: RecordOrder, { direction, from }: RecordWindow): Part[] {
  const isForward = direction === 'next'
  if (order === 'id') return [byId(isForward, from?.[0] ?? null, [])]
  const isRising = (order === 'published_at asc') === isForward
  const [time = null, id = null] = from ?? []
  const undated = byId(isRising, time === null ? id : null, ['t.published_at is null'])
  const dated: Part = {
    conditions: (bind) =>
      time === null
        ? ['t.published_at is not null']
        : [`(t.published_at, t.id) ${isRising ? '>' : '<'} (${bind(time)}::timestamptz, ${bind(id)}::uuid)`],
    order: isRising ? 't.published_at, t.id' : 't.published_at desc, t.id desc',
  }
  if (from === null) return isForward ? [dated, undated] : [undated, dated]
  if (time === null) return isForward ? [undated] : [undated, dated]
  return isForward ? [dated, undated] : [dated]
}

const byId = (isRising: boolean, from: string | null, also: readonly string[]): Part => ({
  conditions: (bind) => [...also, ...(from === null ? [] : [`t.id ${isRising ? '>' : '<'} ${bind(from)}::uuid`])],
  order: isRising ? 't.id' : 't.id desc',
})
