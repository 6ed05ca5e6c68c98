import { describe, expect, it } from 'vitest'
import type { ApplicationRow } from '../../../model/application.ts'
import type { ApplicationAssignmentRow } from '../../../model/application-assignment.ts'
import { Group } from '../../../model/group.ts'
import { Policy } from '../../../model/policy.ts'
import { applicationGroups } from './application-groups.ts'
import { applicationUsers } from './application-users.ts'
import { applications } from './applications.ts'

const connectionId = '00000000-0000-4000-8000-000000000000'
const origin = { connectionId, parent: { key: '0oa1', row: {} } }
const row = (item: object) => applications.normalize({ id: '0oa1', ...item }, origin) as ApplicationRow

describe('an application', () => {
  it.each([
    ['no sign-on mode', { name: 'active_directory', label: 'AD', signOnMode: null }],
    ['no sign-on mode at all', { name: 'active_directory', label: 'AD' }],
    ['a sign-on mode of tomorrow', { name: 'x', label: 'X', signOnMode: 'TELEPATHY' }],
    ['no settings', { name: 'x', label: 'X', settings: {} }],
    ['settings of another shape', { name: 'x', label: 'X', settings: { app: { domains: ['a', 'b'] } } }],
    ['settings that are none', { name: 'x', label: 'X', settings: [] }],
    ['features of tomorrow', { name: 'x', label: 'X', features: ['TELEPORT', 7, null] }],
  ])('with %s is kept', (_, item) => {
    expect(row(item)).toMatchObject({ vendor_id: '0oa1', labels: [item.label], name: item.name, version: null })
  })

  it('knows its policies by its links', () => {
    const links = {
      accessPolicy: { href: 'https://acme-admin.okta.com/api/v1/policies/rst1' },
      profileEnrollment: { href: 'https://acme.okta.com/api/v1/policies/rst2' },
    }
    expect(row({ _links: links })).toMatchObject({
      access_policy_vendor_id: 'rst1',
      access_policy_id: Policy.idOf(connectionId, 'rst1'),
      profile_enrollment_policy_vendor_id: 'rst2',
    })
    expect(row({})).toMatchObject({
      access_policy_id: null,
      profile_enrollment_policy_id: null,
      labels: [],
      name: '0oa1',
    })
  })

  it.each([
    ['ACTIVE', 'active'],
    ['INACTIVE', 'inactive'],
    ['DELETED', 'deleted'],
    ['PAUSED', 'unknown'],
  ])('%s is %s', (vendor_status, status) => {
    expect(row({ status: vendor_status })).toMatchObject({ status, vendor_status })
  })

  it('is stored without secrets', () => {
    const item = {
      id: '0oa1',
      credentials: {
        scheme: 'SHARED_USERNAME_AND_PASSWORD',
        userName: 'canary',
        password: { value: 'canary' },
        signing: { kid: 'k1', secret: 'canary' },
        userNameTemplate: { template: 'source.login', type: 'BUILT_IN' },
        oauthClient: { client_id: '0oa1', client_secret: 'canary' },
      },
      settings: {
        app: { url: 'https://app.test', secretKey: 'canary', nested: [{ api_token: 'canary' }] },
        oauthClient: { redirect_uris: ['https://app.test'], jwks: { keys: [{ kty: 'RSA', n: 'n', d: 'canary' }] } },
      },
      _embedded: { user: { credentials: { password: 'canary' } } },
    }
    const kept = applications.sanitize?.(item)
    expect(JSON.stringify(kept)).not.toContain('canary')
    expect(kept).toEqual({
      id: '0oa1',
      credentials: { signing: { kid: 'k1' }, userNameTemplate: { template: 'source.login', type: 'BUILT_IN' } },
      settings: {
        app: { url: 'https://app.test', nested: [{}] },
        oauthClient: { redirect_uris: ['https://app.test'], jwks: { keys: [{ kty: 'RSA', n: 'n' }] } },
      },
      _embedded: { user: {} },
    })
  })
})

describe('a user of an application', () => {
  const user = (item: object) => applicationUsers.normalize({ id: '00u1', ...item }, origin) as ApplicationAssignmentRow

  it.each([
    [{ credentials: null, profile: {}, externalId: null, status: 'STAGED' }, 'staged'],
    [{ credentials: { userName: null }, status: 'DISABLED' }, 'disabled'],
    [{ status: 'FROZEN' }, 'unknown'],
    [{}, 'unknown'],
  ])('as %j is kept, without a user name', (item, status) => {
    expect(user(item)).toMatchObject({ vendor_id: '0oa1:user:00u1', username: null, external_id: null, status })
  })

  it('says whether a group gave it, and which', () => {
    const group = { group: { href: 'https://acme.okta.com/api/v1/groups/00g1' } }
    expect(user({ scope: 'GROUP', _links: group })).toMatchObject({
      via: 'group',
      via_group_vendor_id: '00g1',
      via_group_id: Group.idOf(connectionId, '00g1'),
    })
    expect(user({ scope: 'USER' })).toMatchObject({ via: 'direct', via_group_id: null })
    expect(user({ scope: 'ORBIT' }).via).toBeNull()
  })

  it('is stored with its user name alone of the credentials', () => {
    const item = {
      id: '00u1',
      credentials: { userName: 'ana', password: { value: 'canary' } },
      profile: { securityAnswer: 'canary', role: 'reader' },
    }
    expect(applicationUsers.sanitize?.(item)).toEqual({
      id: '00u1',
      credentials: { userName: 'ana' },
      profile: { role: 'reader' },
    })
    expect(user(item).profile).toEqual({ role: 'reader' })
  })
})

describe('a group of an application', () => {
  it('has a priority and no status', () => {
    const item = { id: '00g1', priority: 0, profile: { role: 'reader', securityAnswer: 'canary' } }
    expect(applicationGroups.normalize(item, origin)).toMatchObject({
      vendor_id: '0oa1:group:00g1',
      principal_type: 'group',
      principal_id: Group.idOf(connectionId, '00g1'),
      priority: 0,
      status: null,
      profile: { role: 'reader' },
    })
    expect(applicationGroups.sanitize?.(item)).toEqual({ id: '00g1', priority: 0, profile: { role: 'reader' } })
    expect(applicationGroups.normalize({ id: '00g1' }, origin)).toMatchObject({ priority: null, profile: null })
  })
})
