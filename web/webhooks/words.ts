import type { Schema } from '../../src/client/index.ts'
import type { Words } from '../connection/words.ts'
import { readable } from '../records/words.ts'

/** What people read of webhooks in place of the API's names. */

export type Endpoint = Schema<'WebhookEndpoint'>
export type Delivery = Schema<'WebhookDelivery'>
export type EventType = Delivery['type']

/** The page of an organization's webhooks, or of one endpoint of it. */
export const webhooksPath = (organizationId: string, endpointId?: string): string =>
  `/organizations/${organizationId}/webhooks${endpointId === undefined ? '' : `/${endpointId}`}`

const STATES: Readonly<Record<Delivery['state'], Words>> = {
  pending: { tone: 'idle', text: 'Waiting' },
  delivered: { tone: 'good', text: 'Delivered' },
  parked: { tone: 'bad', text: 'Parked' },
}
/** How a message is doing: one that has failed and will be sent again is not the same as one that waits its turn. */
export function deliveryWords({ state, attempts }: Pick<Delivery, 'state' | 'attempts'>): Words {
  if (state === 'pending' && attempts > 0) return { tone: 'warn', text: 'Will be sent again' }
  return STATES[state]
}

/** How an endpoint is doing. */
export function endpointWords({ state, disabled_reason: reason, failures, parked }: Endpoint): Words {
  if (state === 'disabled')
    return reason === 'gone'
      ? { tone: 'bad', text: 'Disabled: it answered 410 Gone' }
      : { tone: 'idle', text: 'Disabled' }
  if (failures > 0)
    return { tone: 'bad', text: failures === 1 ? 'The last attempt failed' : 'The last attempts failed' }
  return parked > 0 ? { tone: 'warn', text: 'Active, with parked messages' } : { tone: 'good', text: 'Active' }
}

const THINGS: Readonly<Record<string, string>> = {
  user: 'Users',
  group: 'Groups',
  application: 'Applications',
  group_membership: 'Group memberships',
  application_assignment: 'Application assignments',
  factor: 'Factors',
  role_assignment: 'Admin roles',
  policy: 'Policies',
  policy_rule: 'Policy rules',
  policy_mapping: 'Policy mappings',
}
const OTHERS: Readonly<Record<string, string>> = {
  'connection.health_changed': 'Health of a connection changed',
  'sync.completed': 'Sync completed',
  'webhook.test': 'Test',
}

/** `idp.user.updated` is Users: updated. */
export function eventWords(type: string): string {
  const [, thing = '', what = ''] = /^idp\.(\w+)\.(\w+)$/.exec(type) ?? []
  return what ? `${THINGS[thing] ?? readable(thing)}: ${what}` : (OTHERS[type] ?? type)
}

/** Every type that can be chosen, by what it is about. Tests are sent whatever is chosen. */
export const EVENT_GROUPS: readonly { readonly name: string; readonly types: readonly EventType[] }[] = [
  { name: 'Users', types: ['idp.user.created', 'idp.user.updated', 'idp.user.deleted'] },
  { name: 'Groups', types: ['idp.group.created', 'idp.group.updated', 'idp.group.deleted'] },
  { name: 'Group memberships', types: ['idp.group_membership.created', 'idp.group_membership.deleted'] },
  { name: 'Applications', types: ['idp.application.created', 'idp.application.updated', 'idp.application.deleted'] },
  {
    name: 'Application assignments',
    types: [
      'idp.application_assignment.created',
      'idp.application_assignment.updated',
      'idp.application_assignment.deleted',
    ],
  },
  { name: 'Factors', types: ['idp.factor.created', 'idp.factor.updated', 'idp.factor.deleted'] },
  {
    name: 'Admin roles',
    types: ['idp.role_assignment.created', 'idp.role_assignment.updated', 'idp.role_assignment.deleted'],
  },
  { name: 'Policies', types: ['idp.policy.created', 'idp.policy.updated', 'idp.policy.deleted'] },
  { name: 'Policy rules', types: ['idp.policy_rule.created', 'idp.policy_rule.updated', 'idp.policy_rule.deleted'] },
  {
    name: 'Policy mappings',
    types: ['idp.policy_mapping.created', 'idp.policy_mapping.updated', 'idp.policy_mapping.deleted'],
  },
  { name: 'Connections', types: ['connection.health_changed', 'sync.completed'] },
]

/** What an endpoint is told, in a few words: `Everything`, or the kinds of things. */
export function toldWords(types: readonly EventType[]): string {
  if (types.length === 0) return 'Everything'
  const named = EVENT_GROUPS.flatMap(({ name, types: all }) => {
    const chosen = all.filter((type) => types.includes(type))
    if (chosen.length === 0) return []
    if (chosen.length === all.length) return name
    return name === 'Connections' ? chosen.map(eventWords) : `${name} (${chosen.map(verbOf).join(', ')})`
  })
  return named.length > 0 ? named.join(', ') : types.map(eventWords).join(', ')
}

const verbOf = (type: string): string => type.slice(type.lastIndexOf('.') + 1)

/** What the receiver did: `Answered 500.`, or why there was no answer. */
export function answerWords({ last_error: error, last_error_text: text, last_status: status }: Delivery): string {
  if (status !== null && (error === null || error === 'status')) return `Answered ${status}.`
  return text ?? ''
}
