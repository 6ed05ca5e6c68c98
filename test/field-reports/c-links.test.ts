import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseDomain } from '../../src/connectors/okta/domain.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { asked } from './calls.ts'
import { cutPages, nextInBody, nextLink } from './links.ts'

/** Links to the next page in every form that Okta gives them. */

const GROUPS = 'GET /api/v1/groups'
const HOLDERS = 'GET /api/v1/iam/assignees/users'

let org: TestOrg

beforeAll(async () => {
  org = await openTestOrg({ users: 12 })
})
afterEach(async () => {
  org.sim.clearFaults()
  org.sim.resetCounts()
  await org.db.query('truncate groups, role_assignments, rejected_records, changes')
})
afterAll(() => org.close())

const groups = async () => (await org.sync({ streams: ['groups'], pageSizes: { groups: 5 } })).resources.groups
const holders = async () => (await org.sync({ streams: ['user_roles'] })).resources.user_roles
const total = () => org.sim.org.expected().groups
const allGroups = () => ({ outcome: 'complete', rows: total(), requests: Math.ceil(total() / 5) })

describe('Link headers', () => {
  it('B046: are read from every line, whichever of self and next comes first', async () => {
    expect(total()).toBeGreaterThan(10)
    expect(await groups()).toMatchObject(allGroups())
    org.sim.fault('links-reversed')
    expect(await groups()).toMatchObject(allGroups())
    expect(await org.rows('group')).toHaveLength(total())
  })

  it.each(['links-comma-joined', 'links-odd-case', 'next-link-relative', 'next-link-forgets-parameters'])(
    'B046, and in the form of %s',
    async (fault) => {
      org.sim.fault(fault)
      expect(await groups()).toMatchObject(allGroups())
      expect(await org.rows('group')).toHaveLength(total())
    },
  )

  it('B046, and one that cannot be read is no end: the page stays, the listing is partial, nothing is deleted', async () => {
    await groups()
    org.sim.fault({ match: GROUPS, links: () => ['rel="next"; <https://acme.example/broken'] })
    expect(await groups()).toMatchObject({ outcome: 'partial', rows: 5, deleted: 0, reason_code: 'okta_not_json' })
    expect((await org.rows('group')).filter((row) => row.is_deleted)).toEqual([])
  })
})

describe('a cursor', () => {
  it('B048: is sent back byte for byte', async () => {
    const sent: string[] = []
    org.sim.fault(
      nextLink(GROUPS, ({ href, pathname, search }) => {
        sent.push(pathname + search)
        return href
      }),
    )
    expect(await groups()).toMatchObject(allGroups())
    expect(sent[0]).toMatch(/after=[\w-]+%2B\d%3D%3D/)
    expect(
      asked(org, GROUPS)
        .slice(1)
        .map(({ path }) => path),
    ).toEqual(sent)
  })

  it.each([
    'a%2Bb%3D%3D',
    'a+b==',
    'a%2bb%3d%3d',
    'a%252Bb',
    '00u1:2026-01-01T00:00:00.000Z,17;x',
    '%E2%9C%93~!*()',
    '%',
  ])('B048, and one like %s', async (cursor) => {
    org.sim.fault({ match: GROUPS, where: ({ path }) => path.includes(`after=${cursor}&`), status: 200, body: [] })
    org.sim.fault({
      match: GROUPS,
      where: ({ query }) => !query.has('after'),
      links: (_, { origin }) => [{ url: `${origin}/api/v1/groups?after=${cursor}&limit=5&expand=stats`, rel: 'next' }],
    })
    expect(await groups()).toMatchObject({ outcome: 'complete', rows: 5, requests: 2 })
    expect(asked(org, GROUPS)[1]?.path).toBe(`/api/v1/groups?after=${cursor}&limit=5&expand=stats`)
  })
})

