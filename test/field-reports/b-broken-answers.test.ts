import { afterEach, describe, expect, it } from 'vitest'
import { openSession, type SessionOptions } from '../../src/connectors/okta/client/session.ts'
import { okta } from '../../src/connectors/okta/index.ts'
import { openTestOrg, type TestOrg, type TestOrgOptions } from '../harness/org.ts'
import { oktaError } from './answers.ts'
import { asked, clientOf, cursorOf, limitOf, onceEach } from './calls.ts'

/** Big orgs: answers that take too long, are too large, come in pieces, or break off. */

const GROUPS = 'GET /api/v1/groups'
const MEMBERS = 'GET /api/v1/groups/{id}/users'
const APP_USERS = 'GET /api/v1/apps/{id}/users'
const APP_GROUPS = 'GET /api/v1/apps/{id}/groups'

let org: TestOrg

async function open(options: TestOrgOptions = {}): Promise<TestOrg> {
  org = await openTestOrg({ users: 12, ...options })
  return org
}

afterEach(() => org.close())

async function expectWhole(result: Awaited<ReturnType<TestOrg['sync']>>): Promise<void> {
  const { role_holders: _, ...expected } = org.sim.org.expected()
  const rows = Object.fromEntries(Object.entries(result.resources).map(([name, { rows }]) => [name, rows]))
  expect(result.outcome).toBe('complete')
  expect(rows).toMatchObject(Object.fromEntries(Object.keys(rows).map((name) => [name, Reflect.get(expected, name)])))
}

describe('a page that is too much for Okta', () => {
  const streams = ['groups', 'group_memberships']

  it('B027: is asked for again at half its size, from the same cursor, and grows back', async () => {
    const { sim } = await open()
    let failures = 0
    const isTooMuch = ({ query }: { query: URLSearchParams }) =>
      query.has('after') && Number(query.get('limit')) > 2 && ++failures <= 4
    sim.fault({ match: GROUPS, where: isTooMuch, status: 500 })
    await expectWhole(await org.sync({ streams, pageSizes: { groups: 8 } }))
    const calls = asked(org, GROUPS).map((call) => ({
      status: call.status,
      limit: limitOf(call),
      after: cursorOf(call),
    }))
    const failed = calls.filter(({ status }) => status === 500)
    expect(failed.map(({ limit }) => limit)).toEqual(['8', '8', '4', '4'])
    const passed = calls[calls.indexOf(failed[3] ?? failed[0] ?? calls[0] ?? { status: 0, limit: '', after: '' }) + 1]
    expect(passed).toMatchObject({ status: 200, limit: '2' })
    expect(new Set([...failed, passed].map((call) => call?.after)).size).toBe(1)
    expect(Number(calls.at(-1)?.limit)).toBeGreaterThan(2)
    expect(asked(org, GROUPS).every(({ path }) => path.includes('expand=stats'))).toBe(true)
  })

  it('B027, and of a listing that fails with statistics at any size the groups are read without', async () => {
    const { sim } = await open()
    sim.fault({ match: GROUPS, where: ({ query }) => query.has('expand'), status: 500 })
    const result = await org.sync({ streams: [...streams, 'group_roles'], pageSizes: { groups: 30 } })
    await expectWhole(result)
    const groups = await org.rows('group')
    expect(groups.some(({ users_count }) => users_count === null)).toBe(true)
    expect(result.resources.groups?.requests).toBeLessThan(60)
  })

  it.each(['groups-500-large-pages', 'members-500-large-pages', 'users-500-above-50'])(
    'B027, and nobody is lost under %s',
    async (name) => {
      const { sim } = await open({ users: 90 })
      sim.fault(name)
      const streams = ['users', 'groups', 'group_memberships']
      await expectWhole(await org.sync({ streams, pageSizes: { group_memberships: 1000 } }))
    },
  )

  it('B028: a 500 on a listing of groups is no broken Okta: a smaller page passes', async () => {
    const { sim } = await open()
    sim.fault('groups-500-twice')
    const result = await org.sync({ streams: ['groups'] })
    await expectWhole(result)
    expect(asked(org, GROUPS).map(limitOf)).toEqual(['200', '200', '100'])
    expect(result.resources.groups).toMatchObject({ outcome: 'complete', reason_code: null })
  })

  it('B028, and neither is a single 500 on any listing', async () => {
    const { sim } = await open()
    sim.fault(onceEach({ status: 500 }))
    await expectWhole(await org.sync())
  })
})

