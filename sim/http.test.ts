import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sim, startSim } from './index.ts'
import { get, getJson, getList, handClock, type Listed } from './testing/calls.ts'

describe('answers over HTTP', () => {
  let sim: Sim
  const clock = handClock()
  beforeAll(async () => {
    sim = await startSim({ clock, limitScale: Number.POSITIVE_INFINITY })
  })
  afterAll(() => sim.close())

  test('every answer carries a request id of its own and the Date of the clock', async () => {
    const [one, two] = [await get(sim, '/api/v1/org'), await get(sim, '/api/v1/org')]
    expect(one.headers.get('x-okta-request-id')).toMatch(/^[0-9a-f]{32}$/)
    expect(one.headers.get('x-okta-request-id')).not.toBe(two.headers.get('x-okta-request-id'))
    expect(Date.parse(one.headers.get('date') ?? '')).toBe(clock.now())
  })

  test('the well-known document needs no token, everything else does', async () => {
    expect(await (await fetch(`${sim.origin}/.well-known/okta-organization`)).json()).toMatchObject({ pipeline: 'idx' })
    expect(await (await fetch(`${sim.origin}/api/v1/org`)).json()).toMatchObject({ errorCode: 'E0000011' })
  })

  test.each([
    ['SSWS SSWS token', 401],
    ['Bearer token', 401],
    ['token', 401],
    ['SSWS token', 200],
  ])('Authorization "%s" is answered with %i', async (header, status) => {
    const authorization = header.replace('token', sim.token)
    expect((await fetch(`${sim.origin}/api/v1/org`, { headers: { authorization } })).status).toBe(status)
  })

  test('an expired token, a deactivated owner and a revoked right are three answers', async () => {
    const owner = sim.org.addUser()
    const expired = sim.addToken({ name: 'expired', expired: true })
    const owned = sim.addToken({ name: 'owned', ownerId: owner.id })
    const readOnly = sim.addToken({ name: 'read only', permissions: 'read_only' })
    expect((await get(sim, '/api/v1/org', expired)).status).toBe(401)
    expect(await getJson(sim, '/api/v1/users/me', owned)).toMatchObject({ id: owner.id })
    sim.org.deactivateUser(owner.id)
    expect((await get(sim, '/api/v1/org', owned)).status).toBe(401)
    expect((await get(sim, '/api/v1/users', readOnly)).status).toBe(200)
    for (const path of ['/api/v1/iam/assignees/users', '/api/v1/users/me/roles', '/api/v1/api-tokens']) {
      expect(await getJson(sim, path, readOnly), path).toMatchObject({ errorCode: 'E0000006' })
    }
  })

  test('unknown paths, wrong methods and unknown records have errors of their own', async () => {
    expect(await getJson(sim, '/api/v1/nothing')).toMatchObject({ errorCode: 'E0000008' })
    expect(await getJson(sim, '/api/v1/users/00u1')).toMatchObject({
      errorCode: 'E0000007',
      errorSummary: 'Not found: Resource not found: 00u1 (User)',
    })
    const headers = { authorization: `SSWS ${sim.token}` }
    expect((await fetch(`${sim.origin}/api/v1/users`, { method: 'DELETE', headers })).status).toBe(405)
    expect((await get(sim, `/api/v1/users/${sim.org.groupId(1)}/roles`)).status).toBe(404)
  })

  test('factors of a deprovisioned user are a 404, those of a staged one an empty list', async () => {
    expect(await getJson(sim, `/api/v1/users/${sim.org.userId(125)}/factors`)).toMatchObject({ errorCode: 'E0000007' })
    expect(await getJson(sim, `/api/v1/users/${sim.org.userId(6)}/factors`)).toEqual([])
  })

  test('users are found by login in every odd form, and by the short one', async () => {
    for (const login of ['#abcd', 'ab/cd', 'svc-bot', 'no-names']) {
      expect(await getJson(sim, `/api/v1/users/${encodeURIComponent(login)}`), login).toHaveProperty('id')
    }
  })

  test('credentials are left out only when all three words are sent', async () => {
    const ask = async (words: string) => {
      const headers = {
        authorization: `SSWS ${sim.token}`,
        'content-type': `application/json; okta-response="${words}"`,
      }
      const users = (await (await fetch(`${sim.origin}/api/v1/users?limit=1`, { headers })).json()) as object[]
      return 'credentials' in (users[0] ?? {})
    }
    expect(await ask('omitCredentials,omitCredentialsLinks,omitTransitioningToStatus')).toBe(false)
    expect(await ask('omitCredentials')).toBe(true)
  })

  test('group statistics count, and groups with admin roles say so', async () => {
    const groups = await getList(sim, '/api/v1/groups?expand=stats')
    const stats = (group: Listed | undefined) =>
      (group as unknown as { _embedded: { stats: Record<string, unknown> } })._embedded.stats
    expect(stats(groups[0])).toMatchObject({ usersCount: [...sim.org.membersOf(sim.org.everyoneId)].length })
    const admins = groups.filter((group) => stats(group).hasAdminPrivilege).map(({ id }) => id)
    expect(admins).toEqual(sim.org.adminGroupIds())
  })

  test("a custom role's links name two hosts", async () => {
    const roles = (
      await Promise.all(sim.org.roleHolderIds().map((id) => getList(sim, `/api/v1/users/${id}/roles`)))
    ).flat()
    const custom = roles.find(({ type }) => type === 'CUSTOM')
    const links = custom?._links as Record<string, { href: string }>
    expect(links.role?.href).toMatch(/^https:\/\/acme-small-admin\.okta\.com\/api\/v1\/iam\/roles\/cr0/)
    expect(links['resource-set']?.href).toMatch(new RegExp(`^${sim.origin}/api/v1/iam/resource-sets/iam`))
  })
})
