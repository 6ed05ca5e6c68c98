import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { asked, cursorOf, limitOf } from './calls.ts'
import { cutPages } from './links.ts'

/** Where a listing ends, and what that says about its rows. */

const USERS = 'GET /api/v1/users'
const GROUPS = 'GET /api/v1/groups'
const MEMBERS = 'GET /api/v1/groups/{id}/users'

let org: TestOrg

beforeAll(async () => {
  // With the deprovisioned ones 201 users: one more than a full page.
  org = await openTestOrg({ users: 183 })
})
afterEach(async () => {
  org.sim.clearFaults()
  org.sim.resetCounts()
  await org.db.query('truncate users, groups, group_memberships')
})
afterAll(() => org.close())

/** Works with a small org of its own. */
async function inSmallOrg(work: (small: TestOrg) => Promise<void>): Promise<void> {
  const small = await openTestOrg({ users: 12 })
  await work(small).finally(() => small.close())
}

const sync = async (streams: readonly string[], pageSizes: Record<string, number> = {}) =>
  (await org.sync({ streams, pageSizes })).resources
const deleted = async (entity: string) => (await org.rows(entity)).filter((row) => row.is_deleted)

async function membersOf(group: string): Promise<unknown[]> {
  const rows = await org.rows('group-membership')
  return rows.filter((row) => row.group_vendor_id === group && !row.is_deleted).map((row) => row.user_vendor_id)
}

describe('a listing', () => {
  it('B050: is never asked by a search word: 301 groups of one name are 301 groups', () =>
    inSmallOrg(async ({ sim, db, sync }) => {
      for (let number = 0; number < 301; number++) sim.org.addGroup({ name: `Team ${number}` })
      const { groups } = (await sync({ streams: ['groups'] })).resources
      expect(groups).toMatchObject({ outcome: 'complete', rows: sim.org.expected().groups, requests: 2 })
      expect(await db.query("select from groups where starts_with(name, 'Team')")).toHaveLength(301)
      await sync()
      expect(sim.requests.filter(({ path }) => /[?&]q=/.test(path))).toEqual([])
    }))

  it('B052: of 200 and one more ends after the one more, not after the full page', async () => {
    expect(org.sim.org.expected().users).toBe(201)
    const { users } = await sync(['users'])
    expect(users).toMatchObject({ outcome: 'complete', rows: 201, requests: 2 })
    expect(await org.rows('user')).toHaveLength(201)
  })

  it.each([
    ['short-pages', 10],
    ['empty-last-page', 6],
    ['overlapping-pages', 5],
  ])('B052, and is neither cut nor stretched by %s', async (fault, requests) => {
    org.sim.fault(fault)
    const { users } = await sync(['users'], { users: 50 })
    expect(users?.requests).toBeGreaterThanOrEqual(requests)
    expect(users).toMatchObject({ outcome: 'complete', rows: 201, rejected: 0 })
    expect(await org.rows('user')).toHaveLength(201)
  })

  it('B052, and an empty page in the middle is not its end', async () => {
    org.sim.fault({ match: USERS, skip: 1, times: 1, transform: () => [] })
    const { users } = await sync(['users'], { users: 50 })
    expect(users).toMatchObject({ outcome: 'complete', rows: 151, requests: 5 })
  })

  it('B061: takes a page size for the size of a page, never for the number of rows', () =>
    inSmallOrg(async (small) => {
      const streams = ['groups', 'group_memberships']
      const { resources } = await small.sync({ streams, pageSizes: { groups: 1, group_memberships: 1 } })
      const expected = small.sim.org.expected()
      expect(resources.groups).toMatchObject({ outcome: 'complete', rows: expected.groups, requests: expected.groups })
      expect(resources.group_memberships).toMatchObject({ outcome: 'complete', rows: expected.group_memberships })
      expect(new Set([GROUPS, MEMBERS].flatMap((route) => asked(small, route).map(limitOf)))).toEqual(new Set(['1']))
    }))

  it('B062: whose last page fails is partial, keeps its rows and deletes nothing', async () => {
    const streams = ['groups', 'group_memberships']
    await sync(streams)
    const all = (await org.rows('group')).length
    org.sim.fault('last-page-500')
    const { groups, group_memberships } = await sync(streams, { groups: 5 })
    expect(groups).toMatchObject({ outcome: 'partial', reason_code: 'okta_unavailable', deleted: 0 })
    expect(groups?.rows).toBeGreaterThanOrEqual(20)
    expect(groups?.rows).toBeLessThan(all)
    expect(group_memberships).toMatchObject({ outcome: 'partial', deleted: 0 })
    expect(await deleted('group')).toEqual([])
    expect(await deleted('group-membership')).toEqual([])
  })

  it.each([
    ['a gateway’s page', { html: true }],
    ['a refusal', { status: 403 }],
    ['half a body', { truncate: 90 }],
    ['a cut connection', { reset: 'mid-body' as const }],
    ['an object', { status: 200, body: { errorCode: 'E0000009' } }],
    ['nothing at all', { status: 200, body: '' }],
  ])('B062, and so is one whose last page is %s', async (_, trouble) => {
    await sync(['users'])
    org.sim.fault({ match: USERS, where: ({ query }) => query.has('after'), ...trouble })
    const { users } = await sync(['users'])
    expect(users).toMatchObject({ outcome: 'partial', rows: 200, deleted: 0, reason_code: expect.any(String) })
    expect(await deleted('user')).toEqual([])
  })
})

describe('the members of a group', () => {
  const streams = ['groups', 'group_memberships']

  it('B051: are all there when they come in three pages', async () => {
    const { group_memberships } = await sync(streams, { group_memberships: 80 })
    expect(group_memberships).toMatchObject({ outcome: 'complete', rows: org.sim.org.expected().group_memberships })
    const everyone = org.sim.org.everyoneId
    expect(new Set(await membersOf(everyone))).toEqual(new Set(org.sim.org.membersOf(everyone)))
    const pages = asked(org, MEMBERS).filter(({ path }) => path.includes(everyone))
    expect(pages.map(limitOf)).toEqual(['80', '80', '80'])
  })

  it('B057: of three pages of two are six rows: no page takes the place of another', () =>
    inSmallOrg(async (small) => {
      const { org: okta } = small.sim
      const { id } = okta.addGroup({ name: 'Six' })
      for (let index = 0; index < 6; index++) okta.addMember(id, okta.userId(index))
      small.sim.fault(cutPages(MEMBERS, 2))
      await small.sync({ streams })
      const members = (await small.rows('group-membership')).filter((row) => row.group_vendor_id === id)
      expect(members).toHaveLength(6)
      expect(new Set(members.map((row) => row.user_vendor_id))).toEqual(new Set(okta.membersOf(id)))
      const pages = asked(small, MEMBERS).filter(({ path }) => path.includes(id))
      expect(new Set(pages.map(cursorOf)).size).toBe(3)
    }))
})
