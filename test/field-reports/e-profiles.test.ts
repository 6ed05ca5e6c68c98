import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { eachRecord, oneRecord, rawOf, type Sent } from './answers.ts'

/** Profiles of every shape: attributes of the org's own, missing ones, null ones. */

const USERS = 'GET /api/v1/users'
const GROUPS = 'GET /api/v1/groups'

let org: TestOrg
/** An ordinary user. */
let target: string

beforeAll(async () => {
  org = await openTestOrg({ users: 20 })
  target = org.sim.org.userId(0)
})
afterEach(async () => {
  org.sim.clearFaults()
  await org.db.query('truncate users, groups, rejected_records, changes')
})
afterAll(() => org.close())

const sync = async (stream = 'users') => (await org.sync({ streams: [stream] })).resources[stream]
const find = async (id: string, entity = 'user') => (await org.rows(entity)).find((row) => row.vendor_id === id)
const profileOf = async (id: string): Promise<Sent> => (rawOf(await find(id)) as { profile: Sent }).profile
const complete = () => ({ outcome: 'complete', rows: org.sim.org.expected().users, rejected: 0 })
const withProfile = (change: (profile: Sent) => unknown) =>
  oneRecord(USERS, target, (user) => ({ ...user, profile: change(user.profile as Sent) }))

describe('attributes of the org’s own', () => {
  it('B079: that one user has and another lacks are there and absent, and neither is an error', async () => {
    const { id: bearer } = org.sim.org.addUser({ login: 'badge@acme.test', profile: { badge: 'B-17' } })
    const { id: other } = org.sim.org.addUser({ login: 'plain@acme.test' })
    expect(await sync()).toMatchObject(complete())
    expect(await find(bearer)).toMatchObject({ custom_attributes: { badge: 'B-17' } })
    expect((await find(other))?.custom_attributes).not.toHaveProperty('badge')
    expect(org.sim.requests.filter(({ path }) => path.includes('/schemas/'))).toEqual([])
  })

  it('B079, and one that somebody is given later is a change', async () => {
    const { id } = org.sim.org.addUser({ login: 'later@acme.test' })
    await sync()
    org.sim.org.updateUser(id, { profile: { badge: 'B-18' } })
    expect(await sync()).toMatchObject({ ...complete(), changed: 1 })
    expect(await find(id)).toMatchObject({ custom_attributes: { badge: 'B-18' } })
    const changes = await org.db.query("select fields from changes where kind = 'updated'")
    expect(changes).toEqual([{ fields: expect.arrayContaining(['custom_attributes']) }])
  })

  it('B080: are all kept, with their types', async () => {
    const custom = {
      costCenters: ['a', 'b'],
      level: 3,
      remote: true,
      share: 0.25,
      empty: '',
      none: null,
      nothing: [],
      nested: { theme: 'dark', list: [1, null, { deep: false }] },
      'odd name, with "quotes"': 'x',
    }
    const { id } = org.sim.org.addUser({ login: 'user1@acme.test', profile: custom })
    expect(await sync()).toMatchObject(complete())
    expect((await find(id))?.custom_attributes).toEqual(custom)
    expect(await profileOf(id)).toMatchObject({ login: 'user1@acme.test', ...custom })
  })

  it('B080, and those named like ours, or like what JavaScript has, stay data', async () => {
    org.sim.fault('custom-attribute-clash')
    expect(await sync()).toMatchObject(complete())
    const row = await find(target)
    expect(row).toMatchObject({ vendor_id: target, status: 'active' })
    expect(row?.custom_attributes).toMatchObject({ id: 'x', status: 'y' })
    expect(JSON.stringify(row?.custom_attributes)).toContain('"__proto__":{"z":1}')
  })

  it('B080, and those of a group as well', async () => {
    const profile = { samAccountName: 'ENG', level: 3, tags: ['a'], gone: null }
    const { id } = org.sim.org.addGroup({ name: 'Directory group', profile })
    await sync('groups')
    expect((await find(id, 'group'))?.custom_attributes).toEqual(profile)
  })
})

