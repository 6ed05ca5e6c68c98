import { afterEach, describe, expect, it } from 'vitest'
import { EVERYTHING, type SyncScope } from '../../src/model/scope.ts'
import { openTestOrg, type SyncOptions, type TestOrg } from '../harness/org.ts'
import { asked } from './calls.ts'

/** Of all people only the members of chosen groups: what is asked, what is kept, and who comes and goes. */

const MINUTE = 60_000
const MEMBERS = 'GET /api/v1/groups/{id}/users'
const NAMES = ['Crew', 'Staff', 'Guests']

let org: TestOrg
afterEach(() => org.close())

const scoped = (scope: Partial<SyncScope>): Pick<SyncOptions, 'scope'> => ({ scope: { ...EVERYTHING, ...scope } })
const ONLY_MEMBERS = scoped({ groups: NAMES, membersOnly: true })
const idIn = ({ path }: { path: string }) => path.split('?')[0]?.split('/')[4] ?? ''
const live = async (entity: string) => (await org.rows(entity)).filter((row) => !row.is_deleted)
const sorted = (values: Iterable<unknown>) => [...values].map(String).sort()

/** An org in which three groups have so many members; one person is in two of them. */
async function openCrew(users: number, members: number): Promise<{ groups: string[]; people: string[] }> {
  org = await openTestOrg({ users })
  const { org: sim } = org.sim
  const groups = NAMES.map((name) => sim.addGroup({ name }).id)
  const people = Array.from({ length: members }, (_, number) => sim.userId(number * Math.floor(users / members)))
  for (const [number, person] of people.entries()) sim.addMember(groups[number % 3] ?? '', person)
  sim.addMember(groups[1] ?? '', people[0] ?? '')
  return { groups, people }
}

/** Everything that is stored is about these people, and all of it is. */
async function expectOnly(people: readonly string[], groups: readonly string[]): Promise<void> {
  const { org: sim } = org.sim
  expect(sorted((await live('user')).map((row) => row.vendor_id))).toEqual(sorted(people))
  const memberships = groups.flatMap((group) => [...sim.membersOf(group)].map((user) => `${group}:${user}`))
  expect(sorted((await live('group-membership')).map((row) => row.vendor_id))).toEqual(sorted(memberships))
  const factors = people
    .filter((id) => sim.user(id)?.status !== 'DEPROVISIONED')
    .flatMap((id) => [...sim.factorsOf(id)].map((factor) => `${id}:${factor.id}`))
  expect(sorted((await live('factor')).map((row) => row.vendor_id))).toEqual(sorted(factors))
  const assigned = [...sim.allApps()].flatMap(({ id }) =>
    [...sim.usersOfApp(id)].filter((user) => people.includes(user.id)).map((user) => `${id}:user:${user.id}`),
  )
  const assignments = (await live('application-assignment')).filter((row) => row.principal_type === 'user')
  expect(sorted(assignments.map((row) => row.vendor_id))).toEqual(sorted(assigned))
  const roles = (await live('role-assignment')).filter((row) => row.principal_type === 'user')
  expect(roles.filter((row) => !people.includes(String(row.principal_vendor_id)))).toEqual([])
}

