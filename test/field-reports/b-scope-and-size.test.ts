import { afterEach, describe, expect, it } from 'vitest'
import { EVERYTHING, type SyncScope } from '../../src/model/scope.ts'
import { openTestOrg, type TestOrg, type TestOrgOptions } from '../harness/org.ts'
import { asked, limitOf } from './calls.ts'

/** How much is read, and how: from the group side, as rows, in the person's own page sizes, and only what is wanted. */

const MEMBERS = 'GET /api/v1/groups/{id}/users'
const FACTORS = 'GET /api/v1/users/{id}/factors'
const MEMBERSHIPS = ['users', 'groups', 'group_memberships']

let org: TestOrg

async function open(options: TestOrgOptions = {}): Promise<TestOrg> {
  org = await openTestOrg({ users: 12, ...options })
  return org
}

afterEach(() => org.close())

const scoped = (scope: Partial<SyncScope>): { scope: SyncScope } => ({ scope: { ...EVERYTHING, ...scope } })
const live = async (entity: string) => (await org.rows(entity)).filter((row) => !row.is_deleted)
const idIn = ({ path }: { path: string }) => path.split('/')[4]

describe('memberships', () => {
  it('B037: are read from the group side: requests follow the groups, not the users', async () => {
    const { sim } = await open({ users: 400 })
    const result = await org.sync({ streams: MEMBERSHIPS })
    expect(result.outcome).toBe('complete')
    expect(await org.rows('group-membership')).toHaveLength(sim.org.expected().group_memberships)
    const sizes = [...sim.org.allGroups()].map(({ id }) => [...sim.org.membersOf(id)].length)
    expect(asked(org, MEMBERS)).toHaveLength(sizes.reduce((sum, size) => sum + Math.ceil(size / 200), 0))
    expect(sim.counts.byRoute).not.toHaveProperty(['GET /api/v1/users/{id}/groups'])
    expect(sim.counts.total).toBeLessThan(40)
  })

  it('B038: keep their last good values when a pass is cancelled midway, and the gap is marked', async () => {
    const { sim } = await open()
    await org.sync({ streams: MEMBERSHIPS })
    const before = await org.rows('group-membership')
    const stop = new AbortController()
    sim.fault({ match: MEMBERS, skip: 5, times: 1, onHit: () => stop.abort() })
    const stopped = await org.sync({ streams: MEMBERSHIPS, stop: stop.signal, parallelParents: 1 })
    expect(stopped).toMatchObject({ outcome: 'failed', error: { code: 'job_interrupted' } })
    expect(stopped.resources.group_memberships).toMatchObject({ outcome: 'partial', reason_code: 'job_interrupted' })
    expect(await org.rows('group-membership')).toEqual(before)
    expect(await org.sync({ streams: MEMBERSHIPS })).toMatchObject({ outcome: 'complete', resumed: true })
    expect(await org.rows('group-membership')).toEqual(before)
  })

  it('B038, and so do factors', async () => {
    const { sim } = await open()
    const streams = ['users', 'factors']
    await org.sync({ streams })
    const before = await org.rows('factor')
    const stop = new AbortController()
    sim.fault({ match: FACTORS, skip: 4, times: 1, onHit: () => stop.abort() })
    const stopped = await org.sync({ streams, stop: stop.signal, parallelParents: 1 })
    expect(stopped.resources.factors).toMatchObject({ outcome: 'partial', deleted: 0 })
    expect(await org.rows('factor')).toEqual(before)
  })

  it('B040: of a user in three hundred groups are three hundred rows, and the user is no larger', async () => {
    const { sim } = await open()
    const user = sim.org.userId(5)
    const ids = Array.from({ length: 300 }, (_, number) => sim.org.addGroup({ name: `Team ${number}` }).id)
    for (const id of ids) sim.org.addMember(id, user)
    expect(await org.sync({ streams: MEMBERSHIPS })).toMatchObject({ outcome: 'complete' })
    const groups = (await org.rows('group-membership')).filter((row) => row.user_vendor_id === user)
    expect(groups.map((row) => row.group_vendor_id)).toEqual(expect.arrayContaining(ids))
    const row = (await org.rows('user')).find(({ vendor_id }) => vendor_id === user)
    expect(JSON.stringify(row).length).toBeLessThan(5_000)
  })
})

