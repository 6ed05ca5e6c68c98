import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TokenOptions } from '../../sim/index.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { eachRecord, oktaError, rawOf } from './answers.ts'
import { asked } from './calls.ts'

/** Policies: types that an org does not have, parts that a type does not have, and rules of every spelling. */

const POLICIES = 'GET /api/v1/policies'
const RULES = 'GET /api/v1/policies/{id}/rules'
const MAPPINGS = 'GET /api/v1/policies/{id}/mappings'
const streams = ['policies', 'policy_rules', 'policy_mappings']

let org: TestOrg

beforeAll(async () => {
  org = await openTestOrg({ users: 12 })
})
afterEach(async () => {
  org.sim.clearFaults()
  await org.db.query('truncate policies, policy_rules, policy_mappings, rejected_records')
})
afterAll(() => org.close())

const sync = async (of: TestOrg = org, token?: string) =>
  (await of.sync({ streams, ...(token && { token }) })).resources
const ofType = (type: string) => [...org.sim.org.allPolicies()].filter((policy) => policy.type === type)
const refuse = (types: readonly string[], status: number, body: unknown) =>
  org.sim.fault({ match: POLICIES, where: ({ query }) => types.includes(query.get('type') ?? ''), status, body })
const live = async (entity: string) => (await org.rows(entity)).filter((row) => !row.is_deleted)

describe('a policy type that the org does not have', () => {
  it('B121: is not an error: the other types are read and the step is complete', async () => {
    org.sim.fault('classic-policy-400')
    const resources = await sync()
    for (const name of streams) expect(resources[name]).toMatchObject({ outcome: 'complete', rejected: 0 })
    const types = new Set((await org.rows('policy')).map(({ type }) => type))
    expect(types).toEqual(new Set(['OKTA_SIGN_ON', 'PASSWORD', 'MFA_ENROLL', 'IDP_DISCOVERY']))
    for (const { path } of asked(org, POLICIES)) expect(path).not.toContain('OAUTH_AUTHORIZATION_POLICY')
  })

  const REFUSALS: readonly [string, number, unknown][] = [
    ['a cause', 400, oktaError('E0000001', 'Api validation failed: type', ['Invalid policy type specified.'])],
    ['a flag', 400, oktaError('E0000001', 'Api validation failed: type', ['Missing Required Feature Flag.'])],
    ['a summary', 400, oktaError('E0000002', 'The request was not valid: Invalid policy type specified')],
    ['other words', 400, oktaError('E0000001', 'Api validation failed: policyType', ['policyType: not supported'])],
    ['no words', 400, {}],
    ['the feature code', 401, oktaError('E0000015', 'You do not have permission to access the feature')],
    ['not found', 404, oktaError('E0000007', 'Not found: Resource not found: ACCESS_POLICY (PolicyType)')],
    ['a method refused', 405, oktaError('E0000022', 'The endpoint does not support the provided HTTP method')],
  ]
  it('B121, and whatever words it is refused in', async () => {
    await sync()
    const before = await live('policy')
    for (const [words, status, body] of REFUSALS) {
      const fault = refuse(['ACCESS_POLICY', 'PROFILE_ENROLLMENT'], status, body)
      const { policies } = (await org.sync({ streams: ['policies'] })).resources
      expect(policies, words).toMatchObject({ outcome: 'complete', deleted: 0, reason_code: null })
      expect(fault.hits, words).toBeGreaterThan(1)
      fault.remove()
    }
    expect(await live('policy')).toEqual(before)
  })

  it('B121, and where no type is there at all policies are "not available", their rules and mappings as well', async () => {
    org.sim.fault({ match: POLICIES, status: 400, body: oktaError('E0000001', 'Invalid policy type specified.') })
    const resources = await sync()
    for (const name of streams) expect(resources[name]).toMatchObject({ outcome: 'not_available', rows: 0, deleted: 0 })
  })

  it('B121, and one that is refused for the token is a gap that says so', async () => {
    org.sim.fault('policy-type-forbidden')
    const { policies } = await sync()
    expect(policies).toMatchObject({ outcome: 'partial', reason_code: 'okta_scope_missing', deleted: 0 })
    expect(policies?.reason).toContain('PROFILE_ENROLLMENT')
  })

  it('B121, and a Classic org is not asked for the types of Identity Engine', async () => {
    const classic = await openTestOrg({ users: 12, engine: 'v1' })
    try {
      const resources = await sync(classic)
      for (const name of streams) expect(resources[name]).toMatchObject({ outcome: 'complete' })
      expect(asked(classic, POLICIES).map(({ status }) => status)).toEqual([200, 200, 200, 200])
    } finally {
      await classic.close()
    }
  })
})

