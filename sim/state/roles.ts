import { generateGroupRoles, generateUserRoles, makeRole, type RoleAssignment } from '../generate/roles.ts'
import type { World } from '../world.ts'
import type { Groups } from './groups.ts'
import type { Users } from './users.ts'

/** One row of `/users/{id}/roles`: held directly, or through a group. */
export interface HeldRole {
  role: RoleAssignment
  assignmentType: 'USER' | 'GROUP'
  /** Index of the user or group that holds it. */
  assignee: number
}

/** Admin roles of users and of groups. */
export class Roles {
  readonly #world: World
  readonly #users: Users
  readonly #groups: Groups
  readonly #ofUser: Map<number, RoleAssignment[]>
  readonly #ofGroup: Map<number, RoleAssignment[]>
  #granted = 5000

  constructor(world: World, users: Users, groups: Groups) {
    this.#world = world
    this.#users = users
    this.#groups = groups
    this.#ofUser = generateUserRoles(world)
    this.#ofGroup = generateGroupRoles(world, groups.base)
  }

  /** Users holding a role directly, in index order. */
  holders(): number[] {
    return [...this.#ofUser.keys()]
      .filter((user) => this.#users.table.has(user) && this.#users.status(user) !== 'DEPROVISIONED')
      .sort((a, b) => a - b)
  }

  adminGroups(): number[] {
    return [...this.#ofGroup.keys()].filter((group) => this.#groups.table.has(group)).sort((a, b) => a - b)
  }

  ofGroup(group: number): HeldRole[] {
    if (!this.#groups.table.has(group)) return []
    return (this.#ofGroup.get(group) ?? []).map((role) => ({ role, assignmentType: 'GROUP', assignee: group }))
  }

  /** Direct ones first, then those of the user's groups; none while the user is deactivated. */
  ofUser(user: number): HeldRole[] {
    if (!this.#users.table.has(user) || this.#users.status(user) === 'DEPROVISIONED') return []
    const direct: HeldRole[] = (this.#ofUser.get(user) ?? []).map((role) => ({
      role,
      assignmentType: 'USER',
      assignee: user,
    }))
    const groups = this.adminGroups().filter((group) => this.#groups.isMember(group, user))
    return [...direct, ...groups.flatMap((group) => this.ofGroup(group))]
  }

  /** The first super administrator: owner of the default token. */
  get owner(): number {
    return this.#ofUser.keys().next().value ?? 0
  }

  grant(assignee: 'user' | 'group', index: number, type: string, now: number): RoleAssignment {
    const role = makeRole(this.#world, type, assignee, this.#granted++, now)
    const map = assignee === 'user' ? this.#ofUser : this.#ofGroup
    map.set(index, [...(map.get(index) ?? []), role])
    return role
  }

  revoke(assignee: 'user' | 'group', index: number, roleId: string): RoleAssignment | undefined {
    const map = assignee === 'user' ? this.#ofUser : this.#ofGroup
    const found = map.get(index)?.find((role) => role.id === roleId)
    if (!found) return undefined
    const rest = (map.get(index) ?? []).filter((role) => role !== found)
    if (rest.length > 0) map.set(index, rest)
    else map.delete(index)
    return found
  }
}