describe('an answer that is slow', () => {
  it('B030: the users of an app may take 45 seconds to their first byte, and are asked for once', async () => {
    const { sim } = await open()
    sim.fault('slow-app')
    const shown: number[] = []
    const onProgress = (progress: { requests: number }) => void shown.push(progress.requests)
    const result = await org.sync({ streams: ['applications', 'application_users'], parallelParents: 1, onProgress })
    await expectWhole(result)
    expect(asked(org, APP_USERS)).toHaveLength(sim.org.expected().applications)
    expect(result.seconds).toBeGreaterThanOrEqual(45)
    expect(new Set(shown).size).toBeGreaterThanOrEqual(sim.org.expected().applications)
  })

  it('B030, and even 100 seconds', async () => {
    const { sim } = await open()
    sim.fault({ match: APP_USERS, times: 1, delayMs: 100_000 })
    await expectWhole(await org.sync({ streams: ['applications', 'application_users'] }))
    expect(asked(org, APP_USERS)).toHaveLength(sim.org.expected().applications)
  })

  it('B030, and so may every other listing take 45 seconds', async () => {
    const { sim } = await open()
    sim.fault(onceEach({ delayMs: 45_000 }))
    await expectWhole(await org.sync())
    // The targets of a group's role are read for the group and for its members.
    const paths = sim.requests.map(({ path }) => path).filter((path) => !path.includes('/targets/'))
    expect(paths).toHaveLength(new Set(paths).size)
  })

  it('B031: five seconds for each answer and fifty requests a minute make a long sync, and a whole one', async () => {
    const { sim } = await open({ limitScale: 0.5, tokenShare: 1 })
    for (let number = 0; number < 40; number++) sim.org.addApp({ label: `App ${number}` })
    sim.fault('slow-everything')
    const result = await org.sync({ streams: ['applications', 'application_users', 'application_groups'] })
    await expectWhole(result)
    expect(asked(org, APP_GROUPS)).toHaveLength(54)
    expect(result.seconds).toBeGreaterThan(120)
  })

  it('B031, and so does a bucket of one request a minute, for more than half an hour', async () => {
    const { sim } = await open({ limitScale: 0.004, tokenShare: 1 })
    for (let number = 0; number < 26; number++) {
      const { id } = sim.org.addGroup({ name: `Team ${number}` })
      sim.org.addMember(id, sim.org.userId(1))
    }
    const result = await org.sync({ streams: ['groups', 'group_memberships'] })
    await expectWhole(result)
    expect(result.seconds).toBeGreaterThan(1_800)
  })

  it('B031, and a body that trickles in is waited for', async () => {
    const { sim } = await open()
    sim.fault('slow-bodies')
    await expectWhole(await org.sync({ streams: ['users'] }))
    expect(asked(org, 'GET /api/v1/users')).toHaveLength(1)
  })
})

describe('a body that comes in pieces', () => {
  const streams = ['users', 'groups', 'group_memberships', 'applications', 'application_users']

  it('B032: without a length, cut in the middle of characters, is read to its end', async () => {
    const { sim } = await open()
    await org.sync({ streams })
    const before = await org.rows('user')
    sim.fault('chunked-bodies')
    const result = await org.sync({ streams })
    await expectWhole(result)
    expect(Object.values(result.resources).map(({ changed }) => changed)).toEqual([0, 0, 0, 0, 0])
    expect(await org.rows('user')).toEqual(before)
  })

  it('B032, and so are two thousand members of one group', async () => {
    const { sim } = await open()
    const member = (number: number) => ({
      id: `00u${number}`,
      status: 'ACTIVE',
      profile: { login: `ü${number}@acme.example` },
    })
    const isFirst = ({ params }: { params: Record<string, string> }) => params.id === sim.org.everyoneId
    const body = Array.from({ length: 2_000 }, (_, number) => member(number))
    sim.fault({ match: MEMBERS, where: isFirst, body, chunks: 197 })
    await org.sync({ streams: ['groups', 'group_memberships'] })
    const rows = (await org.rows('group-membership')).filter((row) => row.group_vendor_id === sim.org.everyoneId)
    expect(rows).toHaveLength(2_000)
  })
})

