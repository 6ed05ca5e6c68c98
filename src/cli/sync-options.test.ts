import { expect, test } from 'vitest'
import type { Connection } from '../store/connections.ts'
import { DEFAULT_SETTINGS } from '../sync/settings.ts'
import { chooseConnection } from './export.ts'
import { syncSettings } from './sync-options.ts'

const RESOURCES = [
  { name: 'users', entity: 'user', maxPageSize: 200 },
  { name: 'factors', entity: 'factor', maxPageSize: null },
]

test('without options everything is as usual', () => {
  expect(syncSettings({}, RESOURCES)).toEqual(DEFAULT_SETTINGS)
})

test('options become settings', () => {
  const options = {
    logDays: 30,
    deleteLimit: 0,
    pageSize: ['users=50'],
    group: ['Everyone', '00g1'],
    emailDomain: ['@Acme.example'],
    skipAppGroups: true,
    confirmDeletes: true,
    fresh: true,
  }
  expect(syncSettings(options, RESOURCES)).toMatchObject({
    logDays: 30,
    deleteShare: 0,
    pageSizes: { users: 50 },
    scope: { groups: ['Everyone', '00g1'], emailDomains: ['acme.example'], skipAppGroups: true },
    confirmDeletes: true,
    fresh: true,
  })
})

test.each([
  ['users', 'takes RESOURCE=ROWS'],
  ['people=5', 'Resources: users.'],
  ['users=201', 'users takes 1 to 200 rows'],
  ['users=0', 'users takes 1 to 200 rows'],
  ['factors=5', 'without pages'],
])('--page-size %s is refused', (text, reason) => {
  expect(() => syncSettings({ pageSize: [text] }, RESOURCES)).toThrow(reason)
})

const AT = '2026-01-01T00:00:00.000Z'

const connection = (id: string): Connection => ({
  id,
  vendor: 'OKTA_IDP',
  organization_id: 'o1',
  identifier: null,
  state: 'PENDING',
  origin: `https://${id}.okta.com`,
  org_id: `00o${id}`,
  org_name: null,
  engine: null,
  log_cursor: null,
  log_since: null,
  full_interval_secs: 86_400,
  reread_days: 7,
  full_sync_at: null,
  next_full_at: null,
  log_polled_at: null,
  log_event_at: null,
  refresh_interval_secs: 300,
  timeout_secs: 600,
  next_sync_at: null,
  created_at: AT,
  updated_at: AT,
  deleted_at: null,
})

test('the only connection needs no name; several do', () => {
  const [a, b] = [connection('a'), connection('b')]
  expect(chooseConnection([a], undefined)).toBe(a)
  expect(chooseConnection([a, b], 'b')).toBe(b)
  expect(() => chooseConnection([a, b], undefined)).toThrow(
    /name one with --connection\.\n {2}a {2}https:\/\/a\.okta\.com\n/,
  )
  expect(() => chooseConnection([a], 'c')).toThrow('There is no connection c.')
  expect(() => chooseConnection([], undefined)).toThrow('No org has been read into this database yet.')
})
