import type { Queryable } from './db.ts'
import { dropOldChanges } from './old-changes.ts'

/** Rows deleted at a time, so that nobody waits long for their locks. */
const AT_ONCE = 500

/** What is thrown away, by whom it concerns, and after how long. */
const LEFTOVERS: readonly string[] = [
  // A deleted connection with everything that was read from it.
  `delete from connections where id in (
     select id from connections where state = 'DELETED' and deleted_at < now() - interval '30 days' limit 1)`,
  `delete from invite_tokens where id in (
     select id from invite_tokens where expires_at < now() - interval '30 days' limit $1)`,
  `delete from sessions where id in (select id from sessions where expires_at < now() limit $1)`,
  `delete from request_counts where (connection_id, minute, bucket) in (
     select connection_id, minute, bucket from request_counts where minute < now() - interval '30 days' limit $1)`,
  `delete from audit_log where id in (
     select id from audit_log where at < now() - interval '365 days' limit $1)`,
  `delete from outbox where (connection_id, tx, seq) in (
     select connection_id, tx, seq from outbox where created_at < now() - interval '30 days' limit $1)`,
  `delete from webhook_secrets where id in (select id from webhook_secrets where expires_at < now() limit $1)`,
  `delete from webhook_messages where id in (
     select id from webhook_messages where state = 'delivered' and delivered_at < now() - interval '3 days' limit $1)`,
  `delete from webhook_messages where id in (
     select id from webhook_messages where state = 'parked' and parked_at < now() - interval '30 days' limit $1)`,
  `delete from event_hook_events where (connection_id, event_id) in (
     select connection_id, event_id from event_hook_events where received_at < now() - interval '1 day' limit $1)`,
  // Old syncs, but for the newest hundred of a connection and those that tell when a resource was first read, from when
  // on it is told who was there at a time, and when it was last complete.
  `delete from sync_jobs where id in (
     select j.id from sync_jobs j
      where j.state = 'ended'
        and j.created_at < now() - case j.mode when 'full' then interval '90 days' else interval '7 days' end
        and j.id not in (select n.id from sync_jobs n where n.connection_id = j.connection_id
                          order by n.created_at desc limit 100)
        and not exists (
          select from sync_steps s where s.job_id = j.id and j.mode = 'full' and s.state = 'ended' and s.outcome <> 'failed'
             and not exists (
               select from sync_steps earlier join sync_jobs k on k.id = earlier.job_id
                where k.connection_id = j.connection_id and k.mode = 'full' and earlier.stream = s.stream
                  and earlier.state = 'ended' and earlier.outcome <> 'failed' and earlier.ended_at < s.ended_at))
        and not exists (
          select from sync_steps s where s.job_id = j.id and j.mode = 'full' and s.outcome = 'complete'
             and not exists (
               select from sync_steps later join sync_jobs k on k.id = later.job_id
                where k.connection_id = j.connection_id and k.mode = 'full' and later.stream = s.stream
                  and later.outcome = 'complete' and later.ended_at > s.ended_at))
      limit $1)`,
]

/**
 * Throws away what nobody needs any more: connections deleted 30 days ago with their data, invite tokens that ran out
 * 30 days ago, sessions that have ended, request counts
 * of 30 days ago, what event hooks told a day ago, webhook messages delivered 3 days ago or parked 30 days ago, the audit log beyond a year, the history of syncs beyond 90 days and a hundred, and changes of records
 * beyond the days for which they are kept. Resolves to how many rows went, what hung on them aside.
 */
export async function cleanUp(db: Queryable, { changesDays }: { readonly changesDays: number }): Promise<number> {
  let gone = await dropOldChanges(db, changesDays)
  for (const sql of LEFTOVERS) {
    const params = sql.includes('$1') ? [AT_ONCE] : []
    for (;;) {
      const rows = await db.query(`${sql} returning true as is_gone`, params)
      gone += rows.length
      if (rows.length === 0) break
    }
  }
  return gone
}
