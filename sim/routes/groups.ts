import type { Group } from '../generate/groups.ts'
import { notFound, ok } from '../http/answer.ts'
import type { SimCall } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import type { Org } from '../org.ts'
import { page, placed, select } from '../paging.ts'
import { type Grammar, isMatch, parseFilter, valueAt } from '../search.ts'
import { iso } from '../world.ts'
import { renderApp, renderGroup, renderUser } from './render.ts'
import { sortedSearch } from './sorted-search.ts'

/** `filter` knows no profile attribute: those belong to `search`. */
const FILTER: Grammar = {
  attributes: /^(id|type|lastUpdated|lastMembershipUpdated)$/,
  operators: ['eq', 'gt', 'ge', 'lt', 'le'],
  code: 'E0000031',
}
const SEARCH: Grammar = {
  attributes: /^(id|type|created|lastUpdated|lastMembershipUpdated|source\.id|profile\.[\w-]+)$/,
  operators: ['eq', 'gt', 'ge', 'lt', 'le', 'sw', 'pr'],
  code: 'E0000031',
}
const SIZE = { default: 200, max: 10_000 }

export const GROUP_ROUTES: Route[] = [
  {
    template: 'GET /api/v1/groups',
    permission: 'okta.groups.read',
    handle(call, { org }) {
      const { table } = org.state.groups
      const render = (group: Group) => renderGroup(call, org, org.state.groups.indexOf(group.id) ?? 0, group)
      const attribute = (index: number, path: string) => valueAt(table.get(index), path)
      const [q, filter, search] = ['q', 'filter', 'search'].map((name) => call.query.get(name))
      if (q) {
        // A people picker: at most 300, and no way to the rest.
        const most = Math.min(300, Number(call.query.get('limit') ?? 10))
        const named = [...org.allGroups()].filter((group) => String(group.profile.name).startsWith(q))
        return ok(named.slice(0, most).map(render))
      }
      const expression = search ? parseFilter(search, SEARCH) : filter ? parseFilter(filter, FILTER) : undefined
      if (expression && call.query.get('sortBy')) return sortedSearch(call, table, attribute, expression, render)
      const isWanted = (index: number) => !expression || isMatch(expression, (path) => attribute(index, path))
      return page(call, SIZE, (after) => select(table, after, isWanted), render)
    },
  },
  {
    template: 'GET /api/v1/groups/{id}',
    permission: 'okta.groups.read',
    handle(call, { org }) {
      const index = groupOf(call, org)
      const group = org.state.groups.table.get(index)
      return ok(group ? renderGroup(call, org, index, group) : {})
    },
  },
  {
    template: 'GET /api/v1/groups/{id}/users',
    permission: 'okta.groups.read',
    handle(call, { org }) {
      const group = groupOf(call, org)
      return page(
        call,
        { default: 1000, max: 1000 },
        function* (after) {
          for (const { place, user } of org.state.groups.members(group, after)) {
            const item = org.state.users.get(user)
            if (item) yield { place, item }
          }
        },
        (user) => renderUser(call, user),
      )
    },
  },
  {
    template: 'GET /api/v1/groups/{id}/apps',
    permission: 'okta.groups.read',
    handle(call, { org }) {
      const apps = org.state.apps.appsOfGroup(groupOf(call, org))
      return page(call, { default: 20, max: 200 }, placed(apps), (app) => {
        const record = org.state.apps.table.get(app)
        return record ? renderApp(call, org, app, record) : {}
      })
    },
  },
  {
    template: 'GET /api/v1/groups/rules',
    permission: 'okta.groups.read',
    handle: (call, { org }) => groupRules(call, org),
  },
]

export function groupOf(call: SimCall, org: Org): number {
  const id = call.params.id ?? ''
  const index = org.state.groups.indexOf(id)
  if (index === undefined) throw notFound(id, 'UserGroup')
  return index
}

/** One rule for every thousand groups, and at least three. */
function groupRules(call: SimCall, org: Org) {
  const count = Math.min(org.world.size.groups, Math.max(3, Math.round(org.world.size.groups / 1000)))
  const rules = Array.from({ length: count }, (_, number) => {
    const groupId = org.groupId(1 + number * 5)
    const at = iso(org.world.epoch - 86_400_000 * (20 + number))
    const names = { [groupId]: String(org.group(groupId)?.profile.name ?? '') }
    return {
      type: 'group_rule',
      id: org.world.ids.groupRule.make(number),
      status: number === 2 ? 'INVALID' : number === 1 ? 'INACTIVE' : 'ACTIVE',
      name: `Rule ${number + 1}`,
      created: at,
      lastUpdated: at,
      conditions: {
        people: { users: { exclude: [] }, groups: { exclude: [] } },
        expression: { value: `user.department=="Research" AND user.level>${number}`, type: 'urn:okta:expression:1.0' },
      },
      actions: { assignUserToGroups: { groupIds: [groupId] } },
      ...(call.query.get('expand') === 'groupIdToGroupNameMap' ? { _embedded: { groupIdToGroupNameMap: names } } : {}),
      allGroupsValid: number !== 2,
    }
  })
  return page(call, { default: 50, max: 200 }, placed(rules), (rule) => rule)
}
