import type { User } from '../generate/users.ts'
import { type Answer, notFound, ok } from '../http/answer.ts'
import type { SimCall } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import type { Org } from '../org.ts'
import { type Placed, page, placed, select } from '../paging.ts'
import { type Expression, type Grammar, isMatch, parseFilter, valueAt } from '../search.ts'
import { omitsCredentials, renderApp, renderFactor, renderGroup, renderUser } from './render.ts'
import { sortedSearch } from './sorted-search.ts'

const FILTER: Grammar = {
  attributes: /^(status|lastUpdated|id|profile\.(login|email|firstName|lastName))$/,
  operators: ['eq', 'gt', 'ge', 'lt', 'le'],
  code: 'E0000031',
}
const SEARCH: Grammar = {
  attributes: /^(id|status|created|activated|statusChanged|lastUpdated|type\.id|profile\.[\w-]+(\.[\w-]+)*)$/,
  operators: ['eq', 'gt', 'ge', 'lt', 'le', 'sw', 'co', 'pr'],
  code: 'E0000031',
}

export const USER_ROUTES: Route[] = [
  { template: 'GET /api/v1/users', permission: 'okta.users.read', handle: (call, { org }) => listUsers(call, org) },
  {
    template: 'GET /api/v1/users/{id}',
    permission: 'okta.users.read',
    handle: (call, { org }) => ok(renderUser(call, userOf(call, org).user)),
  },
  {
    template: 'GET /api/v1/users/{id}/groups',
    permission: 'okta.users.read',
    handle(call, { org }) {
      const { index } = userOf(call, org)
      const groups = org.state.groups.groupsOf(index)
      return page(call, { default: 200, max: 200 }, placed(groups), (group) => {
        const record = org.state.groups.table.get(group)
        return record ? renderGroup(call, org, group, record) : {}
      })
    },
  },
  {
    template: 'GET /api/v1/users/{id}/factors',
    permission: 'okta.users.read',
    handle: (call, { org }) => factors(call, org),
  },
  {
    template: 'GET /api/v1/users/{id}/factors/{factorId}',
    permission: 'okta.users.read',
    handle(call, { org }) {
      const { index, user } = userOf(call, org)
      const found = org.state.factors.of(index)?.find((factor) => factor.id === call.params.factorId)
      if (!found) throw notFound(call.params.factorId ?? '', 'UserFactor')
      return ok(renderFactor(call, user.id, found))
    },
  },
  {
    template: 'GET /api/v1/users/{id}/appLinks',
    permission: 'okta.users.read',
    handle: (call, { org }) => appLinks(call, org),
  },
]

function listUsers(call: SimCall, org: Org): Answer {
  const { users } = org.state
  const [q, filter, search] = ['q', 'filter', 'search'].map((name) => call.query.get(name))
  const omitCredentials = omitsCredentials(call)
  const render = (user: User) => renderUser(call, user, { omitCredentials })
  if (search) {
    const expression = parseFilter(search, SEARCH)
    if (call.query.get('sortBy')) return sortedSearch(call, users.table, userAttribute(org), expression, render)
    return page(call, { default: 200, max: 200 }, matching(org, expression), render)
  }
  if (filter) return page(call, { default: 200, max: 200 }, matching(org, parseFilter(filter, FILTER)), render)
  const isListed = (index: number) => users.status(index) !== 'DEPROVISIONED'
  if (q) {
    const found = [...users.table.indexes()].filter((index) => isListed(index) && startsWith(users.get(index), q))
    return ok(
      found
        .slice(0, Number(call.query.get('limit') ?? 10))
        .flatMap((index) => users.get(index) ?? [])
        .map(render),
    )
  }
  return page(call, { default: 200, max: 200 }, (after) => select(org.state.users.table, after, isListed), render)
}

function startsWith(user: User | undefined, q: string): boolean {
  return ['firstName', 'lastName', 'email'].some((name) =>
    String(user?.profile[name] ?? '')
      .toLowerCase()
      .startsWith(q.toLowerCase()),
  )
}

function matching(org: Org, expression: Expression): (after: number) => Iterable<Placed<User>> {
  const attribute = userAttribute(org)
  return (after) =>
    select(org.state.users.table, after, (index) => isMatch(expression, (path) => attribute(index, path)))
}

/** The common attributes without building the record: a search looks at every user. */
function userAttribute(org: Org): (index: number, path: string) => unknown {
  const { users } = org.state
  return (index, path) => {
    if (path === 'status') return users.status(index)
    if (path === 'id') return org.userId(index)
    if (path === 'lastUpdated') return users.lastUpdated(index)
    return valueAt(users.get(index), path)
  }
}

export function userOf(call: SimCall, org: Org): { index: number; user: User } {
  const asked = call.params.id ?? ''
  const id = asked === 'me' ? (call.token?.ownerId ?? '') : asked
  const index = org.state.users.find(id)
  const user = index === undefined ? undefined : org.state.users.get(index)
  if (index === undefined || !user) throw notFound(asked, 'User')
  return { index, user }
}

function factors(call: SimCall, org: Org): Answer {
  const { index, user } = userOf(call, org)
  const list = org.state.factors.of(index)
  if (!list) throw notFound(user.id, 'User')
  return ok(list.map((factor) => renderFactor(call, user.id, factor)))
}

/** Tiles of the dashboard: no hidden and no inactive apps. */
function appLinks(call: SimCall, org: Org): Answer {
  const { index, user } = userOf(call, org)
  const tiles = org.state.apps.appsOfUser(index).flatMap((app) => {
    const record = org.state.apps.table.get(app)
    if (record?.status !== 'ACTIVE') return []
    const links = renderApp(call, org, app, record)._links as { appLinks: { name: string; href: string }[] }
    return links.appLinks.map(({ href }, sortOrder) => ({
      id: `00ub${user.id.slice(4)}`,
      label: record.label,
      linkUrl: href,
      logoUrl: 'https://op3static.oktacdn.example/assets/img/logos/default.png',
      appName: record.name,
      // Some tiles come without the id of their app.
      ...(app % 3 === 0 ? {} : { appInstanceId: record.id, appAssignmentId: `0ua${user.id.slice(3)}` }),
      credentialsSetup: false,
      hidden: false,
      sortOrder,
    }))
  })
  return ok(tiles)
}
