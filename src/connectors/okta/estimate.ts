import { AppError } from '../../errors.ts'
import type { Estimate, FoundOrg, Kept, Page, PlannedRequests, Stream } from '../connector.ts'
import type { OktaClient } from './client/client.ts'
import { applicationGroups } from './streams/application-groups.ts'
import { applicationUsers } from './streams/application-users.ts'
import { applications as applicationsStream } from './streams/applications.ts'
import { factors } from './streams/factors.ts'
import { groupMemberships } from './streams/group-memberships.ts'
import { groupRoles } from './streams/group-roles.ts'
import { groups as groupsStream } from './streams/groups.ts'
import { logEvents } from './streams/log-events.ts'
import { isMappable, listPolicies, policies as policiesStream, policyTypes } from './streams/policies.ts'
import { policyMappings } from './streams/policy-mappings.ts'
import { policyRules } from './streams/policy-rules.ts'
import { listRoleHolders, userRoles } from './streams/user-roles.ts'
import { users as usersStream } from './streams/users.ts'
import { isObject, looseFlag, looseInteger, looseText } from './wire.ts'

/** Pages that are counted at most: 4,000 groups, 2,000 applications, 500 holders of roles, 4,000 deprovisioned users. */
const MOST_PAGES = { groups: 20, applications: 10, holders: 5, deprovisioned: 20 } as const
/** Okta's usual page, for a stream that does not say. */
const USUAL_ROWS = 200
/**
 * Requests for the roles of one who holds any: the roles themselves, and the targets of each that may have some. Of
 * users about every other one holds such a role, of groups nearly each.
 */
const PER_HOLDER = { user: 1.5, group: 2 } as const

export interface EstimateOptions {
  readonly kept?: Kept
  /** Rows asked per page, by stream. */
  readonly pageSizes?: Readonly<Record<string, number>>
}

const ALL: Kept = { isEverything: true, group: () => true, user: () => true }

/**
 * What a first full sync will take: counted from the groups with their statistics, the applications, the policies, the
 * holders of roles and the deprovisioned users, some forty requests for ten thousand users. Users are those of the group
 * Everyone, which every user is in: https://help.okta.com/en-us/content/topics/users-groups-profiles/usgp-about-groups.htm
 */
export async function estimateSync(
  client: OktaClient,
  org: Pick<FoundOrg, 'engine'>,
  { kept = ALL, pageSizes = {} }: EstimateOptions = {},
): Promise<Estimate> {
  const types = policyTypes(org)
  const rows = ({ name, pageSize }: Pick<Stream<OktaClient>, 'name' | 'pageSize'>): number =>
    pageSizes[name] ?? pageSize?.default ?? USUAL_ROWS
  const [groups, applications, policies, holders, deprovisioned, sample] = await Promise.all([
    countGroups(client, kept, rows(groupMemberships)),
    countListing(MOST_PAGES.applications, (cursor) =>
      client.list('/api/v1/apps', { query: { limit: rows(applicationsStream) }, cursor }),
    ),
    countPolicies(client, types),
    countListing(MOST_PAGES.holders, (cursor) => listRoleHolders(client, cursor)),
    // Factors are read with one request per user, nearly all of a sync: not for these. It tells the pace as well.
    countListing(MOST_PAGES.deprovisioned, (cursor) => listUsers(client, 'status eq "DEPROVISIONED"', cursor)),
    kept.isEverything ? null : orNothing(() => listUsers(client, 'status pr', null)),
  ])
  const users = groups?.everyone ?? null
  const withFactors = Math.max(0, (users ?? 0) - (deprovisioned?.found ?? 0)) * shareKept(sample?.items ?? [], kept)
  const pages = (of: Stream<OktaClient>, count: number) => pagesOf(count, rows(of))
  const planned: readonly (readonly [Stream<OktaClient>, number])[] = [
    [usersStream, pages(usersStream, users ?? 0)],
    [groupsStream, pages(groupsStream, groups?.found ?? 0)],
    [groupMemberships, groups?.memberPages ?? 0],
    [applicationsStream, pages(applicationsStream, applications?.found ?? 0)],
    // Each application is asked for its users and for its groups; one with very many users takes more.
    [applicationUsers, applications?.found ?? 0],
    [applicationGroups, applications?.found ?? 0],
    [factors, Math.round(withFactors)],
    [userRoles, Math.round(PER_HOLDER.user * (holders?.found ?? 0))],
    [groupRoles, groups?.roleRequests ?? 0],
    [policiesStream, types.length],
    [policyRules, policies.found],
    [policyMappings, policies.mappable],
    // The last page of the log is an empty one.
    [logEvents, 1 + pages(logEvents, users ?? 0)],
  ]
  return {
    planned: [
      ...planned.map(([{ name, bucket }, requests]): PlannedRequests => ({ stream: name, bucket, requests })),
      { stream: userRoles.name, bucket: '/api/v1/iam', requests: 1 + Math.floor((holders?.found ?? 0) / 100) },
    ],
    at_least: users === null || groups?.isWhole === false || applications?.isWhole === false,
    counts: { users, groups: groups?.found ?? null, applications: applications?.found ?? null },
  }
}

