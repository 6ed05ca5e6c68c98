import { AppError } from '../../errors.ts'
import type { Query } from './client/client.ts'
import { path } from './path.ts'
import { type Asking, type PreflightRow, type Probe, type Probed, probe, untried } from './preflight-probe.ts'
import * as reads from './reads.ts'
import { isMappable, listPolicies } from './streams/policies.ts'
import { listMappings } from './streams/policy-mappings.ts'
import { isObject, looseId } from './wire.ts'

/** The requests of a preflight, by what they have to do with each other. Inside an area one comes after the other. */

export async function probeUsers(asking: Asking, owner: string | null): Promise<PreflightRow[]> {
  const { client } = asking
  const scope = 'okta.users.read'
  const users = await probe(asking, { family: 'List Users', resource: 'users', scope }, async () => {
    const query = { search: 'status pr', limit: owner === null ? 20 : 1 }
    const { items } = await client.list('/api/v1/users', { query, cursor: null })
    // Okta answers with an empty list, not with a refusal, where a service app has the scope and no admin role.
    if (items.length > 0) return items
    throw new AppError('okta_suspicious_empty', 'The list of users came back empty, although an org always has one.', {
      details: { status: 200 },
    })
  })
  // Okta has no factors of a deprovisioned user.
  const user = owner ?? idOf(users.items.find((item) => isObject(item) && item.status !== 'DEPROVISIONED'))
  const groups = await child(
    asking,
    { family: 'List User Groups', resource: 'group_memberships', scope },
    users,
    user,
    (id) => reads.listUserGroups(client, id, null),
  )
  const factors = await child(asking, { family: 'List User Factors', resource: 'factors', scope }, users, user, (id) =>
    reads.listUserFactors(client, id, null),
  )
  const admins: Probe = { family: 'List Users with Role Assignments', resource: 'user_roles', scope: 'okta.roles.read' }
  const holders = await probe(asking, admins, async () => {
    const query = { limit: 1 }
    return (await client.list('/api/v1/iam/assignees/users', { query, cursor: null, paging: 'body', items: 'value' }))
      .items
  })
  const roles = await child(asking, { ...admins, family: 'List User Roles' }, users, user, (id) =>
    reads.listUserRoles(client, id, null),
  )
  return [users, groups, factors, holders, roles].map((probed) => probed.row)
}

export async function probeGroups(asking: Asking): Promise<PreflightRow[]> {
  const { client } = asking
  const scope = 'okta.groups.read'
  // Ten rather than one: the first is often a built-in group, which has no roles.
  const groups = await list(asking, { family: 'List Groups', resource: 'groups', scope }, '/api/v1/groups', {
    limit: 10,
  })
  const group = idOf(groups.items[0])
  const ordinary = idOf(groups.items.find((item) => isObject(item) && item.type !== 'BUILT_IN'))
  const members = await child(
    asking,
    { family: 'List Group Members', resource: 'group_memberships', scope },
    groups,
    group,
    (id) => client.list(path`/api/v1/groups/${id}/users`, { query: { limit: 1 }, cursor: null }),
  )
  const applications: Probe = { family: 'List Group Applications', resource: 'application_groups', scope }
  const given = await child(asking, applications, groups, group, (id) => reads.listGroupApplications(client, id, null))
  const admin: Probe = { family: 'List Group Roles', resource: 'group_roles', scope: 'okta.roles.read' }
  const roles = await child(asking, admin, groups, ordinary, (id) => reads.listGroupRoles(client, id, null))
  return [groups, members, given, roles].map((probed) => probed.row)
}

export async function probeApplications(asking: Asking): Promise<PreflightRow[]> {
  const { client } = asking
  const scope = 'okta.apps.read'
  const applications: Probe = { family: 'List Applications', resource: 'applications', scope }
  const found = await list(asking, applications, '/api/v1/apps', { limit: 1 })
  const application = idOf(found.items[0])
  const users = await child(
    asking,
    { family: 'List Application Users', resource: 'application_users', scope },
    found,
    application,
    (id) => client.list(path`/api/v1/apps/${id}/users`, { query: { limit: 1 }, cursor: null }),
  )
  // Okta takes no page of less than 20 here.
  const groups = await child(
    asking,
    { family: 'List Application Groups', resource: 'application_groups', scope },
    found,
    application,
    (id) => client.list(path`/api/v1/apps/${id}/groups`, { query: { limit: 20 }, cursor: null }),
  )
  return [found, users, groups].map((probed) => probed.row)
}

export async function probePolicies(asking: Asking, types: readonly string[]): Promise<PreflightRow[]> {
  const { client } = asking
  const scope = 'okta.policies.read'
  const listings: Probed[] = []
  for (const type of types) {
    const what: Probe = { family: `List Policies (${type})`, resource: 'policies', scope }
    listings.push(await probe(asking, what, async () => (await listPolicies(client, type, null, 1)).items))
  }
  const items = listings.flatMap((listing) => listing.items)
  const [first] = listings
  if (first === undefined) return []
  const parent = listings.find((listing) => listing.row.outcome === 'ok') ?? first
  const policy = idOf(items[0])
  const mappable = idOf(items.find((item) => isObject(item) && isMappable(item.type, item._links)))
  const one = await child(
    asking,
    { family: 'Get Policy', resource: 'policies', scope },
    parent,
    policy,
    async (id) => ({
      items: [await reads.getPolicy(client, id)],
    }),
  )
  const rules = await child(
    asking,
    { family: 'List Policy Rules', resource: 'policy_rules', scope },
    parent,
    policy,
    (id) => reads.listPolicyRules(client, id, null),
  )
  const mappings = await child(
    asking,
    { family: 'List Policy Mappings', resource: 'policy_mappings', scope },
    parent,
    mappable,
    (id) => listMappings(client, id, null),
  )
  return [...listings, one, rules, mappings].map((probed) => probed.row)
}

export async function probeLog(asking: Asking): Promise<PreflightRow[]> {
  const what: Probe = { family: 'Get System Log Events', resource: 'log_events', scope: 'okta.logs.read' }
  return [(await list(asking, what, '/api/v1/logs', { limit: 1 })).row]
}

const list = (asking: Asking, what: Probe, listing: string, query: Query) =>
  probe(asking, what, async () => (await asking.client.list(listing, { query, cursor: null })).items)

const child = (
  asking: Asking,
  what: Probe,
  parent: Probed,
  id: string | null,
  request: (id: string) => Promise<{ readonly items: readonly unknown[] }>,
): Promise<Probed> | Probed =>
  id === null ? untried(asking, what, parent.row) : probe(asking, what, async () => (await request(id)).items)

const idOf = (item: unknown): string | null => (isObject(item) ? looseId.parse(item.id) : null)