describe('a connection that breaks', () => {
  it.each([
    'reset-before-headers',
    'reset-after-headers',
    'reset-mid-body',
    'truncated-body',
    'empty-body',
    'html-error',
  ])('B033, and a sync is whole under %s', async (name) => {
    const { sim } = await open()
    sim.fault(name)
    const streams = ['users', 'groups', 'applications']
    await expectWhole(await org.sync({ streams, pageSizes: { users: 3, groups: 5, applications: 4 } }))
  })

  it('B033, and an error of Okta’s under status 200 means what it says', async () => {
    const { sim } = await open()
    const under200 = (match: string, errorCode: string, times?: number) =>
      sim.fault({
        match,
        status: 200,
        body: oktaError(errorCode, 'Said with the wrong status'),
        ...(times && { times }),
      })
    under200('GET /api/v1/users', 'E0000009', 1)
    under200('GET /api/v1/groups', 'E0000047', 1)
    under200('GET /api/v1/iam/assignees/users', 'E0000006')
    const { resources } = await org.sync({ streams: ['users', 'groups', 'user_roles'] })
    expect(resources.users).toMatchObject({ outcome: 'complete', rows: sim.org.expected().users })
    expect(resources.groups).toMatchObject({ outcome: 'complete', rows: sim.org.expected().groups })
    expect(resources.user_roles).toMatchObject({ outcome: 'not_permitted', reason_code: 'okta_scope_missing' })
  })

  it('B033: before, in and after an answer of any listing is made again, and the request repeated', async () => {
    const { sim } = await open()
    const streams = okta.streams.map(({ name }) => name).filter((name) => name !== 'log_events')
    for (const reset of ['before-headers', 'after-headers', 'mid-body'] as const) {
      sim.clearFaults()
      sim.fault(onceEach({ reset }))
      await expectWhole(await org.sync({ streams }))
    }
    expect(new Set(sim.requests.map(({ method }) => method))).toEqual(new Set(['GET']))
  })

  it('B033, and a server that hangs up between pages is simply called again', async () => {
    const { sim } = await open()
    sim.fault({ match: '*', headers: { Connection: 'close' } })
    const result = await org.sync({ streams: ['users', 'groups'], pageSizes: { users: 2, groups: 3 } })
    await expectWhole(result)
  })

  it('B033, and one that breaks for good ends its own listing, with what was read before', async () => {
    const { sim } = await open()
    sim.fault({ match: 'GET /api/v1/users', skip: 2, reset: 'before-headers' })
    const result = await org.sync({ streams: ['users', 'groups'], pageSizes: { users: 3 } })
    expect(result.resources.users).toMatchObject({ outcome: 'partial', rows: 6, reason_code: 'okta_unavailable' })
    expect(result.resources.groups).toMatchObject({ outcome: 'complete' })
  })
})

describe('a host that cannot be reached', () => {
  const fails = async (options: Partial<SessionOptions>): Promise<unknown> => {
    const origin = options.origin ?? 'https://acme.okta.com'
    const session = openSession({ origin, token: org.sim.token, clock: org.clock, ...options })
    try {
      return await clientOf(session).get('/api/v1/org')
    } catch (error) {
      return error
    } finally {
      await session.close()
    }
  }
  const refusal = (code: string) => async () => {
    throw Object.assign(new Error(`${code} of the resolver`), { code })
  }

  it('B035: is said to be one, by its name', async () => {
    await open()
    for (const code of ['ENOTFOUND', 'EAI_AGAIN', 'ESERVFAIL']) {
      const error = await fails({ resolve: refusal(code) })
      expect(error).toMatchObject({ code: 'okta_unreachable', message: 'The name acme.okta.com could not be found.' })
    }
  })

  it('B035, and so are a name without addresses, a closed port and a server without TLS', async () => {
    const { sim } = await open()
    expect(await fails({ resolve: async () => [] })).toMatchObject({ code: 'okta_unreachable' })
    const plain = sim.origin.replace('http:', 'https:')
    const spoken = await fails({ origin: plain, allowedInsecureOrigins: [plain] })
    expect(spoken).toMatchObject({ code: 'okta_unreachable', message: expect.stringContaining('127.0.0.1') })
    const closed = 'https://127.0.0.1:1'
    expect(await fails({ origin: closed, allowedInsecureOrigins: [closed] })).toMatchObject({
      code: 'okta_unreachable',
    })
  })

  it('B035, and a name that is found after a while is asked then', async () => {
    const { sim } = await open()
    let lookups = 0
    const resolve = async () => (++lookups < 3 ? refusal('EAI_AGAIN')() : [{ address: '127.0.0.1', family: 4 }])
    const origin = sim.origin.replace('127.0.0.1', 'localhost')
    const found = await fails({ origin, resolve, allowedInsecureOrigins: [origin] })
    expect(found).toMatchObject({ companyName: 'Acme Small' })
    expect(lookups).toBe(3)
  })
})
