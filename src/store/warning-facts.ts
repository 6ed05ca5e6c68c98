import type { ErrorCode } from '../errors.ts'
import type { ConnectionState } from './connections.ts'
import type { Queryable } from './db.ts'
import type { LastRead } from './job-history.ts'

/** What is known of a connection that may mean trouble to come. Times are ISO. */
export interface WarningFacts {
  connection_id: string
  /** PostgreSQL's time: what all ages are counted to. */
  now: string
  state: ConnectionState
  refresh_interval_secs: number
  next_sync_at: string | null
  /** Since when it is synced on schedule. */
  active_since: string
  /** When its API token was stored; null where none is, as for a service app. */
  token_stored_at: string | null
  /** Of the service app that signs in; null where none does. */
  client_id: string | null
  token_used_at: string | null
  token_owner_vendor_id: string | null
  token_owner_login: string | null
  /** The last request for nothing but to keep the token alive, and which refusal it met. */
  keep_alive_at: string | null
  keep_alive_error: ErrorCode | null
  /** The owner as the users of the connection have them; null where they are not among them. */
  owner_status: string | null
  owner_vendor_status: string | null
  owner_is_deleted: boolean | null
  /** Since when the owner is so. */
  owner_since: string | null
  refusals: number
  refusal_code: ErrorCode | null
  refused_since: string | null
  /** When a sync last came to its end without an error; null: never. */
  synced_at: string | null
  /** Whether a sync runs which has not been begun anew. */
  is_syncing: boolean
  /** Whether a sync has waited for a worker for longer than the interval. */
  is_waiting: boolean
  /** When the System Log was last read between full syncs, how far back it was read, when its newest event happened. */
  log_polled_at: string | null
  log_since: string | null
  log_newest_at: string | null
  /**
   * Hours for which the log was silent at the longest in the two weeks before its newest event; null where so much of it
   * has not been read, or the newest event is recent.
   */
  usual_silence_hours: number | null
  /** When its event hook was verified and last told anything; null: has none, or not yet. */
  hook_verified_at: string | null
  hook_told_at: string | null
  /** When an event happened, the newest of them, that the log told and the hook did not though it has had the time. */
  hook_missed_at: string | null
}

/** How late a hook may be, in minutes; a minute more for clocks that differ. Okta promises nothing: https://developer.okta.com/docs/concepts/event-hooks/ */
const HOOK_MINUTES = 15

/** What may mean trouble to come, in one query however many connections there are. */
export const warningFacts = (db: Queryable, connectionIds: readonly string[]): Promise<WarningFacts[]> =>
  db.query<WarningFacts>(
    `select c.id as connection_id, now() as now, c.state, c.refresh_interval_secs, c.next_sync_at,
            coalesce(c.active_since, c.created_at) as active_since, case when k.client_id is null then k.updated_at end as token_stored_at, k.client_id, c.token_used_at,
            c.token_owner_vendor_id, c.token_owner_login, c.keep_alive_at, c.keep_alive_error,
            u.status as owner_status, u.vendor_status as owner_vendor_status, u.is_deleted as owner_is_deleted,
            case when u.is_deleted then u.deleted_at else coalesce(u.status_changed_at, u.changed_at) end as owner_since,
            c.refusals, c.refusal_code, c.refused_since, done.ended_at as synced_at,
            exists (select from sync_jobs j where j.connection_id = c.id and j.state = 'running' and j.attempts <= 1)
              as is_syncing,
            exists (select from sync_jobs j where j.connection_id = c.id and j.state in ('queued', 'interrupted')
                       and j.run_after < now() - make_interval(secs => c.refresh_interval_secs))
              or coalesce(c.next_sync_at < now() - make_interval(secs => c.refresh_interval_secs), false) as is_waiting,
            c.log_polled_at, c.log_since, log.published_at as log_newest_at, null::int as usual_silence_hours,
            hook.verified_at as hook_verified_at, hook.last_delivery_at as hook_told_at, missed.published_at as hook_missed_at
       from connections c
       left join connection_credentials k on k.connection_id = c.id
       left join users u on u.connection_id = c.id and u.vendor_id = c.token_owner_vendor_id
       left join lateral (
         select j.ended_at from sync_jobs j
          where j.connection_id = c.id and j.state = 'ended' and j.outcome in ('complete', 'partial')
          order by j.started_at desc limit 1) done on true
       left join lateral (
         select e.published_at from log_events e where e.connection_id = c.id and e.published_at is not null
          order by e.published_at desc limit 1) log on true
       left join event_hooks hook on hook.connection_id = c.id
       left join lateral (
         select e.published_at from log_events e
          where e.connection_id = c.id and e.event_type = any(hook.event_types)
            and e.published_at > greatest(hook.verified_at, hook.last_delivery_at) + interval '1 minute'
            and e.published_at < now() - interval '${HOOK_MINUTES} minutes'
          order by e.published_at desc limit 1) missed on hook.verified_at is not null
      where c.id = any($1::uuid[])`,
    [connectionIds],
  )

