import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Org, type Sim, startSim } from '../../sim/index.ts'
import { handClock } from '../../sim/testing/calls.ts'
import type { OktaClient } from '../../src/connectors/okta/client/client.ts'
import { okta } from '../../src/connectors/okta/index.ts'
import { Catcher, type Copy, differences, marksOf, readAll } from '../harness/catch-up.ts'
import { directClient } from '../harness/direct-client.ts'
import { mutators } from '../harness/mutators.ts'
import { UNSEEN } from './unseen.ts'

const clock = handClock()
let sim: Sim
let client: OktaClient

beforeAll(async () => {
  sim = await startSim({ limitScale: Number.POSITIVE_INFINITY, clock })
  client = directClient(sim.org)
})
afterAll(() => sim.close())

type Change = readonly [mutator: string, variant: string, change: (org: Org) => void, unseen?: readonly string[]]

const isHolder = (org: Org) => (id: string) => id !== org.ownerId && org.roleHolderIds().includes(id)
const holder = (org: Org) =>
  org.roleHolderIds().find((id) => isHolder(org)(id) && !org.groupsOf(id).includes(adminGroup(org))) ?? ''
const adminGroup = (org: Org) => org.adminGroupIds()[0] ?? ''
/** A group without applications and roles, made when there is none. */
const plainGroup = (org: Org) =>
  [...org.allGroups()].find(({ profile }) => profile.name === 'Plain')?.id ?? org.addGroup({ name: 'Plain' }).id
const memberOf = (org: Org, group: string) => [...org.membersOf(group)].find((id) => id !== org.ownerId) ?? ''
const policyOf = (org: Org, type: string) =>
  [...org.allPolicies()].find(
    (policy) => policy.type === type && !policy.system && org.appsOfPolicy(policy.id).length > 0,
  )?.id ?? ''
const grantingGroup = (org: Org) => org.groupsOfApp(appWithGroups(org))[0] ?? ''
const appWithGroups = (org: Org) => [...org.allApps()].find(({ id }) => org.groupsOfApp(id).length > 1)?.id ?? ''
const appUser = (org: Org) => [...org.usersOfApp(org.appId(9))].find(({ scope }) => scope === 'USER')?.id ?? ''

const adminMember = (org: Org) => [...org.membersOf(adminGroup(org))].find(isHolder(org)) ?? ''
/** A group that gives an application, and somebody who has it from a group that comes after that one. */
function secondWay(org: Org): [group: string, user: string] {
  for (const { id: app } of org.allApps()) {
    const [first = '', ...others] = org.groupsOfApp(app)
    for (const { id, scope } of org.usersOfApp(app)) {
      const groups = org.groupsOf(id)
      if (scope === 'GROUP' && !groups.includes(first) && others.some((other) => groups.includes(other)))
        return [first, id]
    }
  }
  throw new Error('Nobody has an application from another group than its first.')
}
const VIA = UNSEEN.otherGroupGives

