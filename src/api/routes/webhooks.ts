import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Queryable } from '../../store/db.ts'
import { holdOrganization } from '../../store/organizations.ts'
import {
  type CountedEndpoint,
  countWebhookEndpoints,
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  findWebhookEndpoint,
  listWebhookEndpoints,
  lockWebhookEndpoint,
  MOST_ENDPOINTS,
  saveWebhookEndpoint,
  type WebhookEndpoint,
} from '../../store/webhook-endpoints.ts'
import { addWebhookSecret } from '../../store/webhook-secrets.ts'
import { type AuditedCall, audit } from '../audit.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { mistakeAt } from '../failure.ts'
import { organizationNotFound } from '../found.ts'
import { answerList, offsetListOf, offsetQuery } from '../offset-list.ts'
import { uuid } from '../parameters.ts'
import type { ApiServices } from '../services.ts'
import {
  AttemptModel,
  attemptAnswer,
  CreateEndpointBody,
  EndpointModel,
  EndpointWithSecret,
  EVENT_TYPE_LIST,
  endpointAnswer,
  UpdateEndpointBody,
} from '../webhook-model.ts'

const path = '/v1/provisioning/organizations/{organization_id}/webhook-endpoints'
const one = `${path}/{endpoint_id}`
const params = z.object({ organization_id: uuid('The organization.') })
const endpointParams = params.extend({ endpoint_id: uuid('The endpoint.') })

interface EndpointCall {
  readonly organization: { readonly id: string }
  readonly params: { readonly endpoint_id: string }
}
const placeOf = ({ organization, params }: EndpointCall) => ({
  organizationId: organization.id,
  endpointId: params.endpoint_id,
})

const endpointNotFound = () => new AppError('webhook_endpoint_not_found', 'Webhook Endpoint Not Found')

/** The endpoint that a path names, of the organization that it names. @throws AppError `webhook_endpoint_not_found` */
export async function webhookEndpointOf(db: Queryable, call: EndpointCall): Promise<CountedEndpoint> {
  const found = await findWebhookEndpoint(db, placeOf(call))
  if (!found) throw endpointNotFound()
  return found
}

/** As `webhookEndpointOf`, and nobody else changes it, or picks messages for it, until the end of the transaction. */
export async function lockedEndpointOf(tx: Queryable, call: EndpointCall): Promise<WebhookEndpoint> {
  const found = await lockWebhookEndpoint(tx, placeOf(call))
  if (!found) throw endpointNotFound()
  return found
}

/** An address that may be called, as URLs are written. @throws AppError `invalid_request` for another */
function callable({ webhooks }: ApiServices, url: string): string {
  const fault = webhooks.faultOf(url)
  if (fault !== null) throw mistakeAt(['body', 'url'], fault)
  return new URL(url).href
}

type EndpointAction =
  | 'webhook_endpoint.created'
  | 'webhook_endpoint.updated'
  | 'webhook_endpoint.deleted'
  | 'webhook_endpoint.tested'
  | 'webhook_secret.rotated'

/** Never tells the address: what receivers accept often stands in it. */
const auditEndpoint = (tx: Queryable, call: AuditedCall, action: EndpointAction, objectId: string, details = {}) =>
  audit(tx, call, { action, objectType: 'webhook_endpoint', objectId, details })

const create = endpoint({
  method: 'post',
  path,
  operationId: 'create_webhook_endpoint',
  tag: 'webhooks',
  summary: 'Create webhook endpoint',
  description: `From now on it is told what happens to every connection of the organization, in messages of the Standard Webhooks scheme,
at least once each and those about one record in order. \`secret\` is shown this once.

${EVENT_TYPE_LIST}`,
  access: 'organization',
  writes: true,
  params,
  body: CreateEndpointBody,
  response: EndpointWithSecret,
  errors: ['webhook_endpoints_full'],
  handle: async ({ services, body, organization, ...rest }) => {
    const url = callable(services, body.url)
    return services.db.transaction(async (tx) => {
      if (!(await holdOrganization(tx, organization.id))) throw organizationNotFound()
      const made = await createWebhookEndpoint(tx, {
        organization_id: organization.id,
        url,
        description: body.description || null,
        event_types: [...new Set(body.event_types ?? [])],
      })
      if (!made)
        throw new AppError('webhook_endpoints_full', `An organization has ${MOST_ENDPOINTS} webhook endpoints at most.`)
      const secret = await addWebhookSecret(tx, services.sealer, made.id)
      await auditEndpoint(tx, { ...rest, organization }, 'webhook_endpoint.created', made.id)
      return { ...endpointAnswer(made), secret }
    })
  },
})

