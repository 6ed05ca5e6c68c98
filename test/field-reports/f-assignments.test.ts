import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { eachRecord } from './answers.ts'
import { asked } from './calls.ts'

/** Who has which application: assignments of users and of groups, with whatever they lack. */

const APP_USERS = 'GET /api/v1/apps/{id}/users'
const ASSIGNED = ['applications', 'application_users', 'application_groups']

let org: TestOrg

beforeAll(async () => {
  org = await openTestOrg({ users: 12 })
})
afterEach(async () => {
  org.sim.clearFaults()
  await org.db.query('truncate application_assignments, rejected_records')
})
afterAll(() => org.close())

const sync = async (streams: readonly string[] = ASSIGNED) => org.sync({ streams })
const assignments = async (type: 'user' | 'group') =>
  (await org.rows('application-assignment')).filter((row) => row.principal_type === type)

describe('an assignment of a user', () => {
  it('B099: without credentials, user name, profile and external id is kept, its user name absent', async () => {
    const odd = [
      { credentials: null, profile: {}, externalId: null, status: 'STAGED' },
      { credentials: { userName: null }, profile: null, externalId: null, status: 'DISABLED' },
      { credentials: {}, status: 'STAGED' },
      { credentials: undefined, profile: undefined, externalId: undefined, status: 'DISABLED' },
    ]
    let number = 0
    org.sim.fault(eachRecord(APP_USERS, (record) => ({ ...record, ...odd[number++ % odd.length] })))
    const { outcome, resources } = await sync()
    const expected = org.sim.org.expected().application_users
    expect(outcome).toBe('complete')
    expect(resources.application_users).toMatchObject({ outcome: 'complete', rows: expected, rejected: 0 })
    const rows = await assignments('user')
    expect(rows).toHaveLength(expected)
    expect(expected).toBeGreaterThan(odd.length)
    expect(new Set(rows.map(({ username }) => username))).toEqual(new Set([null]))
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['staged', 'disabled']))
    expect(rows.some(({ external_id, profile }) => external_id === null && profile === null)).toBe(true)
  })

  it('B099, and one of unknown status, scope and links is kept, saying that they are unknown', async () => {
    org.sim.fault(
      eachRecord(APP_USERS, (record) => ({ ...record, status: 'FROZEN', scope: 'ORBIT', credentials: 7, _links: [] })),
    )
    const { resources } = await sync()
    expect(resources.application_users).toMatchObject({ outcome: 'complete', rejected: 0 })
    const [row] = await assignments('user')
    expect(row).toMatchObject({ status: 'unknown', vendor_status: 'FROZEN', via: null, via_group_id: null })
  })

  it('B099, and one without an id is a reject that costs nobody else', async () => {
    const app = org.sim.org.appId(8)
    const expected = org.sim.org.expected().application_users
    org.sim.fault({
      ...eachRecord(APP_USERS, (record, place) => (place === 0 ? { ...record, id: null } : record)),
      where: ({ params }) => params.id === app,
    })
    const { resources } = await sync()
    expect(resources.application_users).toMatchObject({ outcome: 'partial', rows: expected - 1, rejected: 1 })
    expect(await org.db.query('select parent_key from rejected_records')).toEqual([{ parent_key: app }])
  })
})

describe('an application that is given both ways', () => {
  it('B100: shows both, the direct one and the group that gives it as well', async () => {
    const { org: okta } = org.sim
    const user = okta.addUser({ login: 'both@acme.test' }).id
    const group = okta.addGroup({ name: 'Both' }).id
    const app = okta.addApp({ label: 'Both' }).id
    okta.addMember(group, user)
    okta.assignGroup(app, group, { priority: 3 })
    okta.assignUser(app, user)
    await sync(['users', 'groups', 'group_memberships', ...ASSIGNED])
    const ways = await org.db.query(
      `select a.via, null as through from application_assignments a
        where a.application_vendor_id = $1 and a.principal_vendor_id = $2
       union all
       select 'group', g.principal_vendor_id from application_assignments g
         join group_memberships m on m.group_id = g.principal_id
        where g.application_vendor_id = $1 and g.principal_type = 'group' and m.user_vendor_id = $2`,
      [app, user],
    )
    expect(ways).toEqual([
      { via: 'direct', through: null },
      { via: 'group', through: group },
    ])
    const given = (await assignments('group')).find((row) => row.principal_vendor_id === group)
    expect(given).toMatchObject({ application_vendor_id: app, priority: 3, status: null })
  })

  it('B100, and once the direct one is taken away the group remains', async () => {
    const { org: okta } = org.sim
    const app = [...okta.allApps()].find(({ label }) => label === 'Both')?.id ?? ''
    const user = [...okta.allUsers()].find(({ profile }) => profile.login === 'both@acme.test')?.id ?? ''
    await sync()
    okta.unassignUser(app, user)
    const { resources } = await sync()
    expect(resources.application_users).toMatchObject({ outcome: 'complete', deleted: 1 })
    const left = (await org.rows('application-assignment')).filter(
      (row) => row.application_vendor_id === app && !row.is_deleted,
    )
    expect(left.map(({ principal_type }) => principal_type)).toEqual(['group'])
  })
})

describe('app links', () => {
  it('B102: are never asked: assignments say which instance of an application somebody has', async () => {
    const { org: okta } = org.sim
    const user = okta.userId(0)
    const instances = [
      okta.addApp({ label: 'Tickets', name: 'jira' }),
      okta.addApp({ label: 'Tickets 2', name: 'jira' }),
    ]
    for (const { id } of instances) okta.assignUser(id, user)
    org.sim.resetCounts()
    await sync()
    const held = (await assignments('user')).filter((row) => row.principal_vendor_id === user)
    const ids = held.map((row) => row.application_vendor_id)
    for (const { id } of instances) expect(ids.filter((held) => held === id)).toHaveLength(1)
    expect(org.sim.requests.filter(({ path }) => /applinks/i.test(path))).toEqual([])
    expect(asked(org, APP_USERS).length).toBeGreaterThanOrEqual(okta.expected().applications)
  })
})
