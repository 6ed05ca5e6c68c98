import { PolicyChanges } from './changes/policies.ts'
import type { AppUser } from './generate/app-users.ts'
import type { App } from './generate/apps.ts'
import type { Factor } from './generate/factors.ts'
import type { Group } from './generate/groups.ts'
import type { LogEvent } from './generate/log-events.ts'
import type { Policy } from './generate/policies.ts'
import type { PolicyRule } from './generate/policy-rules.ts'
import type { User } from './generate/users.ts'
import type { HeldRole } from './state/roles.ts'

/** How many rows each listing of the org yields when read to the end with every right. */
export interface Expected {
  /** With deprovisioned ones. */
  users: number
  groups: number
  /** Everyone included. */
  group_memberships: number
  applications: number
  application_users: number
  application_groups: number
  /** Of all users that are not deprovisioned. */
  factors: number
  /** Users that `/iam/assignees/users` names. */
  role_holders: number
  /** Rows of `/users/{id}/roles` over those users, roles through groups included. */
  user_roles: number
  /** Rows of `/groups/{id}/roles` over all groups. */
  group_roles: number
  policies: number
  policy_rules: number
  policy_mappings: number
  log_events: number
}

/**
 * The simulated org: reading it (here) and changing it (in `changes/`). Readers are generators over ids and wire
 * records, so that a test can compare a store with an org of any size.
 */
export class Org extends PolicyChanges {
  expected(): Expected {
    const { apps, groups, policies, roles, users, factors, log } = this.state
    let factorCount = 0
    for (const index of users.table.indexes()) factorCount += factors.countOf(index)
    const appIndexes = [...apps.table.indexes()]
    const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0)
    const holders = roles.holders()
    return {
      users: users.table.count,
      groups: groups.table.count,
      group_memberships: groups.membershipCount,
      applications: apps.table.count,
      application_users: sum(appIndexes.map((app) => apps.userCount(app))),
      application_groups: sum(appIndexes.map((app) => apps.groups(app).length)),
      factors: factorCount,
      role_holders: holders.length,
      user_roles: sum(holders.map((user) => roles.ofUser(user).length)),
      group_roles: sum(roles.adminGroups().map((group) => roles.ofGroup(group).length)),
      policies: policies.all().length,
      policy_rules: sum(policies.all().map(([, policy]) => policy.rules.length)),
      policy_mappings: sum(policies.all().map(([index]) => policies.appsOf(index).length)),
      log_events: log.count,
    }
  }

  get everyoneId(): string {
    return this.world.ids.group.make(0)
  }

  /** The owner of the default token. */
  get ownerId(): string {
    return this.world.ids.user.make(this.state.roles.owner)
  }

  userId(index: number): string {
    return this.world.ids.user.make(index)
  }

  groupId(index: number): string {
    return this.world.ids.group.make(index)
  }

  appId(index: number): string {
    return this.world.ids.app.make(index)
  }

  user(id: string): User | undefined {
    const index = this.state.users.indexOf(id)
    return index === undefined ? undefined : this.state.users.get(index)
  }

  group(id: string): Group | undefined {
    const index = this.state.groups.indexOf(id)
    return index === undefined ? undefined : this.state.groups.table.get(index)
  }

  app(id: string): App | undefined {
    const index = this.state.apps.indexOf(id)
    return index === undefined ? undefined : this.state.apps.table.get(index)
  }

  *allUsers(): Generator<User> {
    yield* records(this.state.users.table)
  }

  *allGroups(): Generator<Group> {
    yield* records(this.state.groups.table)
  }

  *allApps(): Generator<App> {
    yield* records(this.state.apps.table)
  }

  *allPolicies(): Generator<Policy> {
    for (const [, policy] of this.state.policies.all()) yield policy
  }

  rulesOf(policyId: string): PolicyRule[] {
    const index = this.state.policies.indexOf(policyId)
    return index === undefined ? [] : (this.state.policies.get(index)?.rules ?? [])
  }

  /** Ids of the apps a policy is mapped to. */
  appsOfPolicy(policyId: string): string[] {
    const index = this.state.policies.indexOf(policyId)
    return index === undefined ? [] : this.state.policies.appsOf(index).map((app) => this.appId(app))
  }

  /** User ids. */
  *membersOf(groupId: string): Generator<string> {
    const group = this.state.groups.indexOf(groupId)
    if (group === undefined) return
    for (const { user } of this.state.groups.members(group)) yield this.userId(user)
  }

  groupsOf(userId: string): string[] {
    const user = this.state.users.indexOf(userId)
    return user === undefined ? [] : this.state.groups.groupsOf(user).map((group) => this.groupId(group))
  }

  *usersOfApp(appId: string): Generator<AppUser> {
    const app = this.state.apps.indexOf(appId)
    if (app === undefined) return
    for (const { user } of this.state.apps.users(app)) {
      const record = this.state.apps.user(app, user)
      if (record) yield record
    }
  }

  /** Group ids, by priority. */
  groupsOfApp(appId: string): string[] {
    const app = this.state.apps.indexOf(appId)
    return app === undefined ? [] : this.state.apps.groups(app).map(({ group }) => this.groupId(group))
  }

  /** Empty for a deprovisioned or unknown user. */
  factorsOf(userId: string): Factor[] {
    const user = this.state.users.indexOf(userId)
    return user === undefined ? [] : (this.state.factors.of(user) ?? [])
  }

  rolesOf(userOrGroupId: string): HeldRole[] {
    const user = this.state.users.indexOf(userOrGroupId)
    if (user !== undefined) return this.state.roles.ofUser(user)
    const group = this.state.groups.indexOf(userOrGroupId)
    return group === undefined ? [] : this.state.roles.ofGroup(group)
  }

  roleHolderIds(): string[] {
    return this.state.roles.holders().map((user) => this.userId(user))
  }

  adminGroupIds(): string[] {
    return this.state.roles.adminGroups().map((group) => this.groupId(group))
  }

  /** In the order they were stored. */
  *logEvents(): Generator<LogEvent> {
    for (let number = 0; number < this.state.log.count; number++) {
      const event = this.state.log.get(number)
      if (event) yield event
    }
  }
}

function* records<T>(table: { indexes(): Generator<number>; get(index: number): T | undefined }): Generator<T> {
  for (const index of table.indexes()) {
    const record = table.get(index)
    if (record !== undefined) yield record
  }
}