const list = endpoint({
  method: 'get',
  path,
  operationId: 'list_webhook_endpoints',
  tag: 'webhooks',
  summary: 'List webhook endpoints',
  description: 'The oldest first.',
  access: 'organization',
  params,
  query: z.object(offsetQuery),
  response: offsetListOf(EndpointModel, 'WebhookEndpointList'),
  handle: ({ services: { db }, organization, query }) =>
    answerList(query, {
      items: async (slice) =>
        (await listWebhookEndpoints(db, { organizationId: organization.id, ...slice })).map(endpointAnswer),
      count: () => countWebhookEndpoints(db, organization.id),
    }),
})

const get = endpoint({
  method: 'get',
  path: one,
  operationId: 'get_webhook_endpoint_by_id',
  tag: 'webhooks',
  summary: 'Get webhook endpoint',
  access: 'organization',
  params: endpointParams,
  response: EndpointModel,
  errors: ['webhook_endpoint_not_found'],
  handle: async ({ services, ...call }) => endpointAnswer(await webhookEndpointOf(services.db, call)),
})

const update = endpoint({
  method: 'patch',
  path: one,
  operationId: 'update_webhook_endpoint_by_id',
  tag: 'webhooks',
  summary: 'Update webhook endpoint',
  description:
    'What is absent stays as it is. A disabled endpoint that is made active again goes on where it was, as far as changes are still kept.',
  access: 'organization',
  writes: true,
  params: endpointParams,
  body: UpdateEndpointBody,
  response: EndpointModel,
  errors: ['webhook_endpoint_not_found'],
  handle: async ({ services, body, ...call }) => {
    const url = body.url ? callable(services, body.url) : null
    await services.db.transaction(async (tx) => {
      const before = await lockedEndpointOf(tx, call)
      await saveWebhookEndpoint(tx, {
        id: before.id,
        url: url ?? before.url,
        description: body.description === undefined ? before.description : body.description || null,
        event_types: body.event_types ? [...new Set(body.event_types)] : before.event_types,
        state: body.state ?? before.state,
      })
      const details = { fields: Object.keys(body), ...(body.state && { state: body.state }) }
      await auditEndpoint(tx, call, 'webhook_endpoint.updated', before.id, details)
    })
    return endpointAnswer(await webhookEndpointOf(services.db, call))
  },
})

const remove = endpoint({
  method: 'delete',
  path: one,
  operationId: 'delete_webhook_endpoint_by_id',
  tag: 'webhooks',
  summary: 'Delete webhook endpoint',
  description: 'What was on its way to it is gone with it.',
  access: 'organization',
  writes: true,
  params: endpointParams,
  response: EndpointModel,
  errors: ['webhook_endpoint_not_found'],
  handle: ({ services, ...call }) =>
    services.db.transaction(async (tx) => {
      const found = await webhookEndpointOf(tx, call)
      if (!(await deleteWebhookEndpoint(tx, found.id))) throw endpointNotFound()
      await auditEndpoint(tx, call, 'webhook_endpoint.deleted', found.id)
      return endpointAnswer(found)
    }),
})

const rotate = endpoint({
  method: 'post',
  path: `${one}/rotate-secret`,
  operationId: 'rotate_webhook_secret_by_id',
  tag: 'webhooks',
  summary: 'Rotate webhook secret',
  description:
    'Makes a new secret, shown this once. For 24 hours messages are signed with the one before as well: give the new one to the receiver within that time. An older one ends at once.',
  access: 'organization',
  writes: true,
  params: endpointParams,
  response: EndpointWithSecret,
  errors: ['webhook_endpoint_not_found'],
  handle: ({ services, ...call }) =>
    services.db.transaction(async (tx) => {
      const { id } = await lockedEndpointOf(tx, call)
      const secret = await addWebhookSecret(tx, services.sealer, id)
      await auditEndpoint(tx, call, 'webhook_secret.rotated', id)
      return { ...endpointAnswer(await webhookEndpointOf(tx, call)), secret }
    }),
})

const test = endpoint({
  method: 'post',
  path: `${one}/test`,
  operationId: 'test_webhook_endpoint_by_id',
  tag: 'webhooks',
  summary: 'Test webhook endpoint',
  description:
    'Sends `webhook.test` once, now, also to a disabled endpoint, and answers what the receiver answered within 15 seconds.',
  access: 'organization',
  writes: true,
  params: endpointParams,
  response: AttemptModel,
  errors: ['webhook_endpoint_not_found'],
  handle: async ({ services, ...call }) => {
    const found = await webhookEndpointOf(services.db, call)
    const attempt = await services.webhooks.test(found, call.signal)
    const details = { status: attempt.status, failure: attempt.failure }
    await auditEndpoint(services.db, call, 'webhook_endpoint.tested', found.id, details)
    return attemptAnswer(attempt)
  },
})

export const webhookEndpoints: readonly Endpoint[] = [create, list, get, update, remove, rotate, test]
