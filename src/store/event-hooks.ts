import { randomBytes, timingSafeEqual } from 'node:crypto'
import { newId } from '../ids.ts'
import { digestOf } from './api-keys.ts'
import type { Queryable } from './db.ts'

/** Where a connection's IdP pushes what happens, and what came of it. Never the secret. Times are ISO. */
export interface EventHook {
  id: string
  connection_id: string
  /** What the IdP was to be subscribed to when it was set up. */
  event_types: string[]
  /** When its challenge was last answered; null: not yet. */
  verified_at: string | null
  last_delivery_at: string | null
  /** Deliveries that showed the secret, and the log events in them. */
  deliveries: number
  events: number
  /** Things in deliveries that were no log events. */
  odd: number
  /** Log events that came while the connection was not synced, and went unheeded. */
  dropped: number
  /** Requests without the secret, counted once a second at most. */
  rejected: number
  last_rejected_at: string | null
  created_at: string
  /** When its secret was last replaced; null: never. */
  rotated_at: string | null
}

/** A hook as the one who receives needs it. */
export interface KnownHook {
  readonly id: string
  readonly vendor: string
}

const COLUMNS = `h.id, h.connection_id, h.event_types, h.verified_at, h.last_delivery_at, h.deliveries, h.events, h.odd,
  h.dropped, h.rejected, h.last_rejected_at, h.created_at, h.rotated_at`

const SECRET = /^rch_[\w-]{43}$/
const SECRET_BYTES = 32
/** Whether a text has the form of a secret, whether or not there is one. */
export const looksLikeHookSecret = (text: string): boolean => SECRET.test(text)
const newSecret = (): string => `rch_${randomBytes(SECRET_BYTES).toString('base64url')}`

/** Hours for which a secret that was replaced is still taken. */
export const OVERLAP_HOURS = 24

/** Makes the hook of a connection; null where it has one. `secret` is its text, which nothing can tell again. */
export async function createEventHook(
  tx: Queryable,
  { connectionId, eventTypes }: { readonly connectionId: string; readonly eventTypes: readonly string[] },
): Promise<{ hook: EventHook; secret: string } | null> {
  const secret = newSecret()
  const [hook] = await tx.query<EventHook>(
    `insert into event_hooks as h (id, connection_id, secret_digest, event_types) values ($1, $2, $3, $4)
     on conflict (connection_id) do nothing returning ${COLUMNS}`,
    [newId(), connectionId, digestOf(secret), eventTypes],
  )
  return hook ? { hook, secret } : null
}

/** The hook of a connection; null where it has none. */
export async function findEventHook(db: Queryable, connectionId: string): Promise<EventHook | null> {
  const [hook] = await db.query<EventHook>(`select ${COLUMNS} from event_hooks h where h.connection_id = $1`, [
    connectionId,
  ])
  return hook ?? null
}

/** Gives the hook of a connection another secret; the one before is taken for a day, one before that no more. */
export async function rotateHookSecret(
  tx: Queryable,
  connectionId: string,
): Promise<{ hook: EventHook; secret: string } | null> {
  const secret = newSecret()
  const [hook] = await tx.query<EventHook>(
    `update event_hooks h set previous_digest = h.secret_digest, secret_digest = $2, rotated_at = now(),
            previous_until = now() + interval '${OVERLAP_HOURS} hours'
      where h.connection_id = $1 returning ${COLUMNS}`,
    [connectionId, digestOf(secret)],
  )
  return hook ? { hook, secret } : null
}

/** Deletes the hooks of connections, with what they told that no round has looked at. Resolves to those that were. */
export async function deleteEventHooks(tx: Queryable, connectionIds: readonly string[]): Promise<EventHook[]> {
  await tx.query('delete from event_hook_events where connection_id = any($1::uuid[])', [connectionIds])
  return tx.query<EventHook>(`delete from event_hooks h where h.connection_id = any($1::uuid[]) returning ${COLUMNS}`, [
    connectionIds,
  ])
}

/** A digest that is no secret's. */
const NOBODY = Buffer.alloc(32)

/** The hook of this id, if this is its secret; null for any other, whether or not there is such a hook. */
export async function openEventHook(db: Queryable, hookId: string, secret: string): Promise<KnownHook | null> {
  const [row] = await db.query<KnownHook & { secret_digest: Buffer; previous_digest: Buffer | null }>(
    `select h.id, c.vendor, h.secret_digest, case when h.previous_until > now() then h.previous_digest end as previous_digest
       from event_hooks h join connections c on c.id = h.connection_id where h.id = $1`,
    [hookId],
  )
  const given = digestOf(secret)
  const isCurrent = timingSafeEqual(row?.secret_digest ?? NOBODY, given)
  const isPrevious = timingSafeEqual(row?.previous_digest ?? NOBODY, given)
  return row && (isCurrent || isPrevious) ? { id: row.id, vendor: row.vendor } : null
}

/** Counts a request without the secret: a flood of them is one write a second. */
export async function noteRejected(db: Queryable, hookId: string): Promise<void> {
  await db.query(
    `update event_hooks set rejected = rejected + 1, last_rejected_at = now()
      where id = $1 and (last_rejected_at is null or last_rejected_at < now() - interval '1 second')`,
    [hookId],
  )
}

export async function noteVerified(db: Queryable, hookId: string): Promise<void> {
  await db.query('update event_hooks set verified_at = now() where id = $1', [hookId])
}
