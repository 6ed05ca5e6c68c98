import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseDomain } from '../../src/connectors/okta/domain.ts'
import { preflight } from '../../src/connectors/okta/index.ts'
import { AppError } from '../../src/errors.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { withClient } from './calls.ts'
import { jsonOf, rollcall } from './cli.ts'

/** What people enter as the address of their org. */

const hostOf = (pasted: string) => parseDomain(pasted).host

function refusal(pasted: string): AppError {
  try {
    parseDomain(pasted)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error(`${pasted} was accepted`)
}

let org: TestOrg

beforeAll(async () => {
  org = await openTestOrg({ users: 12 })
})
afterEach(() => org.sim.clearFaults())
afterAll(() => org.close())

const check = (of: TestOrg = org) => withClient(of, (client) => preflight({ client, origin: of.sim.origin }))

describe('an address', () => {
  it('B129: takes the whole host of any cloud; a bare tenant name is answered with a suggestion', async () => {
    expect(hostOf('acme.okta.com')).toBe('acme.okta.com')
    expect(hostOf('https://acme.oktapreview.com/')).toBe('acme.oktapreview.com')
    for (const bare of ['acme', 'https://acme', ' acme/ ', 'acme.okta']) {
      expect(refusal(bare)).toMatchObject({ code: 'domain_invalid' })
      expect(refusal(bare).message).toContain('Did you mean acme.okta.com?')
    }
    const ran = await rollcall(['check', '--domain', 'acme', '--json'], { OKTA_API_TOKEN: org.sim.token })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('Did you mean acme.okta.com?')
    expect(jsonOf(ran)).toMatchObject({ error: { code: 'domain_invalid' } })
  })

  it('B130: without its scheme is taken', () => {
    for (const pasted of ['acme.okta.com', 'ACME.okta.com', '//acme.okta.com', 'acme.okta.com/login?x=1#y']) {
      expect(parseDomain(pasted)).toMatchObject({ origin: 'https://acme.okta.com', host: 'acme.okta.com' })
    }
  })

  it('B131: is refused for no suffix: what counts is that an org answers there', async () => {
    const hosts = [
      'acme.okta-emea.com',
      'acme.okta-gov.com',
      'acme.okta.mil',
      'id.acme.test',
      'sso.acme.co.uk',
      'login.acme.cloud',
      'a.b.c.d.acme.example',
    ]
    for (const host of hosts) expect(parseDomain(host)).toEqual({ origin: `https://${host}`, host, notes: [] })
    expect(await check()).toMatchObject({ org: { id: expect.stringMatching(/^00o/) }, verdict: 'ok' })
    org.sim.fault('not-an-okta-org')
    await expect(check()).rejects.toMatchObject({ code: 'not_an_okta_org' })
  })

  it.each(['not-an-okta-org', 'not-found-html', 'well-known-missing', 'html-200', 'redirect-private-address'])(
    'B131, and where no org answers (%s), nobody there gets to see the token',
    async (fault) => {
      org.sim.fault(fault)
      const authorized: string[] = []
      org.sim.fault({
        match: '*',
        where: ({ headers, path }) => {
          if (headers.authorization !== undefined) authorized.push(path)
          return false
        },
      })
      await expect(check()).rejects.toMatchObject({ code: 'not_an_okta_org' })
      expect(authorized).toEqual([])
    },
  )

  it.each([
    'acme.okta.com.evil.test',
    'https://acme.oktapreview.com.acme.test/',
    'acme.\u043ekta.com',
    'xn--cme-5cd.okta.com',
  ])('B131, and %s only looks like one of Okta’s: the token never gets there', (pasted) => {
    expect(refusal(pasted)).toMatchObject({ code: 'domain_refused' })
  })

  it('B133: of the admin console becomes the org, and the person is told', () => {
    const consoles = {
      'https://acme-admin.okta.com/admin/dashboard': 'acme.okta.com',
      'acme-admin.oktapreview.com': 'acme.oktapreview.com',
      'ACME-Admin.okta-emea.com/': 'acme.okta-emea.com',
    }
    for (const [pasted, host] of Object.entries(consoles)) {
      const parsed = parseDomain(pasted)
      expect(parsed).toMatchObject({ host, origin: `https://${host}` })
      expect(parsed.notes.join()).toContain(`the org itself is ${host}`)
    }
  })

  it.each(['foo-admin-bar.okta.com', 'admin.okta.com', 'login-admin.acme.test', 'acme-administrators.okta.com'])(
    'B133, and %s, which only looks like one, stays',
    (host) => {
      expect(parseDomain(host)).toEqual({ origin: `https://${host}`, host, notes: [] })
    },
  )

  it('B135: loses blanks, slash, usual port, path and query; user info and http are refused', () => {
    const cleaned = [
      ' acme.okta.com/ ',
      'https://acme.okta.com:443',
      'https://acme.okta.com/api/v1',
      'acme.okta.com?x=1',
    ]
    for (const pasted of cleaned) expect(parseDomain(pasted).origin).toBe('https://acme.okta.com')
    const refused = ['https://u:p@acme.okta.com', 'u@acme.okta.com', 'http://acme.okta.com', 'acme.okta.com:8443']
    for (const pasted of refused) expect(refusal(pasted)).toMatchObject({ code: 'domain_refused' })
    expect(refusal('https://jane:hunter2@acme.okta.com').message).not.toMatch(/jane|hunter2/)
  })

  it.each([
    '10.0.0.1',
    'https://169.254.169.254/latest/meta-data',
    '[::1]',
    '[::ffff:10.0.0.1]',
    'localhost',
    '0177.0.0.1',
    '2130706433',
    'okta.internal',
  ])('B135, and %s is no address of an org', (pasted) => {
    expect(refusal(pasted)).toMatchObject({ code: 'domain_refused' })
  })
})

describe('an org with several addresses', () => {
  it('B132: has them all recorded as its own, and its engine decides what is asked', async () => {
    org.sim.fault('custom-domain')
    const found = await check()
    expect(found.org).toMatchObject({ engine: 'idx', alternates: [`https://${org.sim.org.world.subdomain}.okta.com`] })
    org.sim.fault('next-link-admin-host')
    org.sim.fault({ match: 'GET /api/v1/groups', onHit: ({ query }) => query.set('limit', '5') })
    const { resources } = await org.sync({ streams: ['groups'] })
    expect(resources.groups).toMatchObject({ outcome: 'complete', rows: org.sim.org.expected().groups })
  })

  it('B132, and a host that its document does not name stays foreign', async () => {
    org.sim.fault('next-link-evil-host')
    org.sim.fault({ match: 'GET /api/v1/users', onHit: ({ query }) => query.set('limit', '5') })
    const { resources } = await org.sync({ streams: ['users'] })
    expect(resources.users).toMatchObject({ outcome: 'partial', reason_code: 'unsafe_link', deleted: 0 })
  })

  it('B132, and a Classic org is asked for four policy types, one of unknown engine for all', async () => {
    const asked = (found: Awaited<ReturnType<typeof check>>) =>
      found.rows.filter(({ family }) => family.startsWith('List Policies')).length
    org.sim.fault({
      match: 'GET /.well-known/okta-organization',
      transform: (body) => ({ ...Object(body), pipeline: 'v1' }),
    })
    expect(asked(await check())).toBe(4)
    org.sim.clearFaults()
    org.sim.fault({
      match: 'GET /.well-known/okta-organization',
      transform: (body) => ({ ...Object(body), pipeline: 'v9' }),
    })
    expect(asked(await check())).toBeGreaterThan(10)
  })
})
