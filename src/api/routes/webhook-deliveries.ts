import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Queryable } from '../../store/db.ts'
import {
  countDeliveries,
  DELIVERY_STATES,
  type Delivery,
  findDelivery,
  listDeliveries,
  retryDelivery,
} from '../../store/webhook-messages.ts'
import { audit } from '../audit.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { answerList, offsetListOf, offsetQuery } from '../offset-list.ts'
import { choice, uuid } from '../parameters.ts'
import { DeliveryModel, deliveryAnswer } from '../webhook-model.ts'
import { lockedEndpointOf, webhookEndpointOf } from './webhooks.ts'

const path = '/v1/provisioning/organizations/{organization_id}/webhook-endpoints/{endpoint_id}/deliveries'
const params = z.object({ organization_id: uuid('The organization.'), endpoint_id: uuid('The endpoint.') })

const list = endpoint({
  method: 'get',
  path,
  operationId: 'list_webhook_deliveries',
  tag: 'webhooks',
  summary: 'List webhook deliveries',
  description: 'The newest first. Messages that were delivered are kept for three days, parked ones for 30.',
  access: 'organization',
  params,
  query: z.object({ ...offsetQuery, state: choice(DELIVERY_STATES, 'Only those in this state.') }),
  response: offsetListOf(DeliveryModel, 'WebhookDeliveryList'),
  errors: ['webhook_endpoint_not_found'],
  handle: async ({ services: { db }, query, ...call }) => {
    const filter = { endpointId: (await webhookEndpointOf(db, call)).id, state: query.state }
    return answerList(query, {
      items: async (slice) => (await listDeliveries(db, { ...filter, ...slice })).map(deliveryAnswer),
      count: () => countDeliveries(db, filter),
    })
  },
})

const retry = endpoint({
  method: 'post',
  path: `${path}/{delivery_id}/retry`,
  operationId: 'retry_webhook_delivery',
  tag: 'webhooks',
  summary: 'Retry webhook delivery',
  description:
    'Sends a message as soon as those before it about the same record are done. A parked one is tried for another day; it may then come after later ones about the same record.',
  access: 'organization',
  writes: true,
  params: params.extend({ delivery_id: uuid('The delivery.') }),
  response: DeliveryModel,
  errors: ['webhook_endpoint_not_found', 'webhook_delivery_not_found', 'webhook_delivered'],
  handle: ({ services: { db }, ...call }) =>
    db.transaction(async (tx) => {
      const { id: endpointId } = await lockedEndpointOf(tx, call)
      const delivery = await deliveryOf(tx, endpointId, call.params.delivery_id)
      if (!(await retryDelivery(tx, delivery.id)))
        throw new AppError('webhook_delivered', 'The message has arrived already.')
      await audit(tx, call, {
        action: 'webhook_delivery.retried',
        objectType: 'webhook_endpoint',
        objectId: endpointId,
        details: { delivery_id: delivery.id },
      })
      return deliveryAnswer(await deliveryOf(tx, endpointId, delivery.id))
    }),
})

async function deliveryOf(db: Queryable, endpointId: string, deliveryId: string): Promise<Delivery> {
  const delivery = await findDelivery(db, { endpointId, deliveryId })
  if (!delivery) throw new AppError('webhook_delivery_not_found', 'Webhook Delivery Not Found')
  return delivery
}

export const webhookDeliveries: readonly Endpoint[] = [list, retry]
