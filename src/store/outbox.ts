import { storable } from '../model/storable.ts'
import type { Place } from './changes.ts'
import type { Queryable } from './db.ts'

/** Something that happened to a connection and is no change of a record. */
export interface OutboxEvent extends Place {
  readonly type: 'connection.health_changed' | 'sync.completed'
  readonly data: Readonly<Record<string, unknown>>
  readonly created_at: string
}

/** Tells whoever listens, once this transaction has committed. */
export async function appendToOutbox(
  tx: Queryable,
  connectionId: string,
  event: Pick<OutboxEvent, 'type' | 'data'>,
): Promise<void> {
  await tx.query('insert into outbox (connection_id, type, data) values ($1, $2, $3)', [
    connectionId,
    event.type,
    JSON.stringify(storable(event.data)),
  ])
}

/**
 * What happened to a connection after a place, in order. As with the feed of changes, what transactions that still run
 * may come before is not shown yet.
 */
export const readOutboxAfter = (
  db: Queryable,
  { connectionId, after, limit }: { readonly connectionId: string; readonly after: Place; readonly limit: number },
): Promise<OutboxEvent[]> =>
  db.query<OutboxEvent>(
    `select tx::text as tx, seq::text as seq, type, data, created_at from outbox
      where connection_id = $1 and (tx, seq) > ($2::xid8, $3::bigint) and tx < pg_snapshot_xmin(pg_current_snapshot())
      order by tx, seq limit $4`,
    [connectionId, after.tx, after.seq, limit],
  )
