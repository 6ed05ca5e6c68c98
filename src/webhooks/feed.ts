import { toAppError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Log } from '../log.ts'
import { entityByName } from '../model/index.ts'
import { type Change, readChangesAfter } from '../store/changes.ts'
import type { Db } from '../store/db.ts'
import { readOutboxAfter } from '../store/outbox.ts'
import {
  type BehindEndpoint,
  listBehind,
  moveFeed,
  type NewMessage,
  type RecordNow,
  recordsNow,
} from '../store/webhook-feed.ts'
import { type EventType, eventTypeOf } from './event-types.ts'
import { changePayload, eventPayload } from './payload.ts'

/** Messages that may wait for an endpoint. What comes after them waits in the feed, where it costs nothing. */
export const MOST_PENDING = 1_000
/** Changes read at a time: of those that an endpoint does not want, many at once. */
const MOST_READ = 500

export interface FeedOptions {
  readonly db: Db
  readonly log: Log
  /** Messages that may wait for one endpoint. */
  readonly mostPending?: number
}

/** What one round has made. */
export interface Fed {
  readonly made: number
  /** Whether somebody could be given more at once. */
  readonly goesOn: boolean
}

/** Makes messages for every endpoint that has room for them, out of what has happened since the place it has come to. */
export async function feedEndpoints({ db, log, mostPending = MOST_PENDING }: FeedOptions): Promise<Fed> {
  let made = 0
  let goesOn = false
  for (const behind of await listBehind(db, mostPending)) {
    const limit = Math.min(MOST_READ, Math.ceil(behind.room / behind.sharers))
    try {
      for (const fed of [
        ...(behind.outbox.hasMore ? [await feedEvents(db, behind, limit)] : []),
        ...(behind.changes.hasMore ? [await feedChanges(db, behind, limit)] : []),
      ]) {
        made += fed.made
        goesOn ||= fed.goesOn
      }
    } catch (thrown) {
      const { code } = toAppError(thrown)
      // What is wrong with one is no reason to leave out the others.
      if (code !== 'cursor_invalid' && code !== 'internal_error') throw thrown
      log.warn(
        { endpoint_id: behind.endpoint_id, connection_id: behind.connection_id, code },
        'webhooks cannot be made',
      )
    }
  }
  return { made, goesOn }
}

const NOTHING: Fed = { made: 0, goesOn: false }

const originOf = (behind: BehindEndpoint) => ({
  organizationId: behind.organization_id,
  connectionId: behind.connection_id,
})

const wants = ({ event_types: wanted }: BehindEndpoint, type: EventType): boolean =>
  wanted.length === 0 || wanted.includes(type)

async function feedChanges(db: Db, behind: BehindEndpoint, limit: number): Promise<Fed> {
  const { connection_id: connectionId, endpoint_id: endpointId } = behind
  const from = behind.changes.place
  const page = await readChangesAfter(db, { connectionId, after: from, limit })
  const told = page.changes.flatMap((change) => {
    const type = eventTypeOf(change)
    return type !== null && wants(behind, type) ? [{ type, change }] : []
  })
  const records = await recordsOf(
    db,
    connectionId,
    told.map(({ change }) => change),
  )
  const messages = told.map(
    ({ type, change }): NewMessage => ({
      id: newId(),
      type,
      subjectId: change.record_id,
      change,
      payload: changePayload(type, change, records.get(change.record_id) ?? null, originOf(behind)),
    }),
  )
  const isMoved = await moveFeed(db, { endpointId, connectionId, feed: 'changes', from, to: page.next, messages })
  return isMoved ? { made: messages.length, goesOn: page.hasMore } : NOTHING
}

/** The changed records as they are now, by id. Of one that is deleted nothing is told but that it is. */
async function recordsOf(
  db: Db,
  connectionId: string,
  changes: readonly Change[],
): Promise<ReadonlyMap<string, RecordNow>> {
  const found = new Map<string, RecordNow>()
  for (const name of new Set(changes.map(({ entity }) => entity))) {
    const entity = entityByName(name)
    const ids = changes.filter((change) => change.entity === name).map(({ record_id }) => record_id)
    if (entity) for (const [id, record] of await recordsNow(db, entity, connectionId, ids)) found.set(id, record)
  }
  return found
}

async function feedEvents(db: Db, behind: BehindEndpoint, limit: number): Promise<Fed> {
  const { connection_id: connectionId, endpoint_id: endpointId } = behind
  const from = behind.outbox.place
  const events = await readOutboxAfter(db, { connectionId, after: from, limit })
  const last = events.at(-1)
  if (!last) return NOTHING
  const messages = events
    .filter(({ type }) => wants(behind, type))
    .map(
      (event): NewMessage => ({
        id: newId(),
        type: event.type,
        subjectId: connectionId,
        change: null,
        payload: eventPayload(event, originOf(behind)),
      }),
    )
  const to = { tx: last.tx, seq: last.seq }
  const isMoved = await moveFeed(db, { endpointId, connectionId, feed: 'outbox', from, to, messages })
  return isMoved ? { made: messages.length, goesOn: events.length === limit } : NOTHING
}
