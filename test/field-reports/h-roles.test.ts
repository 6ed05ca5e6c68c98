import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { rawOf, type Sent } from './answers.ts'
import { asked } from './calls.ts'

/** Admin roles: types nobody announced, and tokens that may not see them. */

const USER_ROLES = 'GET /api/v1/users/{id}/roles'
const GROUP_ROLES = 'GET /api/v1/groups/{id}/roles'
const streams = ['users', 'groups', 'user_roles', 'group_roles']

let org: TestOrg
let holder: string

beforeAll(async () => {
  org = await openTestOrg({ users: 30 })
  holder = org.sim.org.roleHolderIds()[0] ?? ''
})
afterEach(async () => {
  org.sim.clearFaults()
  await org.db.query('truncate role_assignments, group_memberships, rejected_records')
})
afterAll(() => org.close())

const sync = async (only: readonly string[] = streams) => (await org.sync({ streams: only })).resources
const stored = () => org.rows('role-assignment')
const ofHolder = async () => (await stored()).filter((row) => row.principal_vendor_id === holder)
/** The roles of one user are these. */
const answerFor = (user: string, roles: readonly Sent[]) =>
  org.sim.fault({ match: USER_ROLES, where: ({ params }) => params.id === user, status: 200, body: roles })

describe('a role of a type that is new', () => {
  it('B113: a custom role is kept with its role and resource set; its label is not its key', async () => {
    const role = (id: string, set: string) => ({
      id,
      type: 'CUSTOM',
      role: 'cr01',
      'resource-set': set,
      label: 'Help desk L2',
      status: 'ACTIVE',
      assignmentType: 'USER',
    })
    answerFor(holder, [role('irb1', 'iamrs1'), role('irb2', 'iamrs2')])
    expect((await sync()).user_roles).toMatchObject({ outcome: 'complete', rejected: 0 })
    expect(await ofHolder()).toMatchObject([
      { assignment_vendor_id: 'irb1', role_vendor_id: 'cr01', resource_set_vendor_id: 'iamrs1', role_type: 'custom' },
      { assignment_vendor_id: 'irb2', role_vendor_id: 'cr01', resource_set_vendor_id: 'iamrs2', label: 'Help desk L2' },
    ])
  })

  it('B113, and types outside every list are kept as received, standard ones beside them', async () => {
    const types = {
      WORKFLOWS_ADMIN: 'workflows_admin',
      ACCESS_REQUESTS_ADMIN: 'access_requests_admin',
      ACCESS_CERTIFICATIONS_ADMIN: 'access_certifications_admin',
      GROUP_ADMIN: 'group_admin',
      SUPER_ADMIN: 'super_admin',
      MOON_ADMIN: 'unknown',
      constructor: 'unknown',
    }
    answerFor(holder, [
      ...Object.keys(types).map((type) => ({ id: `ra-${type}`, type, label: 'The same', assignmentType: 'USER' })),
      { id: 'ra-none', type: null, label: null },
      { id: 'ra-bare' },
    ])
    expect((await sync()).user_roles).toMatchObject({ outcome: 'complete', rejected: 0 })
    const rows = await ofHolder()
    expect(Object.fromEntries(rows.map((row) => [row.vendor_role_type, row.role_type]))).toEqual({
      ...types,
      null: 'unknown',
    })
    expect(rows).toHaveLength(Object.keys(types).length + 2)
  })

  it('B113, and one assignment id that everybody shares stays one row per holder and group', async () => {
    const [, other = ''] = org.sim.org.roleHolderIds()
    const group = org.sim.org.groupId(1)
    const shared = { id: 'JBCUYUC7IRCVGS27IFCE2SKO', type: 'HELP_DESK_ADMIN', label: 'Help Desk' }
    const link = { _links: { assignee: { href: `${org.sim.origin}/api/v1/groups/${group}` } } }
    answerFor(holder, [
      { ...shared, assignmentType: 'USER' },
      { ...shared, assignmentType: 'GROUP', ...link },
    ])
    answerFor(other, [{ ...shared, assignmentType: 'USER' }])
    expect((await sync()).user_roles).toMatchObject({ outcome: 'complete', rejected: 0 })
    const rows = (await stored()).filter((row) => [holder, other].includes(String(row.principal_vendor_id)))
    expect(rows.map((row) => [row.principal_vendor_id, row.via, row.via_group_vendor_id]).sort()).toEqual(
      [
        [holder, 'direct', null],
        [holder, 'group', group],
        [other, 'direct', null],
      ].sort(),
    )
  })
})