describe('a scope', () => {
  it('B039: of two groups reads and keeps those, and asks for the members of no other', async () => {
    const { sim } = await open()
    const [, first, second] = [...sim.org.allGroups()]
    const groups = [first?.id ?? '', String(second?.profile.name)]
    const result = await org.sync(scoped({ groups }))
    expect(result.outcome).toBe('complete')
    const wanted = [first?.id, second?.id].sort()
    expect((await org.rows('group')).map(({ vendor_id }) => vendor_id)).toEqual(wanted)
    expect(asked(org, MEMBERS).map(idIn).sort()).toEqual(wanted)
    expect(asked(org, 'GET /api/v1/groups/{id}/roles').every((call) => wanted.includes(idIn(call)))).toBe(true)
    const members = wanted.flatMap((id) => [...sim.org.membersOf(id ?? '')].map((user) => `${id}:${user}`))
    expect((await org.rows('group-membership')).map(({ vendor_id }) => vendor_id)).toEqual(members.sort())
    expect(await org.rows('user')).toHaveLength(sim.org.expected().users)
    const assigned = (await org.rows('application-assignment')).filter((row) => row.principal_type === 'group')
    expect(assigned.every((row) => wanted.includes(String(row.principal_vendor_id)))).toBe(true)
    const roles = (await org.rows('role-assignment')).filter((row) => row.principal_type === 'group')
    expect(roles.every((row) => wanted.includes(String(row.principal_vendor_id)))).toBe(true)
  })

  it('B039, and of an email domain keeps its users, and asks for the factors of no other', async () => {
    const { sim } = await open()
    const near = ['A.One@Partner.Example', 'two@partner.example'].map((login) => sim.org.addUser({ login }).id)
    for (const login of ['three@sub.partner.example', 'four@notpartner.example', 'partner.example@acme.example'])
      sim.org.addUser({ login })
    for (const id of near) sim.org.assignUser(sim.org.appId(1), id)
    const result = await org.sync(scoped({ emailDomains: ['partner.example'] }))
    expect(result.outcome).toBe('complete')
    expect((await org.rows('user')).map(({ vendor_id }) => vendor_id)).toEqual([...near].sort())
    expect(asked(org, FACTORS).map(idIn).sort()).toEqual([...near].sort())
    expect(await org.rows('group')).toHaveLength(sim.org.expected().groups)
    const members = (await org.rows('group-membership')).map((row) => row.user_vendor_id)
    expect(members.sort()).toEqual([...near].sort())
    const people = (await org.rows('application-assignment')).filter((row) => row.principal_type === 'user')
    expect(people.map((row) => row.principal_vendor_id).sort()).toEqual([...near].sort())
  })

  it('B039, and domains are compared without case', async () => {
    const { sim } = await open()
    const { id } = sim.org.addUser({ login: 'a@partner.example' })
    await org.sync({ streams: ['users'], ...scoped({ emailDomains: ['Partner.Example'] }) })
    expect((await org.rows('user')).map(({ vendor_id }) => vendor_id)).toEqual([id])
  })

  it('B039, and of a domain that nobody has keeps nobody, and does not say that Okta listed nobody', async () => {
    const { sim } = await open()
    const nobody = { streams: ['users'], ...scoped({ emailDomains: ['nobody.example'] }) }
    const { users } = (await org.sync(nobody)).resources
    expect(users).toMatchObject({ outcome: 'complete', rows: 0, reason: null })
    sim.fault({ match: 'GET /api/v1/users', status: 200, body: [] })
    const { resources } = await org.sync({ ...nobody, confirmDeletes: true })
    expect(resources.users).toMatchObject({ outcome: 'failed', reason_code: 'okta_suspicious_empty' })
  })

  it('B039, and without app groups leaves them out with their members', async () => {
    const { sim } = await open()
    const result = await org.sync({ streams: MEMBERSHIPS, ...scoped({ skipAppGroups: true }) })
    expect(result.outcome).toBe('complete')
    const all = [...sim.org.allGroups()]
    const kept = all.filter(({ type }) => type !== 'APP_GROUP').map(({ id }) => id)
    expect(kept.length).toBeLessThan(all.length)
    expect((await org.rows('group')).map(({ vendor_id }) => vendor_id)).toEqual(kept.sort())
    expect(asked(org, MEMBERS).every((call) => kept.includes(idIn(call) ?? ''))).toBe(true)
  })

  it('B039, and all three hold together', async () => {
    const { sim } = await open()
    const [app, own] = (['APP_GROUP', 'OKTA_GROUP'] as const).map((type) => sim.org.addGroup({ name: type, type }).id)
    const inside = sim.org.addUser({ login: 'in@partner.example', groups: [app ?? '', own ?? ''] })
    sim.org.addUser({ login: 'out@acme.example', groups: [app ?? '', own ?? ''] })
    const scope = { groups: ['APP_GROUP', 'OKTA_GROUP'], emailDomains: ['partner.example'], skipAppGroups: true }
    await org.sync({ streams: MEMBERSHIPS, ...scoped(scope) })
    const memberships = (await org.rows('group-membership')).map(({ vendor_id }) => vendor_id)
    expect(memberships).toEqual([`${own}:${inside.id}`])
  })

  it('B039, and a narrower one takes the rest away only with a yes, a wider one brings it back', async () => {
    const { sim } = await open()
    const all = sim.org.expected().groups
    const groups = [sim.org.groupId(1)]
    await org.sync({ streams: MEMBERSHIPS })
    const held = await org.sync({ streams: MEMBERSHIPS, ...scoped({ groups }) })
    expect(held.resources.groups).toMatchObject({
      outcome: 'partial',
      reason_code: 'deletes_held',
      held_deletes: all - 1,
    })
    expect(await live('group')).toHaveLength(all)
    await org.sync({ streams: MEMBERSHIPS, ...scoped({ groups }), confirmDeletes: true })
    expect((await live('group')).map(({ vendor_id }) => vendor_id)).toEqual(groups)
    expect((await live('group-membership')).every((row) => row.group_vendor_id === groups[0])).toBe(true)
    await org.sync({ streams: MEMBERSHIPS })
    expect(await live('group')).toHaveLength(all)
    expect(await live('group-membership')).toHaveLength(sim.org.expected().group_memberships)
  })

  it('B039, and a stopped sync is not resumed under another scope', async () => {
    const { sim } = await open()
    const stop = new AbortController()
    sim.fault({ match: MEMBERS, times: 1, onHit: () => stop.abort() })
    await org.sync({ streams: MEMBERSHIPS, stop: stop.signal })
    const groups = [sim.org.groupId(1)]
    const result = await org.sync({ streams: MEMBERSHIPS, ...scoped({ groups }), confirmDeletes: true })
    expect(result).toMatchObject({ outcome: 'complete', resumed: false })
    expect((await live('group')).map(({ vendor_id }) => vendor_id)).toEqual(groups)
  })
})

