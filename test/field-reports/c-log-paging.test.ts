import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fault, SimCall } from '../../sim/index.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { asked } from './calls.ts'
import { cutPages, nextLink } from './links.ts'

/** The System Log never ends: every page has a next link, the empty ones too. */

const LOGS = 'GET /api/v1/logs'
const EXAMPLE = '/api/v1/logs?after=abc&limit=1000'

let org: TestOrg

beforeEach(async () => {
  org = await openTestOrg({ users: 12 })
})
afterEach(() => org.close())

const sync = async (settings: { logDays?: number } = {}) =>
  (await org.sync({ streams: ['log_events'], ...settings })).resources.log_events
const paths = () => asked(org, LOGS).map(({ path }) => path)
const always = (path: string) => ({ match: LOGS, links: () => [{ url: org.sim.origin + path, rel: 'next' }] })

function events(count: number, secondsAgo: number): void {
  const publishedAt = org.clock.now() - secondsAgo * 1000
  for (let number = 0; number < count; number++)
    org.sim.org.logEvent({ eventType: 'user.session.start', publishedAt: publishedAt + number })
}

describe('the System Log', () => {
  it('B044: ends at an empty page, and the next run goes on from the link of that page', async () => {
    org.sim.fault({ ...always(EXAMPLE), status: 200, body: [] })
    expect(await sync()).toMatchObject({ outcome: 'complete', rows: 0, requests: 1 })
    org.sim.resetCounts()
    expect(await sync()).toMatchObject({ outcome: 'complete', rows: 0, requests: 1 })
    expect(paths()).toEqual([expect.stringContaining('/api/v1/logs?after=abc&limit=1000')])
  })

  it('B044, and the next run brings what happened since, and nothing twice', async () => {
    expect(await sync()).toMatchObject({ outcome: 'complete' })
    const before = (await org.rows('log-event')).length
    org.sim.resetCounts()
    events(3, 30)
    expect(await sync()).toMatchObject({ outcome: 'complete', rows: 3, created: 3 })
    expect(await org.rows('log-event')).toHaveLength(before + 3)
    expect(paths()[0]).toContain('after=')
  })

  it('B044, and a page with events that leads to itself is no reason to go on for ever', async () => {
    org.sim.fault(nextLink(LOGS, ({ origin }, { path }) => origin + path))
    const found = await sync()
    expect(found).toMatchObject({ outcome: 'partial', reason_code: 'paging_loop' })
    expect(found?.requests).toBeLessThanOrEqual(2)
  })

  it('B044, and neither is any other listing that goes on for ever without showing anything', async () => {
    let page = 0
    org.sim.fault({
      match: 'GET /api/v1/groups',
      where: ({ query }) => query.has('after'),
      status: 200,
      body: [],
    })
    org.sim.fault({
      match: 'GET /api/v1/groups',
      links: () => [{ url: `${org.sim.origin}/api/v1/groups?after=${++page}`, rel: 'next' }],
    })
    const { groups } = (await org.sync({ streams: ['groups'] })).resources
    expect(groups).toMatchObject({ outcome: 'partial', reason_code: 'paging_loop', deleted: 0 })
    expect(groups?.rows).toBe(org.sim.org.expected().groups)
    expect(groups?.requests).toBeLessThan(150)
  })

  it('B044, and neither is one that shows the same page for ever under ever new links', async () => {
    let page = 0
    events(5, 3_600)
    const again = (match: string, path: (call: SimCall) => string): Fault => ({
      match,
      onHit: ({ query }) => query.delete('after'),
      links: (_, call) => [{ url: `${org.sim.origin}${path(call)}?after=${++page}`, rel: 'next' }],
    })
    org.sim.fault(again(LOGS, () => '/api/v1/logs'))
    org.sim.fault({
      ...again('GET /api/v1/groups/{id}/users', ({ params }) => `/api/v1/groups/${params.id}/users`),
      where: ({ params }) => params.id === org.sim.org.everyoneId,
    })
    const { resources } = await org.sync({ streams: ['groups', 'group_memberships', 'log_events'] })
    for (const found of [resources.log_events, resources.group_memberships])
      expect(found).toMatchObject({ outcome: 'partial', reason_code: 'paging_loop', deleted: 0 })
    expect(resources.log_events?.requests).toBeLessThan(150)
    expect(resources.group_memberships?.rows).toBe(org.sim.org.expected().group_memberships)
  })

  it('B044, and the list of role holders that never shows anybody ends as well', async () => {
    let page = 0
    const path = '/api/v1/iam/assignees/users'
    org.sim.fault({
      match: `GET ${path}`,
      onHit: ({ query }) => query.delete('after'),
      transform: () => ({ value: [], _links: { next: { href: `${org.sim.origin}${path}?after=${++page}` } } }),
    })
    const { user_roles } = (await org.sync({ streams: ['user_roles'] })).resources
    expect(user_roles).toMatchObject({ outcome: 'failed', reason_code: 'paging_loop', deleted: 0 })
    expect(user_roles?.requests).toBeLessThan(150)
  })

  it('B045: is read over three pages, however short and young they are', async () => {
    const since = org.clock.now() - 3_600_000
    events(6, 20)
    const expected = [...org.sim.org.logEvents()].filter(({ published }) => Date.parse(published) >= since)
    org.sim.fault(cutPages(LOGS, Math.ceil(expected.length / 3)))
    expect(await sync({ logDays: 1 / 24 })).toMatchObject({ outcome: 'complete', rows: expected.length, requests: 4 })
    expect(await org.rows('log-event')).toHaveLength(expected.length)
  })

  it('B045, and that of a busy org ends once it has reached the time of the sync', async () => {
    let polls = 0
    org.sim.fault({
      match: LOGS,
      onHit: () => {
        if (++polls < 200) events(2, 0)
      },
    })
    const found = await sync()
    expect(found).toMatchObject({ outcome: 'complete' })
    expect(found?.requests).toBeLessThan(5)
    expect(await sync()).toMatchObject({ outcome: 'complete' })
    const stored = await org.rows('log-event')
    expect(new Set(stored.map((row) => row.vendor_id)).size).toBe(stored.length)
  })
})
