import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Sim, startSim } from './index.ts'
import { get, getJson, getList, handClock } from './testing/calls.ts'

describe('changing the org', () => {
  let sim: Sim
  let clock: ReturnType<typeof handClock>
  let before: number
  beforeEach(async () => {
    clock = handClock()
    sim = await startSim({ clock, limitScale: Number.POSITIVE_INFINITY })
    before = sim.org.expected().log_events
    clock.advance(5000)
  })
  afterEach(() => sim.close())

  const events = () => [...sim.org.logEvents()].slice(before).map(({ eventType }) => eventType)
  const now = () => new Date(clock.now()).toISOString()

  test('an added user has a deterministic id, is in Everyone, and is found by login', async () => {
    const user = sim.org.addUser({ login: 'new.person@acme.example', groups: [sim.org.groupId(1)] })
    expect(user.id).toBe(sim.org.userId(132))
    expect([...sim.org.membersOf(sim.org.everyoneId)]).toContain(user.id)
    expect(await getJson(sim, '/api/v1/users/new.person@acme.example')).toMatchObject({ id: user.id, created: now() })
    expect(events().slice(0, 2)).toEqual(['user.lifecycle.create', 'user.lifecycle.activate'])
    expect(sim.org.expected()).toMatchObject({ users: 133 })
  })

  test('an updated user moves lastUpdated and is what a lastUpdated query finds', async () => {
    const id = sim.org.userId(30)
    const since = now()
    clock.advance(1000)
    sim.org.updateUser(id, { profile: { title: 'Chief' } })
    const found = await getList(sim, `/api/v1/users?search=${encodeURIComponent(`lastUpdated gt "${since}"`)}`)
    expect(found.map((user) => user.id)).toEqual([id])
    expect(events()).toEqual(['user.account.update_profile'])
  })

  test('a deactivated user leaves the plain list, keeps groups, loses active apps and factors', async () => {
    const app = sim.org.appId(9)
    const id = [...sim.org.usersOfApp(app)][3]?.id ?? ''
    const groups = sim.org.groupsOf(id)
    const count = sim.org.expected().application_users
    sim.org.deactivateUser(id)
    expect((await getList(sim, '/api/v1/users')).map((user) => user.id)).not.toContain(id)
    expect(sim.org.groupsOf(id)).toEqual(groups)
    expect([...sim.org.usersOfApp(app)].map((user) => user.id)).not.toContain(id)
    expect(sim.org.expected().application_users).toBeLessThan(count)
    expect(await getJson(sim, `/api/v1/users/${id}/factors`)).toMatchObject({ errorCode: 'E0000007' })
    expect(events()).toEqual(['user.lifecycle.deactivate'])
  })

  test('a deleted user is gone from everywhere', async () => {
    const app = sim.org.appId(9)
    const id = [...sim.org.usersOfApp(app)][3]?.id ?? ''
    const memberships = sim.org.expected().group_memberships
    const groups = sim.org.groupsOf(id).length
    sim.org.deleteUser(id)
    expect((await get(sim, `/api/v1/users/${id}`)).status).toBe(404)
    expect(sim.org.expected().group_memberships).toBe(memberships - groups)
    expect(events()).toEqual(['user.lifecycle.delete.initiated', 'user.lifecycle.delete.completed'])
  })

  test('memberships come and go both ways, with the apps the group gives', async () => {
    const group = sim.org.addGroup({ name: 'Readers' })
    const app = sim.org.addApp({ label: 'Library' })
    sim.org.assignGroup(app.id, group.id)
    const user = sim.org.addUser()
    sim.org.addMember(group.id, user.id)
    expect([...sim.org.usersOfApp(app.id)]).toMatchObject([{ id: user.id, scope: 'GROUP' }])
    expect(sim.org.group(group.id)?.lastMembershipUpdated).toBe(now())
    sim.org.removeMember(group.id, user.id)
    expect([...sim.org.membersOf(group.id)]).toEqual([])
    expect([...sim.org.usersOfApp(app.id)]).toEqual([])
    expect(events().slice(-4)).toEqual([
      'group.user_membership.add',
      'application.user_membership.add',
      'group.user_membership.remove',
      'application.user_membership.remove',
    ])
  })

  test('a generated membership can be removed and added again', () => {
    const id = sim.org.groupId(1)
    const [member = ''] = [...sim.org.membersOf(id)]
    const count = sim.org.expected().group_memberships
    sim.org.removeMember(id, member)
    expect([...sim.org.membersOf(id)]).not.toContain(member)
    expect(sim.org.groupsOf(member)).not.toContain(id)
    expect(sim.org.expected().group_memberships).toBe(count - 1)
    sim.org.addMember(id, member)
    expect([...sim.org.membersOf(id)]).toContain(member)
    expect(sim.org.expected().group_memberships).toBe(count)
  })

  test('direct assignments come and go, and unassigning a group takes only what nothing else gives', () => {
    const [app, user] = [sim.org.addApp({ label: 'Direct' }), sim.org.userId(20)]
    sim.org.assignUser(app.id, user)
    sim.org.assignGroup(app.id, sim.org.groupId(1))
    const members = [...sim.org.membersOf(sim.org.groupId(1))].filter(
      (id) => sim.org.user(id)?.status !== 'DEPROVISIONED',
    )
    expect(new Set([...sim.org.usersOfApp(app.id)].map(({ id }) => id))).toEqual(new Set([...members, user]))
    sim.org.unassignGroup(app.id, sim.org.groupId(1))
    expect([...sim.org.usersOfApp(app.id)].map(({ id }) => id)).toEqual([user])
    sim.org.unassignUser(app.id, user)
    expect([...sim.org.usersOfApp(app.id)]).toEqual([])
  })

  test('groups, apps, factors and roles change with their events', () => {
    const group = sim.org.addGroup({ name: 'A' })
    sim.org.renameGroup(group.id, 'B')
    sim.org.deleteGroup(group.id)
    const app = sim.org.addApp({ label: 'A' })
    sim.org.updateApp(app.id, { label: 'B' })
    sim.org.updateApp(app.id, { status: 'INACTIVE' })
    sim.org.deleteApp(app.id)
    const user = sim.org.userId(0)
    const factor = sim.org.enrollFactor(user, 'webauthn')
    expect(sim.org.factorsOf(user)).toContainEqual(factor)
    sim.org.removeFactor(user, factor.id)
    const role = sim.org.grantRole(user, 'HELP_DESK_ADMIN', [sim.org.groupId(2)])
    expect(sim.org.roleHolderIds()).toContain(user)
    sim.org.revokeRole(user, role.id)
    expect(events()).toEqual([
      'group.lifecycle.create',
      'group.profile.update',
      'group.lifecycle.delete',
      'application.lifecycle.create',
      'application.lifecycle.update',
      'application.lifecycle.deactivate',
      'application.lifecycle.delete',
      'user.mfa.factor.activate',
      'user.mfa.factor.deactivate',
      'user.account.privilege.grant',
      'user.account.privilege.revoke',
    ])
  })

  test('joining and leaving a group that gives a role is logged as a role gained and lost', () => {
    const [group = ''] = sim.org.adminGroupIds()
    const user = sim.org.addUser().id
    sim.org.addMember(group, user)
    sim.org.removeMember(group, user)
    const roles = events().filter((type) => type.startsWith('user.account.privilege.'))
    expect(roles).toEqual(['user.account.privilege.grant', 'user.account.privilege.revoke'])
  })

  test('a deactivated administrator holds no role until activated again', async () => {
    const [id = ''] = sim.org.roleHolderIds().filter((holder) => holder !== sim.org.ownerId)
    const held = sim.org.rolesOf(id).length
    sim.org.deactivateUser(id)
    expect(await getJson(sim, `/api/v1/users/${id}/roles`)).toEqual([])
    expect(sim.org.roleHolderIds()).not.toContain(id)
    sim.org.updateUser(id, { status: 'ACTIVE' })
    expect(await getList(sim, `/api/v1/users/${id}/roles`)).toHaveLength(held)
  })

  test('the apps of a user come with the assignment, but only to the filter for the same user', async () => {
    const app = sim.org.appId(9)
    const id = [...sim.org.usersOfApp(app)][3]?.id ?? ''
    const filter = encodeURIComponent(`user.id eq "${id}"`)
    const found = await getList(sim, `/api/v1/apps?filter=${filter}&expand=user/${id}&limit=200`)
    const single = await getJson(sim, `/api/v1/apps/${app}/users/${id}`)
    expect(found.find((one) => one.id === app)).toMatchObject({ _embedded: { user: single } })
    expect(found.every((one) => '_embedded' in one)).toBe(true)
    for (const query of [`filter=${filter}&expand=user/${sim.org.ownerId}`, `expand=user/${id}`])
      expect((await getList(sim, `/api/v1/apps?${query}`)).some((one) => '_embedded' in one)).toBe(false)
  })

  test('policies and rules change with their events, and deleting one moves its apps to the default', () => {
    const policy = sim.org.addPolicy({ type: 'ACCESS_POLICY', name: 'Strict' })
    sim.org.mapPolicy(sim.org.appId(9), policy.id)
    expect(sim.org.appsOfPolicy(policy.id)).toEqual([sim.org.appId(9)])
    const rule = sim.org.addRule(policy.id, { name: 'Only phones' })
    sim.org.deleteRule(policy.id, rule.id)
    sim.org.updatePolicy(policy.id, { description: 'x' })
    const mappings = sim.org.expected().policy_mappings
    sim.org.deletePolicy(policy.id)
    expect(sim.org.expected().policy_mappings).toBe(mappings)
    expect(events()).toEqual([
      'policy.lifecycle.create',
      'policy.mapping.create',
      'policy.rule.add',
      'policy.rule.delete',
      'policy.lifecycle.update',
      'policy.lifecycle.delete',
    ])
  })

  test('role ids of limitable types are the same for every assignee, others are not', async () => {
    const [one, two] = [sim.org.userId(0), sim.org.userId(9)]
    expect(sim.org.grantRole(one, 'APP_ADMIN').id).toBe('IFIFAX2BIRGUSTQ')
    expect(sim.org.grantRole(two, 'APP_ADMIN').id).toBe('IFIFAX2BIRGUSTQ')
    expect(sim.org.grantRole(one, 'SUPER_ADMIN').id).toMatch(/^ra1/)
    expect(sim.org.grantRole(sim.org.groupId(1), 'READ_ONLY_ADMIN').id).toMatch(/^gra/)
    expect(sim.org.grantRole(two, 'CUSTOM')).toMatchObject({
      id: expect.stringMatching(/^irb/),
      resourceSet: expect.stringMatching(/^iam/),
    })
  })

  test('an unknown id is an error that names it', () => {
    expect(() => sim.org.deleteUser('00unknown')).toThrow('The simulated org has no user 00unknown')
  })
})
