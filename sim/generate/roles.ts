import { hash, shuffle } from '../random.ts'
import { DAY, iso, type World } from '../world.ts'
import { groupType } from './groups.ts'
import type { BaseMemberships } from './memberships.ts'
import { userStatus } from './users.ts'

/** An admin role held by a user or a group. */
export interface RoleAssignment {
  id: string
  label: string
  type: string
  created: string
  lastUpdated: string
  /** Custom and resource-set bound roles only. */
  role?: string
  resourceSet?: string
  /** What the role is limited to; empty is the whole org. */
  targetGroups: number[]
  targetApps: number[]
}

/**
 * `target`: what the role can be limited to. Such roles have one assignment id for every assignee in the world: the
 * base32 of the type's name. The others are numbered per assignment, those bound to a resource set as well.
 */
const ROLE_TYPES: Record<string, { label: string; target?: 'groups' | 'apps'; resourceSet?: string }> = {
  SUPER_ADMIN: { label: 'Super Organization Administrator' },
  ORG_ADMIN: { label: 'Organization Administrator' },
  APP_ADMIN: { label: 'Application Administrator', target: 'apps' },
  USER_ADMIN: { label: 'User Administrator', target: 'groups' },
  HELP_DESK_ADMIN: { label: 'Help Desk Administrator', target: 'groups' },
  GROUP_MEMBERSHIP_ADMIN: { label: 'Group Membership Administrator', target: 'groups' },
  READ_ONLY_ADMIN: { label: 'Read-only Administrator' },
  REPORT_ADMIN: { label: 'Report Administrator' },
  API_ACCESS_MANAGEMENT_ADMIN: { label: 'API Access Management Administrator' },
  CUSTOM: { label: 'Help desk L2', resourceSet: 'custom' },
  WORKFLOWS_ADMIN: { label: 'Workflows Administrator', resourceSet: 'WORKFLOWS_IAM_POLICY' },
  ACCESS_REQUESTS_ADMIN: { label: 'Access Requests Administrator', resourceSet: 'ACCESS_CERTIFICATIONS_IAM_POLICY' },
}

const ROLE_NAMES = Object.keys(ROLE_TYPES)
export const CUSTOM_ROLES = ['Help desk L2', 'Password resetter']
export const RESOURCE_SETS = ['Berlin people', 'All IAM resources']

export function makeRole(
  world: World,
  type: string,
  assignee: 'user' | 'group',
  number: number,
  at: number,
): RoleAssignment {
  const kind = ROLE_TYPES[type] ?? { label: type }
  const times = { created: iso(at), lastUpdated: iso(at) }
  const bare = { type, ...times, targetGroups: [], targetApps: [] }
  if (kind.resourceSet === undefined) {
    const maker = assignee === 'user' ? world.ids.userRole : world.ids.groupRole
    return { ...bare, id: kind.target ? base32(type) : maker.make(number), label: kind.label }
  }
  const which = number % 2
  const id = world.ids.binding.make(number * 2 + (assignee === 'user' ? 0 : 1))
  return kind.resourceSet === 'custom'
    ? {
        ...bare,
        id,
        label: CUSTOM_ROLES[which] ?? kind.label,
        role: world.ids.customRole.make(which),
        resourceSet: world.ids.resourceSet.make(which),
      }
    : { ...bare, id, label: kind.label, role: type, resourceSet: kind.resourceSet }
}

export function roleTarget(type: string): 'groups' | 'apps' | undefined {
  return ROLE_TYPES[type]?.target
}

/** The org's role-holders: the first is a super administrator (and owns the default token), the rest hold one or two. */
export function generateUserRoles(world: World): Map<number, RoleAssignment[]> {
  const holders = new Map<number, RoleAssignment[]>()
  const order = shuffle(world.seed, 81, world.size.users)
  const at = (number: number) => world.epoch - DAY * (5 + (hash(world.seed, 82, number) % 700))
  for (let k = 0; k < world.size.users && holders.size < world.size.roleHolders; k++) {
    const user = order.at(k)
    if (userStatus(world, user) !== 'ACTIVE') continue
    const number = holders.size
    const type =
      number === 0 ? 'SUPER_ADMIN' : (ROLE_NAMES[1 + (number % (ROLE_NAMES.length - 1))] ?? 'READ_ONLY_ADMIN')
    const roles = [makeRole(world, type, 'user', number, at(number))]
    if (number % 4 === 2 && type !== 'REPORT_ADMIN') {
      roles.push(makeRole(world, 'REPORT_ADMIN', 'user', number + 1000, at(number + 1000)))
    }
    for (const role of roles) limit(world, role, number)
    holders.set(user, roles)
  }
  return holders
}

/** A few small groups whose members are administrators through them. */
export function generateGroupRoles(world: World, memberships: BaseMemberships): Map<number, RoleAssignment[]> {
  const types = ['HELP_DESK_ADMIN', 'READ_ONLY_ADMIN', 'CUSTOM', 'GROUP_MEMBERSHIP_ADMIN', 'APP_ADMIN']
  const holders = new Map<number, RoleAssignment[]>()
  for (let group = 10; group <= world.size.groups && holders.size < world.size.adminGroups; group++) {
    const size = memberships.size(group)
    if (groupType(group) !== 'OKTA_GROUP' || size === 0 || size > 60) continue
    const number = holders.size
    const type = types[number % types.length] ?? 'READ_ONLY_ADMIN'
    const role = makeRole(world, type, 'group', number, world.epoch - DAY * (30 + number))
    limit(world, role, number)
    holders.set(group, [role])
  }
  return holders
}

/** Every other limitable role is limited. */
function limit(world: World, role: RoleAssignment, number: number): void {
  if (number % 2 === 0) return
  if (roleTarget(role.type) === 'groups') role.targetGroups = [1, 2].filter((group) => group <= world.size.groups)
  if (roleTarget(role.type) === 'apps') role.targetApps = [8, 9].filter((app) => app < world.size.apps)
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648 without padding. */
export function base32(text: string): string {
  let bits = 0
  let value = 0
  let result = ''
  for (const byte of Buffer.from(text)) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      result += BASE32.charAt((value >>> (bits - 5)) & 31)
      bits -= 5
      value &= (1 << bits) - 1
    }
  }
  return bits > 0 ? result + BASE32.charAt((value << (5 - bits)) & 31) : result
}