/** Days before its newest event in which a log shows how long it is usually silent, and how many of them it needs. */
const USUAL_DAYS = 14
const LEAST_DAYS = 6
/** Silence of which nobody need think. */
const UNREMARKABLE_MS = 2 * 3_600_000

/** Whether this is how the System Log was read. */
export const isLogRead = ({ stream }: Pick<LastRead, 'stream'>): boolean => stream === 'log_events'

/** When the System Log was last read to its end, by a poll or by a full sync; ISO times in UTC sort as text. */
export function logPolledAt({ log_polled_at: polled }: WarningFacts, read: LastRead | undefined): string | null {
  if (read?.outcome !== 'complete') return null
  return (
    [polled, read.ended_at]
      .filter((at) => at !== null)
      .sort()
      .at(-1) ?? null
  )
}

/** The facts with how long the log is usually silent, where it was silent when it was last read. */
export async function withUsualSilence(
  db: Queryable,
  facts: WarningFacts,
  reads: readonly LastRead[],
): Promise<WarningFacts> {
  const { log_newest_at: newest, log_since: since } = facts
  const polledAt = logPolledAt(
    facts,
    reads.find((read) => read.connection_id === facts.connection_id && isLogRead(read)),
  )
  if (!newest || !since || !polledAt || facts.state !== 'ACTIVE') return facts
  const isSilent = Date.parse(polledAt) - Date.parse(newest) >= UNREMARKABLE_MS
  const isKnown = Date.parse(newest) - Date.parse(since) >= LEAST_DAYS * 86_400_000
  return isSilent && isKnown ? { ...facts, usual_silence_hours: await longestSilenceHours(db, facts) } : facts
}

/**
 * The longest time that passed between two events of a connection's log in the two weeks before the newest one, in
 * hours, rounded up. Asks whether there is an event in each of these hours, which costs as much for a log of millions.
 */
async function longestSilenceHours(
  db: Queryable,
  { connection_id, log_since, log_newest_at }: WarningFacts,
): Promise<number> {
  const [row] = await db.query<{ hours: number }>(
    `with hours as (
       select h, row_number() over (order by h) as place, exists (
         select from log_events e where e.connection_id = $1 and e.published_at >= h
            and e.published_at < h + interval '1 hour') as has_events
         from generate_series(greatest($2::timestamptz - interval '${USUAL_DAYS} days', $3::timestamptz),
                              $2::timestamptz, interval '1 hour') h),
     silent as (select place - row_number() over (order by h) as run from hours where not has_events)
     select coalesce(max(length), 0) + 1 as hours from (select count(*) as length from silent group by run) runs`,
    [connection_id, log_newest_at, log_since ?? log_newest_at],
  )
  return row?.hours ?? 1
}