describe("a link on another of the org's hosts", () => {
  const onHost = (host: string) =>
    org.sim.fault(nextLink(GROUPS, (url) => `https://${host}${url.pathname}${url.search}`))
  const organization = { href: 'https://acme.okta.com' }

  it('B054: is followed, since the address of the admin console is taken for that of the org', async () => {
    expect(parseDomain('https://acme-admin.okta.com/admin/dashboard').origin).toBe('https://acme.okta.com')
    org.sim.fault({
      match: 'GET /.well-known/okta-organization',
      transform: (body) => ({ ...(body as object), _links: { organization } }),
    })
    onHost('acme.okta.com')
    expect(await groups()).toMatchObject({ outcome: 'complete', rows: total() })
  })

  it.each(['acme-admin.okta.com', 'login.acme.example', 'ACME.okta.com:443'])(
    'B054, and so is one on %s, at the address that was connected',
    async (host) => {
      org.sim.fault({
        match: 'GET /.well-known/okta-organization',
        transform: (body) => ({
          ...(body as object),
          _links: { organization, alternate: { href: 'https://login.acme.example' } },
        }),
      })
      onHost(host)
      expect(await groups()).toMatchObject({ outcome: 'complete', rows: total() })
      expect(asked(org, GROUPS)).toHaveLength(Math.ceil(total() / 5))
    },
  )
})

describe('a listing that pages through its body', () => {
  const expected = () => org.sim.org.expected()

  it('B055: is read to its end, its plain http links over the connection as it is', async () => {
    org.sim.fault(cutPages(HOLDERS, 2))
    org.sim.fault('iam-next-http')
    expect(await holders()).toMatchObject({ outcome: 'complete', rows: expected().user_roles })
    expect(asked(org, HOLDERS)).toHaveLength(Math.ceil(expected().role_holders / 2))
    expect(expected().role_holders).toBeGreaterThan(4)
  })

  it('B055, and with links on the host of the admin console', async () => {
    org.sim.fault(cutPages(HOLDERS, 2))
    org.sim.fault({
      match: 'GET /.well-known/okta-organization',
      transform: (body) => ({ ...(body as object), _links: { organization: { href: 'https://acme.okta.com' } } }),
    })
    org.sim.fault(nextInBody(HOLDERS, ({ pathname, search }) => `https://acme-admin.okta.com${pathname}${search}`))
    expect(await holders()).toMatchObject({ outcome: 'complete', rows: expected().user_roles })
  })

  it('B055, and one that breaks off keeps whom it showed, tells of the gap and deletes nobody', async () => {
    await holders()
    org.sim.fault(cutPages(HOLDERS, 2))
    org.sim.fault({ match: HOLDERS, where: ({ query }) => query.has('after'), status: 500 })
    const found = await holders()
    expect(found).toMatchObject({ outcome: 'partial', reason_code: 'okta_unavailable', deleted: 0 })
    expect(found?.rows).toBeGreaterThan(0)
    expect((await org.rows('role-assignment')).filter((row) => row.is_deleted)).toEqual([])
  })

  it('B055, and with the link itself where an object that has it was due', async () => {
    org.sim.fault(cutPages(HOLDERS, 2))
    org.sim.fault({
      match: HOLDERS,
      transform: (body) => {
        const { _links, ...rest } = body as { _links?: { next?: { href?: string } } }
        return { ...rest, _links: { next: _links?.next?.href } }
      },
    })
    expect(await holders()).toMatchObject({ outcome: 'complete', rows: expected().user_roles })
  })

  it('B055, and with the list alone where an object that has it was due', async () => {
    org.sim.fault({ match: HOLDERS, transform: (body) => (body as { value: unknown }).value })
    expect(await holders()).toMatchObject({ outcome: 'complete', rows: expected().user_roles })
  })

  it('B055, and a page that lost its items and goes on is a gap: the others are read, nobody is deleted', async () => {
    await holders()
    org.sim.fault(cutPages(HOLDERS, 2))
    org.sim.fault({
      match: HOLDERS,
      skip: 1,
      times: 1,
      transform: (body) => ({ _links: (body as { _links: unknown })._links }),
    })
    const found = await holders()
    expect(found).toMatchObject({ outcome: 'partial', reason_code: 'okta_not_json', deleted: 0 })
    expect(found?.rows).toBeGreaterThan(2)
  })

  it('B055, and one whose place is refused once begins again', async () => {
    org.sim.fault(cutPages(HOLDERS, 2))
    org.sim.fault({
      match: HOLDERS,
      where: ({ query }) => query.has('after'),
      skip: 1,
      times: 1,
      status: 400,
      body: { errorCode: 'E0000031', errorSummary: 'Invalid search criteria.', errorCauses: [] },
    })
    expect(await holders()).toMatchObject({ outcome: 'complete', rows: expected().user_roles })
  })
})