/** Pages of a listing; an empty one is asked for all the same. */
const pagesOf = (rows: number, perPage: number): number => Math.max(1, Math.ceil(rows / perPage))

async function countGroups(client: OktaClient, kept: Kept, rowsOfMembers: number) {
  let everyone = 0
  let memberPages = 0
  let roleRequests = 0
  const counted = await walk(
    MOST_PAGES.groups,
    (cursor) => client.list('/api/v1/groups', { query: { limit: 200, expand: 'stats' }, optional: ['expand'], cursor }),
    (group) => {
      const { members, isAdmin, row } = factsOf(group)
      if (members !== null && isBuiltIn(group)) everyone = Math.max(everyone, members)
      if (!kept.group(row)) return
      // An empty group is not asked for its members, and one that holds no role is not asked for those.
      if (members === null || members > 0) memberPages += pagesOf(members ?? 0, rowsOfMembers)
      if (isAdmin !== false && !isBuiltIn(group)) roleRequests += isAdmin ? PER_HOLDER.group : 1
    },
  )
  return counted && { ...counted, everyone: everyone || null, memberPages, roleRequests }
}

const countListing = (most: number, page: (cursor: string | null) => Promise<Page>) => walk(most, page, () => {})

async function countPolicies(client: OktaClient, types: readonly string[]) {
  const pages = await Promise.all(types.map((type) => orNothing(() => listPolicies(client, type, null))))
  const found = pages.flatMap((page, index) =>
    (page?.items ?? []).map((policy) => isMappable(types[index], isObject(policy) ? policy._links : null)),
  )
  return { found: found.length, mappable: found.filter((isOne) => isOne).length }
}

/** Counts a listing, up to a number of pages; null where it may not be read. */
async function walk(
  most: number,
  page: (cursor: string | null) => Promise<Page>,
  onItem: (item: unknown) => void,
): Promise<{ readonly found: number; readonly isWhole: boolean } | null> {
  let found = 0
  let cursor: string | null = null
  for (let count = 0; count < most; count++) {
    const next: Page | null = await orNothing(() => page(cursor))
    if (next === null) return count === 0 ? null : { found, isWhole: false }
    found += next.items.length
    for (const item of next.items) onItem(item)
    if (next.next === null) return { found, isWhole: true }
    cursor = next.next
  }
  return { found, isWhole: false }
}

/** What cannot be read is not counted: the check says why. What ends the whole session does end it. */
async function orNothing<T>(request: () => Promise<T>): Promise<T | null> {
  try {
    return await request()
  } catch (error) {
    if (error instanceof AppError && error.action !== 'stop') return null
    throw error
  }
}

const listUsers = (client: OktaClient, search: string, cursor: string | null): Promise<Page> =>
  client.list('/api/v1/users', { query: { search, limit: 200 }, cursor })

/** The part of these users that is kept, and so is about every user's; all of it where there are none. */
function shareKept(users: readonly unknown[], kept: Kept): number {
  if (users.length === 0) return 1
  const isKept = (user: unknown) => {
    const profile = isObject(user) && isObject(user.profile) ? user.profile : {}
    return kept.user({ email: looseText.parse(profile.email), username: looseText.parse(profile.login) })
  }
  return users.filter(isKept).length / users.length
}

function factsOf(group: unknown) {
  const { id, type, profile, _embedded } = isObject(group) ? group : {}
  const stats = isObject(_embedded) && isObject(_embedded.stats) ? _embedded.stats : {}
  const vendorType = looseText.parse(type)
  return {
    members: looseInteger.parse(stats.usersCount),
    isAdmin: looseFlag.parse(stats.hasAdminPrivilege),
    row: {
      vendor_id: looseText.parse(id) ?? '',
      name: isObject(profile) ? looseText.parse(profile.name) : null,
      types: vendorType === null ? [] : [vendorType],
    },
  }
}

/** Okta's own groups: Everyone is the largest of them, whatever it is called. */
const isBuiltIn = (group: unknown): boolean => isObject(group) && group.type === 'BUILT_IN'
