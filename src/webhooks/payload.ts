import type { Change } from '../store/changes.ts'
import type { OutboxEvent } from '../store/outbox.ts'
import type { RecordNow } from '../store/webhook-feed.ts'
import type { EventType } from './event-types.ts'

/** Whose a message is. */
export interface Origin {
  readonly organizationId: string
  readonly connectionId: string
}

/** The text of a message: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const message = (type: EventType, timestamp: string, data: object): string => JSON.stringify({ type, timestamp, data })

const originOf = ({ organizationId, connectionId }: Origin) => ({
  organization_id: organizationId,
  connection_id: connectionId,
})

/** What is told of a change. `record`: as it is now; null, as when it has vanished, where there is none. */
export function changePayload(type: EventType, change: Change, record: RecordNow | null, origin: Origin): string {
  return message(type, change.changed_at, {
    ...originOf(origin),
    change_id: `${change.tx}-${change.seq}`,
    entity: change.entity,
    kind: change.kind,
    record_id: change.record_id,
    vendor_id: change.vendor_id,
    fields: change.fields,
    relation: change.relation,
    record: change.kind === 'deleted' || record?.is_deleted ? null : record,
  })
}

/** What is told of an event that is no change. */
export const eventPayload = (event: OutboxEvent, origin: Origin): string =>
  message(event.type, event.created_at, { ...originOf(origin), ...event.data })

/** What a test says. */
export const testPayload = (at: string, endpoint: { readonly id: string; readonly organizationId: string }): string =>
  message('webhook.test', at, { organization_id: endpoint.organizationId, endpoint_id: endpoint.id })
