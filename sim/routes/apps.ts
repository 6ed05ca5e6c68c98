import type { App } from '../generate/apps.ts'
import { type Answer, notFound, OktaError, ok } from '../http/answer.ts'
import type { SimCall } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import type { Org } from '../org.ts'
import { type Placed, page, placed } from '../paging.ts'
import { type Grammar, parseFilter, valueAt } from '../search.ts'
import { appUserRenderer, renderApp, renderAppGroup } from './render.ts'

/** One `eq` and nothing more. */
const FILTER: Grammar = {
  attributes: /^(id|status|name|user\.id|group\.id|credentials\.signing\.kid|settings\.slo\.enabled)$/,
  operators: ['eq'],
  code: 'E0000031',
}

export const APP_ROUTES: Route[] = [
  { template: 'GET /api/v1/apps', permission: 'okta.apps.read', handle: (call, { org }) => listApps(call, org) },
  {
    template: 'GET /api/v1/apps/{id}',
    permission: 'okta.apps.read',
    handle(call, { org }) {
      const index = appOf(call, org)
      const app = org.state.apps.table.get(index)
      return ok(app ? renderApp(call, org, index, app) : {})
    },
  },
  {
    template: 'GET /api/v1/apps/{id}/users',
    permission: 'okta.apps.read',
    handle(call, { org }) {
      const app = appOf(call, org)
      return page(
        call,
        { default: 50, max: 500 },
        function* (after) {
          for (const { place, user } of org.state.apps.users(app, after)) {
            const item = org.state.apps.user(app, user)
            if (item) yield { place, item }
          }
        },
        appUserRenderer(call, org, app),
      )
    },
  },
  {
    template: 'GET /api/v1/apps/{id}/users/{userId}',
    permission: 'okta.apps.read',
    handle(call, { org }) {
      const app = appOf(call, org)
      const user = org.state.users.indexOf(call.params.userId ?? '')
      const record = user === undefined ? undefined : org.state.apps.user(app, user)
      if (!record) throw notFound(call.params.userId ?? '', user === undefined ? 'User' : 'AppUser')
      return ok(appUserRenderer(call, org, app)(record))
    },
  },
  {
    template: 'GET /api/v1/apps/{id}/groups',
    permission: 'okta.apps.read',
    handle(call, { org }) {
      const app = appOf(call, org)
      return page(call, { default: 20, max: 200 }, placed(org.state.apps.groups(app)), (record) =>
        renderAppGroup(call, org, app, record),
      )
    },
  },
  {
    template: 'GET /api/v1/apps/{id}/groups/{groupId}',
    permission: 'okta.apps.read',
    handle(call, { org }) {
      const app = appOf(call, org)
      const id = call.params.groupId ?? ''
      const record = org.state.apps.groups(app).find(({ group }) => org.groupId(group) === id)
      if (!record) throw notFound(id, 'GroupAppAssignment')
      return ok(renderAppGroup(call, org, app, record))
    },
  },
]

function listApps(call: SimCall, org: Org): Answer {
  const { apps, groups } = org.state
  const filter = call.query.get('filter')
  const q = call.query.get('q')?.toLowerCase()
  let holder: number | undefined
  let isWanted = (_index: number, app: App): boolean =>
    !q || app.label.toLowerCase().startsWith(q) || app.name.toLowerCase().startsWith(q)
  if (filter) {
    const expression = parseFilter(filter, FILTER)
    if (expression.op !== 'compare') throw new OktaError('E0000031', '', ['Only one expression is supported.'])
    const { path, value } = expression
    const text = String(value)
    if (path === 'user.id') {
      const user = org.state.users.indexOf(text)
      if (call.query.get('expand') === `user/${text}`) holder = user
      isWanted = (index) => user !== undefined && apps.user(index, user) !== undefined
    } else if (path === 'group.id') {
      const group = groups.indexOf(text)
      const wanted = group === undefined ? [] : apps.appsOfGroup(group)
      isWanted = (index) => wanted.includes(index)
    } else isWanted = (_index, app) => String(valueAt(app, path) ?? '') === text
  }
  function* list(after: number): Generator<Placed<[number, App]>> {
    for (const index of apps.table.indexes(after + 1)) {
      const app = apps.table.get(index)
      if (app && isWanted(index, app)) yield { place: index, item: [index, app] }
    }
  }
  return page(call, { default: 20, max: 200 }, list, ([index, app]) => {
    const assignment = holder === undefined ? undefined : apps.user(index, holder)
    const body = renderApp(call, org, index, app)
    return assignment ? { ...body, _embedded: { user: appUserRenderer(call, org, index)(assignment) } } : body
  })
}

function appOf(call: SimCall, org: Org): number {
  const id = call.params.id ?? ''
  const index = org.state.apps.indexOf(id)
  if (index === undefined) throw notFound(id, 'AppInstance')
  return index
}
