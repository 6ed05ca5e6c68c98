import { describe, expect, it } from 'vitest'
import { AppError } from '../../../errors.ts'
import { Group } from '../../../model/group.ts'
import type { RoleAssignmentRow } from '../../../model/role-assignment.ts'
import type { OktaClient } from '../client/client.ts'
import { groupRoles } from './group-roles.ts'
import { userRoles } from './user-roles.ts'

const connectionId = '00000000-0000-4000-8000-000000000000'
const origin = { connectionId, parent: { key: '00u1', row: {} } }
const settings = { logDays: 7, now: 0 }
const row = (item: unknown) => userRoles.normalize(item, origin) as RoleAssignmentRow
const throughGroup = { assignee: { href: 'https://acme.okta.com/api/v1/groups/00g1' } }

/** Answers listings by path; a string is the code of an error. */
function clientOf(answers: Record<string, unknown[] | 'okta_scope_missing' | 'okta_not_found' | 'okta_unavailable'>) {
  const asked: string[] = []
  const client: OktaClient = {
    get: () => Promise.reject(new Error('not asked')),
    getPublic: () => Promise.reject(new Error('not asked')),
    list: async (path, { cursor }) => {
      asked.push(cursor === null ? path : `${path} ${cursor}`)
      const answer = answers[cursor === null ? path : `${path} ${cursor}`] ?? []
      if (typeof answer === 'string') throw new AppError(answer, 'refused')
      const more = `${path} next` in answers && cursor === null
      return { items: answer, next: more ? 'next' : null }
    },
  }
  return { client, asked }
}

const rolesOf = async (client: OktaClient, stream = userRoles) => {
  const page = await stream.page({ client, cursor: null, parent: origin.parent, settings })
  return page.items.map((item) => ({
    row: stream.normalize(item, origin) as RoleAssignmentRow,
    raw: stream.sanitize?.(item),
  }))
}

describe('a role', () => {
  it('of the org’s own making keeps its role and its resource set, and is not known by its label', () => {
    const item = { id: 'irb1', type: 'CUSTOM', role: 'cr01', 'resource-set': 'iamrs1', label: 'Help desk L2' }
    expect(row(item)).toMatchObject({
      vendor_id: 'user:00u1:irb1',
      role_type: 'custom',
      role_vendor_id: 'cr01',
      resource_set_vendor_id: 'iamrs1',
      targets: null,
    })
  })

  it.each([
    ['WORKFLOWS_ADMIN', 'workflows_admin'],
    ['ACCESS_REQUESTS_ADMIN', 'access_requests_admin'],
    ['ACCESS_CERTIFICATIONS_ADMIN', 'access_certifications_admin'],
    ['GROUP_ADMIN', 'group_admin'],
    ['SPACE_ADMIN', 'unknown'],
    [null, 'unknown'],
  ])('%s is %s', (type, role_type) => {
    expect(row({ id: 'ra1', type })).toMatchObject({ role_type, vendor_role_type: type })
  })

  it('held directly and through groups is several assignments, although Okta gives them one id', () => {
    const held = [
      { id: 'IFIFAX2BIRGUSTQ', assignmentType: 'USER' },
      { id: 'IFIFAX2BIRGUSTQ', assignmentType: 'GROUP', _links: throughGroup },
      { id: 'IFIFAX2BIRGUSTQ', assignmentType: 'GROUP' },
    ]
    expect(held.map((item) => row(item).vendor_id)).toEqual([
      'user:00u1:IFIFAX2BIRGUSTQ',
      'user:00u1:IFIFAX2BIRGUSTQ:00g1',
      'user:00u1:IFIFAX2BIRGUSTQ:group',
    ])
    expect(row(held[1])).toMatchObject({ via: 'group', via_group_id: Group.idOf(connectionId, '00g1') })
  })

  it('of a group is its own', () => {
    const item = { id: 'gra1', type: 'SUPER_ADMIN', assignmentType: 'GROUP', _links: throughGroup }
    const parent = { key: '00g1', row: {} }
    expect(groupRoles.normalize(item, { connectionId, parent })).toMatchObject({
      vendor_id: 'group:00g1:gra1',
      principal_type: 'group',
      via: 'direct',
    })
  })
})

