import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Sim, startSim } from './index.ts'
import { get, getJson, getPages, handClock, nextOf } from './testing/calls.ts'

interface Event {
  uuid: string
  published: string
  eventType: string
}

describe('the System Log', () => {
  let sim: Sim
  let clock: ReturnType<typeof handClock>
  beforeEach(async () => {
    clock = handClock()
    sim = await startSim({ clock, limitScale: Number.POSITIVE_INFINITY })
  })
  afterEach(() => sim.close())

  const poll = async (path: string) => {
    const response = await get(sim, path)
    return { events: (await response.json()) as Event[], next: nextOf(response) ?? '' }
  }
  const iso = (ms: number) => new Date(ms).toISOString()

  test('polling has a next link on every page, the empty one too, and that link finds what comes later', async () => {
    const first = await poll('/api/v1/logs?limit=1000')
    expect(first.events).toHaveLength(160)
    const second = await poll(first.next)
    expect(second.events).toEqual([])
    clock.advance(3_600_000)
    sim.org.logEvent({ eventType: 'user.session.start' })
    const third = await poll(second.next)
    expect(third.events.map(({ eventType }) => eventType)).toEqual(['user.session.start'])
  })

  test('polling goes by order of storage: an event stored late comes although its time is past', async () => {
    const { next, events } = await poll(`/api/v1/logs?since=${iso(clock.now())}&limit=1000`)
    expect(events).toEqual([])
    sim.org.logEvent({ eventType: 'user.account.lock', publishedAt: clock.now() - 240_000 })
    expect((await poll(next)).events).toHaveLength(1)
  })

  test('published goes back and forth while polling', async () => {
    const times = (await poll('/api/v1/logs?limit=1000')).events.map(({ published }) => published)
    expect(times).not.toEqual([...times].sort())
  })

  test('with until the listing ends, in order of time', async () => {
    const path = `/api/v1/logs?since=${iso(clock.now() - 7 * 86_400_000)}&until=${iso(clock.now())}&limit=60`
    const pages = (await getPages(sim, path)) as unknown as Event[][]
    expect(pages.map((page) => page.length)).toEqual([60, 60, 40])
    const times = pages.flat().map(({ published }) => published)
    expect(times).toEqual([...times].sort())
    expect(new Set(pages.flat().map(({ uuid }) => uuid)).size).toBe(160)
  })

  test('descending is bounded too', async () => {
    const pages = (await getPages(sim, '/api/v1/logs?sortOrder=DESCENDING&limit=100')) as unknown as Event[][]
    const times = pages.flat().map(({ published }) => published)
    expect(times).toEqual([...times].sort().reverse())
    expect(times).toHaveLength(160)
  })

  test('the default page holds 100 and the largest 1000', async () => {
    for (let i = 0; i < 1200; i++) sim.org.logEvent({ eventType: 'user.session.start' })
    expect((await poll('/api/v1/logs')).events).toHaveLength(100)
    expect((await poll('/api/v1/logs?limit=5000')).events).toHaveLength(1000)
  })

  test('more events in one millisecond than fit a page are read without loss', async () => {
    for (let i = 0; i < 1500; i++) sim.org.logEvent({ eventType: 'user.session.start' })
    const seen = new Set<string>()
    let path = '/api/v1/logs?limit=1000'
    for (;;) {
      const { events, next } = await poll(path)
      if (events.length === 0) break
      for (const { uuid } of events) seen.add(uuid)
      path = next
    }
    expect(seen.size).toBe(1660)
  })

  test('filters look at event type, actor and any target', async () => {
    const user = sim.org.userId(30)
    sim.org.addMember(sim.org.groupId(3), user)
    const asked = `eventType eq "group.user_membership.add" and target.id eq "${sim.org.groupId(3)}"`
    const { events } = await poll(`/api/v1/logs?filter=${encodeURIComponent(asked)}`)
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({ target: [{ id: user, type: 'User' }, { type: 'UserGroup' }] })
  })

  test('since more than 180 days ago is refused, a broken cursor too', async () => {
    const old = iso(clock.now() - 181 * 86_400_000)
    expect(await getJson(sim, `/api/v1/logs?since=${old}`)).toMatchObject({ errorCode: 'E0000053' })
    expect(await getJson(sim, '/api/v1/logs?after=nonsense')).toMatchObject({ errorCode: 'E0000031' })
  })
})
