import { notFound, ok } from '../http/answer.ts'
import type { SimCall } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import type { Org } from '../org.ts'
import { page, placed } from '../paging.ts'
import type { HeldRole } from '../state/roles.ts'
import type { Json } from '../world.ts'
import { groupOf } from './groups.ts'
import { adminOrigin } from './iam.ts'
import { renderGroup } from './render.ts'
import { userOf } from './users.ts'

export const ROLE_ROUTES: Route[] = [
  {
    template: 'GET /api/v1/users/{id}/roles',
    permission: 'okta.roles.read',
    handle: (call, { org }) => ok(rolesOfUser(call, org).map((held) => renderRole(call, org, held))),
  },
  {
    template: 'GET /api/v1/groups/{id}/roles',
    permission: 'okta.roles.read',
    handle: (call, { org }) => ok(rolesOfGroup(call, org).map((held) => renderRole(call, org, held))),
  },
  ...(['users', 'groups'] as const).flatMap((kind): Route[] => {
    const roleOf = (call: SimCall, org: Org) => {
      const roles = kind === 'users' ? rolesOfUser(call, org) : rolesOfGroup(call, org)
      const found = roles.find(({ role }) => role.id === call.params.roleId)
      if (!found) throw notFound(call.params.roleId ?? '', 'RoleAssignment')
      return found
    }
    const path = `GET /api/v1/${kind}/{id}/roles/{roleId}`
    return [
      {
        template: path,
        permission: 'okta.roles.read',
        handle: (call, { org }) => ok(renderRole(call, org, roleOf(call, org))),
      },
      {
        template: `${path}/targets/groups`,
        permission: 'okta.roles.read',
        handle(call, { org }) {
          const targets = roleOf(call, org).role.targetGroups
          return page(call, { default: 20, max: 200 }, placed(targets), (group) => groupBody(call, org, group))
        },
      },
      {
        template: `${path}/targets/catalog/apps`,
        permission: 'okta.roles.read',
        handle(call, { org }) {
          const targets = roleOf(call, org).role.targetApps
          return page(call, { default: 20, max: 200 }, placed(targets), (app) => catalogApp(org, app))
        },
      },
    ]
  }),
]

function rolesOfUser(call: SimCall, org: Org): HeldRole[] {
  return org.state.roles.ofUser(userOf(call, org).index)
}

function rolesOfGroup(call: SimCall, org: Org): HeldRole[] {
  return org.state.roles.ofGroup(groupOf(call, org))
}

/** Links of custom roles name two hosts: the role lives on the admin console's, its resource set on the plain one. */
function renderRole(call: SimCall, org: Org, held: HeldRole): Json {
  const { targetGroups, targetApps, resourceSet, role, ...rest } = held.role
  const { assignmentType } = held
  const assignee =
    assignmentType === 'USER'
      ? `${call.origin}/api/v1/users/${org.userId(held.assignee)}`
      : `${call.origin}/api/v1/groups/${org.groupId(held.assignee)}`
  const expand = call.query.get('expand')
  const embedded =
    expand === 'targets/groups'
      ? { targets: { groups: targetGroups.map((group) => groupBody(call, org, group)) } }
      : expand === 'targets/catalog/apps'
        ? { targets: { catalog: { apps: targetApps.map((app) => catalogApp(org, app)) } } }
        : undefined
  const admin = `${adminOrigin(call, org)}/api/v1/iam/roles/${role}`
  const set = `${call.origin}/api/v1/iam/resource-sets/${resourceSet}`
  return {
    ...rest,
    status: 'ACTIVE',
    assignmentType,
    ...(role === undefined ? {} : { role, 'resource-set': resourceSet }),
    ...(embedded ? { _embedded: embedded } : {}),
    _links: {
      ...(role === undefined
        ? {}
        : {
            role: { href: admin },
            'resource-set': { href: set },
            permissions: { href: `${admin}/permissions` },
            member: { href: `${set}/bindings/${role}/members/${held.role.id}` },
          }),
      assignee: { href: assignee },
    },
  }
}

function groupBody(call: SimCall, org: Org, index: number): Json {
  const group = org.state.groups.table.get(index)
  return group ? renderGroup(call, org, index, group) : {}
}

/** A catalogue entry; `id` only when one instance is meant. */
function catalogApp(org: Org, index: number): Json {
  const app = org.state.apps.table.get(index)
  return {
    ...(index % 2 === 0 ? { id: org.appId(index) } : {}),
    name: app?.name ?? 'unknown',
    displayName: app?.label ?? 'unknown',
    description: null,
    status: 'ACTIVE',
    lastUpdated: app?.lastUpdated,
    category: 'CRM',
    verificationStatus: 'OKTA_VERIFIED',
    website: 'https://www.acme.example',
    signOnModes: [app?.signOnMode ?? 'SAML_2_0'],
    features: app?.features ?? [],
    _links: { logo: [] },
  }
}
