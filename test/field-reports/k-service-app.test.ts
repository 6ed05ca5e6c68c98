import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PERMISSIONS, type ServiceAppOptions, type SimServiceApp } from '../../sim/index.ts'
import { preflight } from '../../src/connectors/okta/index.ts'
import { SCOPES } from '../../src/connectors/okta/scopes.ts'
import { parseServiceApp } from '../../src/connectors/okta/service-app.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { clientOf } from './calls.ts'

/** The first check of a service app: proofs, scopes, and its admin role. */

const TOKEN = 'POST /oauth2/v1/token'

let org: TestOrg
beforeAll(async () => {
  org = await openTestOrg({ users: 12, limitScale: Number.POSITIVE_INFINITY })
})
beforeEach(() => org.sim.resetCounts())
afterEach(() => org.sim.clearFaults())
afterAll(() => org.close())

async function check(app: SimServiceApp) {
  const session = org.session({ serviceApp: parseServiceApp(app) })
  try {
    return await preflight({ client: clientOf(session), origin: org.sim.origin })
  } finally {
    await session.close()
  }
}
const checkNew = (options: ServiceAppOptions = {}) => check(org.sim.addServiceApp(options))
const tokenAnswers = () => org.sim.requests.filter(({ route }) => route === TOKEN).map(({ status }) => status)
const without = (...lost: readonly string[]) => PERMISSIONS.filter((scope) => !lost.includes(scope))

describe('an app that demands DPoP, as new ones do', () => {
  it('B142: is asked without a proof, without a nonce, then as it wants it, and the check says so', async () => {
    const found = await checkNew({ dpop: true, keyType: 'RSA' })
    expect(found.verdict).toBe('ok')
    expect(found.notes.join(' ')).toContain('bound to a key (DPoP)')
    expect(tokenAnswers()).toEqual([400, 400, 200])
    expect(org.sim.requests.filter(({ status }) => status === 401)).toEqual([])
  })

  it('B142, and one that does not is asked once, and nothing is said', async () => {
    const found = await checkNew()
    expect(found.verdict).toBe('ok')
    expect(found.notes.join(' ')).not.toContain('DPoP')
    expect(tokenAnswers()).toEqual([200])
  })

  it('B142, and should the API want to see a nonce one day, it gets it', async () => {
    const isWithout = (proof = '') =>
      !Buffer.from(proof.split('.')[1] ?? '', 'base64url').includes('"nonce":"of the API"')
    org.sim.fault({
      match: /GET \/api\/v1\//,
      where: ({ headers }) => isWithout(headers.dpop),
      status: 401,
      headers: { 'dpop-nonce': 'of the API', 'www-authenticate': 'DPoP error="use_dpop_nonce"' },
    })
    expect((await checkNew({ dpop: true })).verdict).toBe('ok')
  })
})

describe('scopes of which some were lost when they were saved', () => {
  it('B144: are found by asking for each, named with what to do, and the rest goes on', async () => {
    const found = await checkNew({ scopes: without('okta.roles.read', 'okta.logs.read') })
    expect(found.verdict).toBe('incomplete')
    const refused = found.rows.filter(({ outcome }) => outcome === 'not_permitted')
    expect([...new Set(refused.map(({ scope }) => scope))].sort()).toEqual(['okta.logs.read', 'okta.roles.read'])
    for (const { scope, detail, remedy } of refused) {
      expect(detail).toContain(`has not been granted ${scope}`)
      expect(remedy).toMatch(
        new RegExp(`^Grant ${scope} to the service app in Okta: .* Okta API Scopes\\. Then reload`),
      )
    }
    expect(found.notes.join(' ')).toContain('lacks 2 of 6 scopes: okta.logs.read, okta.roles.read.')
    expect(tokenAnswers()).toHaveLength(1 + SCOPES.length + 1)
  })

  it('B144, and a sync reads what is granted, and names the scope where it is not', async () => {
    const app = org.sim.addServiceApp({ scopes: without('okta.roles.read') })
    const streams = ['users', 'user_roles', 'groups', 'group_roles']
    const { outcome, resources } = await org.sync({ token: { serviceApp: parseServiceApp(app) }, streams })
    expect(outcome).toBe('partial')
    expect(resources.users?.outcome).toBe('complete')
    expect(resources.user_roles).toMatchObject({ outcome: 'not_permitted', reason_code: 'okta_scope_missing' })
    expect(resources.user_roles?.reason).toContain('okta.roles.read')
  })

  it('B144, and where Okta leaves some out without a word, the check misses them all the same', async () => {
    const left = SCOPES.filter((scope) => scope !== 'okta.apps.read').join(' ')
    org.sim.fault({ match: TOKEN, transform: (body) => ({ ...(body as object), scope: left }) })
    expect((await checkNew()).notes.join(' ')).toContain('lacks 1 of 6 scopes: okta.apps.read.')
  })

  it('B144, and with none at all it is unusable, and the way to grant them is told', async () => {
    const found = await checkNew({ scopes: [] })
    expect(found).toMatchObject({ verdict: 'unusable', owner: null })
    expect(found.rows).toMatchObject([{ family: 'Get Access Token', outcome: 'failed', code: 'okta_no_scope_granted' }])
    expect(found.rows[0]?.detail).toMatch(/granted none.*Okta API Scopes/)
  })
})

describe('an app without an admin role', () => {
  it('B140, and a service app whose scopes are granted is told to have a role assigned, on the tab where that is', async () => {
    const found = await checkNew({ role: 'none' })
    expect(found.verdict).toBe('unusable')
    expect(found.rows.find(({ family }) => family === 'List Users')?.code).toBe('okta_suspicious_empty')
    expect(found.notes.join(' ')).toContain('assign Read-Only Admin on its Admin roles tab')
  })

  it('B140, and with Read-Only Admin it reads all but roles, which take one more', async () => {
    const found = await checkNew({ role: 'read_only' })
    expect(found.verdict).toBe('incomplete')
    const refused = found.rows.filter(({ outcome }) => outcome === 'not_permitted')
    expect(new Set(refused.map(({ scope }) => scope))).toEqual(new Set(['okta.roles.read']))
    for (const { remedy } of refused) expect(remedy).toMatch(/okta\.iam\.read.*to the service app/)
  })
})
