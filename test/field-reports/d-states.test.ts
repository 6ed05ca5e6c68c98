import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { User } from '../../src/model/user.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { oneRecord } from './answers.ts'
import { asked } from './calls.ts'

/** People in every state: who is listed, who counts as enabled, who left and when. */

const USERS = 'GET /api/v1/users'
const STREAMS = ['users', 'groups', 'group_memberships', 'applications', 'application_users']

let org: TestOrg

beforeAll(async () => {
  org = await openTestOrg({ users: 20 })
  await org.sync({ streams: STREAMS })
})
afterEach(() => {
  org.sim.clearFaults()
  org.sim.resetCounts()
})
afterAll(() => org.close())

const sync = async (streams: readonly string[] = ['users']) => (await org.sync({ streams })).resources
const find = async (id: string) => (await org.rows('user')).find((row) => row.vendor_id === id)
const inState = (status: string) => [...org.sim.org.allUsers()].find((user) => user.status === status)?.id ?? ''

describe('a person who left', () => {
  it('B064: is listed with the others, and shows the day of leaving', async () => {
    const left = [...org.sim.org.allUsers()].filter(({ status }) => status === 'DEPROVISIONED')
    expect(left.length).toBeGreaterThan(0)
    await sync()
    for (const { id, statusChanged } of left) {
      const row = await find(id)
      expect(row).toMatchObject({ status: 'deprovisioned', is_enabled: false, is_deleted: false })
      expect(row?.deactivated_at).toBe(statusChanged)
      expect(row?.deactivated_at).not.toBeNull()
    }
    expect(asked(org, USERS).every(({ path }) => path.includes('search=status%20pr'))).toBe(true)
  })

  it('B064, and one who leaves between two syncs stays as a record, and may come back', async () => {
    const { id } = org.sim.org.addUser({ login: 'leaver@acme.test' })
    await sync()
    expect(await find(id)).toMatchObject({ status: 'active', deactivated_at: null })
    const { statusChanged } = org.sim.org.deactivateUser(id)
    expect((await sync()).users).toMatchObject({ outcome: 'complete', changed: 1, deleted: 0 })
    expect(await find(id)).toMatchObject({ status: 'deprovisioned', is_deleted: false, deactivated_at: statusChanged })
    org.sim.org.updateUser(id, { status: 'ACTIVE' })
    await sync()
    expect(await find(id)).toMatchObject({ status: 'active', is_enabled: true, deactivated_at: null })
  })

  it('B064, and one who is deleted in Okta leaves a tombstone', async () => {
    const { id } = org.sim.org.addUser({ login: 'deleted@acme.test', status: 'DEPROVISIONED' })
    await sync()
    org.sim.org.deleteUser(id)
    expect((await sync()).users).toMatchObject({ outcome: 'complete', deleted: 1 })
    expect(await find(id)).toMatchObject({ is_deleted: true, deleted_at: expect.any(String) })
  })

  it('B065: is shown alike by every run: one run does not delete whom the next brings back', async () => {
    await sync()
    const before = await org.rows('user')
    for (let run = 0; run < 3; run++)
      expect((await sync()).users).toMatchObject({ outcome: 'complete', created: 0, changed: 0, deleted: 0 })
    expect(await org.rows('user')).toEqual(before)
  })

  it('B069: stays in groups and application assignments, which show the state', async () => {
    const { org: okta } = org.sim
    const [suspended, left] = ['sleeper@acme.test', 'gone@acme.test'].map((login) => okta.addUser({ login }).id)
    const { id: group } = okta.addGroup({ name: 'Mixed' })
    const app = okta.appId(8)
    for (const user of [suspended, left]) {
      okta.addMember(group, user ?? '')
      okta.assignUser(app, user ?? '')
    }
    okta.updateUser(suspended ?? '', { status: 'SUSPENDED' })
    okta.deactivateUser(left ?? '')
    await sync(STREAMS)
    const members = (await org.rows('group-membership')).filter((row) => row.group_vendor_id === group)
    expect(new Map(members.map((row) => [row.user_vendor_id, row.user_status]))).toEqual(
      new Map([
        [suspended, 'suspended'],
        [left, 'deprovisioned'],
      ]),
    )
    expect(new Set(members.map((row) => row.user_vendor_status))).toEqual(new Set(['SUSPENDED', 'DEPROVISIONED']))
    expect(members.some((row) => row.is_deleted)).toBe(false)
    const listed = [...okta.usersOfApp(app)].map(({ id }) => id)
    const assigned = (await org.rows('application-assignment'))
      .filter((row) => row.application_vendor_id === app && row.principal_type === 'user' && !row.is_deleted)
      .map((row) => row.principal_vendor_id)
    expect(new Set(assigned)).toEqual(new Set(listed))
    expect(assigned).toContain(suspended)
  })
})

