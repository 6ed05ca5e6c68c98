import { newId } from '../ids.ts'
import type { Queryable } from './db.ts'
import type { Slice } from './organizations.ts'

export const WEBHOOK_STATES = ['active', 'disabled'] as const
export type WebhookState = (typeof WEBHOOK_STATES)[number]

/** `gone`: it answered 410 Gone. `request`: somebody said so. */
export const DISABLED_REASONS = ['gone', 'request'] as const

/** Where an organization wants to be told what happens. */
export interface WebhookEndpoint {
  id: string
  organization_id: string
  url: string
  description: string | null
  /** Empty: all. */
  event_types: string[]
  state: WebhookState
  disabled_reason: (typeof DISABLED_REASONS)[number] | null
  /** Attempts that failed since the last one that did not. */
  failures: number
  created_at: string
  updated_at: string
}

/** An endpoint, and what is on its way to it. */
export interface CountedEndpoint extends WebhookEndpoint {
  pending: number
  parked: number
  last_delivered_at: string | null
}

/** The most endpoints of one organization: each gets a copy of everything. */
export const MOST_ENDPOINTS = 20

const COLUMNS = `e.id, e.organization_id, e.url, e.description, e.event_types, e.state, e.disabled_reason, e.failures,
  e.created_at, e.updated_at`
const COUNTED = `${COLUMNS},
  (select count(*) from webhook_messages m where m.endpoint_id = e.id and m.state = 'pending') as pending,
  (select count(*) from webhook_messages m where m.endpoint_id = e.id and m.state = 'parked') as parked,
  (select m.delivered_at from webhook_messages m where m.endpoint_id = e.id and m.state = 'delivered'
    order by m.seq desc limit 1) as last_delivered_at`

/** Makes an endpoint, which is told what happens from now on; null when the organization has as many as it may. */
export async function createWebhookEndpoint(
  tx: Queryable,
  endpoint: Pick<WebhookEndpoint, 'organization_id' | 'url' | 'description' | 'event_types'>,
): Promise<CountedEndpoint | null> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `rollcall webhook endpoints ${endpoint.organization_id}`,
  ])
  if ((await countWebhookEndpoints(tx, endpoint.organization_id)) >= MOST_ENDPOINTS) return null
  const [row] = await tx.query<CountedEndpoint>(
    `insert into webhook_endpoints as e (id, organization_id, url, description, event_types)
     values ($1, $2, $3, $4, $5)
     returning ${COLUMNS}, 0 as pending, 0 as parked, null as last_delivered_at`,
    [newId(), endpoint.organization_id, endpoint.url, endpoint.description, endpoint.event_types],
  )
  return row ?? null
}

/** The endpoints of an organization, the oldest first. */
export const listWebhookEndpoints = (
  db: Queryable,
  { organizationId, limit, offset }: { readonly organizationId: string } & Slice,
): Promise<CountedEndpoint[]> =>
  db.query<CountedEndpoint>(
    `select ${COUNTED} from webhook_endpoints e where e.organization_id = $1
      order by e.created_at, e.id limit $2 offset $3`,
    [organizationId, limit, offset],
  )

export async function countWebhookEndpoints(db: Queryable, organizationId: string): Promise<number> {
  const [row] = await db.query<{ total: number }>(
    'select count(*) as total from webhook_endpoints where organization_id = $1',
    [organizationId],
  )
  return row?.total ?? 0
}

export interface EndpointPlace {
  readonly organizationId: string
  readonly endpointId: string
}

/** An endpoint of this organization; null when there is none of this id, or it belongs to another. */
export async function findWebhookEndpoint(
  db: Queryable,
  { organizationId, endpointId }: EndpointPlace,
): Promise<CountedEndpoint | null> {
  const [row] = await db.query<CountedEndpoint>(
    `select ${COUNTED} from webhook_endpoints e where e.id = $1 and e.organization_id = $2`,
    [endpointId, organizationId],
  )
  return row ?? null
}

/** As `findWebhookEndpoint`, and nobody else changes it until the end of the transaction. */
export async function lockWebhookEndpoint(
  tx: Queryable,
  { organizationId, endpointId }: EndpointPlace,
): Promise<WebhookEndpoint | null> {
  const [row] = await tx.query<WebhookEndpoint>(
    `select ${COLUMNS} from webhook_endpoints e where e.id = $1 and e.organization_id = $2 for no key update`,
    [endpointId, organizationId],
  )
  return row ?? null
}

/**
 * Writes what is said of an endpoint. One that is made active again goes on where it was, and is trusted anew: what
 * failed before is tried at once.
 */
export async function saveWebhookEndpoint(
  tx: Queryable,
  endpoint: Pick<WebhookEndpoint, 'id' | 'url' | 'description' | 'event_types' | 'state'>,
): Promise<void> {
  const rows = await tx.query<{ is_back: boolean }>(
    `update webhook_endpoints e set url = $2, description = $3, event_types = $4, state = $5, updated_at = now(),
            disabled_reason = case when $5 = 'disabled' then coalesce(e.disabled_reason, 'request') end,
            failures = case when before.is_back then 0 else e.failures end,
            resume_at = case when before.is_back then null else e.resume_at end
       from (select id, state = 'disabled' and $5 = 'active' as is_back from webhook_endpoints where id = $1) before
      where e.id = before.id returning before.is_back`,
    [endpoint.id, endpoint.url, endpoint.description, endpoint.event_types, endpoint.state],
  )
  if (rows[0]?.is_back)
    await tx.query("update webhook_messages set next_attempt_at = now() where endpoint_id = $1 and state = 'pending'", [
      endpoint.id,
    ])
}

/** Deletes an endpoint with everything that was on its way to it; false when there is none of this id. */
export async function deleteWebhookEndpoint(tx: Queryable, endpointId: string): Promise<boolean> {
  const rows = await tx.query('delete from webhook_endpoints where id = $1 returning id', [endpointId])
  return rows.length > 0
}

/** Deletes all endpoints of an organization that is deleted. */
export const deleteWebhookEndpointsOf = async (tx: Queryable, organizationId: string): Promise<void> => {
  await tx.query('delete from webhook_endpoints where organization_id = $1', [organizationId])
}
