import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { type Sim, type SimOptions, startSim } from '../../../../sim/index.ts'
import { TestClock } from '../../../../test/harness/test-clock.ts'
import type { Log } from '../../../log.ts'
import type { RequestEvent, RequestScope } from '../../connector.ts'
import type { ListOptions, OktaClient } from './client.ts'
import { openSession, type SessionOptions } from './session.ts'

const open: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** A simulated org on a clock that jumps, and a session with it. */
async function connect(simOptions: Omit<SimOptions, 'clock'> = {}, options: Partial<SessionOptions> = {}) {
  const clock = new TestClock()
  const sim = await startSim({ ...simOptions, clock })
  const logged: object[] = []
  const note = (fields: object) => logged.push(fields)
  const log: Log = { error: note, warn: note, info: note, debug: note }
  const allowedInsecureOrigins = [sim.origin]
  const session = openSession({ origin: sim.origin, token: sim.token, clock, log, allowedInsecureOrigins, ...options })
  open.push(() => session.close(), sim.close)
  const events: RequestEvent[] = []
  const clientOf = (scope: Partial<RequestScope> = {}) =>
    session.client({
      resource: 'users',
      background: false,
      signal: new AbortController().signal,
      onRequest: (event) => events.push(event),
      ...scope,
    })
  return { sim, clock, session, logged, events, client: clientOf(), clientOf }
}

async function readAll(
  client: OktaClient,
  path: string,
  options: Omit<ListOptions, 'cursor'> = {},
): Promise<unknown[]> {
  const items: unknown[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<OktaClient['list']>> = await client.list(path, { ...options, cursor })
    if (page.cutOff) throw page.cutOff
    items.push(...page.items)
    cursor = page.next
  } while (cursor !== null)
  return items
}

const listUsers = (client: OktaClient, limit = 50) => readAll(client, '/api/v1/users', { query: { limit } })

describe('a session', () => {
  test('B025: reads a listing of three pages in exactly three requests', async () => {
    const { client, sim, events, session } = await connect()
    expect(await listUsers(client)).toHaveLength(120)
    expect(sim.counts.total).toBe(3)
    expect(events).toEqual(Array(3).fill({ bucket: '/api/v1/users', status: 200, rateLimited: false }))
    expect(session.buckets()).toMatchObject([{ bucket: '/api/v1/users', limit: 300, remaining: 297, perMinute: 270 }])
  })

  test('B055: pages through the body under /iam', async () => {
    const { client } = await connect()
    const options = { query: { limit: 2 }, paging: 'body', items: 'value' } as const
    expect(await readAll(client, '/api/v1/iam/assignees/users', options)).toHaveLength(9)
  })

  test('B048: follows fragile cursors', async () => {
    const { client } = await connect()
    const groups = await readAll(client, '/api/v1/groups', { query: { limit: 5, expand: 'stats' } })
    expect(groups).toHaveLength(24)
  })

  test('asks the well-known document without credentials', async () => {
    const { client, sim } = await connect({}, { token: '00wrong' })
    expect(await client.getPublic('/.well-known/okta-organization')).toMatchObject({ pipeline: 'idx' })
    expect(sim.requests[0]?.token).toBeUndefined()
  })

  test('tells a gone object from a missing feature', async () => {
    const { client } = await connect()
    await expect(client.get('/api/v1/users/00unobody')).rejects.toMatchObject({ code: 'okta_not_found' })
    await expect(client.get('/api/v1/nothing')).rejects.toMatchObject({ code: 'okta_feature_off' })
  })

  test('B141 B149: a refused token is told after one confirmation', async () => {
    const { client, sim } = await connect({}, { token: '00wrong' })
    await expect(listUsers(client)).rejects.toMatchObject({
      code: 'okta_token_rejected',
      details: { status: 401, error_code: 'E0000011' },
    })
    expect(sim.counts.total).toBe(2)
  })

  test('a closed session answers nothing more', async () => {
    const { client, session } = await connect()
    await session.close()
    await expect(client.get('/api/v1/org')).rejects.toMatchObject({ code: 'job_interrupted' })
  })
})

