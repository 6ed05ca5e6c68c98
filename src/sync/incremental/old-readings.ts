import type { Stream } from '../../connectors/connector.ts'
import type { Queryable } from '../../store/db.ts'
import { parentsDue } from '../../store/parent-reads.ts'

/** Parents whose reading has grown old that one round reads again. */
const SLICE = 500

/**
 * Keys of the parents whose listing in this stream is due again although nothing tells that it has changed: the slice of one
 * round, the oldest first. None where that is not done: it is for what no event is sure to tell of.
 */
export async function oldReadings<Client>(
  db: Queryable,
  { name, background, parents }: Stream<Client>,
  streams: readonly Stream<Client>[],
  round: { readonly connectionId: string; readonly now: string; readonly days: number },
): Promise<readonly string[]> {
  if (!background || parents?.from !== 'stream') return []
  const parent = streams.find((one) => one.name === parents.stream)?.entity
  return parent ? parentsDue(db, parent, { ...round, stream: name, limit: SLICE }) : []
}
