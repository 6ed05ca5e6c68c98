import { afterEach, describe, expect, test } from 'vitest'
import { type Sim, type SimOptions, startSim } from './index.ts'
import { getJson, getList, getPages, handClock } from './testing/calls.ts'

describe('the generated org', () => {
  let sim: Sim
  afterEach(() => sim?.close())
  const start = async (options: SimOptions) => {
    sim = await startSim({ limitScale: Number.POSITIVE_INFINITY, clock: handClock(), ...options })
    return sim
  }

  test('r1 holds exactly what its name promises', async () => {
    await start({ org: 'r1' })
    expect(sim.org.expected()).toMatchObject({
      users: 11_000,
      groups: 2_001,
      group_memberships: 60_000 + 11_000,
      applications: 300,
      application_users: 120_000,
      application_groups: 900,
      role_holders: 50,
      policies: 60,
      log_events: 5_000,
    })
    expect([...sim.org.allUsers()].filter(({ status }) => status === 'DEPROVISIONED')).toHaveLength(1_000)
    const sizes = [...sim.org.allGroups()].map(({ id }) => [...sim.org.membersOf(id)].length)
    expect(sizes.filter((size) => size === 0)).toHaveLength(800)
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(71_000)
    expect(sim.org.adminGroupIds()).toHaveLength(5)
  })

  test('r2 holds ten times the people, groups and memberships of r1', async () => {
    await start({ org: 'r2' })
    expect(sim.org.expected()).toMatchObject({
      users: 110_000,
      groups: 20_001,
      group_memberships: 600_000 + 110_000,
      applications: 1_000,
    })
  })

  test('no user is twice in a group or an app, and both sides of a membership agree', async () => {
    await start({})
    for (const { id } of sim.org.allGroups()) {
      const members = [...sim.org.membersOf(id)]
      expect(new Set(members).size).toBe(members.length)
      for (const member of members) expect(sim.org.groupsOf(member)).toContain(id)
    }
    for (const { id } of sim.org.allApps()) {
      const users = [...sim.org.usersOfApp(id)].map((user) => user.id)
      expect(new Set(users).size).toBe(users.length)
    }
  })

  test("an app's users are its groups' live members and the directly assigned", async () => {
    await start({})
    for (const { id, status } of sim.org.allApps()) {
      const users = new Map([...sim.org.usersOfApp(id)].map((user) => [user.id, user.scope]))
      const granted = new Set(sim.org.groupsOfApp(id).flatMap((group) => [...sim.org.membersOf(group)]))
      for (const user of granted) {
        if (status === 'ACTIVE' && sim.org.user(user)?.status === 'DEPROVISIONED') expect(users.has(user)).toBe(false)
        else expect(users.has(user)).toBe(true)
      }
      for (const [user, scope] of users) if (scope === 'GROUP') expect(granted).toContain(user)
    }
  })

  test('the same seed gives the same bytes, another seed another org', async () => {
    const read = async (seed: number) => {
      await start({ seed, port: 0 })
      const paths = ['/api/v1/users', '/api/v1/groups?expand=stats', '/api/v1/apps?limit=200', '/api/v1/logs']
      const bodies = await Promise.all(paths.map((path) => getJson(sim, path)))
      const text = JSON.stringify(bodies).replaceAll(sim.origin, '')
      await sim.close()
      return text
    }
    const [one, again, two] = [await read(1), await read(1), await read(2)]
    expect(one).toBe(again)
    expect(one).not.toBe(two)
  })

  test('a million users start in no time and answer a page anywhere', async () => {
    const before = performance.now()
    await start({ org: 'r2', users: 1_000_000 })
    expect(performance.now() - before).toBeLessThan(300)
    const id = sim.org.userId(987_654)
    expect(await getJson(sim, `/api/v1/users/${id}`)).toMatchObject({ id })
    expect(await getList(sim, `/api/v1/users/${id}/groups`)).toHaveLength(sim.org.groupsOf(id).length)
  })

  test('ten users are enough for an org', async () => {
    await start({ users: 10 })
    const expected = sim.org.expected()
    expect(expected.users).toBe(11)
    expect((await getPages(sim, '/api/v1/users?search=status+pr')).flat()).toHaveLength(11)
  })

  test('generated times lie before the org was made', async () => {
    await start({})
    const now = Date.UTC(2026, 2, 15, 12)
    for (const { created, lastUpdated } of [...sim.org.allUsers(), ...sim.org.allGroups(), ...sim.org.allApps()]) {
      expect(Date.parse(created)).toBeLessThanOrEqual(Date.parse(lastUpdated))
      expect(Date.parse(lastUpdated)).toBeLessThan(now)
    }
  })

  test('Classic has four policy types and no policy links on apps', async () => {
    await start({ engine: 'v1' })
    expect(await getJson(sim, '/.well-known/okta-organization')).toMatchObject({ pipeline: 'v1' })
    expect(sim.org.state.policies.types).toEqual(['OKTA_SIGN_ON', 'PASSWORD', 'MFA_ENROLL', 'IDP_DISCOVERY'])
    const apps = await getList(sim, '/api/v1/apps?limit=200')
    expect(apps.filter((app) => 'accessPolicy' in (app._links as object))).toEqual([])
    expect(await getJson(sim, '/api/v1/policies?type=ACCESS_POLICY')).toMatchObject({ errorCode: 'E0000002' })
  })

  test('the small org wears every odd shape: null names, null types, strange logins, directories without sign-on mode', async () => {
    await start({})
    const profiles = [...sim.org.allUsers()].map((user) => user.profile)
    expect(profiles.map(({ login }) => login)).toEqual(expect.arrayContaining(['svc-bot', '#abcd', 'ab/cd', '..']))
    expect(profiles.some(({ firstName }) => firstName === null)).toBe(true)
    expect(new Set([...sim.org.allUsers()].map(({ status }) => status)).size).toBe(8)
    expect([...sim.org.allUsers()].some(({ type }) => type === null)).toBe(true)
    expect([...sim.org.allApps()].filter(({ signOnMode }) => signOnMode === null)).toHaveLength(2)
    const factors = [...sim.org.allUsers()].flatMap(({ id }) => sim.org.factorsOf(id))
    const types = new Set(factors.map(({ factorType }) => factorType))
    for (const type of ['signed_nonce', 'push', 'token:software:totp', 'webauthn', 'question', 'sms', 'email']) {
      expect(types).toContain(type)
    }
    expect(JSON.stringify(factors.filter(({ status }) => status === 'PENDING_ACTIVATION'))).toContain('sharedSecret')
  })
})
