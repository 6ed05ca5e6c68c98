import { afterEach, describe, expect, it } from 'vitest'
import { type Sim, type SimOptions, startSim } from '../../../sim/index.ts'
import { openSession } from './client/session.ts'
import { type Preflight, preflight } from './preflight.ts'

let sim: Sim | undefined

afterEach(async () => {
  await sim?.close()
  sim = undefined
})

async function start(options: SimOptions = {}): Promise<Sim> {
  sim = await startSim({ limitScale: Number.POSITIVE_INFINITY, ...options })
  return sim
}

async function check({ origin }: Sim, token: string): Promise<Preflight> {
  const session = openSession({
    origin,
    token,
    allowedInsecureOrigins: [origin],
    maxWaitMs: 100,
    retry: { attempts: 1 },
  })
  try {
    const signal = AbortSignal.timeout(20_000)
    const client = session.client({ resource: 'check', background: false, signal, onRequest: () => undefined })
    return await preflight({ client, origin })
  } finally {
    await session.close()
  }
}

const outcomes = (found: Preflight, family: RegExp) =>
  Object.fromEntries(found.rows.filter((row) => family.test(row.family)).map((row) => [row.family, row.outcome]))

describe('a preflight', () => {
  it('of a good token reads each family, with about thirty requests', async () => {
    const org = await start()
    const found = await check(org, org.token)
    expect(found.rows.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'not_available')).toEqual([])
    expect(found).toMatchObject({
      verdict: 'ok',
      origin: org.origin,
      org: { engine: 'idx', name: 'Acme Small' },
      owner: { id: org.org.ownerId },
    })
    expect(org.requests.length).toBeLessThanOrEqual(36)
    expect(new Set(found.rows.map(({ family }) => family)).size).toBe(found.rows.length)
  })

  it('asks the well-known document without the token', async () => {
    const org = await start()
    const authorized: boolean[] = []
    org.fault({
      match: 'GET /.well-known/okta-organization',
      where: (call) => {
        authorized.push(call.headers.authorization !== undefined)
        return false
      },
    })
    await check(org, org.token)
    expect(authorized).toEqual([false])
  })

  it('of a Classic org asks for the types of Classic', async () => {
    const org = await start({ engine: 'v1' })
    const found = await check(org, org.token)
    expect(found.org.engine).toBe('v1')
    expect(Object.keys(outcomes(found, /^List Policies/))).toHaveLength(4)
    expect(found.verdict).toBe('ok')
  })

  it('of a Read-Only Admin’s token is incomplete: it names the roles and what to add', async () => {
    const org = await start()
    const found = await check(org, org.addToken({ name: 'read-only', permissions: 'read_only' }))
    expect(found.verdict).toBe('incomplete')
    expect(outcomes(found, /Role/)).toEqual({
      'List Users with Role Assignments': 'not_permitted',
      'List User Roles': 'not_permitted',
      'List Group Roles': 'not_permitted',
    })
    const refused = found.rows.filter(({ outcome }) => outcome === 'not_permitted')
    expect(refused.map(({ status, error_code }) => [status, error_code])).toEqual(Array(3).fill([403, 'E0000006']))
    for (const row of refused) expect(row.remedy).toContain('okta.iam.read')
    expect(outcomes(found, /^List (Users|Groups|Applications)$/)).toEqual({
      'List Users': 'ok',
      'List Groups': 'ok',
      'List Applications': 'ok',
    })
  })

  it('shows a single policy type that is refused', async () => {
    const org = await start()
    org.fault({ match: /GET \/api\/v1\/policies\?.*type=PASSWORD/, status: 403 })
    const found = await check(org, org.token)
    expect(outcomes(found, /PASSWORD/)).toEqual({ 'List Policies (PASSWORD)': 'not_permitted' })
    expect(found.verdict).toBe('incomplete')
  })

  it('of a wrong token is unusable, and names the allowed networks', async () => {
    const org = await start()
    const found = await check(org, '00wrongwrongwrongwrongwrongwrongwrongwrong')
    expect(found).toMatchObject({ verdict: 'unusable', owner: null, org: { engine: 'idx' } })
    expect(found.rows).toMatchObject([
      { family: 'Get Token Owner', outcome: 'failed', status: 401, error_code: 'E0000011' },
    ])
    expect(found.rows[0]?.remedy).toContain('allowed networks')
  })

  it('of a token without an admin role is unusable: an empty list of users is not a fact', async () => {
    const org = await start()
    org.fault({ match: 'GET /api/v1/users', status: 200, body: [] })
    org.fault({ match: 'GET /api/v1/users/me', status: 404 })
    const found = await check(org, org.token)
    expect(found.verdict).toBe('unusable')
    const users = found.rows.find(({ family }) => family === 'List Users')
    expect(users).toMatchObject({ outcome: 'failed', code: 'okta_suspicious_empty', status: 200 })
    expect(users?.remedy).toContain('Assign an admin role')
  })

  it('that meets a rate limit answers at once: the token is valid', async () => {
    const org = await start()
    org.fault({ match: '*', status: 429, where: (call) => call.path.startsWith('/api/') })
    const found = await check(org, org.token)
    expect(found.verdict).toBe('incomplete')
    expect(found.notes.join()).toContain('Rate limited: the token is valid')
  })

  it('from outside the token’s networks is unusable, and says where to look', async () => {
    const org = await start({ faults: ['token-outside-network'] })
    const found = await check(org, org.token)
    expect(found.verdict).toBe('unusable')
    expect(found.notes.join()).toContain('allowed networks')
  })

  it('of a service app without an admin role stops at the empty list of users', async () => {
    const org = await start({ faults: ['no-admin-role'] })
    const found = await check(org, org.token)
    expect(found).toMatchObject({ verdict: 'unusable', owner: null })
    expect(found.rows[0]).toMatchObject({ family: 'List Users', code: 'okta_suspicious_empty' })
  })

  it('names the other hosts of an org with a domain of its own', async () => {
    const org = await start({ faults: ['custom-domain'] })
    expect((await check(org, org.token)).org.alternates).toEqual(['https://acme-small.okta.com'])
  })

  it('does without the name of the org and the owner of the token', async () => {
    const org = await start({ faults: ['org-forbidden', 'users-me-forbidden'] })
    const found = await check(org, org.token)
    expect(found).toMatchObject({ verdict: 'ok', owner: null, org: { name: null } })
    expect(found.notes).toEqual(['Okta does not say whose token this is.'])
  })

  it.each([
    ['a web page', { status: 200, body: '<html>' }, /could not be read.*not JSON/],
    ['an error', { status: 500 }, /could not be read.*500/],
    ['a refusal', { status: 403, body: { errorCode: 'E0000006' } }, /^Okta does not say/],
  ])('tells %s about the owner of the token for what it is', async (_, answer, note) => {
    const org = await start()
    org.fault({ match: 'GET /api/v1/users/me', ...answer })
    expect((await check(org, org.token)).notes).toEqual([expect.stringMatching(note)])
  })

  it('has nothing to complain of in an org that is empty but for its users', async () => {
    const org = await start()
    org.fault({ match: 'GET /api/v1/apps', status: 200, body: [] })
    const found = await check(org, org.token)
    expect(found.rows.find(({ family }) => family === 'List Application Users')).toMatchObject({
      outcome: 'ok',
      detail: 'There is nothing to try it on.',
    })
  })

  it('does not try what hangs on a listing that is refused', async () => {
    const org = await start()
    org.fault({ match: 'GET /api/v1/groups', status: 403 })
    const found = await check(org, org.token)
    expect(outcomes(found, /^List Group /)).toEqual({
      'List Group Members': 'not_permitted',
      'List Group Applications': 'not_permitted',
      'List Group Roles': 'not_permitted',
    })
  })

  it.each([
    ['a page', { status: 200, html: true }],
    ['nothing', { status: 404 }],
    ['another document', { status: 200, body: { issuer: 'https://acme.test' } }],
  ])('of a host that answers %s says that it is not Okta', async (_, answer) => {
    const org = await start()
    org.fault({ match: 'GET /.well-known/okta-organization', ...answer })
    await expect(check(org, org.token)).rejects.toMatchObject({ code: 'not_an_okta_org' })
    expect(org.requests.filter(({ path }) => path.startsWith('/api/'))).toEqual([])
  })
})