/** What is shown by neither the log nor the marks is the last entry of a change. */
const CHANGES: readonly Change[] = [
  ['addUser', 'with groups', (org) => org.addUser({ groups: [org.groupId(1), adminGroup(org)] })],
  ['addUser', 'staged', (org) => org.addUser({ status: 'STAGED' })],
  ['updateUser', 'profile', (org) => org.updateUser(org.userId(20), { profile: { title: 'Chief' } })],
  ['updateUser', 'suspended', (org) => org.updateUser(org.userId(21), { status: 'SUSPENDED' })],
  ['updateUser', 'locked', (org) => org.updateUser(org.userId(22), { status: 'LOCKED_OUT' })],
  ['updateUser', 'password expired', (org) => org.updateUser(org.userId(23), { status: 'PASSWORD_EXPIRED' })],
  ['updateUser', 'reset', (org) => org.updateUser(org.userId(24), { status: 'RECOVERY' })],
  ['updateUser', 'unlocked', (org) => org.updateUser(org.userId(22), { status: 'ACTIVE' })],
  ['deactivateUser', 'with apps', (org) => org.deactivateUser(org.userId(25))],
  ['deactivateUser', 'an administrator', (org) => org.deactivateUser(holder(org))],
  ['updateUser', 'reactivated', (org) => org.updateUser(org.userId(25), { status: 'ACTIVE' })],
  ['deleteUser', 'with everything', (org) => org.deleteUser(org.userId(26)), UNSEEN.userDeleted],
  ['addGroup', 'empty', (org) => org.addGroup({ name: 'Readers' })],
  ['renameGroup', 'a target of roles', (org) => org.renameGroup(org.groupId(2), 'Renamed'), UNSEEN.targetRenamed],
  ['addMember', 'with apps', (org) => org.addMember(grantingGroup(org), org.userId(27))],
  ['addMember', 'with an app that another group gives', (org) => org.addMember(...secondWay(org)), VIA],
  ['addMember', 'to a group with a role', (org) => org.addMember(adminGroup(org), holder(org))],
  ['removeMember', 'of a group with a role', (org) => org.removeMember(adminGroup(org), adminMember(org))],
  ['removeMember', 'with apps', (org) => org.removeMember(grantingGroup(org), memberOf(org, grantingGroup(org)))],
  ['addApp', 'with policies', (org) => org.addApp({ label: 'Library' })],
  ['grantRole', 'over an application', (org) => org.grantRole(org.userId(33), 'APP_ADMIN', [org.appId(9)])],
  [
    'updateApp',
    'a target of roles',
    (org) => org.updateApp(org.appId(9), { label: 'Renamed' }),
    [UNSEEN.targetRenamed[1]],
  ],
  ['updateApp', 'deactivated', (org) => org.updateApp(org.appId(9), { status: 'INACTIVE' })],
  ['updateApp', 'activated', (org) => org.updateApp(org.appId(9), { status: 'ACTIVE' })],
  ['assignUser', 'direct', (org) => org.assignUser(org.appId(9), org.addUser().id)],
  ['unassignUser', 'direct', (org) => org.unassignUser(org.appId(9), appUser(org))],
  ['assignGroup', 'to many', (org) => org.assignGroup(org.appId(8), org.groupId(3))],
  ['unassignGroup', 'from many', (org) => org.unassignGroup(org.appId(8), org.groupId(3))],
  ['deleteGroup', 'with apps', (org) => org.deleteGroup(grantingGroup(org))],
  ['deleteGroup', 'with a role and apps that others give', (org) => org.deleteGroup(adminGroup(org))],
  ['deleteApp', 'with groups', (org) => org.deleteApp(appWithGroups(org)), UNSEEN.applicationDeleted],
  ['enrollFactor', 'webauthn', (org) => org.enrollFactor(org.userId(30), 'webauthn')],
  ['removeFactor', 'one', (org) => org.removeFactor(org.userId(30), org.factorsOf(org.userId(30))[0]?.id ?? '')],
  ['grantRole', 'to a user', (org) => org.grantRole(org.userId(31), 'HELP_DESK_ADMIN', [org.groupId(2)])],
  ['grantRole', 'to a group', (org) => org.grantRole(org.groupId(4), 'READ_ONLY_ADMIN')],
  ['revokeRole', 'of a user', (org) => org.revokeRole(org.userId(31), org.rolesOf(org.userId(31))[0]?.role.id ?? '')],
  ['revokeRole', 'of a group', (org) => org.revokeRole(org.groupId(4), org.rolesOf(org.groupId(4))[0]?.role.id ?? '')],
  ['addPolicy', 'mapped', (org) => org.addPolicy({ type: 'ACCESS_POLICY', name: 'Strict' })],
  ['updatePolicy', 'priority', (org) => org.updatePolicy(policyOf(org, 'ACCESS_POLICY'), { description: 'x' })],
  ['addRule', 'one', (org) => org.addRule(policyOf(org, 'ACCESS_POLICY'), { name: 'Only phones' })],
  [
    'deleteRule',
    'one',
    (org) => {
      const id = policyOf(org, 'ACCESS_POLICY')
      org.deleteRule(id, org.rulesOf(id)[0]?.id ?? '')
    },
  ],
  ['mapPolicy', 'of an application', (org) => org.mapPolicy(org.appId(9), policyOf(org, 'ACCESS_POLICY'))],
  ['deletePolicy', 'with applications', (org) => org.deletePolicy(policyOf(org, 'ACCESS_POLICY'))],
]

/** A change that the log says nothing of, as some imports and directories make them. */
const UNLOGGED: readonly Change[] = [
  ['addUser', 'new', (org) => org.addUser({ groups: [plainGroup(org)] })],
  ['addUser', 'two at once', (org) => [org.addUser(), org.addUser({ status: 'STAGED' })]],
  ['updateUser', 'suspended', (org) => org.updateUser(org.userId(40), { status: 'SUSPENDED' })],
  ['deactivateUser', 'with apps', (org) => org.deactivateUser(org.userId(41))],
  ['updateUser', 'reactivated', (org) => org.updateUser(org.userId(41), { status: 'ACTIVE' })],
  ['addGroup', 'new', (org) => org.addMember(org.addGroup({ name: 'Imported' }).id, org.userId(42))],
  ['renameGroup', 'plain', (org) => org.renameGroup(org.groupId(9), 'Other')],
  ['addMember', 'plain', (org) => org.addMember(plainGroup(org), org.userId(43))],
  ['removeMember', 'plain', (org) => org.removeMember(plainGroup(org), org.userId(43))],
]

describe('what changes in the simulated org', () => {
  let copy: Copy
  beforeAll(async () => {
    copy = await readAll(client)
  })

  /** Makes the change, catches up with what shows it, and says where that leaves differences to a full sync. */
  async function missed(change: (org: Org) => void, isLogged: boolean): Promise<string[]> {
    const { org } = sim
    const [before, marks, logged] = [copy, marksOf(copy), org.expected().log_events]
    clock.advance(60_000)
    change(org)
    const events = [...org.logEvents()].slice(logged)
    copy = await readAll(client)
    expect(differences(before, copy)).not.toEqual([])
    const catcher = new Catcher(client, before)
    await catcher.catchUp(isLogged ? events.flatMap((event) => okta.targetsOf(event)) : [], marks)
    return differences(catcher.copy, copy)
  }

  const named = (changes: readonly Change[]) =>
    changes.map(([mutator, variant, change, unseen = []]) => ({ mutator, variant, change, unseen }))

  it.each(named(CHANGES))('$mutator ($variant) is shown by the log and the marks', async ({ change, unseen }) => {
    expect(await missed(change, true)).toEqual(unseen)
  })

  it.each(named(UNLOGGED))('$mutator ($variant) is shown by the marks alone', async ({ change, unseen }) => {
    expect(await missed(change, false)).toEqual(unseen)
  })

  it('is changed by every mutator there is', () => {
    expect([...new Set(CHANGES.map(([mutator]) => mutator))].sort()).toEqual(mutators())
  })
})
