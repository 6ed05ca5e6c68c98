import { describe, expect, it } from 'vitest'
import { Application } from '../../../model/application.ts'
import type { GroupRow } from '../../../model/group.ts'
import type { GroupMembershipRow } from '../../../model/group-membership.ts'
import { User } from '../../../model/user.ts'
import { groupMemberships } from './group-memberships.ts'
import { groupRoles } from './group-roles.ts'
import { groups } from './groups.ts'

const connectionId = '00000000-0000-4000-8000-000000000000'
const origin = { connectionId, parent: { key: '', row: {} } }
const row = (item: object) => groups.normalize({ id: '00g1', ...item }, origin) as GroupRow

describe('a group', () => {
  it('may have no description', () => {
    expect(row({ type: 'BUILT_IN', profile: { name: 'Everyone', description: null } })).toMatchObject({
      types: ['BUILT_IN'],
      name: 'Everyone',
      description: null,
      custom_attributes: {},
    })
  })

  it.each(['Eng/Platform', 'Eng Platform', 'eng-platform', '日本 & Co "x"'])('keeps the name %s as it is', (name) => {
    expect(row({ profile: { name } }).name).toBe(name)
  })

  it('without statistics has unknown counts, not zero', () => {
    expect(row({ _embedded: {} })).toMatchObject({
      users_count: null,
      applications_count: null,
      has_admin_privilege: null,
    })
    const stats = { usersCount: 0, appsCount: 2, groupPushMappingsCount: 1, hasAdminPrivilege: false }
    expect(row({ _embedded: { stats } })).toMatchObject({
      users_count: 0,
      applications_count: 2,
      group_push_mappings_count: 1,
      has_admin_privilege: false,
    })
  })

  it('of a directory names where it comes from, by property or by link', () => {
    const source = Application.idOf(connectionId, '0oa1')
    const expected = { source_application_vendor_id: '0oa1', source_application_id: source }
    expect(row({ source: { id: '0oa1' } })).toMatchObject(expected)
    expect(row({ _links: { source: { href: 'https://acme.okta.com/api/v1/apps/0oa1' } } })).toMatchObject(expected)
    expect(row({ profile: { name: 'AD', objectSid: 'S-1', groupScope: 'Global' } }).custom_attributes).toEqual({
      objectSid: 'S-1',
      groupScope: 'Global',
    })
  })

  it('is a row whatever the types of its properties', () => {
    expect(row({ type: null, objectClass: null, profile: null, _embedded: [], _links: 'x' })).toMatchObject({
      types: [],
      name: '00g1',
      object_classes: [],
    })
  })
})

describe('members of a group', () => {
  const parent = { key: '00g1', row: {} }

  it('who left are still members, with their status', () => {
    const member = groupMemberships.normalize({ id: '00u1', status: 'DEPROVISIONED' }, { connectionId, parent })
    expect(member as GroupMembershipRow).toMatchObject({
      vendor_id: '00g1:00u1',
      user_id: User.idOf(connectionId, '00u1'),
      user_status: 'deprovisioned',
      user_vendor_status: 'DEPROVISIONED',
    })
  })

  it('are stored without their profiles', () => {
    const member = { id: '00u1', status: 'ACTIVE', profile: { login: 'canary' }, credentials: {} }
    expect(groupMemberships.sanitize?.(member)).toEqual({ id: '00u1', status: 'ACTIVE' })
  })

  it('are asked for unless Okta counts none, and where it does not count', () => {
    const parents = groupMemberships.parents
    if (parents?.from !== 'stream') throw new Error('members come from groups')
    expect([0, 3, null].map((users_count) => parents.needs({ users_count }))).toEqual([false, true, true])
    expect(parents.verifyEmpty).toBe(true)
  })
})

describe('roles of groups', () => {
  it('are asked for where there may be any', () => {
    const parents = groupRoles.parents
    if (parents?.from !== 'stream') throw new Error('roles come from groups')
    const needs = (has_admin_privilege: boolean | null, type: string) =>
      parents.needs({ has_admin_privilege, types: [type] })
    expect(needs(true, 'OKTA_GROUP')).toBe(true)
    expect(needs(null, 'APP_GROUP')).toBe(true)
    expect(needs(false, 'OKTA_GROUP')).toBe(false)
    expect(needs(null, 'BUILT_IN')).toBe(false)
  })
})
