import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { SyncResult } from '../../src/sync/progress.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { asked } from './calls.ts'
import { cutPages, nextInBody, nextLink } from './links.ts'

/** Links to the next page that must not be followed, or that lead nowhere. */

const USERS = 'GET /api/v1/users'
const GROUPS = 'GET /api/v1/groups'
const MEMBERS = 'GET /api/v1/groups/{id}/users'
const HOLDERS = 'GET /api/v1/iam/assignees/users'
const STREAMS = ['users', 'groups', 'group_memberships', 'user_roles']
const SIZES = { users: 5, groups: 5, group_memberships: 5 }

let org: TestOrg
let foreign: Server
/** What the foreign host was asked, connections without a request included. */
let reached: string[] = []
let foreignPort = 0

beforeAll(async () => {
  org = await openTestOrg({ users: 12 })
  foreign = createServer((request, response) => {
    reached.push(`${request.url} ${request.headers.authorization ?? ''}`)
    response.setHeader('content-type', 'application/json').end('[]')
  })
  foreign.on('connection', () => reached.push('connection'))
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve))
  foreignPort = (foreign.address() as AddressInfo).port
  await sync()
  org.sim.resetCounts()
})
afterEach(() => {
  org.sim.clearFaults()
  org.sim.resetCounts()
  reached = []
})
afterAll(async () => {
  foreign.close()
  await org.close()
})

const sync = (streams: readonly string[] = STREAMS): Promise<SyncResult> => org.sync({ streams, pageSizes: SIZES })

async function nothingIsDeleted(): Promise<void> {
  for (const entity of ['user', 'group', 'group-membership', 'role-assignment'])
    expect((await org.rows(entity)).filter((row) => row.is_deleted)).toEqual([])
}

describe('a link away from the org', () => {
  it('B056: a next link to a foreign host is refused in every listing, and the token never gets there', async () => {
    const away = ({ pathname, search }: URL) => `http://127.0.0.1:${foreignPort}${pathname}${search}`
    org.sim.fault(cutPages(HOLDERS, 2))
    for (const route of [USERS, GROUPS, MEMBERS]) org.sim.fault(nextLink(route, away))
    org.sim.fault(nextInBody(HOLDERS, away))
    const { outcome, resources } = await sync()
    expect(reached).toEqual([])
    expect(outcome).toBe('partial')
    for (const stream of STREAMS) expect(resources[stream]).toMatchObject({ outcome: 'partial', deleted: 0 })
    const { users, groups, user_roles } = resources
    expect(users).toMatchObject({ rows: 5, requests: 1, reason_code: 'unsafe_link' })
    expect(groups).toMatchObject({ rows: 5, requests: 1, reason_code: 'unsafe_link' })
    expect(user_roles).toMatchObject({ reason_code: 'unsafe_link' })
    expect(user_roles?.rows).toBeGreaterThan(0)
    expect(asked(org, HOLDERS)).toHaveLength(1)
    await nothingIsDeleted()
  })

  it.each([
    'http://169.254.169.254{path}',
    'https://evil.example{path}',
    'https://127.0.0.1:8443{path}',
    'https://acme.okta.com:8443{path}',
    'http://{sim}@127.0.0.1:{foreign}{path}',
    'http://127.0.0.1:{foreign}\\@{sim}{path}',
    '//127.0.0.1:{foreign}{path}',
    'http:127.0.0.1:{foreign}{path}',
    'http://[::ffff:127.0.0.1]:{foreign}{path}',
    'http://2130706433:{foreign}{path}',
    'ftp://{sim}{path}',
    'http://{sim}/api/v1/users/../groups?after=x',
  ])('B056, and so is one to %s', async (form) => {
    const link = ({ pathname, search }: URL) =>
      form
        .replace('{sim}', new URL(org.sim.origin).host)
        .replace('{foreign}', String(foreignPort))
        .replace('{path}', pathname + search)
    org.sim.fault(nextLink(USERS, link))
    const { resources } = await sync(['users'])
    expect(resources.users).toMatchObject({ outcome: 'partial', reason_code: 'unsafe_link', rows: 5, deleted: 0 })
    expect(reached).toEqual([])
    expect(asked(org, USERS)).toHaveLength(1)
  })

  it('B056, and a redirect to a foreign host is not followed either', async () => {
    const location = `http://127.0.0.1:${foreignPort}/api/v1/users`
    org.sim.fault({ match: USERS, where: ({ query }) => query.has('after'), status: 302, headers: { location } })
    const { resources } = await sync(['users'])
    expect(resources.users?.outcome).not.toBe('complete')
    expect(reached).toEqual([])
    await nothingIsDeleted()
  })
})

describe('a link that leads nowhere new', () => {
  const self = (url: URL, path: string) => url.origin + path

  it('B058: a next link that is the page itself ends the listing, its rows kept, as partial', async () => {
    org.sim.fault(nextLink(USERS, (url, { path }) => self(url, path)))
    const { resources } = await sync(['users'])
    expect(resources.users).toMatchObject({
      outcome: 'partial',
      reason_code: 'paging_loop',
      rows: 5,
      requests: 1,
      deleted: 0,
    })
    await nothingIsDeleted()
  })

  it.each([
    [
      'with its parameters in another order',
      (path: string) => `/api/v1/users?${path.split('?')[1]?.split('&').reverse().join('&')}`,
    ],
    ['with another page size', (path: string) => path.replace('limit=5', 'limit=200')],
  ])('B058, and so does one that is the same page %s', async (_, other) => {
    org.sim.fault({
      ...nextLink(USERS, (url, { path }) => url.origin + other(path)),
      where: ({ query }) => query.has('after'),
    })
    const { resources } = await sync(['users'])
    expect(resources.users).toMatchObject({ outcome: 'partial', reason_code: 'paging_loop', rows: 10, requests: 2 })
  })

  it('B058, and so does a circle of pages', async () => {
    org.sim.fault('next-link-cycle')
    const { users } = (await org.sync({ streams: ['users'], pageSizes: { users: 3 } })).resources
    expect(users).toMatchObject({ outcome: 'partial', reason_code: 'paging_loop', rows: 9, requests: 3 })
    await nothingIsDeleted()
  })

  it('B058, and one group that goes in circles costs no other its members', async () => {
    const everyone = org.sim.org.everyoneId
    org.sim.fault({
      ...nextLink(MEMBERS, (url, { path }) => self(url, path)),
      where: ({ params, query }) => params.id === everyone && query.has('after'),
    })
    const { resources } = await sync(['groups', 'group_memberships'])
    expect(resources.group_memberships).toMatchObject({ outcome: 'partial', reason_code: 'paging_loop', deleted: 0 })
    const missing = [...org.sim.org.membersOf(everyone)].length - 10
    expect(resources.group_memberships?.rows).toBe(org.sim.org.expected().group_memberships - missing)
    await nothingIsDeleted()
  })

  it('B058, and the list of role holders in a circle of two pages ends, and those it showed are read', async () => {
    const links: string[] = []
    org.sim.fault(cutPages(HOLDERS, 1))
    org.sim.fault(
      nextInBody(HOLDERS, ({ href }) => {
        links.push(href)
        return links[(links.length - 1) % 2] ?? href
      }),
    )
    const { resources } = await sync(['user_roles'])
    expect(resources.user_roles).toMatchObject({ outcome: 'partial', reason_code: 'paging_loop', deleted: 0 })
    expect(resources.user_roles?.rows).toBeGreaterThan(0)
    expect(asked(org, HOLDERS).length).toBeLessThanOrEqual(5)
    await nothingIsDeleted()
  })
})
