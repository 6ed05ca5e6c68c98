import type { Place } from './changes.ts'
import type { Queryable } from './db.ts'

/** Changes deleted at a time, so that no transaction is long: the feed waits for it. */
const AT_ONCE = 5_000

/**
 * Throws changes away that are older than so many days, the oldest of a connection first, and notes with each connection
 * how far that has come: after it everything can still be told. Resolves to how many went.
 */
export async function dropOldChanges(db: Queryable, days: number): Promise<number> {
  let gone = 0
  for (;;) {
    const rows = await db.query<{ count: number }>(
      `with gone as (
         delete from changes where seq in (
           select old.seq from connections c
            cross join lateral (
              select seq from changes where connection_id = c.id and changed_at < now() - make_interval(days => $1)
               order by changed_at, tx, seq limit $2) old
            limit $2)
         returning connection_id, changed_at, tx, seq),
       far as (
         select connection_id, count(*) as count, max(changed_at) as until,
                (array_agg(tx order by tx desc, seq desc))[1] as tx, (array_agg(seq order by tx desc, seq desc))[1] as seq
           from gone group by 1),
       noted as (
         update connections c
            set changes_since = greatest(c.changes_since, far.until),
                (changes_gone_tx, changes_gone_seq) = (
                  select p.tx, p.seq from (values (far.tx, far.seq), (c.changes_gone_tx, c.changes_gone_seq)) p(tx, seq)
                   order by p.tx desc nulls last, p.seq desc limit 1)
           from far where c.id = far.connection_id)
       select count from far`,
      [days, AT_ONCE],
    )
    if (rows.length === 0) return gone
    gone += rows.reduce((sum, { count }) => sum + count, 0)
  }
}

/** Whether changes that come after a place were thrown away: whoever goes on from it misses them. */
export async function hasMissed(
  db: Queryable,
  { connectionId, after }: { readonly connectionId: string; readonly after: Place },
): Promise<boolean> {
  const [row] = await db.query(
    `select from connections
      where id = $1 and (changes_gone_tx, changes_gone_seq) > ($2::xid8, $3::bigint)`,
    [connectionId, after.tx, after.seq],
  )
  return row !== undefined
}
