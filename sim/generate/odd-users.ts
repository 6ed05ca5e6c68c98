import type { User } from './users.ts'

/**
 * Shapes that broke other people's connectors, worn by the first few users of every org. A profile with a login
 * replaces the generated one, a profile without is laid over it. Null or missing names, null types and attributes of any
 * JSON type are all things the API may send, see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/
 */
export const ODD_USERS: readonly (Partial<Omit<User, 'id'>> & { profile?: Record<string, unknown> })[] = [
  { status: 'ACTIVE' },
  { status: 'ACTIVE', profile: { firstName: null, lastName: null, email: null, login: 'svc-bot' } },
  { status: 'LOCKED_OUT' },
  { status: 'SUSPENDED' },
  { status: 'PASSWORD_EXPIRED' },
  { status: 'RECOVERY' },
  { status: 'STAGED' },
  { status: 'PROVISIONED' },
  { status: 'ACTIVE', profile: { login: 'no-names@acme.example', email: 'no-names@acme.example' } },
  { status: 'ACTIVE', profile: { nickName: null, badge: 'B-9' } },
  { status: 'ACTIVE', type: null },
  {
    status: 'ACTIVE',
    profile: { firstName: 'Hash', lastName: 'Login', login: '#abcd', email: 'hash@acme.example', secondEmail: null },
  },
  {
    status: 'ACTIVE',
    profile: { firstName: 'Slash', lastName: 'Login', login: 'ab/cd', email: 'slash@acme.example', secondEmail: null },
  },
  {
    status: 'ACTIVE',
    profile: { firstName: 'Dot', lastName: 'Login', login: '..', email: 'dots@acme.example', secondEmail: null },
  },
  {
    status: 'ACTIVE',
    profile: {
      costCenters: ['a', 'b'],
      level: 3,
      remote: true,
      ratings: [1, 2.5],
      settings: { theme: 'dark', beta: null },
    },
  },
  {
    status: 'ACTIVE',
    created: '2019-02-03T04:05:06.000Z',
    lastUpdated: '2019-02-03T04:05:06.000Z',
    activated: null,
    passwordChanged: '2019-02-03T04:05:07.000Z',
  },
  {
    status: 'ACTIVE',
    profile: { firstName: 'Ζωή', lastName: "O'Brien-日本", displayName: 'Ζωή "Zoë" O\'Brien-日本 🦉' },
  },
  { status: 'ACTIVE', credentials: {} },
  { status: 'ACTIVE', lastLogin: null, passwordChanged: null, statusChanged: null },
]