describe('a token that is no super administrator’s', () => {
  it('B114: roles that are refused are "not permitted", and everything else is read', async () => {
    org.sim.fault('roles-forbidden')
    const result = await org.sync()
    const { user_roles, group_roles, ...rest } = result.resources
    for (const roles of [user_roles, group_roles]) {
      expect(roles).toMatchObject({ outcome: 'not_permitted', rows: 0, reason_code: 'okta_scope_missing' })
      expect(roles?.remedy).toBeTruthy()
    }
    expect(result).toMatchObject({ outcome: 'partial', error: null })
    expect(new Set(Object.values(rest).map(({ outcome }) => outcome))).toEqual(new Set(['complete']))
    expect(asked(org, GROUP_ROLES).length).toBeLessThan(20)
  })

  it.each([
    ['iam-forbidden', { user_roles: 'not_permitted', group_roles: 'complete' }],
    ['group-roles-forbidden', { user_roles: 'complete', group_roles: 'not_permitted' }],
    ['feature-off-401', { user_roles: 'not_available', group_roles: 'complete' }],
  ])('B114, and with %s the roles known before stay', async (fault, outcomes) => {
    await sync()
    const before = await stored()
    expect(before.length).toBeGreaterThan(5)
    org.sim.fault(fault)
    const { user_roles, group_roles } = await sync()
    expect({ user_roles: user_roles?.outcome, group_roles: group_roles?.outcome }).toEqual(outcomes)
    expect(await stored()).toEqual(before)
  })

  it('B114, and one holder whose roles cannot be read is a gap; nothing of it is forgotten', async () => {
    await sync()
    const before = await stored()
    org.sim.fault({ match: USER_ROLES, where: ({ params }) => params.id === holder, status: 500 })
    expect((await sync()).user_roles).toMatchObject({ outcome: 'partial', deleted: 0 })
    expect(await stored()).toEqual(before)
  })

  it('B119: the members of one group that are refused are that group’s gap and nobody else’s', async () => {
    const listed = ['users', 'groups', 'group_memberships']
    await sync(listed)
    const before = (await org.rows('group-membership')).length
    const [refused = ''] = org.sim.org.adminGroupIds()
    const missing = [...org.sim.org.membersOf(refused)].length
    expect(missing).toBeGreaterThan(0)
    org.sim.fault('members-forbidden-one-group')
    const { group_memberships } = await sync(listed)
    expect(group_memberships).toMatchObject({
      outcome: 'partial',
      reason_code: 'okta_scope_missing',
      rows: before - missing,
      deleted: 0,
    })
    expect(group_memberships?.reason).toContain(refused)
    expect(group_memberships?.reason).toMatch(/^1 of \d+ could not be read/)
    expect((await org.rows('group-membership')).filter((row) => !row.is_deleted)).toHaveLength(before)
  })
})

describe('what a role may do and where', () => {
  it('B117: a role without permissions is kept, and targets that cannot be read are unknown, not none', async () => {
    const standard = { type: 'HELP_DESK_ADMIN', label: 'Help Desk', assignmentType: 'USER', status: 'ACTIVE' }
    answerFor(holder, [
      { id: 'ra1', ...standard },
      { id: 'ra2', type: 'SUPER_ADMIN', label: 'Super', assignmentType: 'USER' },
      { id: 'ra3', type: 'CUSTOM', label: 'Own', role: 'cr01', 'resource-set': 'iam1', permissions: undefined },
    ])
    org.sim.fault({ match: /\/targets\//, status: 403 })
    expect((await sync()).user_roles).toMatchObject({ outcome: 'complete', rejected: 0 })
    expect(await ofHolder()).toMatchObject([
      { assignment_vendor_id: 'ra1', targets: null },
      { assignment_vendor_id: 'ra2', targets: [] },
      { assignment_vendor_id: 'ra3', targets: null, role_vendor_id: 'cr01' },
    ])
    expect(rawOf((await ofHolder())[0])).not.toHaveProperty('permissions')
  })

  it('B117, and readable targets are read separately, to their last page', async () => {
    const user = org.sim.org.addUser({ login: 'limited@acme.test' }).id
    const groups = [1, 2, 3].map((number) => org.sim.org.groupId(number))
    org.sim.org.grantRole(user, 'USER_ADMIN', groups)
    org.sim.org.grantRole(user, 'HELP_DESK_ADMIN')
    org.sim.fault({ match: /\/targets\/groups/, onHit: ({ query }) => query.set('limit', '1') })
    await sync()
    const rows = (await stored()).filter((row) => row.principal_vendor_id === user)
    const targets = Object.fromEntries(
      rows.map((row) => [row.role_type, (row.targets as { vendor_id: string }[]).map(({ vendor_id }) => vendor_id)]),
    )
    expect(targets).toEqual({ user_admin: groups, help_desk_admin: [] })
  })

  it('B118: roles of groups are asked under groups, those of users under users', async () => {
    org.sim.resetCounts()
    await sync()
    const idsUnder = (route: string) => asked(org, route).map(({ path }) => path.split('/')[4] ?? '')
    expect(idsUnder(GROUP_ROLES).length).toBeGreaterThan(0)
    expect(idsUnder(GROUP_ROLES).filter((id) => !id.startsWith('00g'))).toEqual([])
    expect(idsUnder(USER_ROLES).length).toBeGreaterThan(0)
    expect(idsUnder(USER_ROLES).filter((id) => !id.startsWith('00u'))).toEqual([])
    const stray = org.sim.requests.filter(({ path }) => /\/users\/00g|\/groups\/00u/.test(path))
    expect(stray).toEqual([])
    expect(org.sim.requests.filter(({ status }) => status === 404)).toEqual([])
  })

  it('B118, and targets of a role that a group gives are asked of the group', async () => {
    const member = org.sim.org.addUser({ login: 'by.group@acme.test' }).id
    const group = org.sim.org.addGroup({ name: 'Helpers' }).id
    org.sim.org.addMember(group, member)
    org.sim.org.grantRole(group, 'HELP_DESK_ADMIN', [org.sim.org.groupId(1)])
    org.sim.org.grantRole(member, 'REPORT_ADMIN')
    org.sim.resetCounts()
    await sync()
    const viaGroup = (await stored()).find((row) => row.principal_vendor_id === member && row.via === 'group')
    expect(viaGroup).toMatchObject({ via_group_vendor_id: group, targets: [{ vendor_id: org.sim.org.groupId(1) }] })
    const paths = org.sim.requests.filter(({ path }) => path.includes('/targets/') && path.includes(member))
    expect(paths).toEqual([])
  })
})