describe('targets of a role', () => {
  const helpDesk = { id: 'JBCUYUC7IRCVGS27IFCE2SKO', type: 'HELP_DESK_ADMIN', assignmentType: 'USER' }
  const path = '/api/v1/users/00u1/roles/JBCUYUC7IRCVGS27IFCE2SKO/targets/groups'

  it('are read to the last page, and the role is stored as received', async () => {
    const { client } = clientOf({
      '/api/v1/users/00u1/roles': [helpDesk],
      [path]: [{ id: '00g1', profile: { name: 'Sales' } }],
      [`${path} next`]: [{ id: '00g2', profile: { name: 'Support' } }],
    })
    const [role] = await rolesOf(client)
    expect(role?.row.targets).toEqual([
      { type: 'group', group_id: Group.idOf(connectionId, '00g1'), vendor_id: '00g1', name: 'Sales' },
      { type: 'group', group_id: Group.idOf(connectionId, '00g2'), vendor_id: '00g2', name: 'Support' },
    ])
    expect(role?.raw).toEqual(helpDesk)
  })

  it('that are none mean the whole org; that cannot be read are unknown', async () => {
    const whole = clientOf({ '/api/v1/users/00u1/roles': [helpDesk], [path]: [] })
    expect((await rolesOf(whole.client))[0]?.row.targets).toEqual([])
    for (const refusal of ['okta_scope_missing', 'okta_not_found'] as const) {
      const refused = clientOf({ '/api/v1/users/00u1/roles': [helpDesk], [path]: refusal })
      expect((await rolesOf(refused.client))[0]?.row.targets).toBeNull()
    }
  })

  it('that Okta fails to give fail the page, so that it is read again', async () => {
    const { client } = clientOf({ '/api/v1/users/00u1/roles': [helpDesk], [path]: 'okta_unavailable' })
    await expect(rolesOf(client)).rejects.toMatchObject({ code: 'okta_unavailable' })
  })

  it('of a role through a group are the group’s', async () => {
    const app = { id: 'IFIFAX2BIRGUSTQ', type: 'APP_ADMIN', assignmentType: 'GROUP', _links: throughGroup }
    const { client, asked } = clientOf({
      '/api/v1/users/00u1/roles': [app],
      '/api/v1/groups/00g1/roles/IFIFAX2BIRGUSTQ/targets/catalog/apps': [
        { name: 'salesforce', displayName: 'Salesforce.com' },
      ],
    })
    expect((await rolesOf(client))[0]?.row.targets).toEqual([
      { type: 'application', application_id: null, vendor_id: null, name: 'salesforce', label: 'Salesforce.com' },
    ])
    expect(asked).toHaveLength(2)
  })

  it('are not asked for where a role has none: it spans the org, or has a resource set', async () => {
    const held = [
      { id: 'ra1', type: 'SUPER_ADMIN' },
      { id: 'irb1', type: 'CUSTOM' },
    ]
    const { client, asked } = clientOf({ '/api/v1/users/00u1/roles': held })
    expect((await rolesOf(client)).map((role) => role.row.targets)).toEqual([[], null])
    expect(asked).toEqual(['/api/v1/users/00u1/roles'])
  })

  it('survive an item that is no role: it is refused alone, as received', async () => {
    const { client } = clientOf({ '/api/v1/users/00u1/roles': [null, { type: 'APP_ADMIN' }] })
    const page = await userRoles.page({ client, cursor: null, parent: origin.parent, settings })
    for (const item of page.items) expect(() => userRoles.normalize(item, origin)).toThrow()
    expect(page.items.map((item) => userRoles.sanitize?.(item))).toEqual([null, { type: 'APP_ADMIN' }])
  })
})

describe('holders of roles', () => {
  it('are listed by the body’s own links, a hundred at a time', async () => {
    const parents = userRoles.parents
    if (parents?.from !== 'listing') throw new Error('holders are listed')
    expect(['00u1', '', null, 7].map((id) => parents.keyOf({ id }))).toEqual(['00u1', null, null, '7'])
    expect(parents.keyOf('x')).toBeNull()
  })
})
