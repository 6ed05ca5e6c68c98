import type { OrgFacts, Stream } from '../../connectors/connector.ts'
import type { Connection } from '../../store/connections.ts'
import type { Queryable } from '../../store/db.ts'
import { countEvents } from '../../store/job-plan.ts'
import type { SyncSettings } from '../settings.ts'

const DAY_MS = 86_400_000
/** Days whose events tell how many to expect: a round needs to know no more than what today is like. */
const TELLING_DAYS = { full: 7, round: 1 } as const

/** What plans are made from. */
export interface PlanContext<Client> {
  readonly db: Queryable
  readonly connection: Connection
  readonly streams: readonly Stream<Client>[]
  readonly settings: SyncSettings
  readonly facts: OrgFacts
  /** ISO time at which the sync begins. */
  readonly now: string
}

/** Pages of a listing; an empty one is asked for all the same, and one without pages is asked for once. */
export function pagesOf<Client>(
  { name, pageSize }: Stream<Client>,
  rows: number,
  { pageSizes }: Pick<SyncSettings, 'pageSizes'>,
): number {
  const size = pageSizes[name] ?? pageSize?.default
  return size === undefined ? 1 : Math.max(1, Math.ceil(rows / size))
}

/**
 * Pages of the log since it was last read, at the pace at which events came before that, and an empty one at its end; one where no event is expected. `isRound`: it is read on from where it ended, whatever the settings say.
 */
export async function plannedLog<Client>(
  stream: Stream<Client>,
  { db, connection, settings, now }: PlanContext<Client>,
  isRound = false,
): Promise<number> {
  const { id, log_polled_at: polledAt, log_since: logSince } = connection
  const days = isRound ? TELLING_DAYS.round : TELLING_DAYS.full
  const perMs = (await countEvents(db, stream.entity, { connectionId: id, days })) / (days * DAY_MS)
  const from = Date.parse(now) - settings.logDays * DAY_MS
  const isReadAgain = polledAt === null || logSince === null || (!isRound && Date.parse(logSince) > from)
  const ms = Date.parse(now) - (isReadAgain ? from : Date.parse(polledAt))
  const events = Math.round(perMs * ms)
  return events === 0 ? 1 : 1 + pagesOf(stream, events, settings)
}
