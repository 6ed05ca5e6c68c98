import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FAULTS, type Fault, listFaults, type Sim, startSim } from './index.ts'
import { get, getJson, getList, handClock, nextOf } from './testing/calls.ts'

describe('faults', () => {
  let sim: Sim
  let clock: ReturnType<typeof handClock>
  beforeEach(async () => {
    clock = handClock()
    sim = await startSim({ clock })
  })
  afterEach(() => sim.close())

  const add = (rule: Fault | string) => sim.fault(rule)
  const status = async (path: string) => (await get(sim, path)).status
  const failure = async (path: string) => {
    try {
      const response = await get(sim, path)
      await response.text()
      return `answered ${response.status}`
    } catch (error) {
      return String((error as Error & { cause?: { code?: string } }).cause?.code ?? (error as Error).message)
    }
  }

  test('match takes a route, a path with or without its query, a pattern, or everything', async () => {
    const path = `/api/v1/groups/${sim.org.groupId(1)}/users?limit=1`
    const matching = [
      'GET /api/v1/groups/{id}/users',
      `GET ${path}`,
      `GET ${path.split('?')[0]}`,
      /groups\/.*limit=1/,
      '*',
    ]
    for (const match of matching) {
      const fault = add({ match, status: 503 })
      expect(await status(path), String(match)).toBe(503)
      fault.remove()
    }
    add({ match: 'GET /api/v1/groups', status: 503 })
    expect(await status(path)).toBe(200)
  })

  test('skip lets calls through, times ends it, hits counts, remove and clearFaults undo', async () => {
    const fault = add({ match: 'GET /api/v1/org', skip: 1, times: 2, status: 500 })
    const seen: number[] = []
    for (let i = 0; i < 5; i++) seen.push(await status('/api/v1/org'))
    expect(seen).toEqual([200, 500, 500, 200, 200])
    expect(fault.hits).toBe(2)
    add({ match: '*', status: 500 })
    sim.clearFaults()
    expect(await status('/api/v1/org')).toBe(200)
  })

  test('a status alone brings the Okta error of that status', async () => {
    for (const [code, errorCode] of [
      [401, 'E0000011'],
      [403, 'E0000006'],
      [404, 'E0000007'],
      [429, 'E0000047'],
      [500, 'E0000009'],
      [503, 'E0000010'],
    ] as const) {
      const fault = add({ match: '*', status: code })
      expect(await getJson(sim, '/api/v1/org')).toMatchObject({ errorCode, errorCauses: [] })
      fault.remove()
    }
  })

  test('connections can be cut before the headers, after them and in the body', async () => {
    for (const [reset, expected] of [
      ['before-headers', 'ECONNRESET'],
      ['after-headers', 'UND_ERR_SOCKET'],
      ['mid-body', 'UND_ERR_SOCKET'],
    ] as const) {
      const fault = add({ match: '*', reset })
      expect(await failure('/api/v1/users'), reset).toBe(expected)
      fault.remove()
    }
    expect(sim.requests.map((request) => request.status)).toEqual([0, 200, 200])
  })

  test('a truncated body ends cleanly, a chunked one comes whole', async () => {
    const fault = add({ match: '*', truncate: 100 })
    expect(await (await get(sim, '/api/v1/users')).text()).toHaveLength(100)
    fault.remove()
    add({ match: '*', chunks: 7 })
    const response = await get(sim, '/api/v1/users')
    expect(response.headers.get('content-length')).toBeNull()
    expect((await response.json()) as unknown[]).toHaveLength(120)
  })

  test('delays go through the clock, before the answer or inside it', async () => {
    add({ match: 'GET /api/v1/org', delayMs: 45_000 })
    add({ match: 'GET /api/v1/features', delayMs: 20_000, delayAt: 'body' })
    expect(await status('/api/v1/org')).toBe(200)
    expect(await getList(sim, '/api/v1/features')).toHaveLength(3)
    expect(clock.held).toEqual([45_000, 20_000])
  })

  test('never means never, until the caller hangs up', async () => {
    add({ match: '*', never: true })
    const response = fetch(`${sim.origin}/api/v1/org`, { signal: AbortSignal.timeout(50) })
    await expect(response).rejects.toThrow()
  })

  test('links, rate headers, body and clock can be rewritten', async () => {
    add('links-reversed')
    expect((await get(sim, '/api/v1/users?limit=2')).headers.get('link')).toMatch(/^<[^>]+>; rel="next", /)
    sim.clearFaults()
    add('next-link-evil-host')
    expect(nextOf(await get(sim, '/api/v1/users?limit=2'))).toMatch(
      /^https:\/\/evil\.example\/api\/v1\/users\?limit=2&after=/,
    )
    add('rate-headers-doubled')
    expect((await get(sim, '/api/v1/apps')).headers.get('x-rate-limit-limit')).toBe('50, 50')
    sim.clearFaults()
    add('clock-skew')
    const { headers } = await get(sim, '/api/v1/policies?type=PASSWORD')
    expect(Date.parse(headers.get('date') ?? '')).toBe(clock.now() - 90_000)
    expect(Number(headers.get('x-rate-limit-reset')) * 1000).toBe(clock.now() - 30_000)
    add('users-empty')
    expect(await getList(sim, '/api/v1/users')).toEqual([])
  })

  test('a 58 second limit tells an honest reset and ends on time', async () => {
    add('rate-limit-58-seconds')
    const response = await get(sim, '/api/v1/users')
    expect([response.status, Number(response.headers.get('x-rate-limit-reset'))]).toEqual([
      429,
      clock.now() / 1000 + 58,
    ])
    clock.advance(57_999)
    expect(await status('/api/v1/users')).toBe(429)
    clock.advance(1)
    expect(await status('/api/v1/users')).toBe(200)
  })

  test('a second client makes the remaining count fall faster than our own calls', async () => {
    add('second-client')
    const remaining: number[] = []
    for (let i = 0; i < 3; i++) {
      remaining.push(Number((await get(sim, '/api/v1/groups?limit=1')).headers.get('x-rate-limit-remaining')))
    }
    expect(remaining).toEqual([247, 244, 241])
  })

  test('the last page of groups fails alone', async () => {
    add('last-page-500')
    const first = await get(sim, '/api/v1/groups?limit=20')
    expect(first.status).toBe(200)
    expect(await status(nextOf(first) ?? '')).toBe(500)
  })

  test('an empty last page follows the last full one, and nothing follows it', async () => {
    add('empty-last-page')
    const first = await get(sim, '/api/v1/groups')
    const last = await get(sim, nextOf(first) ?? '')
    expect(await last.json()).toEqual([])
    expect(nextOf(last)).toBeUndefined()
  })

  test('token-expires-midway refuses from the 21st call on', async () => {
    add('token-expires-midway')
    const seen: number[] = []
    for (let i = 0; i < 22; i++) seen.push(await status('/api/v1/org'))
    expect(seen.indexOf(401)).toBe(20)
  })

  test('one group keeps its members to itself', async () => {
    add('members-forbidden-one-group')
    const [group = ''] = sim.org.adminGroupIds()
    expect(await status(`/api/v1/groups/${group}/users`)).toBe(403)
    expect(await status(`/api/v1/groups/${sim.org.groupId(1)}/users`)).toBe(200)
  })

  test('an unknown name is refused with all known ones', async () => {
    expect(() => sim.fault('no-such')).toThrow(/^Unknown fault "no-such"\. Faults: rate-limit-429, /)
    await expect(startSim({ faults: ['no-such'] })).rejects.toThrow('Unknown fault "no-such"')
    await expect(startSim({ org: 'huge' as 'small' })).rejects.toThrow('Unknown org "huge". Orgs: small, r1, r2')
  })

  test('every named fault has a name of lower case words and one sentence', () => {
    expect(listFaults().length).toBeGreaterThanOrEqual(50)
    for (const { name, describe: sentence } of listFaults()) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      expect(sentence).toMatch(/^[A-Z].*[.]$/)
    }
  })

  test('search-behind: a change of the last 30 seconds is not found by its time', async () => {
    const since = encodeURIComponent(`lastUpdated gt "${new Date(clock.now()).toISOString()}"`)
    clock.advance(1_000)
    const id = sim.org.userId(30)
    sim.org.updateUser(id, { profile: { title: 'Chief' } })
    add('search-behind')
    const found = async () => (await getList(sim, `/api/v1/users?search=${since}`)).map((user) => user.id)
    expect(await found()).toEqual([])
    expect(await getJson(sim, `/api/v1/users/${id}`)).toMatchObject({ profile: { title: 'Chief' } })
    clock.advance(30_000)
    expect(await found()).toEqual([id])
  })

  test('every named fault meets some call of a full read', async () => {
    await sim.close()
    sim = await startSim({ clock, limitScale: Number.POSITIVE_INFINITY })
    const names = Object.keys(FAULTS).filter((name) => !name.startsWith('never-') && name !== 'user-in-every-group')
    const active = names.map((name) => ({ name, fault: sim.fault(name) }))
    for (const path of fullRead(sim)) await failure(path)
    const body = new URLSearchParams({ scope: 'okta.roles.read' })
    await fetch(`${sim.origin}/oauth2/v1/token`, { method: 'POST', body })
    expect(active.filter(({ fault }) => fault.hits === 0).map(({ name }) => name)).toEqual([])
  })
})

