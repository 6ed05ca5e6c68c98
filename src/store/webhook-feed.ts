import type { Entity } from '../model/entity.ts'
import type { Place } from './changes.ts'
import { arrayLiteral, list } from './columns.ts'
import type { Db, Queryable } from './db.ts'

export type Feed = 'changes' | 'outbox'

/** An endpoint that has room for more, and a connection of its organization with something new to tell. */
export interface BehindEndpoint {
  readonly endpoint_id: string
  readonly organization_id: string
  readonly connection_id: string
  /** Empty: all. */
  readonly event_types: readonly string[]
  /** Messages that may be added. */
  readonly room: number
  /** How many connections share that room. */
  readonly sharers: number
  /** Where each feed is read on, and whether there is more of it. */
  readonly changes: FeedPosition
  readonly outbox: FeedPosition
}

export interface FeedPosition {
  /** Where it is read on: the endpoint's own beginning, before it has a position. */
  readonly place: Place
  readonly hasMore: boolean
}

interface BehindRow extends Omit<BehindEndpoint, 'changes' | 'outbox'> {
  changes_tx: string
  changes_seq: string
  has_changes: boolean
  outbox_tx: string
  outbox_seq: string
  has_events: boolean
}

const isAfter = (table: string, place: string): string =>
  `exists (select from ${table} h where h.connection_id = c.id and h.tx < pg_snapshot_xmin(pg_current_snapshot())
                    and (h.tx, h.seq) > (coalesce(${place}.tx, e.starts_at_tx), coalesce(${place}.seq, 0)))`

/** Who is behind, for each of their connections. `most`: messages that may wait for an endpoint; half of it is kept filled. */
export async function listBehind(db: Queryable, most: number): Promise<BehindEndpoint[]> {
  const rows = await db.query<BehindRow>(
    `select *, count(*) over (partition by endpoint_id) as sharers from (
       select e.id as endpoint_id, e.organization_id, c.id as connection_id, e.event_types, $1 - w.pending as room,
              coalesce(pc.tx, e.starts_at_tx)::text as changes_tx, coalesce(pc.seq, 0)::text as changes_seq,
              coalesce(po.tx, e.starts_at_tx)::text as outbox_tx, coalesce(po.seq, 0)::text as outbox_seq,
              ${isAfter('changes', 'pc')} as has_changes,
              ${isAfter('outbox', 'po')} as has_events
         from webhook_endpoints e
        cross join lateral (
          select count(*) as pending from (
            select from webhook_messages m where m.endpoint_id = e.id and m.state = 'pending' limit $1) p) w
         join connections c on c.organization_id = e.organization_id and c.state <> 'DELETED'
         left join webhook_positions pc on pc.endpoint_id = e.id and pc.connection_id = c.id and pc.feed = 'changes'
         left join webhook_positions po on po.endpoint_id = e.id and po.connection_id = c.id and po.feed = 'outbox'
        where e.state = 'active' and w.pending <= $1 / 2) behind
      where has_changes or has_events`,
    [most],
  )
  return rows.map(({ changes_tx, changes_seq, has_changes, outbox_tx, outbox_seq, has_events, ...row }) => ({
    ...row,
    changes: { place: { tx: changes_tx, seq: changes_seq }, hasMore: has_changes },
    outbox: { place: { tx: outbox_tx, seq: outbox_seq }, hasMore: has_events },
  }))
}

/** A message as it is made from what happened. */
export interface NewMessage {
  readonly id: string
  readonly type: string
  readonly subjectId: string
  /** Null for an event that is no change. */
  readonly change: Place | null
  /** The very text that is signed and sent. */
  readonly payload: string
}

export interface FeedStep {
  readonly endpointId: string
  readonly connectionId: string
  readonly feed: Feed
  /** Where the messages were read on from, and where the next ones are. */
  readonly from: Place
  readonly to: Place
  readonly messages: readonly NewMessage[]
}

