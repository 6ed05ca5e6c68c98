import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ENTITIES } from '../../src/model/index.ts'
import type { SyncOptions, TestOrg } from '../harness/org.ts'
import { type Crash, openCrashingOrg } from '../resume/crash.ts'

/** What vanishes only when it really did, and never in the middle of a sync. */

const PEOPLE = ['users', 'groups', 'group_memberships']
const APPS = ['applications', 'application_users', 'application_groups']

let org: TestOrg & { crash: Crash }

beforeEach(async () => {
  org = await openCrashingOrg({ users: 60 })
})
afterEach(() => org.close())

const sync = async (streams: readonly string[], settings: SyncOptions = {}) =>
  (await org.sync({ streams, ...settings })).resources

/** How many live records a reader sees at one moment, by entity. */
async function readable(): Promise<Record<string, number>> {
  const counts = ENTITIES.map(
    ({ name, table }) => `select '${name}' as name, count(*) as live from ${table} where not is_deleted`,
  )
  const rows = await org.db.query<{ name: string; live: number }>(counts.join(' union all '))
  return Object.fromEntries(rows.map(({ name, live }) => [name, live]))
}

function cleanUp(share: number): number {
  const all = [...org.sim.org.allUsers()].filter(({ id }) => id !== org.sim.org.ownerId)
  const going = all.slice(0, Math.round(all.length * share))
  for (const { id } of going) org.sim.org.deleteUser(id)
  return going.length
}

describe('a mass disappearance', () => {
  it('B073: of two in five users is held and told, and let through once a person confirms', async () => {
    await sync(PEOPLE)
    const before = await readable()
    const gone = cleanUp(0.4)
    const held = await sync(PEOPLE)
    expect(held.users).toMatchObject({
      outcome: 'partial',
      reason_code: 'deletes_held',
      held_deletes: gone,
      deleted: 0,
      remedy: expect.stringContaining('--confirm-deletes'),
    })
    expect(held.users?.reason).toContain(String(gone))
    expect(held.group_memberships).toMatchObject({ deleted: 0 })
    expect(await readable()).toEqual(before)

    const confirmed = await sync(PEOPLE, { confirmDeletes: true })
    expect(confirmed.users).toMatchObject({ outcome: 'complete', deleted: gone, held_deletes: 0 })
    const { users, group_memberships } = org.sim.org.expected()
    expect(await readable()).toMatchObject({ user: users, 'group-membership': group_memberships })
    expect((await sync(PEOPLE)).users).toMatchObject({ outcome: 'complete', deleted: 0 })
  })

  it('B073, and an ordinary round of leavers goes without asking', async () => {
    await sync(PEOPLE)
    const gone = cleanUp(0.2)
    const { users } = await sync(PEOPLE)
    expect(users).toMatchObject({ outcome: 'complete', deleted: gone, held_deletes: 0 })
    expect(await readable()).toMatchObject({ user: org.sim.org.expected().users })
  })

  it('B074: in an empty list of users is refused, and not even confirmed by accident', async () => {
    const streams = ['users', 'factors', 'groups', 'group_memberships']
    await sync(streams)
    const before = await readable()
    org.sim.fault('users-empty')
    for (const confirmDeletes of [false, true]) {
      const { outcome, resources } = await org.sync({ streams, confirmDeletes })
      expect(outcome).toBe('partial')
      expect(resources.users).toMatchObject({
        outcome: 'failed',
        reason_code: 'okta_suspicious_empty',
        deleted: 0,
        remedy: expect.stringContaining('role'),
      })
      expect(resources.factors).toMatchObject({ outcome: 'failed', deleted: 0 })
      expect(await readable()).toEqual(before)
    }
    org.sim.clearFaults()
    expect((await sync(PEOPLE)).users).toMatchObject({ outcome: 'complete', created: 0, changed: 0, deleted: 0 })
  })

  it.each([
    ['groups', 'groups-empty'],
    ['applications', 'apps-empty'],
    ['group_memberships', 'members-empty'],
    ['application_users', 'app-users-empty'],
  ])('B074, and so is one of %s: the records are held, whatever hangs on them too', async (stream, fault) => {
    const streams = ['users', 'groups', 'group_memberships', ...APPS]
    await sync(streams)
    const before = await readable()
    org.sim.fault(fault)
    const resources = await sync(streams)
    expect(resources[stream]).toMatchObject({ outcome: 'partial', reason_code: 'deletes_held', deleted: 0 })
    expect(resources[stream]?.held_deletes).toBeGreaterThan(0)
    expect(await readable()).toEqual(before)
    org.sim.clearFaults()
    expect((await sync(streams))[stream]).toMatchObject({ outcome: 'complete', created: 0, changed: 0, deleted: 0 })
  })

  it('B074, and of the few groups of a small org as well', async () => {
    await sync(['groups'])
    for (const { id } of [...org.sim.org.allGroups()].slice(3)) org.sim.org.deleteGroup(id)
    await sync(['groups'], { confirmDeletes: true })
    expect(await readable()).toMatchObject({ group: 3 })
    org.sim.fault('groups-empty')
    expect((await sync(['groups'])).groups).toMatchObject({ reason_code: 'deletes_held', held_deletes: 3, deleted: 0 })
    expect(await readable()).toMatchObject({ group: 3 })
  })
})

