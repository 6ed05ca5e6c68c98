import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sim, startSim } from './index.ts'
import { get, getList, getPages, nextOf } from './testing/calls.ts'

describe('paging', () => {
  let sim: Sim
  beforeAll(async () => {
    sim = await startSim({ limitScale: Number.POSITIVE_INFINITY })
  })
  afterAll(() => sim.close())

  test('self and next are Link header lines of their own, self first', async () => {
    const lines = await rawLinks(sim, '/api/v1/users?limit=2')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^<.*\/api\/v1\/users\?limit=2>; rel="self"$/)
    expect(lines[1]).toMatch(/^<.*\/api\/v1\/users\?limit=2&after=.*>; rel="next"$/)
  })

  test('next is missing on the last page only, and pages may be exactly full', async () => {
    const pages = await getPages(sim, '/api/v1/users?limit=60')
    expect(pages.map((page) => page.length)).toEqual([60, 60])
  })

  test('a page of exactly the limit with one more record beyond it has a next page of one', async () => {
    const group = sim.org.addGroup({ name: 'Exactly full' })
    for (let i = 0; i < 21; i++) sim.org.addMember(group.id, sim.org.userId(i))
    const pages = await getPages(sim, `/api/v1/groups/${group.id}/users?limit=20`)
    expect(pages.map((page) => page.length)).toEqual([20, 1])
    sim.org.deleteGroup(group.id)
  })

  test('cursors of groups hold a plus and equals signs, and survive only undecoded', async () => {
    const next = nextOf(await get(sim, '/api/v1/groups?limit=3')) ?? ''
    expect(next).toMatch(/%2B\d%3D%3D$/)
    expect((await get(sim, next)).status).toBe(200)
    expect((await get(sim, decodeURIComponent(next))).status).toBe(400)
  })

  test('a cursor of one listing is refused by another', async () => {
    const next = new URL(nextOf(await get(sim, '/api/v1/users?limit=3')) ?? '')
    const response = await get(sim, `/api/v1/apps?after=${next.searchParams.get('after')}`)
    expect(await response.json()).toMatchObject({
      errorCode: 'E0000031',
      errorCauses: [{ errorSummary: 'Invalid cursor.' }],
    })
  })

  test('the next link keeps every parameter', async () => {
    const next = nextOf(await get(sim, '/api/v1/groups?limit=3&expand=stats&search=type+eq+%22OKTA_GROUP%22')) ?? ''
    const query = new URL(next).searchParams
    expect(query.get('expand')).toBe('stats')
    expect(query.get('search')).toBe('type eq "OKTA_GROUP"')
  })

  test('limits above the maximum are cut down, nonsense is refused', async () => {
    expect(nextOf(await get(sim, '/api/v1/users?limit=9999'))).toBeUndefined()
    expect(new URL(firstLink(await get(sim, '/api/v1/users?limit=9999'))).searchParams.get('limit')).toBe('200')
    expect((await get(sim, '/api/v1/users?limit=zero')).status).toBe(400)
  })

  test('app users come 50 a page by default and 500 at most', async () => {
    const app = sim.org.appId(9)
    expect(await getList(sim, `/api/v1/apps/${app}/users`)).toHaveLength(50)
    expect(new URL(firstLink(await get(sim, `/api/v1/apps/${app}/users?limit=600`))).searchParams.get('limit')).toBe(
      '500',
    )
  })

  test('a record added behind the cursor shows up, one deleted before it does not disturb', async () => {
    const first = await get(sim, '/api/v1/users?search=status+pr&limit=100')
    sim.org.deleteUser(sim.org.userId(40))
    const added = sim.org.addUser()
    const rest = await getPages(sim, (nextOf(first) ?? '').replace(sim.origin, ''))
    expect(rest.flat().map((user) => user.id)).toContain(added.id)
    expect(rest.flat()).toHaveLength(33)
  })

  test('role-holders page through the body, without Link headers', async () => {
    const response = await get(sim, '/api/v1/iam/assignees/users?limit=5')
    const body = (await response.json()) as { value: unknown[]; _links?: { next: { href: string } } }
    expect(response.headers.get('link')).toBeNull()
    const last = (await (await get(sim, body._links?.next.href ?? '')).json()) as typeof body
    expect([body.value.length, last.value.length, last._links]).toEqual([5, 4, undefined])
  })

  test('q finds at most 300 groups and has no next link', async () => {
    for (let i = 0; i < 301; i++) sim.org.addGroup({ name: `Many ${i}` })
    const response = await get(sim, '/api/v1/groups?q=Many&limit=1000')
    expect((await response.json()) as unknown[]).toHaveLength(300)
    expect(nextOf(response)).toBeUndefined()
  })
})

function firstLink(response: Response): string {
  return /<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1] ?? ''
}

/** fetch joins header lines, so this asks below it. */
async function rawLinks(sim: Sim, path: string): Promise<string[]> {
  const { request } = await import('node:http')
  return new Promise((resolve, reject) => {
    const call = request(sim.origin + path, { headers: { authorization: `SSWS ${sim.token}` } }, (response) => {
      response.resume()
      const { rawHeaders } = response
      resolve(rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'link'))
    })
    call.on('error', reject).end()
  })
}
