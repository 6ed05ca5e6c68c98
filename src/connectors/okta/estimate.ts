import { AppError } from '../../errors.ts'
import type { BucketStatus, Estimate, FoundOrg, Page, Stream } from '../connector.ts'
import type { OktaClient } from './client/client.ts'
import { applications as applicationsStream } from './streams/applications.ts'
import { groupMemberships } from './streams/group-memberships.ts'
import { groups as groupsStream } from './streams/groups.ts'
import { logEvents } from './streams/log-events.ts'
import { listPolicies, policyTypes } from './streams/policies.ts'
import { users as usersStream } from './streams/users.ts'
import { isObject, looseInteger } from './wire.ts'

/** Pages of groups and of applications that are counted at most: 4,000 groups and 2,000 applications. */
const MOST_PAGES = { groups: 20, applications: 10 } as const
/** Okta's usual page, for a stream that does not say. */
const USUAL_ROWS = 200
const rowsOf = ({ pageSize }: Pick<Stream<OktaClient>, 'pageSize'>): number => pageSize?.default ?? USUAL_ROWS

/** Rows of a page, as the streams ask for them. */
const ROWS = {
  users: rowsOf(usersStream),
  groups: rowsOf(groupsStream),
  members: rowsOf(groupMemberships),
  applications: rowsOf(applicationsStream),
  log: rowsOf(logEvents),
} as const
/** Requests a second that Rollcall makes where no limit of Okta's is in the way. */
const OWN_SPEED = 200

/**
 * What a first full sync will take: counted from the groups with their statistics, the applications and the policies, some
 * twenty requests for ten thousand users. Users are those of the group Everyone, which every user is in:
 * https://help.okta.com/en-us/content/topics/users-groups-profiles/usgp-about-groups.htm
 */
export async function estimateSync(
  client: OktaClient,
  org: Pick<FoundOrg, 'engine'>,
  buckets: () => readonly BucketStatus[],
): Promise<Estimate> {
  const [groups, applications, policies] = await Promise.all([
    countGroups(client),
    countApplications(client),
    countPolicies(client, policyTypes(org)),
    // Tells the pace at which factors can be read, one request per user: nearly all of a sync.
    orNothing(() => client.list('/api/v1/users', { query: { search: 'status pr', limit: 1 }, cursor: null })),
  ])
  const users = groups?.everyone ?? null
  const byBucket: Readonly<Record<string, number>> = {
    '/api/v1/users': pagesOf(users ?? 0, ROWS.users) + (users ?? 0),
    '/api/v1/groups': groups ? pagesOf(groups.found, ROWS.groups) + groups.memberPages : 1,
    // Each application is asked for its users and for its groups.
    '/api/v1/apps': applications ? pagesOf(applications.found, ROWS.applications) + 2 * applications.found : 1,
    // Each policy is asked for its rules, and many for what they apply to.
    '/api/v1': policies.types + 2 * policies.found,
    '/api/v1/logs': 1 + pagesOf(users ?? 0, ROWS.log),
  }
  const requests = Object.values(byBucket).reduce((sum, count) => sum + count, 0)
  return {
    requests,
    seconds: secondsFor(byBucket, requests, buckets()),
    at_least: users === null || groups?.isWhole === false || applications?.isWhole === false,
    counts: { users, groups: groups?.found ?? null, applications: applications?.found ?? null },
  }
}

/** Pages of a listing; an empty one is asked for all the same. */
const pagesOf = (rows: number, perPage: number): number => Math.max(1, Math.ceil(rows / perPage))

/** What the slowest bucket takes at the pace that its limit leaves, and never less than Rollcall's own speed allows. */
function secondsFor(
  byBucket: Readonly<Record<string, number>>,
  requests: number,
  buckets: readonly BucketStatus[],
): number | null {
  const paced = buckets.flatMap(({ bucket, perMinute }) => {
    const count = byBucket[bucket]
    return count !== undefined && perMinute ? [(count / perMinute) * 60] : []
  })
  return paced.length === 0 ? null : Math.max(...paced, requests / OWN_SPEED)
}

async function countGroups(client: OktaClient) {
  let everyone = 0
  let memberPages = 0
  const counted = await walk(
    MOST_PAGES.groups,
    (cursor) =>
      client.list('/api/v1/groups', { query: { limit: ROWS.groups, expand: 'stats' }, optional: ['expand'], cursor }),
    (group) => {
      const members = membersOf(group)
      if (members === null) return
      // An empty group is not asked for its members.
      if (members > 0) memberPages += pagesOf(members, ROWS.members)
      if (isBuiltIn(group)) everyone = Math.max(everyone, members)
    },
  )
  return counted && { ...counted, everyone: everyone || null, memberPages }
}

const countApplications = (client: OktaClient) =>
  walk(
    MOST_PAGES.applications,
    (cursor) => client.list('/api/v1/apps', { query: { limit: ROWS.applications }, cursor }),
    () => {},
  )

async function countPolicies(client: OktaClient, types: readonly string[]) {
  const pages = await Promise.all(types.map((type) => orNothing(() => listPolicies(client, type, null))))
  return { types: types.length, found: pages.reduce((sum, page) => sum + (page?.items.length ?? 0), 0) }
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

function membersOf(group: unknown): number | null {
  const embedded = isObject(group) ? group._embedded : null
  const stats = isObject(embedded) ? embedded.stats : null
  return isObject(stats) ? looseInteger.parse(stats.usersCount) : null
}

/** Okta's own groups: Everyone is the largest of them, whatever it is called. */
const isBuiltIn = (group: unknown): boolean => isObject(group) && group.type === 'BUILT_IN'
