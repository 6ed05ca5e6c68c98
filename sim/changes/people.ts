import type { Factor } from '../generate/factors.ts'
import type { Group, GroupType } from '../generate/groups.ts'
import type { RoleAssignment } from '../generate/roles.ts'
import { roleTarget } from '../generate/roles.ts'
import type { User, UserStatus } from '../generate/users.ts'
import { iso, type Json } from '../world.ts'
import { AppChanges } from './apps.ts'

/**
 * Changes to users, groups, memberships, factors and roles. Each sets the time stamps the API would set and writes the
 * System Log events it would write.
 */
export class PeopleChanges extends AppChanges {
  addUser(given: { login?: string; status?: UserStatus; profile?: Json; groups?: string[] } = {}): User {
    const now = iso(this.now())
    const index = this.state.users.append((number) => {
      const login = given.login ?? String(given.profile?.login ?? `added.${number}@acme.example`)
      const status = given.status ?? 'ACTIVE'
      return {
        id: this.world.ids.user.make(number),
        status,
        created: now,
        activated: status === 'STAGED' ? null : now,
        statusChanged: status === 'STAGED' ? null : now,
        lastLogin: null,
        lastUpdated: now,
        passwordChanged: null,
        type: { id: this.world.ids.userType },
        profile: {
          firstName: 'Added',
          lastName: `Person ${number}`,
          mobilePhone: null,
          secondEmail: null,
          email: login,
          login,
          ...given.profile,
        },
        credentials: { provider: { type: 'OKTA', name: 'OKTA' } },
      }
    })
    this.state.groups.addMember(0, index)
    this.touchMembership(0)
    this.log('user.lifecycle.create', [this.userTarget(index)])
    if (this.state.users.status(index) === 'ACTIVE') this.log('user.lifecycle.activate', [this.userTarget(index)])
    for (const group of given.groups ?? []) this.addMember(group, this.world.ids.user.make(index))
    return this.#user(index)
  }

  /** The profile is merged; a value of undefined removes the attribute. */
  updateUser(id: string, change: { profile?: Json; status?: UserStatus }): User {
    const index = this.userIndex(id)
    const before = this.#user(index)
    const now = iso(this.now())
    const profile = Object.fromEntries(
      Object.entries({ ...before.profile, ...change.profile }).filter(([, value]) => value !== undefined),
    )
    const status = change.status ?? before.status
    const statusChanged = status === before.status ? before.statusChanged : now
    this.state.users.put(index, { ...before, profile, status, statusChanged, lastUpdated: now })
    if (change.profile) {
      const changedAttributes = Object.keys(change.profile).join(',')
      this.log('user.account.update_profile', [this.userTarget(index)], { changedAttributes })
    }
    if (status !== before.status) this.log(statusEvent(before.status, status), [this.userTarget(index)])
    return this.#user(index)
  }

  deactivateUser(id: string): User {
    return this.updateUser(id, { status: 'DEPROVISIONED' })
  }

  deleteUser(id: string): void {
    const index = this.userIndex(id)
    const person = this.userTarget(index)
    this.state.users.table.delete(index)
    this.log('user.lifecycle.delete.initiated', [person])
    this.log('user.lifecycle.delete.completed', [person])
  }

  addGroup(given: { name: string; description?: string | null; type?: GroupType; profile?: Json }): Group {
    const now = iso(this.now())
    const { name, description = null, type = 'OKTA_GROUP' } = given
    const index = this.state.groups.table.append({
      id: this.world.ids.group.make(this.state.groups.table.end),
      created: now,
      lastUpdated: now,
      lastMembershipUpdated: now,
      objectClass: ['okta:user_group'],
      type,
      profile: { name, description, ...given.profile },
    })
    this.log('group.lifecycle.create', [this.groupTarget(index)])
    return this.group_(index)
  }

  /** Its members lose the apps that nothing else gives them. */
  deleteGroup(id: string): void {
    const index = this.groupIndex(id)
    const group = this.groupTarget(index)
    const apps = this.state.apps.appsOfGroup(index)
    const members = apps.length > 0 ? [...this.state.groups.members(index)] : []
    this.state.groups.table.delete(index)
    this.log('group.lifecycle.delete', [group])
    for (const app of apps) for (const { user } of members) this.loseGroupApp(app, user)
  }

  renameGroup(id: string, name: string): Group {
    const index = this.groupIndex(id)
    const group = this.group_(index)
    const profile = { ...group.profile, name }
    this.state.groups.table.set(index, { ...group, profile, lastUpdated: iso(this.now()) })
    this.log('group.profile.update', [this.groupTarget(index)])
    return this.group_(index)
  }