describe('a policy without mappings', () => {
  it('B122: answers 404 for them, and that is "no mappings"', async () => {
    org.sim.fault('mappings-404')
    const { policy_mappings } = await sync()
    expect(policy_mappings).toMatchObject({ outcome: 'complete', rejected: 0 })
    const of = new Set((await org.rows('policy-mapping')).map((row) => row.policy_vendor_id))
    const mapped = ofType('ACCESS_POLICY').filter(({ id }) => org.sim.org.appsOfPolicy(id).length > 0)
    expect(of).toEqual(new Set(mapped.map(({ id }) => id)))
    const refused = asked(org, MAPPINGS).filter(({ status }) => status === 404)
    expect(refused.length).toBeGreaterThan(0)
  })

  it.each([400, 404, 405])('B122, and a %i for all of them, too', async (status) => {
    org.sim.fault({ match: MAPPINGS, status })
    const { policies, policy_mappings } = await sync()
    expect(policies).toMatchObject({ outcome: 'complete' })
    expect(policy_mappings).toMatchObject({ outcome: 'complete', rows: 0 })
  })

  it('B122, and a refusal of mappings is none of it', async () => {
    await sync()
    const before = await live('policy-mapping')
    org.sim.fault({ match: MAPPINGS, status: 403 })
    expect((await sync()).policy_mappings).toMatchObject({ outcome: 'not_permitted', deleted: 0 })
    expect(await live('policy-mapping')).toEqual(before)
  })

  it('B122, and applications without an access policy have none', async () => {
    org.sim.fault(eachRecord('GET /api/v1/apps', ({ _links, ...app }) => app))
    const { applications } = (await org.sync({ streams: ['applications'] })).resources
    expect(applications).toMatchObject({ outcome: 'complete', rejected: 0 })
    expect((await org.rows('application')).every((row) => row.access_policy_id === null)).toBe(true)
  })
})

describe('rules of a policy', () => {
  it('B124: may be null, and their constraints come in any case', async () => {
    const [first, second] = ofType('ACCESS_POLICY')
    const constraints = [{ possession: { methods: ['push'] } }, { knowledge: { types: ['PASSWORD'], methods: null } }]
    const actions = { appSignOn: { verificationMethod: { type: 'ASSURANCE', constraints } } }
    org.sim.fault({
      match: RULES,
      where: ({ params }) => params.id === first?.id,
      transform: () => null,
    })
    org.sim.fault({
      ...eachRecord(RULES, (rule) => ({ ...rule, actions, conditions: null })),
      where: ({ params }) => params.id === second?.id,
    })
    const { policy_rules } = await sync()
    const lost = first?.rules.length ?? 0
    expect(policy_rules).toMatchObject({
      outcome: 'complete',
      rows: org.sim.org.expected().policy_rules - lost,
      rejected: 0,
    })
    const rules = (await org.rows('policy-rule')).filter((row) => row.policy_vendor_id === second?.id)
    expect(rules).toHaveLength(second?.rules.length ?? 0)
    for (const rule of rules) expect(rule).toMatchObject({ conditions: null, actions })
  })

  it('B124, and rules of every odd shape are kept with what came', async () => {
    const [policy] = ofType('OKTA_SIGN_ON')
    org.sim.fault({
      match: RULES,
      where: ({ params }) => params.id === policy?.id,
      status: 200,
      body: [
        { id: 'r1', name: null, priority: '1', conditions: [], actions: 'none', type: 'MOON' },
        { id: 'r2', name: 'Two', status: 'PAUSED', priority: null, system: 'no' },
        { name: 'No id' },
      ],
    })
    const { policy_rules } = await sync()
    expect(policy_rules).toMatchObject({ outcome: 'partial', rejected: 1 })
    const rules = (await org.rows('policy-rule')).filter((row) => row.policy_vendor_id === policy?.id)
    expect(rules).toMatchObject([
      { vendor_id: `${policy?.id}:r1`, name: 'r1', priority: 1, conditions: null, actions: null, type: 'MOON' },
      { vendor_id: `${policy?.id}:r2`, status: 'unknown', vendor_status: 'PAUSED', position: 1, is_system: null },
    ])
    expect(rawOf(rules[0])).toMatchObject({ actions: 'none', conditions: [] })
  })

  it('B125: that answer 404 although their policy is there are passed over with a reason', async () => {
    const [policy] = ofType('ACCESS_POLICY')
    org.sim.fault({ match: RULES, where: ({ params }) => params.id === policy?.id, status: 404 })
    org.sim.resetCounts()
    const { policies, policy_rules } = await sync()
    expect(policies).toMatchObject({ outcome: 'complete' })
    expect(policy_rules).toMatchObject({
      outcome: 'partial',
      reason_code: 'okta_not_found',
      rows: org.sim.org.expected().policy_rules - (policy?.rules.length ?? 0),
    })
    expect(policy_rules?.reason).toContain(policy?.id)
    // Group rules answer 400 where the feature is off: nothing of Rollcall's depends on them.
    expect(org.sim.requests.filter(({ path }) => path.includes('/groups/rules'))).toEqual([])
  })

  it('B125, and those of a policy that is deleted meanwhile are gone with it', async () => {
    const policy = org.sim.org.addPolicy({ type: 'PASSWORD', name: 'Short-lived' })
    org.sim.org.addRule(policy.id, { name: 'Rule' })
    org.sim.fault({
      match: RULES,
      times: 1,
      where: ({ params }) => params.id === policy.id,
      onHit: (_call, sim) => sim.org.deletePolicy(policy.id),
    })
    expect((await sync()).policy_rules).toMatchObject({
      outcome: 'complete',
      rows: org.sim.org.expected().policy_rules,
    })
  })

  it('B125, and a token that may read nothing of policies is told so, once', async () => {
    const permissions: TokenOptions['permissions'] = ['okta.users.read', 'okta.groups.read', 'okta.apps.read']
    const token = org.sim.addToken({ name: 'no-policies', permissions })
    org.sim.resetCounts()
    const resources = await sync(org, token)
    for (const name of streams) expect(resources[name]).toMatchObject({ outcome: 'not_permitted', deleted: 0 })
    expect(asked(org, RULES)).toEqual([])
    expect(asked(org, MAPPINGS)).toEqual([])
  })
})
