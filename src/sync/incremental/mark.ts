import type { Stream } from '../../connectors/connector.ts'
import type { NewRow } from '../../model/entity.ts'
import type { Incoming } from '../../store/upsert.ts'

/** The latest time of change of these records and of those before them, as ISO time; undefined where none has any. */
export function laterMark<Client>(
  { since }: Stream<Client>,
  records: readonly Incoming[],
  before: string | undefined,
): string | undefined {
  if (!since) return before
  const times = records.map(({ row }) => since.markOf(row as NewRow<never>)).filter((time) => time !== null)
  return [...times, ...(before === undefined ? [] : [before])].reduce<string | undefined>(
    (latest, time) => (latest === undefined || Date.parse(time) > Date.parse(latest) ? time : latest),
    undefined,
  )
}

/**
 * Where a later listing of changes begins: what was seen, but not after the listing began. While it was read, a record
 * that it had passed may have changed before one that it came to later.
 */
export const markOfListing = (seen: string, beganAt: string): string =>
  Date.parse(seen) < Date.parse(beganAt) ? seen : beganAt
