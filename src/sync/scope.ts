import { isDeepStrictEqual } from 'node:util'
import type { Kept } from '../connectors/connector.ts'
import type { Entity } from '../model/entity.ts'
import { Group } from '../model/group.ts'
import { User } from '../model/user.ts'
import type { Queryable } from '../store/db.ts'
import { liveIds } from '../store/list.ts'
import type { Incoming } from '../store/upsert.ts'
import type { SyncScope } from './settings.ts'

export const isEverything = (scope: SyncScope): boolean =>
  scope.groups.length === 0 && scope.emailDomains.length === 0 && !scope.skipAppGroups

/** What a scope keeps, for whoever counts before anything is stored. */
export const keptBy = (scope: SyncScope): Kept => ({
  isEverything: isEverything(scope),
  group: (group) => groupIsWanted(group, scope),
  user: (user) => userIsWanted(user, scope),
})

/** Whether settings as a job stored them have this scope. */
export const hasScope = (settings: unknown, scope: SyncScope): boolean =>
  isDeepStrictEqual((settings as { scope?: unknown } | null)?.scope, scope)

/**
 * The records that a connection's scope keeps. Groups and users are judged by themselves; a relation is kept when both
 * of its ends are stored, so relations are read after users and groups where there is a scope.
 */
export async function withinScope(
  db: Queryable,
  entity: Entity,
  records: readonly Incoming[],
  scope: SyncScope,
): Promise<Incoming[]> {
  if (isEverything(scope)) return [...records]
  if (entity.name === 'group') return records.filter(({ row }) => groupIsWanted(row as unknown as GroupLike, scope))
  if (entity.name === 'user') return records.filter(({ row }) => userIsWanted(row as unknown as UserLike, scope))
  const ends = records.map(({ row }) => endsOf(row as unknown as EdgeLike))
  const users = await liveIds(db, User, idsAt('users', ends))
  const groups = await liveIds(db, Group, idsAt('groups', ends))
  return records.filter((_, index) => {
    const { users: user, groups: group } = ends[index] ?? {}
    return (!user || users.has(user)) && (!group || groups.has(group))
  })
}

interface GroupLike {
  vendor_id: string
  name: string | null
  types: readonly string[]
}
interface UserLike {
  email: string | null
  username: string | null
}
interface EdgeLike {
  user_id?: string | null
  group_id?: string | null
  principal_type?: string
  principal_id?: string | null
}

function groupIsWanted(group: GroupLike, scope: SyncScope): boolean {
  if (scope.skipAppGroups && group.types.includes('APP_GROUP')) return false
  return scope.groups.length === 0 || scope.groups.includes(group.vendor_id) || scope.groups.includes(group.name ?? '')
}

function userIsWanted(user: UserLike, scope: SyncScope): boolean {
  if (scope.emailDomains.length === 0) return true
  const domain = (user.email ?? user.username ?? '').split('@').at(-1)?.toLowerCase() ?? ''
  return scope.emailDomains.some((wanted) => wanted.toLowerCase() === domain)
}

type Ends = { users?: string; groups?: string }

function endsOf(edge: EdgeLike): Ends {
  const user = edge.user_id ?? (edge.principal_type === 'user' ? edge.principal_id : null)
  const group = edge.group_id ?? (edge.principal_type === 'group' ? edge.principal_id : null)
  return { ...(user && { users: user }), ...(group && { groups: group }) }
}

function idsAt(end: keyof Ends, ends: readonly Ends[]): string[] {
  return [...new Set(ends.map((one) => one[end]).filter((id) => id !== undefined))]
}