  /** Also gives the user the group's apps, as Okta does. */
  addMember(groupId: string, userId: string): void {
    const [group, user] = [this.groupIndex(groupId), this.userIndex(userId)]
    if (!this.state.groups.addMember(group, user)) return
    this.touchMembership(group)
    this.log('group.user_membership.add', [this.userTarget(user), this.groupTarget(group)])
    this.#logRolesOfGroup('grant', group, user)
    for (const app of this.state.apps.appsOfGroup(group)) this.gainApp(app, user, 'GROUP')
  }

  removeMember(groupId: string, userId: string): void {
    const [group, user] = [this.groupIndex(groupId), this.userIndex(userId)]
    if (!this.state.groups.removeMember(group, user)) return
    this.touchMembership(group)
    this.log('group.user_membership.remove', [this.userTarget(user), this.groupTarget(group)])
    this.#logRolesOfGroup('revoke', group, user)
    for (const app of this.state.apps.appsOfGroup(group)) this.loseGroupApp(app, user)
  }

  /** `kind` is a factor type; with a variant: `token:software:totp google`, `sms pending`. */
  enrollFactor(userId: string, kind: string): Factor {
    const user = this.userIndex(userId)
    const factor = this.state.factors.enroll(user, kind, this.now())
    this.log('user.mfa.factor.activate', [this.userTarget(user)], { factor: factor.factorType })
    return factor
  }

  removeFactor(userId: string, factorId: string): void {
    const user = this.userIndex(userId)
    const factor = this.state.factors.remove(user, factorId)
    if (factor) this.log('user.mfa.factor.deactivate', [this.userTarget(user)], { factor: factor.factorType })
  }

  /** To a user or a group, by id. Targets are ids of groups or of apps. */
  grantRole(assigneeId: string, type: string, targets: string[] = []): RoleAssignment {
    const user = this.state.users.indexOf(assigneeId)
    const index = user ?? this.groupIndex(assigneeId)
    const role = this.state.roles.grant(user === undefined ? 'group' : 'user', index, type, this.now())
    if (roleTarget(type) === 'groups') role.targetGroups = targets.map((id) => this.groupIndex(id))
    if (roleTarget(type) === 'apps') role.targetApps = targets.map((id) => this.appIndex(id))
    if (user === undefined)
      this.log('group.privilege.grant', [this.groupTarget(index)], { privilegeGranted: role.label })
    else this.log('user.account.privilege.grant', [this.userTarget(index)], { privilegeGranted: role.label })
    return role
  }

  revokeRole(assigneeId: string, roleId: string): void {
    const user = this.state.users.indexOf(assigneeId)
    const index = user ?? this.groupIndex(assigneeId)
    const role = this.state.roles.revoke(user === undefined ? 'group' : 'user', index, roleId)
    if (!role) return
    if (user === undefined)
      this.log('group.privilege.revoke', [this.groupTarget(index)], { privilegeRevoked: role.label })
    else this.log('user.account.privilege.revoke', [this.userTarget(index)], { privilegeRevoked: role.label })
  }

  /** Who joins or leaves a group that gives a role gains or loses it, which is logged for the user as well. */
  #logRolesOfGroup(verb: 'grant' | 'revoke', group: number, user: number): void {
    const labels = this.state.roles.ofGroup(group).map(({ role }) => role.label)
    const debugData = { [verb === 'grant' ? 'privilegeGranted' : 'privilegeRevoked']: labels.join(', ') }
    if (labels.length > 0) this.log(`user.account.privilege.${verb}`, [this.userTarget(user)], debugData)
  }

  #user(index: number): User {
    const user = this.state.users.get(index)
    if (!user) throw new Error(`The simulated org has no user number ${index}`)
    return user
  }
}

function statusEvent(before: UserStatus, after: UserStatus): string {
  if (after === 'DEPROVISIONED') return 'user.lifecycle.deactivate'
  if (after === 'SUSPENDED') return 'user.lifecycle.suspend'
  if (after === 'LOCKED_OUT') return 'user.account.lock'
  if (after === 'PASSWORD_EXPIRED') return 'user.account.expire_password'
  if (after === 'RECOVERY') return 'user.account.reset_password'
  if (before === 'SUSPENDED') return 'user.lifecycle.unsuspend'
  if (before === 'LOCKED_OUT') return 'user.account.unlock_by_admin'
  return before === 'DEPROVISIONED' ? 'user.lifecycle.reactivate' : 'user.lifecycle.activate'
}