describe('members only', () => {
  it('B161: reads 40 members of three groups out of 10,000 users in one request per group, and asks for nobody else', async () => {
    const { groups, people } = await openCrew(10_000, 40)
    const admin = people[7] ?? ''
    org.sim.org.grantRole(admin, 'APP_ADMIN')
    org.sim.resetCounts()
    const result = await org.sync({ ...ONLY_MEMBERS, logDays: 1 })
    expect(result.outcome).toBe('complete')
    const { users, groups: listedGroups } = result.resources
    expect(users).toMatchObject({ outcome: 'complete', rows: 40, requests: 3 })
    expect(listedGroups?.rows).toBe(3)
    expect(asked(org, 'GET /api/v1/users')).toEqual([])
    expect(new Set(asked(org, MEMBERS).map(idIn))).toEqual(new Set(groups))
    expect(asked(org, 'GET /api/v1/apps/{id}/users')).toEqual([])
    for (const route of ['factors', 'roles'])
      for (const call of asked(org, `GET /api/v1/users/{id}/${route}`)) expect(people).toContain(idIn(call))
    await expectOnly(people, groups)
    expect((await live('role-assignment')).map((row) => row.principal_vendor_id)).toContain(admin)
  })

  it('B161, and in rounds who joins comes with all that they have, who leaves the last group goes with it', async () => {
    const { groups, people } = await openCrew(60, 12)
    const [crew = '', staff = ''] = groups
    const { org: sim } = org.sim
    await org.sync(ONLY_MEMBERS)
    await expectOnly(people, groups)
    org.clock.advance(30 * MINUTE)
    expect(await org.round(ONLY_MEMBERS)).toMatchObject({ outcome: 'complete' })
    org.clock.advance(30 * MINUTE)

    const [joiner = '', stranger = ''] = [sim.userId(1), sim.userId(2)]
    sim.enrollFactor(joiner, 'sms')
    sim.grantRole(joiner, 'READ_ONLY_ADMIN')
    sim.addMember(staff, joiner)
    const [both = '', leaver = '', mover = ''] = [people[0], people[1], people[3]]
    sim.removeMember(crew, both)
    sim.removeMember(staff, leaver)
    sim.removeMember(crew, mover)
    sim.addMember(staff, mover)
    sim.updateUser(stranger, { profile: { title: 'Nobody of ours' } })
    sim.addMember(sim.groupId(3), stranger)
    sim.enrollFactor(stranger, 'call')
    org.sim.resetCounts()
    const round = await org.round(ONLY_MEMBERS)
    expect(round.outcome).toBe('complete')
    const now = [...people.filter((id) => id !== leaver), joiner]
    await expectOnly(now, groups)
    expect((await live('role-assignment')).map((row) => row.principal_vendor_id)).toContain(joiner)
    const aboutStranger = org.sim.requests.filter(({ path }) => path.includes(stranger))
    expect(aboutStranger).toEqual([])
    // Nothing is told twice: the one who moved never seemed to be gone.
    const changes = await org.db.query<{ kind: string; vendor_id: string }>(
      "select c.kind, u.vendor_id from changes c join users u on u.id = c.record_id where c.entity = 'user' and c.job_id = $1",
      [round.job_id],
    )
    expect(changes.map(({ kind, vendor_id }) => `${kind} ${vendor_id}`).sort()).toEqual(
      [`created ${joiner}`, `deleted ${leaver}`].sort(),
    )

    sim.removeMember(staff, joiner)
    sim.addMember(staff, leaver)
    org.clock.advance(30 * MINUTE)
    expect(await org.round(ONLY_MEMBERS)).toMatchObject({ outcome: 'complete' })
    await expectOnly(people, groups)
    expect(await org.sync(ONLY_MEMBERS)).toMatchObject({ outcome: 'complete', resources: { users: { changed: 0 } } })
    await expectOnly(people, groups)
  })

  it('B161, and joiners whom the log does not name come with the listing of their group', async () => {
    const { groups, people } = await openCrew(60, 12)
    const { org: sim } = org.sim
    await org.sync(ONLY_MEMBERS)
    org.clock.advance(30 * MINUTE)
    const joiners = [1, 2, 3].map((number) => sim.userId(number))
    for (const joiner of joiners) sim.addMember(groups[2] ?? '', joiner)
    const isOfMembership = (event: { eventType?: unknown }) => event.eventType === 'group.user_membership.add'
    org.sim.fault({
      match: 'GET /api/v1/logs',
      transform: (body) => (Array.isArray(body) ? body.filter((event) => !isOfMembership(event)) : body),
    })
    expect(await org.round(ONLY_MEMBERS)).toMatchObject({ outcome: 'complete' })
    await expectOnly([...people, ...joiners], groups)
  })

  it('B161, and a group that is gone takes along those who were in no other', async () => {
    const { groups, people } = await openCrew(60, 12)
    const [crew = '', staff = '', guests = ''] = groups
    await org.sync(ONLY_MEMBERS)
    org.clock.advance(30 * MINUTE)
    org.sim.org.deleteGroup(crew)
    expect(await org.round(ONLY_MEMBERS)).toMatchObject({ outcome: 'complete' })
    const staying = people.filter((_, number) => number % 3 > 0 || number === 0)
    await expectOnly(staying, [staff, guests])
    // The next full sync finds the same.
    expect(await org.sync(ONLY_MEMBERS)).toMatchObject({ resources: { users: { created: 0, deleted: 0 } } })
  })

  it('B161, and one failed listing of three deletes nobody', async () => {
    const { groups, people } = await openCrew(60, 12)
    const [crew = '', staff = ''] = groups
    await org.sync(ONLY_MEMBERS)
    for (const person of people.slice(6)) for (const group of groups) org.sim.org.removeMember(group, person)
    org.sim.fault({ match: MEMBERS, where: ({ params }) => params.id === staff, status: 500 })
    const broken = await org.sync(ONLY_MEMBERS)
    expect(broken.resources.users).toMatchObject({ outcome: 'partial', deleted: 0 })
    expect(await live('user')).toHaveLength(12)
    org.sim.clearFaults()
    // So does a group of which Okta counts members and lists none.
    org.sim.fault({ match: MEMBERS, where: ({ params }) => params.id === crew, status: 200, body: [] })
    const empty = await org.sync(ONLY_MEMBERS)
    expect(empty.resources.users).toMatchObject({
      outcome: 'partial',
      reason_code: 'okta_suspicious_empty',
      deleted: 0,
    })
    org.sim.clearFaults()
    expect(await org.sync(ONLY_MEMBERS)).toMatchObject({ outcome: 'complete', resources: { users: { deleted: 6 } } })
    await expectOnly(people.slice(0, 6), groups)
  })

  it('B161, and an empty group is nobody, while groups that are not there are a mistake that deletes nobody', async () => {
    const { groups, people } = await openCrew(60, 12)
    const empty = org.sim.org.addGroup({ name: 'Empty' }).id
    const result = await org.sync(scoped({ groups: [empty], membersOnly: true }))
    expect(result).toMatchObject({ outcome: 'complete', resources: { users: { outcome: 'complete', rows: 0 } } })
    await org.sync(ONLY_MEMBERS)
    await expectOnly(people, groups)
    const nowhere = await org.sync({ ...scoped({ groups: ['Krew'], membersOnly: true }), confirmDeletes: true })
    expect(nowhere.resources.users).toMatchObject({
      outcome: 'failed',
      reason_code: 'scope_matches_nothing',
      remedy: expect.stringContaining('Correct the names'),
    })
    expect(await live('user')).toHaveLength(12)
  })

  it('B161, and a scope that is made narrower waits for a yes, made wider reads all of it, also where a round was asked for', async () => {
    const { groups, people } = await openCrew(60, 12)
    const everybody = org.sim.org.expected().users
    await org.sync()
    org.clock.advance(30 * MINUTE)
    const held = await org.round(ONLY_MEMBERS)
    expect(held.resources.users).toMatchObject({ outcome: 'partial', reason_code: 'deletes_held' })
    expect(await live('user')).toHaveLength(everybody)
    const narrow = await org.round({ ...ONLY_MEMBERS, confirmDeletes: true })
    expect(narrow).toMatchObject({ outcome: 'complete', resources: { users: { deleted: everybody - 12 } } })
    await expectOnly(people, groups)
    org.clock.advance(30 * MINUTE)
    expect(await org.round()).toMatchObject({ outcome: 'complete' })
    expect(await live('user')).toHaveLength(everybody)
    expect(await live('group-membership')).toHaveLength(org.sim.org.expected().group_memberships)
    expect(await live('factor')).toHaveLength(org.sim.org.expected().factors)
  })

  it('B161, and a stopped sync goes on within its groups, while an email domain limits them further', async () => {
    const { groups, people } = await openCrew(60, 12)
    const { id } = org.sim.org.addUser({ login: 'one@guests.example', groups: [groups[0] ?? ''] })
    const stop = new AbortController()
    org.sim.fault({ match: MEMBERS, skip: 1, times: 1, onHit: () => stop.abort() })
    const stopped = await org.sync({ ...ONLY_MEMBERS, stop: stop.signal, parallelParents: 1 })
    expect(stopped).toMatchObject({ outcome: 'failed', error: { code: 'job_interrupted' } })
    expect(await org.sync(ONLY_MEMBERS)).toMatchObject({ outcome: 'complete', resumed: true })
    await expectOnly([...people, id], groups)
    const domain = scoped({ groups: NAMES, membersOnly: true, emailDomains: ['guests.example'] })
    await org.sync({ ...domain, confirmDeletes: true })
    expect((await live('user')).map((row) => row.vendor_id)).toEqual([id])
    org.clock.advance(30 * MINUTE)
    org.sim.org.addMember(groups[1] ?? '', org.sim.org.userId(1))
    const other = org.sim.org.addUser({ login: 'two@guests.example', groups: [groups[2] ?? ''] })
    expect(await org.round(domain)).toMatchObject({ outcome: 'complete' })
    expect(sorted((await live('user')).map((row) => row.vendor_id))).toEqual(sorted([id, other.id]))
  })
})
