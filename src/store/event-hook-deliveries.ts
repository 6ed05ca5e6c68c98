import { LogEvent } from '../model/log-event.ts'
import type { Db, Queryable } from './db.ts'
import { type Enqueued, enqueue } from './job-queue.ts'
import { liveIds } from './list.ts'
import type { WantedTarget } from './refetch-queue.ts'
import { REFUSALS_BEFORE_SLOWING } from './schedule.ts'

/** A log event that a hook tells, and what it names. */
export interface HookEvent {
  readonly id: string
  readonly targets: readonly WantedTarget[]
}

/** Rounds that a hook brings about lie so many seconds apart, however much it tells. */
export const ROUND_EVERY_SECS = 15
/** Targets that a hook may name at once, and after how many seconds another one. What is beyond comes by the log. */
const MOST_TARGETS = 300
const SECS_A_TARGET = 12

interface HeldHook {
  connection_id: string
  is_synced: boolean
  targets_named: number
}

/**
 * Takes in what a hook delivers, in one transaction that nothing of a sync waits for, nor the other way round: what is to
 * be read again is kept for the next round, and that one is wanted soon. An event that the log has told already, or that
 * was delivered before, asks for nothing. What comes while the connection is not synced is counted and dropped: once it
 * is again, the log tells it.
 */
export function takeDelivery(
  db: Db,
  hookId: string,
  { events, odd }: { readonly events: readonly HookEvent[]; readonly odd: number },
): Promise<void> {
  return db.transaction(async (tx) => {
    const [hook] = await tx.query<HeldHook>(
      `update event_hooks h set deliveries = h.deliveries + 1, events = h.events + $2, odd = h.odd + $3,
              last_delivery_at = now(), counted_at = now(),
              dropped = h.dropped + case when c.state = 'ACTIVE' then 0 else $2 end,
              targets_named = greatest(0, h.targets_named - extract(epoch from now() - h.counted_at) / ${SECS_A_TARGET})
         from connections c where c.id = h.connection_id and h.id = $1
       returning h.connection_id, h.targets_named, c.state = 'ACTIVE' as is_synced`,
      [hookId, events.length, odd],
    )
    if (!hook?.is_synced) return
    const news = await newsOf(tx, hook.connection_id, events)
    if (news.length === 0) return
    const kept = thatFit(news, MOST_TARGETS - hook.targets_named)
    await tx.query(
      `insert into event_hook_events (connection_id, event_id, targets)
       select $1, u.id, u.targets::jsonb from unnest($2::text[], $3::text[]) u (id, targets) on conflict do nothing`,
      [hook.connection_id, kept.map(({ id }) => id), kept.map(({ targets }) => JSON.stringify(targets))],
    )
    const named = kept.reduce((sum, event) => sum + costOf(event), 0)
    await tx.query(
      'update event_hooks set wanted_at = coalesce(wanted_at, now()), targets_named = targets_named + $2 where id = $1',
      [hookId, named],
    )
  })
}

/** Events that name something and that neither the log nor an earlier delivery has told. */
async function newsOf(tx: Queryable, connectionId: string, events: readonly HookEvent[]): Promise<HookEvent[]> {
  const telling = new Map(events.filter(({ targets }) => targets.length > 0).map((event) => [event.id, event]))
  if (telling.size === 0) return []
  const logged = await loggedIds(tx, connectionId, [...telling.keys()])
  const rows = await tx.query<{ event_id: string }>(
    'select event_id from event_hook_events where connection_id = $1 and event_id = any($2::text[])',
    [connectionId, [...telling.keys()]],
  )
  const told = new Set(rows.map(({ event_id }) => event_id))
  return [...telling.values()].filter(({ id }) => !logged.has(id) && !told.has(id))
}

/**
 * What is kept of events: single records and listings, as many as there is room for. Whole streams are read on the log's
 * word alone, so that a secret in wrong hands cannot ask for them.
 */
function thatFit(events: readonly HookEvent[], most: number): HookEvent[] {
  let room = Math.floor(most)
  return events.flatMap(({ id, targets }) => {
    const single = targets.filter(({ kind }) => kind !== 'stream')
    const event = { id, targets: single }
    if (costOf(event) > room) return []
    room -= costOf(event)
    return [event]
  })
}

/** One that names nothing by itself takes a row all the same. */
const costOf = ({ targets }: HookEvent): number => Math.max(1, targets.length)

/** Which of these events are among the log events of a connection, by the vendor's ids. */
async function loggedIds(tx: Queryable, connectionId: string, ids: readonly string[]): Promise<Set<string>> {
  const byOurs = new Map(ids.map((id) => [LogEvent.idOf(connectionId, id), id]))
  const known = await liveIds(tx, LogEvent, [...byOurs.keys()])
  return new Set([...known].flatMap((id) => byOurs.get(id) ?? []))
}

/** What hooks have told a connection, and no round has looked at yet: what the log tells by now, and what it does not. */
export async function listHookEvents(
  tx: Queryable,
  connectionId: string,
): Promise<{ readonly all: readonly string[]; readonly targets: readonly WantedTarget[] }> {
  const events = await tx.query<{ id: string; targets: WantedTarget[] }>(
    'select event_id as id, targets from event_hook_events where connection_id = $1 order by received_at, event_id',
    [connectionId],
  )
  const all = events.map(({ id }) => id)
  const logged = await loggedIds(tx, connectionId, all)
  return { all, targets: events.filter(({ id }) => !logged.has(id)).flatMap(({ targets }) => targets) }
}

/** Throws away what has been looked at. */
export async function dropHookEvents(tx: Queryable, connectionId: string, ids: readonly string[]): Promise<void> {
  await tx.query('delete from event_hook_events where connection_id = $1 and event_id = any($2::text[])', [
    connectionId,
    ids,
  ])
}

/**
 * Enqueues the rounds that hooks want, `limit` at most. One waits until the connection's unfinished sync has ended and
 * until a while after the hook's last one; there is none before a full sync to build on, nor while syncs are refused.
 */
export function enqueueHooked(db: Db, limit: number): Promise<Enqueued[]> {
  return db.transaction(async (tx) => {
    const due = await tx.query<{ id: string; hook_id: string }>(
      `select c.id, h.id as hook_id from event_hooks h join connections c on c.id = h.connection_id
        where h.wanted_at is not null and c.state = 'ACTIVE' and c.full_sync_at is not null
          and c.refusals < ${REFUSALS_BEFORE_SLOWING}
          and (h.round_at is null or h.round_at <= now() - interval '${ROUND_EVERY_SECS} seconds')
          and not exists (select from sync_jobs j where j.connection_id = c.id and j.state <> 'ended')
        order by h.wanted_at limit $1 for no key update of c, h skip locked`,
      [limit],
    )
    const queued: Enqueued[] = []
    for (const { id, hook_id } of due) {
      await tx.query('update event_hooks set wanted_at = null, round_at = now() where id = $1', [hook_id])
      queued.push(await enqueue(tx, { connectionId: id, mode: 'incremental', trigger: 'schedule', at: null }))
    }
    return queued
  })
}
