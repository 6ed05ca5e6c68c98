import type { Org } from '../../sim/index.ts'
import { pick } from '../../sim/random.ts'
import { UNSEEN } from '../contract/unseen.ts'

/** Three numbers that choose among whatever there is. */
export type Numbers = readonly [number, number, number]

/** A way in which an org changes. */
export interface Mutation {
  /** The method of the simulated org that it is about. */
  readonly mutator: string
  /** Makes the change; false where the org has nothing to make it to. */
  make(org: Org, numbers: Numbers): boolean
  /** Columns that stay as they were until the next full sync. */
  readonly unseen?: readonly string[]
  /** Streams that may be off until the next full sync where its events are lost. Empty: the marks show all of it. */
  readonly unlogged: readonly string[]
}

const STATUSES = ['ACTIVE', 'SUSPENDED', 'LOCKED_OUT', 'PASSWORD_EXPIRED', 'RECOVERY', 'DEPROVISIONED'] as const
const FACTORS = ['sms', 'push', 'webauthn', 'token:software:totp pending']
const ROLES = ['USER_ADMIN', 'HELP_DESK_ADMIN', 'APP_ADMIN', 'READ_ONLY_ADMIN', 'REPORT_ADMIN', 'CUSTOM']
const POLICIES = ['ACCESS_POLICY', 'PROFILE_ENROLLMENT', 'OKTA_SIGN_ON', 'PASSWORD', 'MFA_ENROLL']
/** Few, so that names come again. */
const NAMES = ['Readers', 'Writers', 'Auditors']

const ids = <T extends { id: string }>(all: Iterable<T>): string[] => [...all].map(({ id }) => id)
/** Whoever owns the token stays as they are. */
const people = (org: Org) => ids(org.allUsers()).filter((id) => id !== org.ownerId)
const working = (org: Org) =>
  people(org).filter((id) => !['STAGED', 'DEPROVISIONED'].includes(org.user(id)?.status ?? ''))
const groups = (org: Org) => ids(org.allGroups()).filter((id) => id !== org.everyoneId)
const apps = (org: Org) => ids(org.allApps())
const customPolicies = (org: Org) => ids([...org.allPolicies()].filter(({ system }) => !system))
const mappable = (org: Org) =>
  ids([...org.allPolicies()].filter(({ type }) => type === 'ACCESS_POLICY' || type === 'PROFILE_ENROLLMENT'))
const directRoles = (org: Org, id: string, isUser: boolean) =>
  org.rolesOf(id).filter(({ assignmentType }) => !isUser || assignmentType === 'USER')

/** What is chosen from each list, or false where one of them is empty. */
function withSome(lists: readonly (readonly string[])[], numbers: Numbers, make: (...chosen: string[]) => unknown) {
  if (lists.some((list) => list.length === 0)) return false
  return make(...lists.map((list, index) => pick(list, numbers[index] ?? 0))) !== false
}

const mutation = (
  mutator: string,
  make: Mutation['make'],
  unlogged: readonly string[] = [],
  unseen: readonly string[] = [],
): Mutation => ({ mutator, make, unlogged, unseen })

