import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/ids.ts'
import { type Item, openRelatedOrg, type RelatedOrg } from './related-org.ts'

/** A simulated org, synced: what the API says is related against what the org itself knows. */
let api: RelatedOrg
beforeAll(async () => {
  api = await openRelatedOrg({ users: 60 })
}, 60_000)
afterAll(() => api.close())

const vendorIds = (items: readonly Item[]) => items.map(({ vendor_id }) => vendor_id).sort()
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)

/** What both ways of paging yield to their end, which must be the same and in the order of ids. */
async function all(path: string, limit: number): Promise<Item[]> {
  const [byCursor, byOffset] = [await api.byCursor(path, limit), await api.byOffset(path, limit)]
  expect(byOffset).toEqual(byCursor)
  return byCursor
}

describe('what the simulated org relates', () => {
  it('is the members of each group, and the groups of each user, with their status', async () => {
    const { org } = api.org.sim
    let memberships = 0
    for (const { id } of org.allGroups()) {
      const users = await all(`idp/groups/${api.idOf('group', id)}/users`, 17)
      expect(vendorIds(users)).toEqual([...org.membersOf(id)].sort())
      expect(users.map((user) => user.id)).toEqual(users.map((user) => user.id).sort())
      for (const user of users)
        expect(user.membership).toEqual({
          id: api.idOf('group-membership', `${id}:${user.vendor_id}`),
          user_status: user.status,
          user_vendor_status: user.vendor_status,
          is_deleted: false,
        })
      memberships += users.length
    }
    expect(memberships).toBe(org.expected().group_memberships)
    const everyone = await api.get(`idp/groups/${api.idOf('group', org.everyoneId)}/users?limit=1000`)
    expect(new Set(everyone.items.map(({ status }) => status))).toContain('suspended')
    for (const { id } of [...org.allUsers()].slice(0, 20)) {
      const groups = await all(`idp/users/${api.idOf('user', id)}/groups`, 3)
      expect(vendorIds(groups)).toEqual(org.groupsOf(id).sort())
    }
  })

  it('is the users of each application, with whether and through which groups they come to it', async () => {
    const { org } = api.org.sim
    let assignments = 0
    const seen = new Set<string>()
    for (const { id } of org.allApps()) {
      const appGroups = org.groupsOfApp(id)
      const users = await all(`idp/applications/${api.idOf('application', id)}/users`, 29)
      const truth = new Map([...org.usersOfApp(id)].map((user) => [user.id, user]))
      expect(vendorIds(users)).toEqual([...truth.keys()].sort())
      for (const user of users) {
        const access = user.access as Record<string, unknown> & { groups: { vendor_id: string; priority: number }[] }
        const { scope, status } = truth.get(user.vendor_id) ?? {}
        const through = org.groupsOf(user.vendor_id).filter((group) => appGroups.includes(group))
        expect(access).toMatchObject({ via: scope === 'GROUP' ? 'group' : 'direct', vendor_status: status })
        expect(access.groups.map(({ vendor_id }) => vendor_id).sort()).toEqual(through.sort())
        const priorities = access.groups.map(({ priority }) => priority)
        expect(priorities).toEqual([...priorities].sort((a, b) => a - b))
        seen.add(`${access.via}, ${through.length > 0 ? 'with groups' : 'without'}`)
      }
      assignments += users.length
    }
    expect(assignments).toBe(org.expected().application_users)
    expect([...seen]).toEqual(expect.arrayContaining(['direct, with groups', 'direct, without', 'group, with groups']))
  })

  it('is the same access from the user’s side', async () => {
    const { org } = api.org.sim
    let applications = 0
    for (const { id } of org.allUsers()) {
      const user = api.idOf('user', id)
      for (const application of await all(`idp/users/${user}/applications`, 4)) {
        applications++
        const other = await api.get(`idp/applications/${application.id}/users?limit=1000`)
        expect(application.access).toEqual(other.items.find((item) => item.id === user)?.access)
        if (applications > 40) return
      }
    }
    expect.unreachable('a user of the org has applications')
  })

  it('is the groups of each application and the applications of each group, with the assignment', async () => {
    const { org } = api.org.sim
    let assignments = 0
    for (const { id } of org.allApps()) {
      const groups = await all(`idp/applications/${api.idOf('application', id)}/groups`, 2)
      expect(vendorIds(groups)).toEqual(org.groupsOfApp(id).sort())
      const byPriority = groups.toSorted((a, b) => priorityOf(a) - priorityOf(b))
      expect(byPriority.map(({ vendor_id }) => vendor_id)).toEqual(org.groupsOfApp(id))
      assignments += groups.length
      for (const group of groups) {
        const back = await api.get(`idp/groups/${group.id}/applications`)
        expect(back.items.find((item) => item.vendor_id === id)?.assignment).toEqual(group.assignment)
        expect(group.assignment).toMatchObject({ status: null, is_deleted: false })
      }
    }
    expect(assignments).toBe(org.expected().application_groups)
  })

  it('is the factors and roles of each user and the roles of each group', async () => {
    const { org } = api.org.sim
    const [users, groups] = [[...org.allUsers()], [...org.allGroups()]]
    const lists = await Promise.all(users.map(({ id }) => api.get(`idp/users/${api.idOf('user', id)}/factors`)))
    expect(sum(lists.map(({ items }) => items.length))).toBe(org.expected().factors)
    let roles = 0
    let throughGroups = 0
    for (const { id } of users) {
      for (const role of await all(`idp/users/${api.idOf('user', id)}/roles`, 1)) {
        roles++
        if (role.via !== 'group') expect(role.via_group).toBeNull()
        else {
          throughGroups++
          const group = groups.find((one) => one.id === role.via_group_vendor_id)
          expect(role.via_group).toEqual({ id: role.via_group_id, name: group?.profile.name })
        }
      }
    }
    expect(roles).toBe(org.expected().user_roles)
    expect(throughGroups).toBeGreaterThan(0)
    const ofGroups = await Promise.all(groups.map(({ id }) => api.get(`idp/groups/${api.idOf('group', id)}/roles`)))
    expect(sum(ofGroups.map(({ items }) => items.length))).toBe(org.expected().group_roles)
  })

  it('is the rules of each policy in their order, and its mappings', async () => {
    const { org } = api.org.sim
    let mappings = 0
    for (const policy of org.allPolicies()) {
      const path = `idp/policies/${api.idOf('policy', policy.id)}`
      const rules = await all(`${path}/rules`, 2)
      expect(rules.map(({ vendor_id }) => vendor_id)).toEqual(policy.rules.map(({ id }) => `${policy.id}:${id}`))
      mappings += (await all(`${path}/mappings`, 3)).length
    }
    expect(mappings).toBe(org.expected().policy_mappings)
  })

  it('is the applications of each policy and the policies of each application', async () => {
    const { org } = api.org.sim
    let mapped = 0
    for (const policy of org.allPolicies()) {
      const applications = await all(`idp/policies/${api.idOf('policy', policy.id)}/applications`, 3)
      expect(vendorIds(applications)).toEqual(org.appsOfPolicy(policy.id).sort())
      for (const application of applications) {
        const link = policy.type === 'ACCESS_POLICY' ? 'access_policy' : 'profile_enrollment'
        expect(application.relations).toEqual([link, 'mapping'].sort())
        const back = await all(`idp/applications/${application.id}/policies`, 1)
        const same = back.find(({ vendor_id }) => vendor_id === policy.id)
        expect([same?.relations, same?.mapping]).toEqual([application.relations, application.mapping])
        mapped++
      }
    }
    expect(mapped).toBe(org.expected().policy_mappings)
  })

  it('is the groups that a policy and its rules name', async () => {
    const { org } = api.org.sim
    const known = new Set([...org.allGroups()].map(({ id }) => id))
    let named = 0
    for (const policy of org.allPolicies()) {
      const groups = await all(`idp/policies/${api.idOf('policy', policy.id)}/groups`, 1)
      const said = [policy, ...policy.rules].flatMap(({ conditions }) => {
        const people = conditions?.people as { groups?: { include?: string[] } } | undefined
        return people?.groups?.include ?? []
      })
      expect(vendorIds(groups)).toEqual([...new Set(said)].filter((id) => known.has(id)).sort())
      named += groups.length
    }
    expect(named).toBeGreaterThan(3)
  })

  it('is the administrators: those who hold a role', async () => {
    const { org } = api.org.sim
    const users = await all('configuration/users', 2)
    expect(users.map((user) => String(user.vendor_user_id)).sort()).toEqual(org.roleHolderIds().sort())
    expect(sum(users.map((user) => (user.access_data as { roles: unknown[] }).roles.length))).toBe(
      org.expected().user_roles,
    )
    const owner = users.find((user) => user.vendor_user_id === org.ownerId)
    const one = await api.get(`configuration/users/${owner?.id}`)
    expect(one.body).toEqual(owner)
    const stored = await api.get(`idp/users/${owner?.id}`)
    expect(one.body).toMatchObject({
      name: stored.body.display_name,
      email: stored.body.email,
      username: stored.body.username,
      last_login: stored.body.last_login_at,
      vendor: (await api.org.connection()).vendor,
      is_deleted: false,
      access_data: {
        roles: expect.arrayContaining([
          expect.objectContaining({ role_type: 'super_admin', via: 'direct', via_group_id: null, targets: [] }),
        ]),
      },
    })
    const plainUser = [...org.allUsers()].find(({ id }) => !org.roleHolderIds().includes(id))
    const none = await api.get(`configuration/users/${api.idOf('user', plainUser?.id ?? '')}`)
    expect([none.status, none.body.detail]).toEqual([404, 'User Not Found'])
  })
})

