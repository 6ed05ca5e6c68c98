import { z } from 'zod'
import type { CountedEndpoint } from '../store/webhook-endpoints.ts'
import { DISABLED_REASONS, MOST_ENDPOINTS, WEBHOOK_STATES } from '../store/webhook-endpoints.ts'
import {
  DELIVERY_FAILURES,
  DELIVERY_STATES,
  type Delivery,
  type DeliveryFailure,
  webhookIdOf,
} from '../store/webhook-messages.ts'
import { EVENT_TYPE_NAMES, EVENT_TYPES } from '../webhooks/event-types.ts'
import { label } from './body.ts'
import type { WebhookAttempt } from './services.ts'

/** Webhooks as answers tell them. */

const url = (description: string) => z.string().max(2_000).meta({ format: 'uri' }).describe(description)
const eventTypes = z.array(z.enum(EVENT_TYPE_NAMES)).max(EVENT_TYPE_NAMES.length)
const failure = z
  .enum(Object.keys(DELIVERY_FAILURES) as [DeliveryFailure, ...DeliveryFailure[]])
  .nullable()
  .describe('Why the last attempt failed: a code to branch on; null where it did not.')

/** Every type with what it says, as Markdown. */
export const EVENT_TYPE_LIST = Object.entries(EVENT_TYPES)
  .map(([name, sentence]) => `- \`${name}\`: ${sentence}`)
  .join('\n')

const shape = {
  id: z.uuid().describe('Its id.'),
  url: url('Where messages are posted to.'),
  description: z.string().nullable().describe('What it is for, in the words of who made it.'),
  event_types: eventTypes.describe('What it is told; empty: everything.'),
  state: z.enum(WEBHOOK_STATES).describe('`disabled`: nothing is sent; it keeps its place and goes on there.'),
  disabled_reason: z
    .enum(DISABLED_REASONS)
    .nullable()
    .describe('`gone`: it answered 410 Gone. `request`: somebody said so. Null while it is active.'),
  pending: z
    .int()
    .describe('Messages that wait to be sent, at most about a thousand: more wait in the feed of changes.'),
  parked: z.int().describe('Messages that could not be delivered for a day and are kept for 30 days.'),
  failures: z.int().describe('Attempts that failed since the last one that did not.'),
  last_delivered_at: z.iso
    .datetime()
    .nullable()
    .describe('When a message last arrived; null where that is unknown, as after three quiet days.'),
  created_at: z.iso.datetime().describe('When it was made.'),
  updated_at: z.iso.datetime().describe('When it was last changed.'),
}

export const EndpointModel = z
  .object(shape)
  .meta({ id: 'WebhookEndpoint', description: 'Where an organization wants to be told what happens.' })

export const EndpointWithSecret = z
  .object({
    ...shape,
    secret: z.string().describe('`whsec_…`: what messages are signed with. It is not shown again.'),
  })
  .meta({ id: 'WebhookEndpointWithSecret', description: 'An endpoint, and its secret this once.' })

export const CreateEndpointBody = z
  .object({
    url: url('Where to post to: https and a public address.'),
    description: label('What it is for.'),
    event_types: eventTypes.nullable().optional().describe('What to tell; everything if not given or empty.'),
  })
  .meta({ id: 'CreateWebhookEndpoint', description: `An endpoint to be made; at most ${MOST_ENDPOINTS} of them.` })

export const UpdateEndpointBody = z
  .object({
    url: url('Where to post to: https and a public address.').nullable().optional(),
    description: label('What it is for; null takes it away.'),
    event_types: eventTypes.nullable().optional().describe('What to tell; empty: everything.'),
    state: z.enum(WEBHOOK_STATES).nullable().optional().describe('Whether to send.'),
  })
  .meta({ id: 'UpdateWebhookEndpoint', description: 'What is changed; what is absent stays as it is.' })

export const DeliveryModel = z
  .object({
    id: z.uuid().describe('Its id.'),
    webhook_id: z.string().describe('`webhook-id` of the message, the same with every attempt.'),
    type: z.enum(EVENT_TYPE_NAMES).describe('What it tells.'),
    connection_id: z.uuid().describe('The connection that it is about.'),
    subject_id: z
      .uuid()
      .describe('The record that it is about, or the connection: those about the same come in order.'),
    change_id: z.string().nullable().describe('The change that it tells of; null for an event that is none.'),
    state: z
      .enum(DELIVERY_STATES)
      .describe('`pending`: will be sent, for the first time or again. `parked`: could not be delivered for a day.'),
    attempts: z.int().describe('How often it was sent.'),
    last_status: z.int().nullable().describe('What the receiver answered the last time; null where it did not.'),
    last_error: failure,
    last_error_text: z.string().nullable().describe('The same in words.'),
    created_at: z.iso.datetime().describe('When it was made.'),
    last_attempt_at: z.iso.datetime().nullable().describe('When it was last sent; null: not yet.'),
    next_attempt_at: z.iso
      .datetime()
      .nullable()
      .describe('When it is sent, at the earliest: not before earlier ones about the same. Null unless it is pending.'),
    delivered_at: z.iso.datetime().nullable().describe('When it arrived; null: it has not.'),
    parked_at: z.iso.datetime().nullable().describe('When it was given up; null: it was not.'),
  })
  .meta({ id: 'WebhookDelivery', description: 'A message to an endpoint. Delivered ones are kept for three days.' })

export const AttemptModel = z
  .object({
    is_delivered: z.boolean().describe('Whether it counts as delivered: a whole answer of the 200s.'),
    status: z.int().nullable().describe('What the receiver answered; null where it did not.'),
    answer: z.string().describe('The beginning of what it answered, at most 1,000 characters.'),
    error: failure,
    error_text: z.string().nullable().describe('The same in words.'),
    seconds: z.number().describe('Seconds that it took.'),
  })
  .meta({ id: 'WebhookAttempt', description: 'What came of sending one message.' })

export const endpointAnswer = (endpoint: CountedEndpoint): z.output<typeof EndpointModel> => ({
  ...endpoint,
  // Only names that were let through are stored.
  event_types: endpoint.event_types as z.output<typeof eventTypes>,
})

export const deliveryAnswer = (delivery: Delivery): z.output<typeof DeliveryModel> => ({
  ...delivery,
  type: delivery.type as z.output<typeof DeliveryModel>['type'],
  webhook_id: webhookIdOf(delivery.id),
  last_error_text: delivery.last_error && DELIVERY_FAILURES[delivery.last_error],
})

export const attemptAnswer = ({
  failure: error,
  status,
  text,
  seconds,
}: WebhookAttempt): z.output<typeof AttemptModel> => ({
  is_delivered: error === null,
  status,
  answer: text,
  error,
  error_text: error && DELIVERY_FAILURES[error],
  seconds,
})
