import { type Answer, notFound, OktaError, ok } from '../http/answer.ts'
import type { SimCall } from '../http/call.ts'
import { isCallable } from '../http/event-hook-sender.ts'
import type { Route, RouteContext } from '../http/router.ts'
import type { EventHook, EventHookInput } from '../state/event-hooks.ts'
import type { Json } from '../world.ts'

const MOST_HOOKS = 25

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/EventHook/ */
export const EVENT_HOOK_ROUTES: Route[] = [
  {
    template: 'GET /api/v1/eventHooks',
    permission: 'okta.eventHooks.read',
    handle: (call, { org }) => ok(org.eventHooks.all().map((hook) => shown(hook, call))),
  },
  {
    template: 'POST /api/v1/eventHooks',
    permission: 'okta.eventHooks.manage',
    handle(call, { org }) {
      const input = inputOf(call)
      if (org.eventHooks.all().length >= MOST_HOOKS) throw invalid('', `There are ${MOST_HOOKS} event hooks already.`)
      return ok(shown(org.eventHooks.add(input, call.token?.ownerId ?? org.ownerId), call))
    },
  },
  {
    template: 'GET /api/v1/eventHooks/{eventHookId}',
    permission: 'okta.eventHooks.read',
    handle: (call, context) => ok(shown(found(call, context), call)),
  },
  {
    template: 'PUT /api/v1/eventHooks/{eventHookId}',
    permission: 'okta.eventHooks.manage',
    handle(call, context) {
      const hook = found(call, context)
      context.org.eventHooks.replace(hook, inputOf(call))
      return ok(shown(hook, call))
    },
  },
  {
    template: 'DELETE /api/v1/eventHooks/{eventHookId}',
    permission: 'okta.eventHooks.manage',
    handle(call, context) {
      const { id, status } = found(call, context)
      if (status !== 'INACTIVE') throw invalid('status', 'status: Only an INACTIVE event hook can be deleted.')
      context.org.eventHooks.remove(id)
      return { status: 204, body: '' }
    },
  },
  lifecycle('activate', (hook, { org }) => org.eventHooks.set(hook, { status: 'ACTIVE' })),
  lifecycle('deactivate', (hook, { org }) => org.eventHooks.set(hook, { status: 'INACTIVE' })),
  lifecycle('verify', async (hook, { org }) => {
    if (!(await org.hookSender.verify(hook)))
      throw invalid('url', 'url: The event hook endpoint did not answer the verification challenge.')
    org.eventHooks.set(hook, { verificationStatus: 'VERIFIED' })
  }),
]

function lifecycle(step: string, take: (hook: EventHook, context: RouteContext) => void | Promise<void>): Route {
  return {
    template: `POST /api/v1/eventHooks/{eventHookId}/lifecycle/${step}`,
    permission: 'okta.eventHooks.manage',
    async handle(call, context): Promise<Answer> {
      const hook = found(call, context)
      await take(hook, context)
      return ok(shown(hook, call))
    },
  }
}

function found({ params }: SimCall, { org }: RouteContext): EventHook {
  const id = params.eventHookId ?? ''
  const hook = org.eventHooks.get(id)
  if (!hook) throw notFound(id, 'EventHook')
  return hook
}

const invalid = (field: string, cause: string) => new OktaError('E0000001', field, [cause])

function inputOf({ text, origin }: SimCall): EventHookInput {
  const body = objectOf(parsed(text))
  const [events, channel] = [objectOf(body.events), objectOf(body.channel)]
  const config = objectOf(channel.config)
  const { items } = events
  if (!isText(body.name)) throw invalid('name', 'name: The field cannot be left blank')
  if (events.type !== 'EVENT_TYPE' || !Array.isArray(items) || items.length === 0 || !items.every(isText))
    throw invalid('events', 'events: must be a list of event types')
  if (channel.type !== 'HTTP' || channel.version !== '1.0.0')
    throw invalid('channel', 'channel: must be HTTP of version 1.0.0')
  if (!isText(config.uri) || !isCallable(config.uri))
    throw invalid('channel.config.uri', 'uri: The simulated org calls http addresses of this machine only.')
  const auth = objectOf(config.authScheme)
  return {
    name: body.name,
    description: isText(body.description) ? body.description : null,
    eventTypes: items,
    uri: config.uri,
    headers: (Array.isArray(config.headers) ? config.headers : []).map((header) => pairOf(objectOf(header))),
    auth: auth.type === 'HEADER' ? pairOf(auth) : null,
    origin,
  }
}

function pairOf({ key, value }: Json): { key: string; value: string } {
  if (!isText(key) || !isText(value)) throw invalid('channel.config', 'channel.config: a header needs key and value')
  return { key, value }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new OktaError('E0000002', 'The request body was not well-formed.')
  }
}

function shown({ uri, headers, auth, eventTypes, origin: _origin, ...hook }: EventHook, call: SimCall): Json {
  const self = `${call.origin}/api/v1/eventHooks/${hook.id}`
  const step = (name: string) => ({ href: `${self}/lifecycle/${name}`, hints: { allow: ['POST'] } })
  const isActive = hook.status === 'ACTIVE'
  return {
    id: hook.id,
    status: hook.status,
    verificationStatus: hook.verificationStatus,
    name: hook.name,
    description: hook.description,
    created: hook.created,
    createdBy: hook.createdBy,
    lastUpdated: hook.lastUpdated,
    events: { type: 'EVENT_TYPE', items: eventTypes, filter: null },
    channel: {
      type: 'HTTP',
      version: '1.0.0',
      config: { uri, headers, method: 'POST', ...(auth && { authScheme: { type: 'HEADER', key: auth.key } }) },
    },
    _links: {
      self: { href: self },
      verify: step('verify'),
      ...(isActive ? { deactivate: step('deactivate') } : { activate: step('activate') }),
    },
  }
}
