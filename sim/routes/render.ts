import type { AppUser } from '../generate/app-users.ts'
import type { App } from '../generate/apps.ts'
import type { Factor } from '../generate/factors.ts'
import type { Group } from '../generate/groups.ts'
import type { User } from '../generate/users.ts'
import type { SimCall } from '../http/call.ts'
import type { Org } from '../org.ts'
import type { AppGroup } from '../state/apps.ts'
import type { Json } from '../world.ts'

/** Records as the API sends them: with links, which start with the address the call came in at. */

const STATIC = 'https://op3static.oktacdn.example/assets/img/logos'

/** Lists show only the self link of a user. */
export function renderUser(call: SimCall, user: User, options: { omitCredentials?: boolean } = {}): Json {
  const { credentials, ...rest } = user
  const _links = { self: { href: `${call.origin}/api/v1/users/${user.id}` } }
  return options.omitCredentials ? { ...rest, _links } : { ...rest, credentials, _links }
}

/**
 * `okta-response` in the Content-Type leaves credentials out, but only with all three words, see
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/#tag/User/operation/listUsers
 */
export function omitsCredentials(call: SimCall): boolean {
  const type = call.headers['content-type'] ?? ''
  const words = ['omitCredentials', 'omitCredentialsLinks', 'omitTransitioningToStatus']
  return words.every((word) => new RegExp(`okta-response="?[^"]*\\b${word}\\b`).test(type))
}

export function renderGroup(call: SimCall, org: Org, index: number, group: Group): Json {
  const href = `${call.origin}/api/v1/groups/${group.id}`
  const expand = (call.query.get('expand') ?? '').split(',')
  const logo = ['medium', 'large'].map((name) => ({
    name,
    href: `${STATIC}/groups/odyssey/okta-${name}.png`,
    type: 'image/png',
  }))
  const embedded: Json = {}
  if (expand.includes('stats')) embedded.stats = groupStats(call, org, index, group)
  if (expand.includes('app') && group.source) {
    const app = org.app(group.source.id)
    if (app) embedded.app = { id: app.id, name: app.name, label: app.label, signOnMode: app.signOnMode }
  }
  return {
    ...group,
    _links: {
      logo,
      ...(group.source ? { source: { href: `${call.origin}/api/v1/apps/${group.source.id}` } } : {}),
      users: { href: `${href}/users` },
      apps: { href: `${href}/apps` },
    },
    ...(Object.keys(embedded).length > 0 ? { _embedded: embedded } : {}),
  }
}

function groupStats(call: SimCall, org: Org, index: number, group: Group): Json {
  const href = `${call.origin}/api/v1/groups/${group.id}`
  return {
    usersCount: org.state.groups.memberCount(index),
    appsCount: org.state.apps.appsOfGroup(index).length,
    groupPushMappingsCount: 0,
    hasAdminPrivilege: org.state.roles.ofGroup(index).length > 0,
    _links: { users: { href: `${href}/users` }, apps: { href: `${href}/apps` } },
  }
}

export function renderApp(call: SimCall, org: Org, index: number, app: App): Json {
  const href = `${call.origin}/api/v1/apps/${app.id}`
  const policy = (type: 'ACCESS_POLICY' | 'PROFILE_ENROLLMENT') => {
    const found = org.state.policies.ofApp(index, type)
    const id = found === undefined ? undefined : org.state.policies.get(found)?.id
    return id === undefined ? undefined : { href: `${call.origin}/api/v1/policies/${id}` }
  }
  const accessPolicy = policy('ACCESS_POLICY')
  const profileEnrollment = policy('PROFILE_ENROLLMENT')
  const links = Object.keys((app.visibility.appLinks as Json | undefined) ?? {})
  return {
    ...app,
    _links: {
      uploadLogo: { href: `${href}/logo`, hints: { allow: ['POST'] } },
      appLinks: links.map((name) => ({
        name,
        href: `${call.origin}/home/${app.name}/${app.id}/${100 + (index % 900)}`,
        type: 'text/html',
      })),
      ...(profileEnrollment ? { profileEnrollment } : {}),
      ...(accessPolicy ? { policies: { href: `${href}/policies`, hints: { allow: ['PUT'] } }, accessPolicy } : {}),
      groups: { href: `${href}/groups` },
      logo: [{ name: 'medium', href: `${STATIC}/default.png`, type: 'image/png' }],
      users: { href: `${href}/users` },
      ...(app.status === 'ACTIVE'
        ? { deactivate: { href: `${href}/lifecycle/deactivate` } }
        : { activate: { href: `${href}/lifecycle/activate` } }),
    },
  }
}

/** For the users of one app: its groups are looked up once, not for every row. */
export function appUserRenderer(call: SimCall, org: Org, app: number): (record: AppUser) => Json {
  const { users, groups } = org.state
  const granting = org.state.apps.groups(app).map(({ group }) => group)
  const appLink = { href: `${call.origin}/api/v1/apps/${org.appId(app)}` }
  const isExpanded = call.query.get('expand') === 'user'
  return (record) => {
    const user = record.scope === 'GROUP' || isExpanded ? users.indexOf(record.id) : undefined
    const isGranting = (group: number) => user !== undefined && groups.isMember(group, user)
    const group = record.scope === 'GROUP' ? granting.find(isGranting) : undefined
    const expanded = isExpanded && user !== undefined ? users.get(user) : undefined
    return {
      ...record,
      _links: {
        app: appLink,
        ...(group === undefined ? {} : { group: { href: `${call.origin}/api/v1/groups/${org.groupId(group)}` } }),
        user: { href: `${call.origin}/api/v1/users/${record.id}` },
      },
      ...(expanded ? { _embedded: { user: renderUser(call, expanded) } } : {}),
    }
  }
}

export function renderAppGroup(call: SimCall, org: Org, app: number, record: AppGroup): Json {
  const id = org.groupId(record.group)
  const appHref = `${call.origin}/api/v1/apps/${org.appId(app)}`
  const group = call.query.get('expand') === 'group' ? org.state.groups.table.get(record.group) : undefined
  return {
    id,
    lastUpdated: record.lastUpdated,
    priority: record.priority,
    profile: record.profile,
    _links: {
      app: { href: appHref },
      self: { href: `${appHref}/groups/${id}` },
      group: { href: `${call.origin}/api/v1/groups/${id}` },
    },
    ...(group ? { _embedded: { group: renderGroup(call, org, record.group, group) } } : {}),
  }
}

export function renderFactor(call: SimCall, userId: string, factor: Factor): Json {
  const user = `${call.origin}/api/v1/users/${userId}`
  const self = `${user}/factors/${factor.id}`
  const pending = factor.status === 'PENDING_ACTIVATION'
  return {
    ...factor,
    _links: {
      self: { href: self, hints: { allow: pending ? ['GET'] : ['GET', 'DELETE'] } },
      ...(pending ? { activate: { href: `${self}/lifecycle/activate`, hints: { allow: ['POST'] } } } : {}),
      user: { href: user, hints: { allow: ['GET'] } },
    },
  }
}
