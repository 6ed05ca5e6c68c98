import type { Queryable } from './db.ts'

/** That a row was written by a transaction which this server has not had yet; not by this one. */
const IS_FOREIGN =
  'tx >= pg_snapshot_xmax(pg_current_snapshot()) and tx is distinct from pg_current_xact_id_if_assigned()'

/**
 * Brings the changes of a database that was dumped from one server and restored on another into the present: servers
 * count their transactions by themselves, and the feed would show these changes once this one has counted as far. They
 * are ordered as they were written. Cursors of before are refused until then.
 */
export async function settleRestored(tx: Queryable): Promise<void> {
  const [found] = await tx.query(
    `select from connections c
      cross join lateral (
        select tx from changes where connection_id = c.id order by tx desc, seq desc limit 1) latest
      where ${IS_FOREIGN} limit 1`,
  )
  if (!found) return
  await tx.query(`update changes set tx = pg_current_xact_id() where ${IS_FOREIGN}`)
  await tx.query(
    `update connections set changes_gone_tx = null, changes_gone_seq = null
      where changes_gone_tx >= pg_snapshot_xmax(pg_current_snapshot())`,
  )
}
