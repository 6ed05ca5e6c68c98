import type { Policy } from '../generate/policies.ts'
import type { PolicyRule } from '../generate/policy-rules.ts'
import { type Answer, notFound, OktaError, ok } from '../http/answer.ts'
import type { SimCall } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import type { Org } from '../org.ts'
import { page, placed } from '../paging.ts'
import type { Json } from '../world.ts'

export const POLICY_ROUTES: Route[] = [
  {
    template: 'GET /api/v1/policies',
    permission: 'okta.policies.read',
    handle: (call, { org }) => listPolicies(call, org),
  },
  {
    template: 'GET /api/v1/policies/{id}',
    permission: 'okta.policies.read',
    handle(call, { org }) {
      const { policy } = policyOf(call, org)
      const rules = policy.rules.map((rule) => renderRule(call, policy, rule))
      return ok(renderPolicy(call, org, policy, call.query.get('expand') === 'rules' ? { rules } : undefined))
    },
  },
  {
    template: 'GET /api/v1/policies/{id}/rules',
    permission: 'okta.policies.read',
    handle(call, { org }) {
      const { policy } = policyOf(call, org)
      const render = (rule: PolicyRule) => renderRule(call, policy, rule)
      // Recorded answers carry no Link header; a limit seems to switch paging on.
      if (!call.query.has('limit')) return ok(policy.rules.map(render))
      return page(call, { default: 20, max: 200 }, placed(policy.rules), render)
    },
  },
  {
    template: 'GET /api/v1/policies/{id}/rules/{ruleId}',
    permission: 'okta.policies.read',
    handle(call, { org }) {
      const { policy } = policyOf(call, org)
      const rule = policy.rules.find(({ id }) => id === call.params.ruleId)
      if (!rule) throw notFound(call.params.ruleId ?? '', 'PolicyRule')
      return ok(renderRule(call, policy, rule))
    },
  },
  {
    template: 'GET /api/v1/policies/{id}/mappings',
    permission: 'okta.policies.read',
    handle(call, { org }) {
      const { index, policy } = policyOf(call, org)
      return ok(org.state.policies.appsOf(index).map((app) => renderMapping(call, org, policy, index, app)))
    },
  },
  {
    template: 'GET /api/v1/policies/{id}/mappings/{mappingId}',
    permission: 'okta.policies.read',
    handle(call, { org }) {
      const { index, policy } = policyOf(call, org)
      const id = call.params.mappingId ?? ''
      const app = org.state.policies.appsOf(index).find((candidate) => mappingId(org, index, candidate) === id)
      if (app === undefined) throw notFound(id, 'PolicyMapping')
      return ok(renderMapping(call, org, policy, index, app))
    },
  },
]

/** One type a call, and only types this engine has. */
function listPolicies(call: SimCall, org: Org): Answer {
  const type = call.query.get('type')
  if (!type) throw new OktaError('E0000001', 'type', ['type: The policy type is required.'])
  if (!org.state.policies.types.includes(type)) {
    const sentence = 'Invalid policy type specified.'
    throw new OktaError('E0000002', 'Invalid policy type specified', [sentence])
  }
  const [status, q] = [call.query.get('status'), call.query.get('q')?.toLowerCase()]
  const found = org.state.policies
    .ofType(type)
    .map(([, policy]) => policy)
    .filter((policy) => (!status || policy.status === status) && (!q || policy.name.toLowerCase().startsWith(q)))
  const all = { default: Number.MAX_SAFE_INTEGER, max: 200 }
  if (call.query.has('limit')) return page(call, all, placed(found), (policy) => renderPolicy(call, org, policy))
  return ok(
    found.map((policy) => renderPolicy(call, org, policy)),
    [{ url: call.origin + call.path, rel: 'self' }],
  )
}

function policyOf(call: SimCall, org: Org): { index: number; policy: Policy } {
  const id = call.params.id ?? ''
  const index = org.state.policies.indexOf(id)
  const policy = index === undefined ? undefined : org.state.policies.get(index)
  if (index === undefined || !policy) throw notFound(id, 'Policy')
  return { index, policy }
}

/** The mappings link is missing on what the system made. */
function renderPolicy(call: SimCall, org: Org, policy: Policy, embedded?: Json): Json {
  const { rules: _rules, ...rest } = policy
  const href = `${call.origin}/api/v1/policies/${policy.id}`
  const isResource = policy.type === 'ACCESS_POLICY' && org.world.engine === 'idx'
  const _embedded = { ...(isResource ? { resourceType: 'APP' } : {}), ...embedded }
  return {
    ...rest,
    ...(Object.keys(_embedded).length > 0 ? { _embedded } : {}),
    _links: {
      ...(policy.system ? {} : { mappings: { href: `${href}/mappings`, hints: { allow: ['GET', 'POST'] } } }),
      self: { href, hints: { allow: policy.system ? ['GET', 'PUT'] : ['GET', 'PUT', 'DELETE'] } },
      rules: { href: `${href}/rules`, hints: { allow: ['GET', 'POST'] } },
      ...(policy.system ? {} : { deactivate: { href: `${href}/lifecycle/deactivate`, hints: { allow: ['POST'] } } }),
    },
  }
}

function renderRule(call: SimCall, policy: Policy, rule: PolicyRule): Json {
  const href = `${call.origin}/api/v1/policies/${policy.id}/rules/${rule.id}`
  return {
    ...rule,
    _links: {
      self: { href, hints: { allow: rule.system ? ['GET', 'PUT'] : ['GET', 'PUT', 'DELETE'] } },
      ...(rule.system ? {} : { deactivate: { href: `${href}/lifecycle/deactivate`, hints: { allow: ['POST'] } } }),
    },
  }
}

function mappingId(org: Org, policy: number, app: number): string {
  return org.world.ids.mapping.make(app * 1000 + (policy % 1000))
}

/** The app's id stands only inside the link. */
function renderMapping(call: SimCall, org: Org, policy: Policy, index: number, app: number): Json {
  const id = mappingId(org, index, app)
  const href = `${call.origin}/api/v1/policies/${policy.id}`
  const hints = { allow: ['GET', 'PUT', 'DELETE'] }
  return {
    id,
    _links: {
      application: { href: `${call.origin}/api/v1/apps/${org.appId(app)}`, hints },
      self: { href: `${href}/mappings/${id}`, hints },
      policy: { href, hints },
    },
  }
}
