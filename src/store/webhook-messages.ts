import type { Queryable } from './db.ts'
import type { Slice } from './organizations.ts'

export const DELIVERY_STATES = ['pending', 'delivered', 'parked'] as const
/** `pending`: will be sent, for the first time or again. `parked`: given up after a day of failures, until a person says so. */
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** Why an attempt failed. */
export const DELIVERY_FAILURES = {
  status: 'It answered with a status that is not of the 200s.',
  redirect: 'It answered with a redirect, which is not followed.',
  gone: 'It answered 410 Gone: the endpoint was disabled.',
  timeout: 'It did not answer completely within 15 seconds.',
  answer_broken: 'Its answer broke off.',
  name_unknown: 'Its name could not be found.',
  unreachable: 'Nothing takes connections there.',
  certificate: 'Its certificate cannot be trusted, or no secure connection could be made.',
  connection_broken: 'The connection broke before it answered.',
  address_refused: 'Its address is not one that may be called: it must be public and https.',
  secret_unreadable: 'No encryption key that this server was given opens the secret of the endpoint: rotate it.',
} as const
export type DeliveryFailure = keyof typeof DELIVERY_FAILURES

/** What an endpoint is told, and how far that has come. */
export interface Delivery {
  id: string
  endpoint_id: string
  connection_id: string
  type: string
  /** The record, or the connection, that it is about: what is about the same comes in order. */
  subject_id: string
  /** Its change, as the feed of changes names it; null for an event that is none. */
  change_id: string | null
  state: DeliveryState
  attempts: number
  created_at: string
  last_attempt_at: string | null
  /** Not before the earlier ones about the same are done. Null when nothing will be sent. */
  next_attempt_at: string | null
  last_status: number | null
  last_error: DeliveryFailure | null
  delivered_at: string | null
  parked_at: string | null
}

const COLUMNS = `m.id, m.endpoint_id, m.connection_id, m.type, m.subject_id, m.change_tx || '-' || m.change_seq as change_id, m.state,
  m.attempts, m.created_at, m.last_attempt_at, case when m.state = 'pending' then m.next_attempt_at end as next_attempt_at,
  m.last_status, m.last_error, m.delivered_at, m.parked_at`

/** The `webhook-id` of a message: the same with every attempt. */
export const webhookIdOf = (messageId: string): string => `msg_${messageId.replaceAll('-', '')}`

export interface DeliveryFilter {
  readonly endpointId: string
  /** Null: any. */
  readonly state: DeliveryState | null
}
const WANTED = 'm.endpoint_id = $1 and ($2::text is null or m.state = $2)'

/** What an endpoint was told and will be, the newest first. */
export const listDeliveries = (
  db: Queryable,
  { endpointId, state, limit, offset }: DeliveryFilter & Slice,
): Promise<Delivery[]> =>
  db.query<Delivery>(
    `select ${COLUMNS} from webhook_messages m where ${WANTED} order by m.seq desc limit $3 offset $4`,
    [endpointId, state, limit, offset],
  )

export async function countDeliveries(db: Queryable, { endpointId, state }: DeliveryFilter): Promise<number> {
  const [row] = await db.query<{ total: number }>(`select count(*) as total from webhook_messages m where ${WANTED}`, [
    endpointId,
    state,
  ])
  return row?.total ?? 0
}

export async function findDelivery(
  db: Queryable,
  { endpointId, deliveryId }: { readonly endpointId: string; readonly deliveryId: string },
): Promise<Delivery | null> {
  const [row] = await db.query<Delivery>(
    `select ${COLUMNS} from webhook_messages m where m.id = $1 and m.endpoint_id = $2`,
    [deliveryId, endpointId],
  )
  return row ?? null
}

/**
 * Lets a message be sent at once; a parked one gets another day. False where it was delivered already. Call it in a
 * transaction that has locked the endpoint: nobody picks messages meanwhile.
 */
export async function retryDelivery(tx: Queryable, deliveryId: string): Promise<boolean> {
  const rows = await tx.query(
    `update webhook_messages set state = 'pending', next_attempt_at = now(), parked_at = null,
            first_attempt_at = case when state = 'parked' then null else first_attempt_at end,
            attempts = case when state = 'parked' then 0 else attempts end
      where id = $1 and state <> 'delivered' returning id`,
    [deliveryId],
  )
  return rows.length > 0
}

/** Forgets what was not delivered of connections that are deleted: nobody is told about them any more. */
export async function dropMessagesOf(tx: Queryable, connectionIds: readonly string[]): Promise<void> {
  await tx.query("delete from webhook_messages where connection_id = any($1::uuid[]) and state <> 'delivered'", [
    connectionIds,
  ])
}