describe('a profile that lacks something', () => {
  it('B081: of a service account with null names is kept, and shown by its login', async () => {
    const nulls = { firstName: null, lastName: null, email: null }
    org.sim.fault(withProfile(() => ({ ...nulls, login: 'svc-bot' })))
    expect(await sync()).toMatchObject(complete())
    expect(await find(target)).toMatchObject({
      first_name: null,
      last_name: null,
      email: null,
      username: 'svc-bot',
      display_name: 'svc-bot',
    })
  })

  it.each<[string, (profile: Sent) => unknown, string]>([
    ['no names at all', () => ({ login: 'svc-bot' }), 'svc-bot'],
    ['blank names', () => ({ firstName: ' ', lastName: '', displayName: '', login: 'svc-bot' }), 'svc-bot'],
    ['a last name only', () => ({ firstName: null, lastName: 'Only', login: 'svc-bot' }), 'Only'],
    ['names of other types', () => ({ firstName: {}, lastName: [], displayName: true, login: 'svc-bot' }), 'svc-bot'],
    ['no login either', () => ({ firstName: null }), ''],
    ['nothing in it', () => ({}), ''],
    ['null for a profile', () => null, ''],
    ['a list for a profile', () => [], ''],
  ])('B081, and one with %s', async (_, change, shown) => {
    org.sim.fault(withProfile(change))
    expect(await sync()).toMatchObject(complete())
    expect(await find(target)).toMatchObject({ display_name: shown || target, is_deleted: false })
  })

  it('B081, and those of every user at once', async () => {
    org.sim.fault(eachRecord(USERS, ({ profile: _, credentials: __, ...user }) => user))
    expect(await sync()).toMatchObject(complete())
    expect(await org.rows('user')).toHaveLength(org.sim.org.expected().users)
  })

  it('B083: keeps what is null apart from what is absent', async () => {
    const { id: nulled } = org.sim.org.addUser({ login: 'null@acme.test', profile: { nickName: null, badge: null } })
    const { id: without } = org.sim.org.addUser({ login: 'absent@acme.test' })
    await sync()
    expect(await profileOf(nulled)).toMatchObject({ nickName: null, badge: null })
    expect(await profileOf(without)).not.toHaveProperty('nickName')
    expect((await find(nulled))?.custom_attributes).toEqual({ badge: null })
    expect((await find(without))?.custom_attributes).toEqual({})
  })

  it('B083, and tells when one becomes the other', async () => {
    const { id } = org.sim.org.addUser({ login: 'turns@acme.test', profile: { nickName: null, badge: null } })
    await sync()
    org.sim.org.updateUser(id, { profile: { nickName: undefined } })
    expect(await sync()).toMatchObject({ changed: 1 })
    expect(await profileOf(id)).not.toHaveProperty('nickName')
    org.sim.org.updateUser(id, { profile: { badge: undefined } })
    await sync()
    expect((await find(id))?.custom_attributes).toEqual({})
  })

  it('B088: of a group without a description is accepted', async () => {
    const { everyoneId } = org.sim.org
    org.sim.fault(
      oneRecord(GROUPS, everyoneId, (group) => ({ ...group, profile: { name: 'Everyone', description: null } })),
    )
    const { id: bare } = org.sim.org.addGroup({ name: 'Bare', description: null })
    expect(await sync('groups')).toMatchObject({ outcome: 'complete', rejected: 0 })
    expect(await find(everyoneId, 'group')).toMatchObject({ name: 'Everyone', types: ['BUILT_IN'], description: null })
    expect(await find(bare, 'group')).toMatchObject({ name: 'Bare', description: null })
  })

  it.each([
    ['no profile', { profile: null }],
    ['a name of another type', { profile: { name: { de: 'x' }, description: 7 } }],
    ['null dates and links', { created: null, lastUpdated: null, lastMembershipUpdated: null, _links: null }],
    ['null classes', { objectClass: null, _embedded: null }],
  ])('B088, and so is a group with %s', async (_, change) => {
    const id = org.sim.org.groupId(1)
    org.sim.fault(oneRecord(GROUPS, id, (group) => ({ ...group, ...change })))
    expect(await sync('groups')).toMatchObject({
      outcome: 'complete',
      rejected: 0,
      rows: org.sim.org.expected().groups,
    })
    expect(await find(id, 'group')).toMatchObject({ vendor_id: id, is_deleted: false })
  })

  it('B089: with a null manager and a null type is accepted', async () => {
    org.sim.fault(
      eachRecord(USERS, (user) => ({
        ...user,
        type: null,
        profile: { ...(user.profile as Sent), manager: null, managerId: null },
      })),
    )
    expect(await sync()).toMatchObject(complete())
    expect(await find(target)).toMatchObject({ manager: null, manager_id: null })
    org.sim.fault(eachRecord(GROUPS, (group) => ({ ...group, type: null })))
    expect(await sync('groups')).toMatchObject({ outcome: 'complete', rejected: 0 })
    expect((await org.rows('group')).every(({ types }) => Array.isArray(types) && types.length === 0)).toBe(true)
  })
})
