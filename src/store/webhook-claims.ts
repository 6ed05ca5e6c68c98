import type { Db, Queryable } from './db.ts'
import type { DeliveryFailure, DeliveryState } from './webhook-messages.ts'

/** A message that is this owner's to send. */
export interface ClaimedMessage {
  id: string
  endpoint_id: string
  organization_id: string
  connection_id: string
  type: string
  url: string
  payload: string
  /** This one included. */
  attempts: number
}

/**
 * How long a claim holds: far longer than an attempt may take, so that whoever takes it over knows that nobody sends.
 * In PostgreSQL's time, as all that several processes must agree on.
 */
const CLAIM_UNTIL = "now() + interval '60 seconds'"
/** An endpoint is in trouble once this many attempts in a row have failed. */
const TROUBLED = 3

const IS_FREE = '(m.lease_until is null or m.lease_until < now())'
/** Of what is about one subject only the earliest is sent, and only when nothing else about it is under way. */
const IS_FIRST = `not exists (
  select from webhook_messages o
   where o.endpoint_id = m.endpoint_id and o.subject_id = m.subject_id and o.state = 'pending' and o.id <> m.id
     and (o.seq < m.seq or o.lease_until >= now()))`
const IS_DUE = `m.endpoint_id = e.id and m.state = 'pending' and m.next_attempt_at <= now() and ${IS_FREE} and ${IS_FIRST}`
const UNDER_WAY = `(select count(*) from webhook_messages f
  where f.endpoint_id = e.id and f.state = 'pending' and f.lease_until >= now())`

export interface ClaimRequest {
  readonly owner: string
  /** Messages at most. */
  readonly limit: number
  /** Messages of one endpoint that are under way at the same time, whoever sends them; one while it is in trouble. */
  readonly perEndpoint: number
  /** Whether endpoints in trouble are looked at, or those that are not. */
  readonly troubled: boolean
}

/**
 * Takes messages that are due, of those endpoints first whose turn was longest ago. An endpoint's row is held
 * meanwhile, so that two who claim cannot both take what is about one record, nor more than one endpoint may have.
 */
export function claimMessages(db: Db, request: ClaimRequest): Promise<ClaimedMessage[]> {
  if (request.limit <= 0) return Promise.resolve([])
  const perEndpoint = request.troubled ? 1 : request.perEndpoint
  return db.transaction(async (tx) => {
    const endpoints = await tx.query<{ id: string }>(
      `update webhook_endpoints set claimed_at = now() where id in (
         select e.id from webhook_endpoints e
          -- Lateral and limited, so that one message is looked for, and not all of them.
          cross join lateral (select from webhook_messages m where ${IS_DUE} limit 1) due
          where e.state = 'active' and (e.resume_at is null or e.resume_at <= now()) and (e.failures >= ${TROUBLED}) = $2
            and ${UNDER_WAY} < $3
          order by e.claimed_at nulls first limit $1 for no key update of e skip locked)
       returning id`,
      [request.limit, request.troubled, perEndpoint],
    )
    if (endpoints.length === 0) return []
    // A statement of its own: it sees what others have claimed until the rows of the endpoints were ours.
    return tx.query<ClaimedMessage>(
      `with picked as (
         select p.id from webhook_endpoints e cross join lateral (
           select m.id from webhook_messages m where ${IS_DUE}
            order by m.next_attempt_at, m.seq
            limit greatest(0, $3 - ${UNDER_WAY})
              for no key update of m skip locked) p
          where e.id = any($1::uuid[]) limit $2)
       update webhook_messages m set lease_owner = $4, lease_until = ${CLAIM_UNTIL}, attempts = m.attempts + 1,
              first_attempt_at = coalesce(m.first_attempt_at, now()), last_attempt_at = now()
         from picked, webhook_endpoints e where m.id = picked.id and e.id = m.endpoint_id
       returning m.id, m.endpoint_id, e.organization_id, m.connection_id, m.type, e.url, m.payload, m.attempts`,
      [endpoints.map(({ id }) => id), request.limit, perEndpoint, request.owner],
    )
  })
}

type Claimed = Pick<ClaimedMessage, 'id' | 'endpoint_id'>

/** Notes that a message has arrived; its payload is kept no longer. False where the claim was lost. */
export function markDelivered(db: Db, message: Claimed, owner: string, status: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    await tx.query('update webhook_endpoints set failures = 0 where id = $1 and failures > 0', [message.endpoint_id])
    const rows = await tx.query(
      `update webhook_messages set state = 'delivered', delivered_at = now(), payload = null, last_status = $3,
              last_error = null, lease_owner = null, lease_until = null
        where id = $1 and lease_owner = $2 and state = 'pending' returning id`,
      [message.id, owner, status],
    )
    return rows.length > 0
  })
}

export interface FailedAttempt {
  readonly status: number | null
  readonly failure: DeliveryFailure
  /** Seconds until the next attempt. */
  readonly waitSecs: number
  /** Seconds for which the endpoint asked to be left alone; null when it did not. */
  readonly pauseSecs: number | null
}

/**
 * Notes that an attempt failed. The next one is due after a while, the last one a day after the first; then the message
 * is parked. Resolves to what became of it, or null where the claim was lost.
 */
export function markFailed(
  db: Db,
  message: Claimed,
  owner: string,
  attempt: FailedAttempt,
): Promise<DeliveryState | null> {
  const { status, failure, waitSecs, pauseSecs } = attempt
  return db.transaction(async (tx) => {
    await tx.query(
      `update webhook_endpoints set failures = failures + 1,
              resume_at = coalesce(now() + make_interval(secs => $2), resume_at),
              state = case when $3 then 'disabled' else state end,
              disabled_reason = case when $3 then 'gone' else disabled_reason end
        where id = $1`,
      [message.endpoint_id, pauseSecs, failure === 'gone'],
    )
    const [row] = await tx.query<{ state: DeliveryState }>(
      `update webhook_messages m set last_status = $3, last_error = $4, lease_owner = null, lease_until = null,
              state = case when day.is_over then 'parked' else 'pending' end,
              parked_at = case when day.is_over then now() end,
              next_attempt_at = least(now() + make_interval(secs => $5), greatest(now(), day.ends_at))
         from (select id, first_attempt_at + interval '24 hours' as ends_at,
                      first_attempt_at + interval '24 hours' <= now() and $4 <> 'gone' as is_over
                 from webhook_messages where id = $1) day
        where m.id = day.id and m.lease_owner = $2 and m.state = 'pending' returning m.state`,
      [message.id, owner, status, failure, waitSecs],
    )
    return row?.state ?? null
  })
}

/** Hands back a message that was not sent, or not to its end: whoever comes next may send it at once. */
export async function releaseMessage(db: Queryable, message: Claimed, owner: string): Promise<void> {
  await db.query(
    `update webhook_messages set lease_owner = null, lease_until = null, attempts = greatest(attempts - 1, 0)
      where id = $1 and lease_owner = $2 and state = 'pending'`,
    [message.id, owner],
  )
}
