import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { preflight } from '../../src/connectors/okta/index.ts'
import { openProvisioned } from '../api/provisioned.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { oktaError } from './answers.ts'
import { clientOf } from './calls.ts'
import { jsonOf, rollcall } from './cli.ts'

/** The first check of a connection: what it must not let through, and what it shows. */

let org: TestOrg

beforeAll(async () => {
  org = await openTestOrg({ users: 12 })
})
afterEach(async () => {
  org.sim.clearFaults()
  await org.db.query('truncate connections cascade')
})
afterAll(() => org.close())

async function check(token?: string) {
  const session = org.session(token)
  try {
    return await preflight({ client: clientOf(session), origin: org.sim.origin })
  } finally {
    await session.close()
  }
}

const allowed = () => ({ ROLLCALL_ALLOWED_INSECURE_ORIGINS: org.sim.origin })

describe('a token that is worth nothing', () => {
  it('B140: lists nobody and is refused the rest: the check says to assign an admin role', async () => {
    org.sim.fault('no-admin-role')
    const found = await check()
    expect(found.verdict).toBe('unusable')
    const users = found.rows.find(({ family }) => family === 'List Users')
    expect(users).toMatchObject({ outcome: 'failed', code: 'okta_suspicious_empty', status: 200 })
    expect(users?.remedy).toMatch(/assign an admin role/i)
  })

  it('B140, and it is unusable though one listing is empty and the others answer', async () => {
    org.sim.fault({ match: 'GET /api/v1/users', status: 200, body: [] })
    expect((await check()).verdict).toBe('unusable')
  })

  it('B140, and a sync with it fails, and deletes nothing of what was there', async () => {
    const streams = ['users', 'factors']
    await org.sync({ streams })
    const before = await org.rows('user')
    org.sim.fault('no-admin-role')
    const { outcome, resources } = await org.sync({ streams })
    expect(outcome).toBe('failed')
    expect(resources.users).toMatchObject({ outcome: 'failed', reason_code: 'okta_suspicious_empty', deleted: 0 })
    expect(resources.users?.remedy).toContain('admin role')
    expect(resources.factors).toMatchObject({ outcome: 'failed', deleted: 0 })
    expect(await org.rows('user')).toEqual(before)
  })

  it('B141: is refused at once, with what Okta said', async () => {
    org.sim.fault('token-invalid')
    const found = await check()
    expect(found).toMatchObject({ verdict: 'unusable', owner: null })
    expect(found.rows).toMatchObject([{ outcome: 'failed', status: 401, error_code: 'E0000011' }])
    expect(found.rows[0]?.remedy).toContain('allowed networks')
  })

  it('B141, and one that is used from a network it is not for, as well', async () => {
    org.sim.fault('token-outside-network')
    const found = await check()
    expect(found.verdict).toBe('unusable')
    expect(found.rows[0]).toMatchObject({ status: 403, error_code: 'E0000006' })
    expect(found.notes.join()).toContain('allowed networks')
  })

  it('B141, and is refused at the form: the API tests credentials before it stores any', async () => {
    const api = await openProvisioned()
    try {
      api.org.sim.fault('token-invalid')
      const organization = await api.organization()
      const answer = await api.call('POST', `${organization}/connections/test`, {
        body: { vendor: 'OKTA_IDP', credentials: api.credentials() },
      })
      expect(answer).toMatchObject({ status: 200, body: { is_valid: false, check: { verdict: 'unusable' } } })
      expect(answer.body.message).toContain('Create a new token')
      expect(await api.org.db.query('select from connections')).toEqual([])
    } finally {
      await api.close()
    }
  })

  it('B141, and the command says so by its exit code, in words and with Okta’s status and code', async () => {
    const env = { ...allowed(), OKTA_API_TOKEN: '00wrongwrongwrongwrongwrongwrongwrongwrong' }
    const [json, words] = await Promise.all([
      rollcall(['check', '--domain', org.sim.origin, '--json'], env),
      rollcall(['check', '--domain', org.sim.origin], env),
    ])
    expect([json.code, words.code]).toEqual([1, 1])
    expect(jsonOf(json)).toMatchObject({ verdict: 'unusable', rows: [{ status: 401, error_code: 'E0000011' }] })
    expect(words.stdout).toMatch(/401 E0000011/)
    expect(words.stdout).toContain('A sync would not work.')
  })

  it('B141, and a sync with it fails as a whole, retries it once, and stores nothing', async () => {
    org.sim.fault('token-invalid')
    org.sim.resetCounts()
    const result = await org.sync()
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'okta_token_rejected' } })
    expect(Object.values(result.resources).filter(({ rows }) => rows > 0)).toEqual([])
    expect(org.sim.counts.total).toBeLessThan(20)
  })
})

describe('a token that may read a part', () => {
  it('B145: of a Read-Only Admin shows which parts are refused, and what to add', async () => {
    const token = org.sim.addToken({ name: 'read-only', permissions: 'read_only' })
    org.sim.fault({
      match: 'GET /api/v1/policies',
      where: ({ query }) => query.get('type') === 'ENTITY_RISK',
      status: 403,
    })
    const found = await check(token)
    expect(found.verdict).toBe('incomplete')
    const refused = found.rows.filter(({ outcome }) => outcome === 'not_permitted')
    expect(refused.map(({ family }) => family).sort()).toEqual([
      'List Group Roles',
      'List Policies (ENTITY_RISK)',
      'List User Roles',
      'List Users with Role Assignments',
    ])
    for (const { status, error_code, remedy } of refused) {
      expect([status, error_code]).toEqual([403, 'E0000006'])
      expect(remedy).toBeTruthy()
    }
    expect(refused.find(({ family }) => family === 'List User Roles')?.remedy).toContain('okta.iam.read')
    for (const family of ['List Users', 'List Groups', 'List Applications', 'Get System Log Events']) {
      expect(found.rows.find((row) => row.family === family)?.outcome).toBe('ok')
    }
  })

  it('B145, and the sync ends the same way for the same parts', async () => {
    const token = org.sim.addToken({ name: 'read-only sync', permissions: 'read_only' })
    const { outcome, resources } = await org.sync({ token })
    expect(outcome).toBe('partial')
    const refused = Object.entries(resources).filter(([, { outcome }]) => outcome !== 'complete')
    expect(refused.map(([name, { outcome }]) => [name, outcome])).toEqual([
      ['user_roles', 'not_permitted'],
      ['group_roles', 'not_permitted'],
    ])
  })

  it('B145, and a type that the org does not have is not a refusal', async () => {
    const body = oktaError('E0000001', 'Api validation failed: type', ['type: not supported here'])
    org.sim.fault({
      match: 'GET /api/v1/policies',
      where: ({ query }) => query.get('type') === 'ENTITY_RISK',
      status: 400,
      body,
    })
    const found = await check()
    expect(found.verdict).toBe('ok')
    expect(found.rows.find(({ family }) => family.includes('ENTITY_RISK'))).toMatchObject({ outcome: 'not_available' })
  })
})
