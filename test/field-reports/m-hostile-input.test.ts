import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openSession } from '../../src/connectors/okta/client/session.ts'
import { preflight } from '../../src/connectors/okta/index.ts'
import { PinnedAddress } from '../../src/outgoing/pinned-address.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { eachRecord } from './answers.ts'
import { clientOf, withClient } from './calls.ts'
import { rollcall } from './cli.ts'

/** What strangers write is data: it never becomes SQL, code, a formula or an order to the terminal, or picks a host. */

const HOSTILE = [
  `'; drop table users; --`,
  `"; select pg_sleep(9); --`,
  `$1 $$ \\'; \\copy users to program 'id'`,
  '{{7*7}} <%= 7 %> `id` $(id) #{exit}',
  '=cmd|"/c calc"!A1',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  '%s %n \u202E\u0000\uD800',
]

let org: TestOrg

beforeAll(async () => {
  org = await openTestOrg({ users: 12 })
})
afterEach(() => org.sim.clearFaults())
afterAll(() => org.close())

/** As PostgreSQL can keep it. */
const kept = (text: string) => text.replace('\u0000', '\uFFFD').replace('\uD800', '\uFFFD')

describe('text of strangers', () => {
  it('B157: is stored as it is and runs nowhere: in names, attributes, ids and settings', async () => {
    const users = HOSTILE.map((text, number) => {
      const profile = { firstName: text, [text]: text, nested: { [text]: [text] } }
      return org.sim.org.addUser({ login: `hostile${number}@acme.test`, profile })
    })
    const groups = HOSTILE.map((name) => org.sim.org.addGroup({ name }))
    const streams = ['users', 'groups']
    const { outcome, resources } = await org.sync({ streams })
    expect(outcome).toBe('complete')
    expect(resources.users).toMatchObject({ rejected: 0, rows: org.sim.org.expected().users })
    const stored = new Map((await org.rows('user')).map((row) => [row.vendor_id, row]))
    for (const [number, text] of HOSTILE.entries()) {
      const row = stored.get(users[number]?.id)
      expect(row?.first_name).toBe(kept(text))
      expect(Object.entries(row?.custom_attributes ?? {})).toContainEqual([kept(text), kept(text)])
    }
    const names = new Map((await org.rows('group')).map((row) => [row.vendor_id, row.name]))
    for (const [number, text] of HOSTILE.entries()) expect(names.get(groups[number]?.id)).toBe(kept(text))
    expect(Object.getPrototypeOf({})).toBe(Object.prototype)
    expect(Object.keys(Object.prototype)).toEqual([])

    const scope = {
      groups: HOSTILE.map(kept),
      emailDomains: HOSTILE.map(kept),
      skipAppGroups: false,
      membersOnly: false,
    }
    const again = await org.sync({ streams, scope })
    expect(again.error).toBeNull()
    expect(await org.db.query('select 1 from users limit 1')).toHaveLength(1)
  })

  it('B157, and in ids it is either refused as an id or asked for as one segment of a path', async () => {
    const ids = [`00g1' or 1=1 --`, '../../../api/v1/users', 'a/b?c#d', '..', 'x\u0000y', '{x}', '%2e%2e']
    org.sim.fault({
      match: 'GET /api/v1/groups',
      status: 200,
      body: ids.map((id) => ({ id, type: 'OKTA_GROUP', profile: { name: id } })),
    })
    org.sim.fault({ match: /^GET \/api\/v1\/groups\/[^/]+\/users/, status: 200, body: [{ id: `00u1'; --` }] })
    org.sim.resetCounts()
    const { resources } = await org.sync({ streams: ['groups', 'group_memberships'] })
    expect(resources.groups).toMatchObject({ outcome: 'partial', rejected: 2 })
    const asked = org.sim.requests
      .map(({ path }) => path.split('?')[0] ?? '')
      .filter((path) => path !== '/api/v1/groups')
    expect(asked.length).toBeGreaterThan(2)
    expect(asked.filter((path) => !/^\/api\/v1\/groups\/[^/]+(\/users)?$/.test(path))).toEqual([])
    expect((await org.rows('group-membership')).map((row) => row.user_vendor_id)).toContain(`00u1'; --`)
  })

  it('B157, and neither a terminal nor a spreadsheet is given orders', async () => {
    const orders = '\u001B]0;owned\u0007\u001B[2J\u009B1m'
    org.sim.fault({
      match: 'GET /api/v1/org',
      transform: (body) => ({ ...Object(body), companyName: `Acme${orders}` }),
    })
    org.sim.fault({
      match: /^GET \/api\/v1\/users\/me/,
      transform: (body) => ({ ...Object(body), profile: { login: `user1${orders}@acme.test` } }),
    })
    org.sim.fault({
      match: 'GET /api/v1/apps',
      status: 403,
      body: { errorCode: 'E0000006', errorSummary: `No${orders}pe` },
    })
    org.sim.fault(eachRecord('GET /api/v1/groups', (group) => ({ ...group, profile: { name: `=1+1${orders}` } })))
    const env = {
      OKTA_API_TOKEN: org.sim.token,
      ROLLCALL_ALLOWED_INSECURE_ORIGINS: org.sim.origin,
      DATABASE_URL: org.databaseUrl,
    }
    const ran = await Promise.all(
      ['check', 'sync'].map((command) => rollcall([command, '--domain', org.sim.origin], env)),
    )
    expect(ran.map(({ code }) => code)).toEqual([2, 2])
    const shown = ran.map(({ stdout, stderr }) => stdout + stderr).join('')
    expect(shown).toContain('Acme')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(shown).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/)
    const [connection] = await org.db.query<{ id: string }>("select id from connections where org_id <> '00o1'")
    const csv = await rollcall(['export', 'group', '--format', 'csv', '--connection', connection?.id ?? ''], env)
    expect(csv.stdout).toContain("'=1+1")
    expect(csv.stdout).not.toMatch(/(^|,)"?=1\+1/m)
  })
})

