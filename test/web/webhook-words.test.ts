import { expect, it } from 'vitest'
import { EVENT_TYPE_NAMES } from '../../src/webhooks/event-types.ts'
import { deliveryWords, EVENT_GROUPS, eventWords, toldWords } from '../../web/webhooks/words.ts'

it('every type of event can be chosen, once, and only the test is sent whatever is chosen', () => {
  const offered = EVENT_GROUPS.flatMap(({ types }) => types)
  expect([...offered, 'webhook.test'].sort()).toEqual([...EVENT_TYPE_NAMES].sort())
})

it('types are read in words, also those that a later version brings', () => {
  expect(eventWords('idp.group_membership.deleted')).toBe('Group memberships: deleted')
  expect(eventWords('sync.completed')).toBe('Sync completed')
  expect(eventWords('idp.device.created')).toBe('Device: created')
  expect(eventWords('something.else')).toBe('something.else')
})

it('what an endpoint is told is short: everything, whole kinds, or what of a kind', () => {
  expect(toldWords([])).toBe('Everything')
  expect(toldWords(['idp.user.created', 'idp.user.updated', 'idp.user.deleted', 'idp.group.deleted'])).toBe(
    'Users, Groups (deleted)',
  )
  expect(toldWords(['sync.completed'])).toBe('Sync completed')
})

it('a message that has failed is not told like one that waits its turn', () => {
  expect(deliveryWords({ state: 'pending', attempts: 0 }).text).toBe('Waiting')
  expect(deliveryWords({ state: 'pending', attempts: 2 })).toEqual({ tone: 'warn', text: 'Will be sent again' })
  expect(deliveryWords({ state: 'parked', attempts: 8 }).tone).toBe('bad')
})