describe('the state of an account', () => {
  it('B066: locked out is enabled and locked, with Okta’s own word beside it', async () => {
    expect(await find(inState('LOCKED_OUT'))).toMatchObject({
      status: 'locked_out',
      vendor_status: 'LOCKED_OUT',
      is_enabled: true,
    })
  })

  it.each([
    ['STAGED', 'staged', false],
    ['PROVISIONED', 'provisioned', false],
    ['ACTIVE', 'active', true],
    ['RECOVERY', 'recovery', true],
    ['PASSWORD_EXPIRED', 'password_expired', true],
    ['LOCKED_OUT', 'locked_out', true],
    ['SUSPENDED', 'suspended', false],
    ['DEPROVISIONED', 'deprovisioned', false],
    ['FROZEN', 'unknown', null],
  ])('B066, and %s is %s', async (vendor_status, status, is_enabled) => {
    const id = org.sim.org.userId(0)
    org.sim.fault(oneRecord(USERS, id, (user) => ({ ...user, status: vendor_status })))
    expect((await sync()).users).toMatchObject({ outcome: 'complete', rejected: 0, deleted: 0 })
    expect(await find(id)).toMatchObject({ status, vendor_status, is_enabled })
  })

  it.each([null, undefined, 7, ['ACTIVE']])('B066, and one that is %j is not guessed', async (received) => {
    const id = org.sim.org.userId(0)
    org.sim.fault(oneRecord(USERS, id, (user) => ({ ...user, status: received })))
    expect((await sync()).users).toMatchObject({ outcome: 'complete', rejected: 0, deleted: 0 })
    expect(await find(id)).toMatchObject({ status: 'unknown', is_enabled: null, is_deleted: false })
  })

  it('B072: an old password alone expires nothing, and the documentation says when Okta notices one', async () => {
    const id = org.sim.org.userId(0)
    const passwordChanged = new Date(org.clock.now() - 730 * 86_400_000).toISOString()
    org.sim.fault(oneRecord(USERS, id, (user) => ({ ...user, status: 'ACTIVE', passwordChanged })))
    await sync()
    expect(await find(id)).toMatchObject({ status: 'active', is_enabled: true, password_changed_at: passwordChanged })
    expect(User.fields.is_enabled.sentence).toMatch(/expired password only at the next sign-in/)
  })
})

describe('what a run reads', () => {
  it('B070: has no lower bound: someone who has not changed since 2019 is in the first run', async () => {
    const first = await openTestOrg({ users: 20 })
    const { users } = (await first.sync({ streams: ['users'] })).resources
    expect(users).toMatchObject({ outcome: 'complete', rows: first.sim.org.expected().users })
    const old = (await first.rows('user')).filter((row) => String(row.last_updated_at).startsWith('2019-02'))
    expect(old).toMatchObject([{ last_updated_at: '2019-02-03T04:05:06.000Z', is_deleted: false }])
    expect(asked(first, USERS).filter(({ path }) => /lastUpdated|created|since|filter=/i.test(path))).toEqual([])
    await first.close()
  })

  it('B071: has the change of someone who was made in 2019 and renamed today', async () => {
    await sync()
    const old = [...org.sim.org.allUsers()].find(({ created }) => created.startsWith('2019-02'))?.id ?? ''
    org.sim.org.updateUser(old, { profile: { lastName: 'Renamed', displayName: undefined } })
    expect((await sync()).users).toMatchObject({ outcome: 'complete', created: 0, changed: 1 })
    const row = await find(old)
    expect(row).toMatchObject({ last_name: 'Renamed', vendor_created_at: '2019-02-03T04:05:06.000Z' })
    const changes = await org.db.query('select kind, fields from changes where record_id = $1 order by seq', [row?.id])
    expect(changes.at(-1)).toMatchObject({ kind: 'updated', fields: expect.arrayContaining(['last_name']) })
  })

  it('B071, and the change of someone whose time of change Okta did not move', async () => {
    const id = org.sim.org.userId(0)
    await sync()
    org.sim.fault(oneRecord(USERS, id, (user) => ({ ...user, lastLogin: '2026-01-05T08:59:00.000Z' })))
    expect((await sync()).users).toMatchObject({ outcome: 'complete', changed: 1 })
    expect(await find(id)).toMatchObject({ last_login_at: '2026-01-05T08:59:00.000Z' })
  })
})