/** Calls to every kind of address, without following links: with all faults at once no answer can be trusted. */
function fullRead({ org }: Sim): string[] {
  const [user, group, app, admins] = [org.userId(14), org.groupId(2), org.appId(8), org.adminGroupIds()[0]]
  const after = 'after=Z3JvdXBzOjIz%2B3%3D%3D'
  const many = (n: number, path: string) => Array.from({ length: n }, () => path)
  const paths = [
    ...many(10, `users?${after}`),
    `users?search=${encodeURIComponent('lastUpdated gt "2020-01-01T00:00:00.000Z"')}`,
    ...many(10, `groups?${after}&limit=300&expand=stats`),
    ...['users', 'groups', 'apps', 'org', 'api-tokens', 'groups/rules', 'users/me', 'iam/assignees/users'],
    ...many(40, `groups/${group}/users`),
    ...many(25, `users/${user}/factors`),
    ...[`users/${user}/roles`, `users/${user}/groups`, `apps/${app}/users`, `apps/${app}/groups`],
    ...[`apps/${org.appId(9)}/users`, `groups/${admins}/users`, `groups/${admins}/roles`],
    ...org.state.policies.types.map((type) => `policies?type=${type}`),
    ...[...org.allPolicies()].slice(0, 3).flatMap(({ id }) => [`policies/${id}/rules`, `policies/${id}/mappings`]),
    ...['logs?limit=1000', `logs?${after}`],
  ]
  return ['/.well-known/okta-organization', ...paths.map((path) => `/api/v1/${path}`)]
}
