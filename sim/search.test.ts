import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sim, startSim } from './index.ts'
import { getJson, getList } from './testing/calls.ts'

describe('filter and search', () => {
  let sim: Sim
  beforeAll(async () => {
    sim = await startSim({ limitScale: Number.POSITIVE_INFINITY })
  })
  afterAll(() => sim.close())

  const find = (listing: string, kind: 'search' | 'filter', text: string) =>
    getList(sim, `/api/v1/${listing}?limit=200&${kind}=${encodeURIComponent(text)}`)
  const refuse = (listing: string, kind: 'search' | 'filter', text: string) =>
    getJson(sim, `/api/v1/${listing}?${kind}=${encodeURIComponent(text)}`)

  test('status pr finds everybody, the plain list hides the deprovisioned', async () => {
    expect(await find('users', 'search', 'status pr')).toHaveLength(132)
    expect(await find('users', 'filter', 'status eq "DEPROVISIONED"')).toHaveLength(12)
    expect(await getList(sim, '/api/v1/users')).toHaveLength(120)
  })

  test('and binds closer than or, brackets and not work', async () => {
    const both = await find(
      'users',
      'search',
      'status eq "SUSPENDED" or status eq "ACTIVE" and profile.login eq "svc-bot"',
    )
    const grouped = await find(
      'users',
      'search',
      '(status eq "SUSPENDED" or status eq "ACTIVE") and profile.login eq "svc-bot"',
    )
    expect(grouped).toHaveLength(1)
    expect(both.length).toBeGreaterThan(1)
  })

  test('custom attributes of every type can be searched, lists by any of their values', async () => {
    expect((await find('users', 'search', 'profile.costCenters eq "a"')).map(({ id }) => id)).toEqual([
      sim.org.userId(14),
    ])
    expect((await find('users', 'search', 'profile.level gt 8')).length).toBeGreaterThan(0)
    expect((await find('users', 'search', 'profile.remote eq true')).length).toBeGreaterThan(0)
    expect((await find('users', 'search', 'profile.badge pr')).length).toBeLessThan(10)
  })

  test('quotes and backslashes in values are escaped as in JSON', async () => {
    const [group] = await find('groups', 'search', `profile.name eq ${JSON.stringify('A "quoted" \\ team')}`)
    expect(group?.id).toBe(sim.org.groupId(5))
  })

  test('groups can be asked for profile or membership changes', async () => {
    const all = await find(
      'groups',
      'filter',
      'lastUpdated gt "2000-01-01T00:00:00.000Z" or lastMembershipUpdated gt "2000-01-01T00:00:00.000Z"',
    )
    expect(all).toHaveLength(24)
    expect(await find('groups', 'filter', 'lastMembershipUpdated gt "2100-01-01T00:00:00.000Z"')).toEqual([])
  })

  test('search sorts, ties by id', async () => {
    const asked = `search=${encodeURIComponent('status pr')}&limit=200`
    const updated = (await getList(sim, `/api/v1/users?${asked}&sortBy=lastUpdated&sortOrder=desc`)).map((user) =>
      String(user.lastUpdated),
    )
    expect(updated).toEqual([...updated].sort().reverse())
    const ids = (await getList(sim, `/api/v1/users?${asked}&sortBy=id`)).map(({ id }) => id)
    expect(ids).toEqual([...ids].sort())
  })

  test.each([
    ['groups', 'filter', 'profile.name eq "Everyone"', 'E0000031'],
    ['users', 'filter', 'profile.title eq "x"', 'E0000031'],
    ['users', 'search', 'status ne "ACTIVE"', 'E0000031'],
    ['users', 'search', 'status eq "ACTIVE', 'E0000031'],
    ['users', 'search', '(status eq "ACTIVE"', 'E0000031'],
    ['apps', 'filter', 'status eq "ACTIVE" and name eq "slack"', 'E0000031'],
    ['apps', 'filter', 'lastUpdated gt "2020-01-01T00:00:00.000Z"', 'E0000031'],
    ['logs', 'filter', 'published gt "2020-01-01T00:00:00.000Z"', 'E0000053'],
  ] as const)('%s?%s=%s is refused', async (listing, kind, text, errorCode) => {
    expect(await refuse(listing, kind, text)).toMatchObject({ errorCode })
  })

  test('apps can be filtered by user and by group', async () => {
    const app = sim.org.appId(9)
    const [user] = [...sim.org.usersOfApp(app)]
    expect((await find('apps', 'filter', `user.id eq "${user?.id}"`)).map(({ id }) => id)).toContain(app)
    const [group] = sim.org.groupsOfApp(app)
    expect((await find('apps', 'filter', `group.id eq "${group}"`)).map(({ id }) => id)).toContain(app)
    expect((await find('apps', 'filter', 'status eq "INACTIVE"')).map(({ id }) => id)).toEqual([sim.org.appId(12)])
  })
})