const priorityOf = (item: Item): number => (item.assignment as { priority: number }).priority

const LISTS = [
  ...['groups', 'applications', 'factors', 'roles'].map((what) => ['users', what, 'user'] as const),
  ...['users', 'applications', 'roles'].map((what) => ['groups', what, 'group'] as const),
  ...['users', 'groups', 'policies'].map((what) => ['applications', what, 'application'] as const),
  ...['rules', 'mappings', 'groups', 'applications', 'users'].map((what) => ['policies', what, 'policy'] as const),
]

describe.each(LISTS)('/v1/idp/%s/{id}/%s', (of, what, entity) => {
  it('is empty for a record without any, and says how fresh that is', async () => {
    const id = await api.insert(entity, { vendor_id: `lonely-${what}` })
    const offset = await api.get(`idp/${of}/${id}/${what}`)
    expect([offset.status, offset.body]).toEqual([200, { count: 0, items: [], total: 0 }])
    expect(offset.headers.get('x-rollcall-outcome')).toBe('complete')
    expect(offset.headers.get('x-rollcall-last-complete-at')).toMatch(/^\d{4}-.*Z$/)
    const keyset = await api.get(`idp/${of}/${id}/${what}?enableCursor=true`)
    expect(keyset.body).toEqual({ items: [], next_cursor: null, previous_cursor: null })
  })

  it('is not found for a record that is unknown or of another connection', async () => {
    const other = await api.otherConnection()
    const theirs = await api.insert(entity, { vendor_id: 'theirs' }, other)
    for (const id of [newId(), theirs]) {
      const answer = await api.get(`idp/${of}/${id}/${what}`)
      expect([answer.status, answer.body]).toMatchObject([404, { code: 'record_not_found' }])
    }
    expect((await api.get(`idp/${of}/${theirs}/${what}`, other)).status).toBe(200)
    expect((await api.get(`idp/${of}/not-an-id/${what}`)).status).toBe(422)
  })
})

