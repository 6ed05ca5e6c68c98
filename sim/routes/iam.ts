import { CUSTOM_ROLES, RESOURCE_SETS } from '../generate/roles.ts'
import { type Answer, notFound, ok } from '../http/answer.ts'
import type { SimCall } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import type { Org } from '../org.ts'
import { placed, takePage, urlWith } from '../paging.ts'
import { iso, type Json } from '../world.ts'

/** Lists under `/iam` page through the body: `_links.next.href`, absent on the last page. */
export const IAM_ROUTES: Route[] = [
  {
    template: 'GET /api/v1/iam/assignees/users',
    permission: 'okta.roles.read',
    handle(call, { org }) {
      const holders = org.roleHolderIds()
      return bodyPage(call, 'value', holders, (id) => ({
        id,
        orn: `orn:okta:directory:${org.world.ids.org}:users:${id}`,
        _links: {
          roles: { href: `${call.origin}/api/v1/users/${id}/roles` },
          self: { href: `${call.origin}/api/v1/users/${id}` },
        },
      }))
    },
  },
  {
    template: 'GET /api/v1/iam/roles',
    permission: 'okta.roles.read',
    handle: (call, { org }) => bodyPage(call, 'roles', CUSTOM_ROLES, (_label, number) => customRole(call, org, number)),
  },
  {
    template: 'GET /api/v1/iam/roles/{id}',
    permission: 'okta.roles.read',
    handle: (call, { org }) => ok(customRole(call, org, roleNumber(call, org))),
  },
  {
    template: 'GET /api/v1/iam/roles/{id}/permissions',
    permission: 'okta.roles.read',
    handle: (call, { org }) => ok({ permissions: permissions(call, org, roleNumber(call, org)) }),
  },
  {
    template: 'GET /api/v1/iam/resource-sets',
    permission: 'okta.roles.read',
    handle(call, { org }) {
      const sets = [...RESOURCE_SETS.map((_, number) => org.world.ids.resourceSet.make(number)), 'WORKFLOWS_IAM_POLICY']
      return bodyPage(call, 'resource-sets', sets, (id, number) => resourceSet(call, org, id, number))
    },
  },
]

/**
 * Okta renders parts of its admin roles with the console's host name. Where the calling host has no such form (an
 * address, a port), the org's own name stands in.
 */
export function adminOrigin(call: SimCall, org: Org): string {
  const host = new URL(call.origin).hostname
  const [tenant, ...suffix] = host.split('.')
  const isAddress = /^[\d.]+$|:|^localhost$/.test(host)
  return isAddress ? `https://${org.world.subdomain}-admin.okta.com` : `https://${tenant}-admin.${suffix.join('.')}`
}

function bodyPage<T>(
  call: SimCall,
  key: string,
  items: readonly T[],
  render: (item: T, number: number) => Json,
): Answer {
  const { items: shown, next } = takePage(call, { default: 100, max: 200 }, placed(items))
  const links = next === undefined ? {} : { _links: { next: { href: urlWith(call, { after: next }) } } }
  return ok({ [key]: shown.map((item) => render(item, items.indexOf(item))), ...links })
}

function roleNumber(call: SimCall, org: Org): number {
  const asked = call.params.id ?? ''
  const number = CUSTOM_ROLES.findIndex((label, i) => asked === label || asked === org.world.ids.customRole.make(i))
  if (number < 0) throw notFound(asked, 'CustomRole')
  return number
}

function customRole(call: SimCall, org: Org, number: number): Json {
  const id = org.world.ids.customRole.make(number)
  const href = `${adminOrigin(call, org)}/api/v1/iam/roles/${id}`
  const at = iso(org.world.epoch - 86_400_000 * (50 + number))
  return {
    id,
    label: CUSTOM_ROLES[number],
    description: `Custom role ${number + 1}`,
    isCloneable: false,
    created: at,
    lastUpdated: at,
    _links: { permissions: { href: `${href}/permissions` }, self: { href } },
  }
}

function permissions(call: SimCall, org: Org, number: number): Json[] {
  const labels =
    number === 0 ? ['okta.users.read', 'okta.users.credentials.manage'] : ['okta.users.credentials.resetPassword']
  const href = `${adminOrigin(call, org)}/api/v1/iam/roles/${org.world.ids.customRole.make(number)}`
  const at = iso(org.world.epoch - 86_400_000 * (50 + number))
  return labels.map((label) => ({
    label,
    created: at,
    lastUpdated: at,
    conditions: number === 0 ? null : { exclude: { 'okta:ResourceAttribute/User/Profile': ['title'] } },
    _links: { role: { href }, self: { href: `${href}/permissions/${label}` } },
  }))
}

function resourceSet(call: SimCall, org: Org, id: string, number: number): Json {
  const href = `${call.origin}/api/v1/iam/resource-sets/${id}`
  const at = iso(org.world.epoch - 86_400_000 * (60 + number))
  const label = RESOURCE_SETS[number]
  return {
    id,
    label: label ?? 'Workflows Resource Set',
    description: `Resource set ${number + 1}`,
    // The built-in set has no dates.
    ...(label === undefined ? {} : { created: at, lastUpdated: at }),
    _links: { bindings: { href: `${href}/bindings` }, self: { href }, resources: { href: `${href}/resources` } },
  }
}
