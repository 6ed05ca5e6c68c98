import type { Connector, Kept, Stream } from '../connectors/connector.ts'
import { AppError } from '../errors.ts'
import type { Entity } from '../model/entity.ts'
import { Group } from '../model/group.ts'
import { GroupMembership } from '../model/group-membership.ts'
import { isEverything, isSameScope, type SyncScope } from '../model/scope.ts'
import { User } from '../model/user.ts'
import type { Queryable } from '../store/db.ts'
import type { JobMode } from '../store/jobs.ts'
import { liveIds } from '../store/list.ts'
import type { Incoming } from '../store/upsert.ts'

/** What a sync lists in this scope: of members alone a full one lists some otherwise, and a round never. */
export const streamsFor = <Client>(
  { streams, amongMembers }: Pick<Connector<Client>, 'streams' | 'amongMembers'>,
  mode: JobMode,
  { membersOnly }: SyncScope,
): readonly Stream<Client>[] =>
  membersOnly && mode === 'full'
    ? streams.map((stream) => amongMembers.find(({ name }) => name === stream.name) ?? stream)
    : streams

/** What a scope keeps, for whoever counts before anything is stored. */
export const keptBy = (scope: SyncScope): Kept => ({
  isEverything: isEverything(scope),
  group: (group) => groupIsWanted(group, scope),
  user: (user) => userIsWanted(user, scope),
})

/** Whether settings as a job stored them have this scope. */
export const hasScope = (settings: unknown, scope: SyncScope): boolean =>
  isSameScope((settings as { scope?: unknown } | null)?.scope, scope)

/**
 * The records that a connection's scope keeps. Groups and users are judged by themselves; where only members are wanted, a
 * user is kept who is stored already: who joins comes with the listing of members (`amongMembers`). A relation is kept when
 * both of its ends are stored, so relations are read after users and groups where there is a scope.
 */
export async function withinScope(
  db: Queryable,
  entity: Entity,
  records: readonly Incoming[],
  { scope, connectionId }: { readonly scope: SyncScope; readonly connectionId: string },
): Promise<Incoming[]> {
  if (isEverything(scope)) return [...records]
  if (entity.name === 'group') return records.filter(({ row }) => groupIsWanted(row as unknown as GroupLike, scope))
  if (entity.name === 'user') {
    const wanted = records.filter(({ row }) => userIsWanted(row as unknown as UserLike, scope))
    if (!scope.membersOnly) return wanted
    const idOf = ({ row }: Incoming) => entity.idOf(connectionId, row.vendor_id)
    const members = await liveIds(db, User, wanted.map(idOf))
    return wanted.filter((record) => members.has(idOf(record)))
  }
  const ends = records.map(({ row }) => endsOf(row as unknown as EdgeLike))
  const users = await liveIds(db, User, idsAt('users', ends))
  const groups = await liveIds(db, Group, idsAt('groups', ends))
  return records.filter((_, index) => {
    const { users: user, groups: group } = ends[index] ?? {}
    return (!user || users.has(user)) && (!group || groups.has(group))
  })
}

/** What is left to ask of a user who is known to be in a chosen group. */
export const scopeOfMembers = (scope: SyncScope): SyncScope => ({ ...scope, membersOnly: false })

export const scopeMatchesNothing = ({ groups }: SyncScope): AppError =>
  new AppError(
    'scope_matches_nothing',
    `The org has none of the ${groups.length === 1 ? 'one group' : `${groups.length} groups`} that the scope names, so nobody is a member of one.`,
  )

/** Streams without which nothing can be told apart in a round: who is known, and, where it decides about that, who is where. */
export const neededForRounds = <Client>(streams: readonly Stream<Client>[], { membersOnly }: SyncScope): string[] =>
  streams
    .filter(({ since, neverEmpty, entity }) => (since && neverEmpty) || (membersOnly && entity === memberships))
    .map(({ name }) => name)

const memberships: unknown = GroupMembership

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