describe('after the org has changed and was synced again', () => {
  it('what is gone no longer shows, and shows as gone when it is asked for', async () => {
    const { org } = api.org.sim
    const group =
      [...org.allGroups()].find(({ id }) => id !== org.everyoneId && [...org.membersOf(id)].length > 2)?.id ?? ''
    const [leaving = '', suspended = ''] = org.membersOf(group)
    const app = [...org.allApps()].find(({ id }) => org.groupsOfApp(id).length > 0)?.id ?? ''
    const [unassigned = ''] = org.groupsOfApp(app)
    const admin = org.roleHolderIds().find((id) => id !== org.ownerId && org.rolesOf(id).length === 1) ?? ''
    const [role] = org.rolesOf(admin)
    org.removeMember(group, leaving)
    org.updateUser(suspended, { status: 'SUSPENDED' })
    org.unassignGroup(app, unassigned)
    org.revokeRole(role?.assignmentType === 'USER' ? admin : org.groupId(role?.assignee ?? 0), role?.role.id ?? '')
    const before = new Date(api.org.clock.now()).toISOString()
    api.org.clock.advance(60_000)
    await api.org.sync({ confirmDeletes: true })

    const members = `idp/groups/${api.idOf('group', group)}/users`
    expect(vendorIds(await all(members, 2))).toEqual([...org.membersOf(group)].sort())
    const changed = (await api.get(`${members}?updatedSince=${before}&includeDeleted=true&limit=1000`)).items
    const marks = changed.map((user) => [user.vendor_id, (user.membership as { is_deleted: boolean }).is_deleted])
    expect(marks).toEqual(
      expect.arrayContaining([
        [leaving, true],
        [suspended, false],
      ]),
    )
    expect(changed.find(({ vendor_id }) => vendor_id === suspended)).toMatchObject({
      status: 'suspended',
      membership: { user_status: 'suspended', user_vendor_status: 'SUSPENDED' },
    })
    const groups = await all(`idp/applications/${api.idOf('application', app)}/groups`, 2)
    expect(vendorIds(groups)).not.toContain(unassigned)
    const users = await all(`idp/applications/${api.idOf('application', app)}/users`, 50)
    const names = users.flatMap(({ access }) => (access as { groups: Item[] }).groups.map(({ vendor_id }) => vendor_id))
    expect(names).not.toContain(unassigned)
    expect((await api.get(`configuration/users/${api.idOf('user', admin)}`)).status).toBe(404)
  })
})