describe('a host that a person chose', () => {
  const PRIVATE = [
    '10.0.0.7',
    '127.0.0.1',
    '169.254.169.254',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    'fd00::1',
    '::ffff:10.0.0.7',
  ]
  const at = (address: string) => ({ address, family: address.includes(':') ? 6 : 4 })

  it('B160: is resolved once and held; when it has to be resolved again, a private address is refused', async () => {
    const answers = ['93.184.216.34', '10.0.0.7']
    let resolved = 0
    const pinned = new PinnedAddress('acme.okta.test', false, async () => [at(answers[resolved++] ?? '10.0.0.7')])
    await pinned.pin()
    await pinned.pin()
    const looked = await new Promise((resolve) => pinned.lookup('acme.okta.test', {}, (_, address) => resolve(address)))
    expect([resolved, looked]).toEqual([1, '93.184.216.34'])
    pinned.forget()
    await expect(pinned.pin()).rejects.toMatchObject({ code: 'domain_refused' })
    await expect(pinned.pin()).rejects.toMatchObject({ code: 'domain_refused' })
  })

  it.each([...PRIVATE.map((address) => [address]), ['93.184.216.34', '10.0.0.7']])(
    'B160, and one that leads to %s is refused before anything is sent',
    async (...addresses) => {
      const session = openSession({
        origin: 'https://acme.okta.test',
        token: org.sim.token,
        clock: org.clock,
        resolve: async () => addresses.map(at),
        retry: { attempts: 1 },
      })
      const client = clientOf(session)
      await expect(client.get('/api/v1/users/me')).rejects.toMatchObject({ code: 'domain_refused' })
      await expect(preflight({ client, origin: 'https://acme.okta.test' })).rejects.toMatchObject({
        code: 'domain_refused',
      })
      await session.close()
    },
  )

  it('B160, and a whole sync goes to the address of its first look-up, whatever DNS says later', async () => {
    const origin = org.sim.origin.replace('127.0.0.1', 'okta.test')
    let resolved = 0
    const session = openSession({
      origin,
      token: org.sim.token,
      clock: org.clock,
      allowedInsecureOrigins: [origin],
      resolve: async () => [at(resolved++ === 0 ? '127.0.0.1' : '192.0.2.1')],
    })
    const client = clientOf(session)
    org.sim.resetCounts()
    for (let number = 0; number < 12; number++) await client.list('/api/v1/groups', { cursor: null })
    await session.close()
    expect([resolved, org.sim.counts.total]).toEqual([1, 12])
  })

  it('B160, and only an origin named exactly may be private; a redirect to one is not followed', async () => {
    const { origin } = org.sim
    expect(() => openSession({ origin, token: org.sim.token })).toThrow(
      expect.objectContaining({ code: 'domain_refused' }),
    )
    const other = origin.replace(/\d+$/, '1')
    expect(() => openSession({ origin, token: org.sim.token, allowedInsecureOrigins: [other] })).toThrow(
      expect.objectContaining({ code: 'domain_refused' }),
    )
    org.sim.fault('redirect-private-address')
    org.sim.resetCounts()
    await withClient(org, (client) =>
      expect(client.get('/api/v1/users/me')).rejects.toMatchObject({ code: 'not_an_okta_org' }),
    )
    expect(org.sim.counts.total).toBe(1)
  })
})