describe('trouble on the way', () => {
  type Trouble = Parameters<Sim['fault']>[0]

  test.each<[string, Trouble]>([
    ['B033: a reset before the headers', { match: 'GET /api/v1/users', times: 2, reset: 'before-headers' }],
    ['B033: a reset after the headers', { match: 'GET /api/v1/users', times: 2, reset: 'after-headers' }],
    ['a reset in the middle of a body', { match: 'GET /api/v1/users', times: 2, reset: 'mid-body' }],
    ['a body cut off cleanly', { match: 'GET /api/v1/users', times: 2, truncate: 500 }],
    ['a web page of a gateway', { match: 'GET /api/v1/users', times: 2, html: true }],
    ['a web page with status 200', { match: 'GET /api/v1/users', times: 2, html: true, status: 200 }],
    ['an object in place of a list', { match: 'GET /api/v1/users', times: 2, status: 200, body: { ok: true } }],
    ['a 503', { match: 'GET /api/v1/users', times: 2, status: 503 }],
    ['a 500', { match: 'GET /api/v1/users', times: 3, status: 500 }],
    ['B032: a body in pieces', { match: 'GET /api/v1/users', chunks: 90 }],
    [
      'B002: a concurrency limit',
      { match: 'GET /api/v1/users', times: 2, status: 429, rateHeaders: { limit: 0, remaining: 0, resetIn: 120 } },
    ],
    ['B003: a bare 429', { match: 'GET /api/v1/users', times: 2, status: 429, rateHeaders: null }],
    [
      'B001: an empty bucket',
      { match: 'GET /api/v1/users', times: 1, status: 429, rateHeaders: { limit: 600, remaining: 0, resetIn: 37 } },
    ],
    ['B022: a server clock 90 seconds off', { match: '*', dateSkewMs: -90_000 }],
    ['a single 401', { match: 'GET /api/v1/users', times: 1, status: 401 }],
    [
      'B046: links in one line',
      {
        match: 'GET /api/v1/users',
        links: (links) => [
          links.map((link) => (typeof link === 'string' ? link : `<${link.url}>; rel=${link.rel}`)).join(', '),
        ],
      },
    ],
  ])('%s loses nobody', async (_name, fault) => {
    const { client, sim } = await connect()
    sim.fault(fault)
    expect(new Set((await listUsers(client)).map((user) => (user as { id: string }).id)).size).toBe(120)
  })

  test('B056: the token follows no link to another host', async () => {
    const { client, sim } = await connect()
    const other = await startSim()
    open.push(other.close)
    sim.fault({
      match: 'GET /api/v1/users',
      links: () => [{ url: `${other.origin}/api/v1/users?after=x`, rel: 'next' }],
    })
    await expect(listUsers(client)).rejects.toMatchObject({ code: 'unsafe_link' })
    expect(other.counts.total).toBe(0)
  })

  test("B054: a link on the org's own name is followed to the connection's origin", async () => {
    const { client, sim } = await connect({}, { knownHosts: ['https://acme.okta.com'] })
    sim.fault({
      match: 'GET /api/v1/users',
      links: (links) =>
        links.map((link) =>
          typeof link === 'string'
            ? link
            : { ...link, url: link.url.replace(sim.origin, 'https://acme-admin.okta.com') },
        ),
    })
    expect(await listUsers(client)).toHaveLength(120)
  })
})

describe('a caller who cannot wait', () => {
  test('B018: hears of a rate limit at once', async () => {
    const { client, sim, clock } = await connect({}, { maxWaitMs: 5_000, retry: { attempts: 2 } })
    sim.fault({ match: '*', status: 429, rateHeaders: { limit: 600, remaining: 0, resetIn: 50 } })
    const begun = clock.now()
    await expect(client.get('/api/v1/users/me')).rejects.toMatchObject({ code: 'okta_rate_limited' })
    expect(clock.now() - begun).toBeLessThan(5_000)
  })
})

test('B015: many clients of one session stay under its cap together', async () => {
  const { clientOf, sim } = await connect({ limitScale: 10_000 }, { maxInFlight: 3 })
  const clients = [clientOf(), clientOf({ resource: 'groups' }), clientOf({ background: true })]
  await Promise.all(clients.flatMap((client) => Array.from({ length: 40 }, () => client.get('/api/v1/users/me'))))
  expect(sim.counts.maxInFlight).toBeLessThanOrEqual(3)
  expect(sim.counts.total).toBe(120)
})

test('B158: neither log, error, client nor session shows the token or a query', async () => {
  const { client, session, sim, logged } = await connect()
  sim.fault({
    match: 'GET /api/v1/groups',
    status: 400,
    body: { errorCode: 'E0000001', errorSummary: `bad SSWS ${sim.token}` },
  })
  const error = await client.list('/api/v1/groups', { query: { search: 'canary' }, cursor: null }).catch((e) => e)
  await client.get('/api/v1/users/me')
  const seen = [
    inspect([error, client, session, logged], { depth: 12, showHidden: true }),
    JSON.stringify([error, logged]),
  ]
  for (const text of seen) {
    expect(text).not.toContain(sim.token)
    expect(text).not.toContain('canary')
  }
  expect(logged).toContainEqual(
    expect.objectContaining({ path: '/api/v1/users/me', status: 200, bucket: '/api/v1/users/me' }),
  )
})