/**
 * Adds messages and moves the endpoint's place past what they were made from, both or neither. False, and nothing done,
 * where somebody else has moved it meanwhile, or the endpoint or the connection is gone.
 */
export function moveFeed(db: Db, { endpointId, connectionId, feed, from, to, messages }: FeedStep): Promise<boolean> {
  return db.transaction(async (tx) => {
    const held = await tx.query(
      `select from webhook_endpoints e join connections c on c.organization_id = e.organization_id
        where e.id = $1 and e.state = 'active' and c.id = $2 and c.state <> 'DELETED'
          for no key update of e for share of c`,
      [endpointId, connectionId],
    )
    if (held.length === 0) return false
    const moved = await tx.query(
      `insert into webhook_positions as p (endpoint_id, connection_id, feed, tx, seq)
       select $1, $2, $3, $6::xid8, $7::bigint from webhook_endpoints e
        where e.id = $1 and ($4::xid8 = e.starts_at_tx and $5::bigint = 0 or exists (
                select from webhook_positions k where k.endpoint_id = $1 and k.connection_id = $2 and k.feed = $3))
       on conflict (endpoint_id, connection_id, feed) do update set tx = excluded.tx, seq = excluded.seq
         where p.tx = $4::xid8 and p.seq = $5::bigint
       returning p.feed`,
      [endpointId, connectionId, feed, from.tx, from.seq, to.tx, to.seq],
    )
    if (moved.length === 0) return false
    await insertMessages(tx, endpointId, connectionId, messages)
    return true
  })
}

async function insertMessages(
  tx: Queryable,
  endpointId: string,
  connectionId: string,
  messages: readonly NewMessage[],
): Promise<void> {
  if (messages.length === 0) return
  await tx.query(
    `insert into webhook_messages (id, endpoint_id, connection_id, type, subject_id, change_tx, change_seq, payload)
     select u.id, $1, $2, u.type, u.subject_id, u.tx::xid8, u.seq, u.payload
       from unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::bigint[], $8::text[])
            with ordinality as u(id, type, subject_id, tx, seq, payload, place)
      order by u.place`,
    [
      endpointId,
      connectionId,
      messages.map(({ id }) => id),
      messages.map(({ type }) => type),
      messages.map(({ subjectId }) => subjectId),
      messages.map(({ change }) => change?.tx ?? null),
      messages.map(({ change }) => change?.seq ?? null),
      messages.map(({ payload }) => payload),
    ],
  )
}

export type RecordNow = Readonly<Record<string, unknown>> & { readonly id: string; readonly is_deleted: boolean }

/** Records of one connection as they are now, by their ids: what an answer of the API shows of them. */
export async function recordsNow(
  db: Queryable,
  entity: Entity,
  connectionId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RecordNow>> {
  if (ids.length === 0) return new Map()
  const rows = await db.query<RecordNow>(
    `select ${list(entity.columns)} from ${entity.table} where connection_id = $1 and id = any($2::uuid[])`,
    [connectionId, arrayLiteral([...new Set(ids)])],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/**
 * Moves places that are of another copy of the database to the present: a restored one counts its transactions anew, and
 * an endpoint would wait until it has come as far again. Events of before are told no more. Resolves to how many places
 * there were.
 */
export async function mendPositions(db: Queryable): Promise<number> {
  const present = 'pg_snapshot_xmin(pg_current_snapshot())'
  const isAhead = (column: string) => `${column} > pg_snapshot_xmax(pg_current_snapshot())`
  const endpoints = await db.query(
    `update webhook_endpoints set starts_at_tx = ${present} where ${isAhead('starts_at_tx')} returning id`,
  )
  const positions = await db.query(
    `update webhook_positions set tx = ${present}, seq = 0 where ${isAhead('tx')} returning feed`,
  )
  await db.query(`delete from outbox where ${isAhead('tx')}`)
  return endpoints.length + positions.length
}
