import { describe, expect, it } from 'vitest'
import { validateAnswer } from './documented.ts'
import { eventsOf } from './events.ts'
import { type Body, type Provisioned, useProvisioned } from './provisioned.ts'

let api: Provisioned
let organization: string

useProvisioned((opened, made) => {
  api = opened
  organization = made
})

const check = async (domain: string, ask = false): Promise<Body> =>
  (await api.call('POST', `${organization}/connections/domain`, { body: { vendor: 'OKTA_IDP', domain, ask } })).body

describe('the check of a domain', () => {
  it('cleans what was pasted and says what it changed, without asking anybody', async () => {
    const before = api.org.sim.counts.total
    expect(await check(' https://Acme-admin.okta.com/admin/dashboard?x=1 ')).toEqual({
      is_valid: true,
      origin: 'https://acme.okta.com',
      host: 'acme.okta.com',
      notes: ['acme-admin.okta.com is the admin console; the org itself is acme.okta.com.'],
      code: null,
      message: null,
      org: null,
      token_page_url: 'https://acme-admin.okta.com/admin/access/api/tokens',
    })
    expect(api.org.sim.counts.total).toBe(before)
  })

  it.each([
    ['acme', 'domain_invalid', 'Did you mean acme.okta.com?'],
    ['', 'domain_invalid', 'missing'],
    ['http://acme.okta.com', 'domain_refused', 'https only'],
    ['https://10.0.0.1', 'domain_refused', 'IP address'],
    ['ada@acme.okta.com', 'domain_refused', 'e-mail'],
  ])('says what is wrong with "%s" and what to do', async (domain, code, words) => {
    const found = await check(domain)
    expect(found).toMatchObject({ is_valid: false, origin: null, code, org: null })
    expect(found.message).toContain(words)
  })

  it('asks, when told to, who answers there, without a token', async () => {
    const found = await check(api.org.sim.origin, true)
    expect(found).toMatchObject({ is_valid: true, org: { id: expect.stringMatching(/^00o/), engine: 'idx' } })
    expect(api.org.sim.requests.at(-1)?.path).toBe('/.well-known/okta-organization')
  })

  it('tells a host that is not Okta’s by its answer', async () => {
    api.org.sim.fault('not-an-okta-org')
    const found = await check(api.org.sim.origin, true)
    api.org.sim.clearFaults()
    expect(found).toMatchObject({ is_valid: false, origin: api.org.sim.origin, code: 'not_an_okta_org', org: null })
    expect(found.message).toContain('should look like acme.okta.com')
  })
})

describe('the test of credentials, as events', () => {
  const stream = (accept: string, credentials: object = api.credentials()) =>
    fetch(`${api.base}${organization}/connections/test`, {
      method: 'POST',
      headers: { 'x-api-key': api.key, 'content-type': 'application/json', accept },
      body: JSON.stringify({ vendor: 'OKTA_IDP', credentials }),
    })

  it('tells each row as it is found, then the whole', async () => {
    const answer = await stream('text/event-stream')
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const told = await eventsOf(answer)
    const result = told.at(-1)
    expect(result?.event).toBe('result')
    validateAnswer('test_credentials', 200, result?.data)
    const rows = told.slice(0, -1)
    expect(rows.map(({ event }) => event)).toEqual(rows.map(() => 'row'))
    const whole = (result?.data.check as { rows: object[] } | undefined)?.rows ?? []
    const byFamily = (a: object, b: object) => JSON.stringify(a).localeCompare(JSON.stringify(b))
    expect(rows.map(({ data }) => data).sort(byFamily)).toEqual([...whole].sort(byFamily))
    expect(JSON.stringify(told)).not.toContain(api.org.sim.token)
  })

  it('tells of a refused token in one row', async () => {
    const told = await eventsOf(
      await stream('text/event-stream', { ...api.credentials(), api_token: `00${'x'.repeat(40)}` }),
    )
    expect(told.map(({ event }) => event)).toEqual(['row', 'result'])
    expect(told[1]?.data).toMatchObject({ is_valid: false, check: { verdict: 'unusable' } })
  })

  it('is answered as any other request where nothing can be told: what cannot be credentials', async () => {
    const told = await eventsOf(await stream('text/event-stream', { domain: 'acme', api_token: 'x' }))
    expect(told).toMatchObject([{ event: 'error', data: { code: 'domain_invalid', request_id: expect.any(String) } }])
  })

  it('is one answer for whoever does not ask for events', async () => {
    expect((await stream('application/json, text/plain')).headers.get('content-type')).toMatch(/^application\/json/)
  })
})

describe('a token that updates a connection', () => {
  it('is good for the org of that connection alone: the domain of another is refused before anything is stored', async () => {
    const { id } = (
      await api.call('POST', `${organization}/connections`, {
        body: { vendor: 'OKTA_IDP', credentials: api.credentials() },
      })
    ).body
    const path = `${organization}/connection-invite-tokens`
    const { token: invite } = (await api.call('POST', path, { body: { connection_id: id } })).body
    const asked = (path: string, body: object) =>
      api.call('POST', `${organization}/connections/${path}`, { key: null, invite, body })
    const answers = async () => [
      (await asked('domain', { domain: api.org.sim.origin, ask: true })).body,
      (await asked('test', { credentials: api.credentials() })).body,
    ]
    for (const answer of await answers()) expect(answer).toMatchObject({ is_valid: true, code: null })
    await api.org.db.query("update connections set org_id = '00oother' where id = $1", [id])
    for (const answer of await answers()) {
      expect(answer).toMatchObject({ is_valid: false, code: 'org_mismatch' })
      expect(answer.message).toContain('another org than the one this connection was made for')
    }
  })
})

describe('the estimate of a first sync', () => {
  const estimate = async () => {
    const body = { vendor: 'OKTA_IDP', credentials: api.credentials() }
    return api.call('POST', `${organization}/connections/estimate`, { body })
  }

  it('is within a tenth of what the sync then takes', async () => {
    const { body } = await estimate()
    const { requests } = await api.org.sync()
    expect(body).toMatchObject({ at_least: false, counts: { groups: 24, applications: 14 } })
    expect(Math.abs(Number(body.requests) - requests) / requests).toBeLessThan(0.1)
    expect(body.seconds).toBeGreaterThan(0)
  })

  it('says where it could not count: users are counted by the group of everybody', async () => {
    api.org.sim.fault('stats-missing')
    const { body } = await estimate()
    api.org.sim.clearFaults()
    expect(body).toMatchObject({ at_least: true, counts: { users: null, groups: 24 } })
  })

  it('is refused with the token', async () => {
    api.org.sim.fault('token-invalid')
    const answer = await estimate()
    api.org.sim.clearFaults()
    expect(answer).toMatchObject({ status: 422, body: { code: 'okta_token_rejected' } })
  })
})