describe('a page size of the person’s own', () => {
  it('B042: goes out on the wire', async () => {
    const { sim } = await open({ users: 120 })
    await org.sync({ streams: ['users'], pageSizes: { users: 50 } })
    expect(asked(org, 'GET /api/v1/users').map(limitOf)).toEqual(['50', '50', '50'])
    expect(await org.rows('user')).toHaveLength(sim.org.expected().users)
  })

  it('B042, and is its own for each resource, within what Okta allows', async () => {
    await open()
    const most = {
      users: 9_999,
      groups: 9_999,
      group_memberships: 9_999,
      applications: 9_999,
      application_users: 9_999,
    }
    await org.sync({ pageSizes: { ...most, application_groups: 9_999, log_events: 9_999 } })
    const routes = { users: '200', groups: '200', 'groups/{id}/users': '1000', apps: '200' }
    const more = { 'apps/{id}/users': '500', 'apps/{id}/groups': '200', logs: '1000' }
    for (const [route, limit] of Object.entries({ ...routes, ...more }))
      expect([...new Set(asked(org, `GET /api/v1/${route}`).map(limitOf))]).toEqual([limit])
  })

  it('B042, and never below one', async () => {
    const { sim } = await open()
    await org.sync({ streams: ['users', 'groups'], pageSizes: { users: 0, groups: -5 } })
    expect(new Set(asked(org, 'GET /api/v1/users').map(limitOf))).toEqual(new Set(['1']))
    expect(await org.rows('user')).toHaveLength(sim.org.expected().users)
  })
})