const HELD_BY_USER = ['users', 'groups', 'group_memberships', 'factors', 'application_users', 'user_roles']
const OF_APPLICATION = ['applications', 'application_users', 'application_groups', 'policy_mappings', 'groups']
const OF_GROUP = ['groups', 'group_memberships', 'application_groups', 'application_users', 'group_roles', 'user_roles']
const OF_ROLE = ['user_roles', 'group_roles', 'groups']
const OF_POLICY = ['policies', 'policy_rules', 'policy_mappings', 'applications']
/** What a group gives its members. */
const OF_MEMBERSHIP = ['application_users', 'user_roles']

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'add a user': mutation('addUser', (org, [a, b]) => {
    const given = a % 3 === 0 ? { status: 'STAGED' as const } : {}
    return Boolean(
      org.addUser(groups(org).length > 0 && b % 2 === 0 ? { ...given, groups: [pick(groups(org), b)] } : given),
    )
  }),
  'change a profile': mutation('updateUser', (org, n) =>
    withSome([people(org)], n, (user) => org.updateUser(user, { profile: { title: `Title ${n[1] % 3}` } })),
  ),
  'change a status': mutation('updateUser', (org, n) =>
    withSome([people(org), [...STATUSES]], n, (user, status) =>
      org.updateUser(user, { status: status as (typeof STATUSES)[number] }),
    ),
  ),
  'reactivate a user': mutation('updateUser', (org, n) =>
    withSome([people(org).filter((id) => org.user(id)?.status === 'DEPROVISIONED')], n, (user) =>
      org.updateUser(user, { status: 'ACTIVE' }),
    ),
  ),
  'deactivate a user': mutation('deactivateUser', (org, n) =>
    withSome([working(org)], n, (user) => org.deactivateUser(user)),
  ),
  'delete a user': mutation(
    'deleteUser',
    (org, n) => people(org).length > 3 && withSome([people(org)], n, (user) => org.deleteUser(user)),
    HELD_BY_USER,
    UNSEEN.userDeleted,
  ),
  'add a group': mutation('addGroup', (org, [a]) => Boolean(org.addGroup({ name: pick(NAMES, a) }))),
  'rename a group': mutation(
    'renameGroup',
    (org, n) => withSome([groups(org), NAMES], n, (group, name) => org.renameGroup(group, name)),
    [],
    UNSEEN.targetRenamed,
  ),
  'delete a group': mutation(
    'deleteGroup',
    (org, n) => withSome([groups(org)], n, (group) => org.deleteGroup(group)),
    OF_GROUP,
    UNSEEN.targetRenamed,
  ),
  'add a member': mutation(
    'addMember',
    (org, n) =>
      withSome([groups(org), people(org)], n, (group, user) => {
        if (org.groupsOf(user).includes(group)) return false
        return org.addMember(group, user)
      }),
    OF_MEMBERSHIP,
    UNSEEN.otherGroupGives,
  ),
  'remove a member': mutation(
    'removeMember',
    (org, n) =>
      withSome([groups(org).filter((group) => [...org.membersOf(group)].length > 0)], n, (group) =>
        org.removeMember(group, pick([...org.membersOf(group)], n[1])),
      ),
    OF_MEMBERSHIP,
    UNSEEN.otherGroupGives,
  ),
  'add an application': mutation(
    'addApp',
    (org, [a]) => Boolean(org.addApp({ label: pick(NAMES, a) })),
    OF_APPLICATION,
  ),
  'rename an application': mutation(
    'updateApp',
    (org, n) => withSome([apps(org), NAMES], n, (app, label) => org.updateApp(app, { label })),
    OF_APPLICATION,
    UNSEEN.targetRenamed,
  ),
  'switch an application': mutation(
    'updateApp',
    (org, n) =>
      withSome([apps(org)], n, (app) =>
        org.updateApp(app, { status: org.app(app)?.status === 'ACTIVE' ? 'INACTIVE' : 'ACTIVE' }),
      ),
    OF_APPLICATION,
  ),
  'delete an application': mutation(
    'deleteApp',
    (org, n) => apps(org).length > 1 && withSome([apps(org)], n, (app) => org.deleteApp(app)),
    OF_APPLICATION,
    [...UNSEEN.applicationDeleted, ...UNSEEN.targetRenamed],
  ),
  'assign a user': mutation(
    'assignUser',
    (org, n) => withSome([apps(org), working(org)], n, (app, user) => org.assignUser(app, user)),
    ['application_users'],
  ),
  'take an application from a user': mutation(
    'unassignUser',
    (org, n) =>
      withSome([apps(org).filter((app) => directUsers(org, app).length > 0)], n, (app) =>
        org.unassignUser(app, pick(directUsers(org, app), n[1])),
      ),
    ['application_users'],
  ),
  'assign a group': mutation(
    'assignGroup',
    (org, n) => withSome([apps(org), groups(org)], n, (app, group) => org.assignGroup(app, group)),
    ['application_users', 'application_groups', 'groups'],
  ),
  'take an application from a group': mutation(
    'unassignGroup',
    (org, n) =>
      withSome([apps(org).filter((app) => org.groupsOfApp(app).length > 0)], n, (app) =>
        org.unassignGroup(app, pick(org.groupsOfApp(app), n[1])),
      ),
    ['application_users', 'application_groups', 'groups'],
  ),
  'enroll a factor': mutation(
    'enrollFactor',
    (org, n) => withSome([working(org), FACTORS], n, (user, kind) => org.enrollFactor(user, kind)),
    ['factors'],
  ),
  'remove a factor': mutation(
    'removeFactor',
    (org, n) =>
      withSome([working(org).filter((user) => org.factorsOf(user).length > 0)], n, (user) =>
        org.removeFactor(user, pick(org.factorsOf(user), n[1]).id),
      ),
    ['factors'],
  ),
  'grant a role to a user': mutation(
    'grantRole',
    (org, n) => withSome([working(org), ROLES], n, (user, role) => grant(org, user, role, n[2], true)),
    OF_ROLE,
  ),
  'grant a role to a group': mutation(
    'grantRole',
    (org, n) => withSome([groups(org), ROLES], n, (group, role) => grant(org, group, role, n[2], false)),
    OF_ROLE,
  ),
  'revoke a role of a user': mutation(
    'revokeRole',
    (org, n) =>
      withSome([people(org).filter((id) => directRoles(org, id, true).length > 0)], n, (user) =>
        org.revokeRole(user, pick(directRoles(org, user, true), n[1]).role.id),
      ),
    OF_ROLE,
  ),
  'revoke a role of a group': mutation(
    'revokeRole',
    (org, n) =>
      withSome([org.adminGroupIds()], n, (group) =>
        org.revokeRole(group, pick(directRoles(org, group, false), n[1]).role.id),
      ),
    OF_ROLE,
  ),
  'add a policy': mutation(
    'addPolicy',
    (org, n) => withSome([POLICIES, NAMES], n, (type, name) => org.addPolicy({ type, name })),
    OF_POLICY,
  ),
  'change a policy': mutation(
    'updatePolicy',
    (org, n) =>
      withSome([customPolicies(org), NAMES], n, (policy, name) =>
        org.updatePolicy(policy, { name, priority: 1 + (n[2] % 3), status: n[2] % 2 === 0 ? 'ACTIVE' : 'INACTIVE' }),
      ),
    OF_POLICY,
  ),
  'delete a policy': mutation(
    'deletePolicy',
    (org, n) => withSome([customPolicies(org)], n, (policy) => org.deletePolicy(policy)),
    OF_POLICY,
  ),
  'add a rule': mutation(
    'addRule',
    (org, n) => withSome([ids(org.allPolicies()), NAMES], n, (policy, name) => org.addRule(policy, { name })),
    OF_POLICY,
  ),
  'delete a rule': mutation(
    'deleteRule',
    (org, n) =>
      withSome([ids(org.allPolicies()).filter((id) => org.rulesOf(id).length > 0)], n, (policy) =>
        org.deleteRule(policy, pick(org.rulesOf(policy), n[1]).id),
      ),
    OF_POLICY,
  ),
  'map a policy': mutation(
    'mapPolicy',
    (org, n) => withSome([apps(org), mappable(org)], n, (app, policy) => org.mapPolicy(app, policy)),
    OF_POLICY,
  ),
}

function directUsers(org: Org, app: string): string[] {
  return ids([...org.usersOfApp(app)].filter(({ scope }) => scope === 'USER'))
}

/** A standard role is held once by each. */
function grant(org: Org, holder: string, role: string, number: number, isUser: boolean): unknown {
  if (directRoles(org, holder, isUser).some((held) => held.role.type === role)) return false
  const targets = role === 'APP_ADMIN' ? apps(org) : groups(org)
  const isLimited = ['USER_ADMIN', 'HELP_DESK_ADMIN', 'APP_ADMIN'].includes(role) && number % 2 === 0
  return org.grantRole(holder, role, isLimited && targets.length > 0 ? [pick(targets, number)] : [])
}
