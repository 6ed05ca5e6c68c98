import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sim, startSim } from '../../../../sim/index.ts'
import { handClock } from '../../../../sim/testing/calls.ts'
import type { Page, ParentRef, Session, Stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { openSession } from '../client/session.ts'
import { okta } from '../index.ts'

const CONNECTION = '00000000-0000-4000-8000-000000000000'
const settings = { logDays: 7, now: 0 }

const clock = handClock()
let sim: Sim
let session: Session<OktaClient>
let client: OktaClient

beforeAll(async () => {
  sim = await startSim({ limitScale: Number.POSITIVE_INFINITY, clock })
  session = openSession({ origin: sim.origin, token: sim.token, allowedInsecureOrigins: [sim.origin] })
  const { signal } = new AbortController()
  client = session.client({ resource: 'test', background: false, signal, onRequest: () => undefined })
})
beforeEach(() => sim.clearFaults())
afterAll(async () => {
  await session.close()
  await sim.close()
})

function streamNamed(name: string): Stream<OktaClient> {
  const found = [...okta.streams, ...okta.sideways].find((stream) => stream.name === name)
  if (!found) throw new Error(`no stream ${name}`)
  return found
}

/** Rows of a parent, and what would be stored beside them, in the order of ids. */
async function rowsOf(name: string, parent: ParentRef) {
  const stream = streamNamed(name)
  const { items, next } = await stream.page({ client, cursor: null, parent, settings })
  expect(next).toBeNull()
  return items
    .map((item) => ({
      row: stream.normalize(item, { connectionId: CONNECTION, parent }) as object & { vendor_id: string },
      raw: stream.sanitize?.(item) ?? item,
    }))
    .sort((a, b) => (a.row.vendor_id < b.row.vendor_id ? -1 : 1))
}

const userRow = (id: string): ParentRef => ({ key: id, row: { vendor_status: sim.org.user(id)?.status } })
const inAdminGroup = () => {
  const [group = ''] = sim.org.adminGroupIds()
  return { group, holders: sim.org.roleHolderIds().filter((id) => sim.org.rolesOf(id).length > 0) }
}

describe('a user’s groups', () => {
  it('are the memberships that the groups list, row by row, for one request', async () => {
    const user = sim.org.userId(12)
    sim.resetCounts()
    const found = await rowsOf('user_groups', userRow(user))
    expect(sim.counts.total).toBe(1)
    const listed = await Promise.all(sim.org.groupsOf(user).map((key) => rowsOf('group_memberships', { key, row: {} })))
    const mine = listed.flat().filter(({ row }) => row.vendor_id.endsWith(`:${user}`))
    expect(found.length).toBeGreaterThan(1)
    expect(found).toEqual(mine.sort((a, b) => (a.row.vendor_id < b.row.vendor_id ? -1 : 1)))
  })

  it('have an unknown status as long as the user is not known', async () => {
    const [found] = await rowsOf('user_groups', { key: sim.org.userId(12), row: {} })
    expect(found?.row).toMatchObject({ user_status: 'unknown', user_vendor_status: null })
  })
})

describe('a user’s applications', () => {
  const assigned = () => [...sim.org.usersOfApp(sim.org.appId(9))].find(({ scope }) => scope === 'GROUP')?.id ?? ''
  const withoutLinks = ({ row, raw }: { row: object; raw: unknown }) => ({
    row,
    raw: { ...(raw as object), _links: 0 },
  })

  it('are the assignments that the applications list, row by row, for one request', async () => {
    const user = assigned()
    sim.resetCounts()
    const found = await rowsOf('user_applications', userRow(user))
    expect(sim.counts.total).toBe(1)
    const apps = [...sim.org.allApps()].filter(({ id }) => [...sim.org.usersOfApp(id)].some((one) => one.id === user))
    expect(found).toHaveLength(apps.length)
    for (const { row, raw } of found) {
      const stream = streamNamed('application_users')
      const item = await stream.get?.({ client, vendorId: row.vendor_id })
      const parent = { key: stream.ownerOf?.(row.vendor_id) ?? '', row: {} }
      const single = { row: stream.normalize(item, { connectionId: CONNECTION, parent }), raw: stream.sanitize?.(item) }
      expect(withoutLinks({ row, raw })).toEqual(withoutLinks(single))
    }
  })

  it('are no records where Okta leaves the assignments out, so that nothing is concluded from them', async () => {
    sim.fault({
      match: 'GET /api/v1/apps',
      transform: (body) => (Array.isArray(body) ? body.map(({ _embedded, ...app }) => app) : body),
    })
    await expect(rowsOf('user_applications', userRow(assigned()))).rejects.toThrow()
  })
})

describe('the roles of a user that an event names', () => {
  it('are those that the org’s holders list', async () => {
    const [user = ''] = inAdminGroup().holders
    expect(await rowsOf('named_user_roles', userRow(user))).toEqual(await rowsOf('user_roles', userRow(user)))
  })

  it('are none where only groups give them and the org does not name the user as a holder', async () => {
    const { group, holders } = inAdminGroup()
    const member = [...sim.org.membersOf(group)].find((id) => !holders.includes(id)) ?? ''
    expect(sim.org.rolesOf(member).length).toBeGreaterThan(0)
    expect(await rowsOf('named_user_roles', userRow(member))).toEqual([])
    sim.fault({ match: 'GET /api/v1/iam/assignees/users', body: { value: [{ id: member }] }, status: 200 })
    expect(await rowsOf('named_user_roles', userRow(member))).toHaveLength(sim.org.rolesOf(member).length)
  })
})

describe('what changed since a time', () => {
  async function changed(name: string, since: string): Promise<string[]> {
    const stream = streamNamed(name)
    const parent: ParentRef = { key: '', row: {} }
    const ids: string[] = []
    let cursor: string | null = null
    do {
      const page: Page | undefined = await stream.since?.page({
        client,
        cursor,
        parent,
        settings: { ...settings, pageSize: 1 },
        since,
      })
      for (const item of page?.items ?? [])
        ids.push(stream.normalize(item, { connectionId: CONNECTION, parent }).vendor_id)
      cursor = page?.next ?? null
    } while (cursor !== null)
    return ids.sort()
  }

  it('are users whose profile or status moved, and groups whose profile or members did', async () => {
    const since = new Date(clock.now()).toISOString()
    expect(await changed('users', since)).toEqual([])
    expect(await changed('groups', since)).toEqual([])
    clock.advance(1_000)
    sim.org.updateUser(sim.org.userId(50), { profile: { title: 'Chief' } })
    sim.org.deactivateUser(sim.org.userId(51))
    sim.org.renameGroup(sim.org.groupId(2), 'Renamed')
    const { id } = sim.org.addGroup({ name: 'Fresh' })
    sim.org.addMember(id, sim.org.userId(52))
    expect(await changed('users', since)).toEqual([sim.org.userId(50), sim.org.userId(51)].sort())
    expect(await changed('groups', since)).toEqual([sim.org.groupId(2), id].sort())
  })

  it('has a mark that the next listing goes on from', async () => {
    const [users, groups] = [streamNamed('users').since, streamNamed('groups').since]
    const row = { last_updated_at: '2026-01-02T00:00:00.000Z' } as never
    expect(users?.markOf(row)).toBe('2026-01-02T00:00:00.000Z')
    const moved = {
      last_updated_at: '2026-01-02T00:00:00.000Z',
      last_membership_updated_at: '2026-01-03T00:00:00.000Z',
    }
    expect(groups?.markOf(moved as never)).toBe('2026-01-03T00:00:00.000Z')
    expect(groups?.markOf({ last_updated_at: null, last_membership_updated_at: null } as never)).toBeNull()
  })
})
