import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { cleanToken } from '../../src/connectors/okta/token.ts'
import { AppError } from '../../src/errors.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { withClient } from './calls.ts'
import { jsonOf, rollcall } from './cli.ts'

/** What people enter as a token, and what they leave out. */

const TOKEN = `00abc${'D'.repeat(37)}`

let org: TestOrg

beforeAll(async () => {
  org = await openTestOrg({ users: 12 })
})
afterEach(() => org.sim.clearFaults())
afterAll(() => org.close())

describe('a setting that is missing', () => {
  it('B137: a token without a domain is an error that names the domain, and how to give it', async () => {
    const runs = ['check', 'sync'].map((command) => rollcall([command, '--json'], { OKTA_API_TOKEN: TOKEN }))
    for (const ran of await Promise.all(runs)) {
      expect(ran.code).toBe(1)
      expect(ran.stderr).toContain('--domain')
      const { error } = jsonOf(ran) as { error: { code: string; message: string; remedy: string } }
      expect(error.code).toBe('domain_invalid')
      expect(error.message).toContain('--domain')
      expect(error.remedy).toContain('acme.okta.com')
    }
  })

  it('B138: an empty token, or none, is an error of the token that says where to put it', async () => {
    for (const nothing of ['', '  ', '\n', '""', 'SSWS ', '\uFEFF']) {
      expect(() => cleanToken(nothing)).toThrow(expect.objectContaining({ code: 'token_missing' }))
    }
    const runs = await Promise.all([
      rollcall(['check', '--domain', 'acme.okta.com', '--json'], { OKTA_API_TOKEN: '' }),
      rollcall(['sync', '--domain', 'acme.okta.com', '--json']),
    ])
    for (const ran of runs) {
      expect(ran.code).toBe(1)
      expect(jsonOf(ran)).toMatchObject({
        error: { code: 'token_missing', remedy: expect.stringContaining('OKTA_API_TOKEN') },
      })
    }
  })
})

describe('a token as it was pasted', () => {
  it('B139: with a scheme, quotes, a line end or a whole header around it is cleaned', () => {
    const pasted = [
      `SSWS ${TOKEN}`,
      `"${TOKEN}"`,
      `${TOKEN}\n`,
      `SSWS SSWS ${TOKEN}`,
      `'ssws ${TOKEN}'\r\n`,
      `Authorization: SSWS ${TOKEN}`,
      `OKTA_API_TOKEN="${TOKEN}"`,
      `\u200B${TOKEN}\u00A0`,
    ]
    for (const text of pasted) expect(cleanToken(text), JSON.stringify(text)).toBe(TOKEN)
  })

  it.each(['00abc def', `${TOKEN}\n${TOKEN}`, '{yourApiToken}', '00abc…', 'naïve'])(
    'B139, and %j is no token, and is not repeated in the error',
    (pasted) => {
      const message = (error: unknown) => (error instanceof AppError ? `${error.code} ${error.message}` : '')
      let said = ''
      try {
        cleanToken(pasted)
      } catch (error) {
        said = message(error)
      }
      expect(said).toContain('token_malformed')
      expect(said).not.toContain(pasted)
    },
  )

  it('B139, and it goes out with its scheme once, whatever was pasted', async () => {
    const seen = new Set<string>()
    org.sim.fault({
      match: '*',
      where: ({ headers }) => {
        if (headers.authorization) seen.add(headers.authorization)
        return false
      },
    })
    const pasted = [`SSWS ${org.sim.token}`, `"SSWS SSWS ${org.sim.token}"\n`]
    const allowed = { ROLLCALL_ALLOWED_INSECURE_ORIGINS: org.sim.origin }
    for (const OKTA_API_TOKEN of pasted) {
      const ran = await rollcall(['check', '--domain', org.sim.origin, '--json'], { ...allowed, OKTA_API_TOKEN })
      expect(ran.code).toBe(0)
    }
    await withClient(org, (client) => client.get('/api/v1/users/me'))
    expect([...seen]).toEqual([`SSWS ${org.sim.token}`])
  })
})