describe('a reader', () => {
  it('B076: sees everything of before while a sync runs, and after it was killed at a tenth', async () => {
    const small = { streams: PEOPLE, pageSizes: { users: 5, groups: 5 } }
    await org.sync(small)
    const before = await readable()
    const tenth = Math.ceil(org.crash.commits / 10)
    expect(tenth).toBeGreaterThan(3)
    cleanUp(0.1)
    const looks: Promise<Record<string, number>>[] = []
    org.crash.beforeCommit(tenth)
    const killed = await org.sync({ ...small, onProgress: () => looks.push(readable()) })
    expect(killed.outcome).toBe('failed')
    expect(looks.length).toBeGreaterThan(1)
    for (const seen of await Promise.all(looks)) expect(seen).toEqual(before)
    org.crash.beforeCommit(null)
    expect(await readable()).toEqual(before)

    expect(await org.sync(small)).toMatchObject({ outcome: 'complete', resumed: true })
    expect(await readable()).toMatchObject({ user: org.sim.org.expected().users })
  })

  it('B076, and never fewer rows than before at any commit of a sync without deletes', async () => {
    await sync(PEOPLE)
    const before = await readable()
    for (const { id } of org.sim.org.allUsers()) org.sim.org.updateUser(id, { profile: { title: 'Renamed' } })
    // The first two find the connection and open the job.
    for (let commit = 3; commit <= 9; commit++) {
      org.crash.beforeCommit(commit)
      expect((await org.sync({ streams: PEOPLE, fresh: true })).outcome).toBe('failed')
      org.crash.beforeCommit(null)
      expect(await readable()).toEqual(before)
    }
  })
})

describe('the last of a kind', () => {
  it('B078: takes what hung on it along once its deletion is accepted', async () => {
    await sync(APPS)
    const before = await readable()
    expect(before['application-assignment']).toBeGreaterThan(100)
    for (const { id } of [...org.sim.org.allApps()]) org.sim.org.deleteApp(id)
    const held = await sync(APPS)
    expect(held.applications).toMatchObject({ reason_code: 'deletes_held', deleted: 0 })
    expect(held.application_users).toMatchObject({ deleted: 0 })
    expect(await readable()).toEqual(before)

    const accepted = await sync(APPS, { confirmDeletes: true })
    expect(accepted.applications).toMatchObject({ outcome: 'complete', deleted: before.application })
    expect(accepted.application_users).toMatchObject({ outcome: 'complete', rows: 0 })
    expect(await readable()).toMatchObject({ application: 0, 'application-assignment': 0 })
    expect((await sync(APPS)).application_users).toMatchObject({ outcome: 'complete', deleted: 0 })
  })

  it('B078, and one deleted application takes its many users along without another question', async () => {
    await sync(APPS)
    const [biggest] = [...org.sim.org.allApps()]
      .map(({ id }) => ({ id, users: [...org.sim.org.usersOfApp(id)].length }))
      .sort((a, b) => b.users - a.users)
    expect(biggest?.users).toBeGreaterThan(20)
    org.sim.org.deleteApp(biggest?.id ?? '')
    const { applications, application_users } = await sync(APPS)
    expect(applications).toMatchObject({ outcome: 'complete', deleted: 1 })
    expect(application_users).toMatchObject({ outcome: 'complete', deleted: biggest?.users, held_deletes: 0 })
  })

  it('B078, and so do the last member of a group, the last user of an application and the last role of a user', async () => {
    const { org: okta } = org.sim
    const user = okta.userId(0)
    const group = okta.addGroup({ name: 'One member' }).id
    const app = okta.addApp({ label: 'One user' }).id
    okta.addMember(group, user)
    okta.assignUser(app, user)
    const streams = ['users', 'groups', 'group_memberships', ...APPS, 'user_roles']
    await sync(streams)
    okta.removeMember(group, user)
    okta.unassignUser(app, user)
    const held = okta.roleHolderIds().flatMap((holder) => okta.rolesOf(holder).map((one) => ({ holder, ...one })))
    for (const { holder, role, assignmentType } of held)
      if (assignmentType === 'USER' && holder !== okta.ownerId) okta.revokeRole(holder, role.id)
    expect(okta.expected().user_roles).toBeGreaterThan(0)
    expect(okta.expected().user_roles).toBeLessThan(held.length)
    const { group_memberships, application_users, user_roles } = await sync(streams)
    expect(group_memberships).toMatchObject({ outcome: 'complete', deleted: 1 })
    expect(application_users).toMatchObject({ outcome: 'complete', deleted: 1 })
    expect(user_roles).toMatchObject({ outcome: 'complete', rows: okta.expected().user_roles })
    const roles = (await org.rows('role-assignment')).filter((row) => row.stream === 'user_roles' && !row.is_deleted)
    expect(roles).toHaveLength(okta.expected().user_roles)
  })
})
