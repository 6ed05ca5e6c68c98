import type { Fault } from '../fault.ts'
import type { NamedFault } from '../faults.ts'
import { valueAt } from '../search.ts'
import type { Json } from '../world.ts'

const USERS = 'GET /api/v1/users'
const APPS = 'GET /api/v1/apps'

/** Changes the records of a list one by one; undefined drops one. */
function eachRecord(match: string | RegExp, change: (record: Json, place: number) => unknown): Fault {
  return {
    match,
    transform: (body) =>
      Array.isArray(body)
        ? body
            .map((record: unknown, place) => (isRecord(record) ? change(record, place) : record))
            .filter((record) => record !== undefined)
        : body,
  }
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null
}

/** Only the record with this id. */
const only = (id: string, change: (record: Json) => unknown) => (record: Json) =>
  record.id === id ? change(record) : record

const empty = (match: string | RegExp): Fault => ({ match, transform: () => [], links: () => [] })

/** The same share of ids every time. */
function isAmong(share: number, record: Json): boolean {
  let sum = 0
  for (const character of String(record.id)) sum = (sum * 31 + character.charCodeAt(0)) % 1000
  return sum < share * 1000
}

export const RECORD_FAULTS: Record<string, NamedFault> = {
  'users-empty': { describe: 'The list of users is empty.', make: () => [empty(USERS)] },
  'groups-empty': { describe: 'The list of groups is empty.', make: () => [empty('GET /api/v1/groups')] },
  'apps-empty': { describe: 'The list of applications is empty.', make: () => [empty(APPS)] },
  'members-empty': {
    describe: 'Every group seems to have no members.',
    make: () => [empty('GET /api/v1/groups/{id}/users')],
  },
  'app-users-empty': {
    describe: 'Every application seems to have no users.',
    make: () => [empty('GET /api/v1/apps/{id}/users')],
  },
  'mass-disappearance': {
    describe: 'Two in five users are missing from every list.',
    make: () => [
      eachRecord(/^GET \/api\/v1\/(users(\?|$)|groups\/[^/]+\/users)/, (record) =>
        isAmong(0.4, record) ? undefined : record,
      ),
    ],
  },
  'user-gone': {
    describe: 'One listed user was deleted meanwhile: every call for that user alone gets a 404.',
    make: (org) => [
      { match: /^GET \/api\/v1\/users\/[^/?]+/, where: ({ params }) => params.id === org.userId(14), status: 404 },
    ],
  },
  'group-gone': {
    describe: 'One listed group was deleted meanwhile: its members get a 404.',
    make: (org) => [
      { match: /^GET \/api\/v1\/groups\/[^/?]+/, where: ({ params }) => params.id === org.groupId(2), status: 404 },
    ],
  },
  'app-gone': {
    describe: 'One listed application was deleted meanwhile: its users and groups get a 404.',
    make: (org) => [
      { match: /^GET \/api\/v1\/apps\/[^/?]+/, where: ({ params }) => params.id === org.appId(8), status: 404 },
    ],
  },
  'user-in-every-group': {
    describe: 'One user is a member of every group but 3,000 at most; nothing of it stands in the System Log.',
    make: (org) => {
      const last = Math.min(3000, org.state.groups.table.end - 1)
      for (let group = 1; group <= last; group++) org.state.groups.addMember(group, 14)
      return []
    },
  },
  'poison-user': {
    describe: 'One user has no id, a number for a status and a list for a profile.',
    make: (org) => [
      eachRecord(
        /^GET \/api\/v1\/(users(\?|$)|groups\/[^/]+\/users)/,
        only(org.userId(14), ({ _links }) => ({ status: 7, profile: [], _links })),
      ),
    ],
  },
  'null-profile': {
    describe: 'One user has a null profile.',
    make: (org) => [
      eachRecord(
        USERS,
        only(org.userId(14), (user) => ({ ...user, profile: null })),
      ),
    ],
  },
  'null-record': {
    describe: 'The list of users holds a null and a text among the users.',
    make: () => [{ match: USERS, transform: (body) => (Array.isArray(body) ? [null, 'user', ...body] : body) }],
  },
  'object-for-list': {
    describe: 'The list of groups comes as an object that holds the list.',
    make: () => [{ match: 'GET /api/v1/groups', transform: (body) => ({ groups: body }) }],
  },
  'unknown-user-status': {
    describe: 'One user has a status nobody has heard of.',
    make: (org) => [
      eachRecord(
        USERS,
        only(org.userId(14), (user) => ({ ...user, status: 'ARCHIVED' })),
      ),
    ],
  },
  'unknown-everything': {
    describe: 'Every user, group and app has fields, links and objects that are not documented yet.',
    make: () => [
      eachRecord(/^GET \/api\/v1\/(users|groups|apps)(\?|$)/, (record) => ({
        ...record,
        newThing: { a: [1, { b: null }] },
        _links: { ...(record._links as Json), newRelation: { href: 'https://acme.example/new' } },
      })),
    ],
  },
  'custom-attribute-clash': {
    describe: 'Users have custom attributes called id, status and __proto__.',
    make: () => [
      {
        match: USERS,
        transform: (body) =>
          JSON.parse(
            JSON.stringify(body).replaceAll('"profile":{', '"profile":{"id":"x","status":"y","__proto__":{"z":1},'),
          ),
      },
    ],
  },
  'poison-app': {
    describe: 'One application has an object for a label, a text for features and a list for settings.',
    make: (org) => [
      eachRecord(
        APPS,
        only(org.appId(8), (app) => ({ ...app, label: { de: 'x' }, features: 'NONE', settings: [], status: 1 })),
      ),
    ],
  },
  'null-signonmode': {
    describe: 'Every other application has a null sign-on mode, or none at all.',
    make: () => [
      eachRecord(APPS, (app, place) => {
        const { signOnMode: _mode, ...rest } = app
        return place % 4 === 0 ? { ...rest, signOnMode: null } : place % 4 === 2 ? rest : app
      }),
    ],
  },
  'apps-without-settings': {
    describe: 'Applications come with empty settings, and without credentials.',
    make: () => [
      eachRecord(APPS, (app) => {
        const { credentials: _credentials, ...rest } = app
        return { ...rest, settings: {} }
      }),
    ],
  },
  'inactive-apps-missing': {
    describe: 'Inactive applications are missing from the list.',
    make: () => [eachRecord(APPS, (app) => (app.status === 'INACTIVE' ? undefined : app))],
  },
  'null-app-users': {
    describe: 'App users come without credentials, profile, external id and status.',
    make: () => [
      eachRecord('GET /api/v1/apps/{id}/users', (record) => ({
        ...record,
        credentials: null,
        profile: {},
        externalId: null,
        status: 'DISABLED',
      })),
    ],
  },
  'search-behind': {
    describe: 'Searches and filters by time do not know the last 30 seconds yet.',
    make: (org) => [
      {
        match: /^GET \/api\/v1\/(users|groups)\?/,
        where: ({ query }) => /lastUpdated gt/i.test(query.get('search') ?? query.get('filter') ?? ''),
        transform: (body) =>
          Array.isArray(body) ? body.filter((record) => isIndexed(record, org.now() - 30_000)) : body,
      },
    ],
  },
  'stats-missing': {
    describe: 'Groups come without the statistics that were asked for.',
    make: () => [
      eachRecord('GET /api/v1/groups', (group) => {
        const { _embedded: _stats, ...rest } = group
        return rest
      }),
    ],
  },
  'stats-stale': {
    describe: 'Group statistics claim that no group has members, apps or roles.',
    make: () => [
      eachRecord('GET /api/v1/groups', (group) => ({
        ...group,
        ...(group._embedded
          ? {
              _embedded: {
                stats: { usersCount: 0, appsCount: 0, groupPushMappingsCount: 0, hasAdminPrivilege: false },
              },
            }
          : {}),
      })),
    ],
  },
}

function isIndexed(record: unknown, until: number): boolean {
  return ['lastUpdated', 'lastMembershipUpdated'].every((name) => {
    const time = valueAt(record, name)
    return typeof time !== 'string' || Date.parse(time) <= until
  })
}
