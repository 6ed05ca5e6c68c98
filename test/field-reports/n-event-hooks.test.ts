import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enqueueHooked } from '../../src/store/event-hook-deliveries.ts'
import { leaseNextJob } from '../../src/store/job-queue.ts'
import { type RegisteredHook, registerHook } from '../harness/event-hook.ts'
import { feedSettled } from '../harness/feed.ts'
import { asked } from './calls.ts'
import { openWatched, type Watched } from './watched.ts'

/** Push beside polling: what both tell is one change. */

let watched: Watched
let hook: RegisteredHook
const org = () => watched.api.org

beforeAll(async () => {
  watched = await openWatched({ users: 12 })
  await watched.sync('connect')
  const { body } = await watched.api.call('POST', `${watched.path}/event-hook`)
  hook = await registerHook(org().sim, body, watched.api.base)
})
afterAll(() => watched.api.close())

/** The round that the hook wants, as a worker takes and runs it; null where it wants none. */
async function hookedRound(): Promise<string | null> {
  await org().db.query("update event_hooks set round_at = round_at - interval '1 minute'")
  const [queued] = await enqueueHooked(org().db, 10)
  if (!queued) return null
  const job = await leaseNextJob(org().db, { owner: 'a test' })
  if (job) await watched.work(job)
  return queued.job.mode
}
async function poll(): Promise<void> {
  const job = await watched.lease('schedule')
  await org().db.query("update sync_jobs set mode = 'incremental' where id = $1", [job.id])
  await watched.work({ ...job, mode: 'incremental' })
}

/** What the feed of changes says about one kind of thing of one user. */
async function changesOf(entity: string, userVendorId: string): Promise<readonly string[]> {
  await feedSettled(org().db)
  const headers = { 'x-api-key': watched.api.key, 'x-connection-id': watched.id }
  const query = new URLSearchParams({ entity, limit: '1000' })
  const answer = await fetch(`${watched.api.base}/v1/idp/changes?${query}`, { headers })
  const { items } = (await answer.json()) as { items: { kind: string }[] }
  return items.filter((item) => JSON.stringify(item).includes(userVendorId)).map(({ kind }) => kind)
}
const state = async () => (await watched.api.call('GET', `${watched.path}/event-hook`)).body
const logged = async () => {
  const [last] = [...org().sim.org.logEvents()].slice(-1)
  return (await org().db.query('select from log_events where vendor_id = $1', [last?.uuid])).length
}

describe('an event hook', () => {
  it('B162: is verified, delivers a membership which polling tells too, and makes one change of it, read once', async () => {
    expect(await hook.verify()).toBe('VERIFIED')
    expect(await state()).toMatchObject({ verified_at: expect.any(String), deliveries: 0 })
    const { sim, clock, db } = org()
    const user = sim.org.userId(3)
    const group = [...sim.org.allGroups()].find(
      ({ id, type }) => type === 'OKTA_GROUP' && !sim.org.groupsOf(user).includes(id),
    )
    const membershipsRead = () => {
      const ofUser = asked(org(), 'GET /api/v1/users/{id}/groups').filter(({ path }) => path.includes(user))
      const ofGroup = asked(org(), 'GET /api/v1/groups/{id}/users').filter(({ path }) => path.includes(group?.id ?? ''))
      return ofUser.length + ofGroup.length
    }
    const before = await changesOf('group-membership', user)
    clock.advance(60_000)
    sim.resetCounts()
    sim.org.addMember(group?.id ?? '', user)
    await hook.settled()
    expect(await state()).toMatchObject({ deliveries: 1, events: 1, odd: 0, rejected: 0 })
    expect([await logged(), membershipsRead()]).toEqual([0, 0])

    expect(await hookedRound()).toBe('incremental')
    expect(await changesOf('group-membership', user)).toEqual([...before, 'created'])
    expect([await logged(), membershipsRead()]).toEqual([1, 1])
    expect(await db.query('select from event_hook_events')).toEqual([])

    clock.advance(15 * 60_000)
    await poll()
    expect(await hook.repeat(1)).toBe(true)
    expect(await hookedRound()).toBeNull()
    expect(await state()).toMatchObject({ deliveries: 2, events: 2 })
    expect(await changesOf('group-membership', user)).toEqual([...before, 'created'])
    expect([await logged(), membershipsRead()]).toEqual([1, 1])
  })

  it('B162, and is believed where the log is late, with no further change once that tells it', async () => {
    const { sim, clock } = org()
    const user = sim.org.userId(4)
    const before = await changesOf('factor', user)
    clock.advance(60_000)
    sim.org.enrollFactor(user, 'sms')
    await hook.settled()
    expect(await hook.repeat(1)).toBe(true)
    const late = sim.fault({ match: 'GET /api/v1/logs', status: 403 })
    expect(await hookedRound()).toBe('incremental')
    expect(await logged()).toBe(0)
    expect(await changesOf('factor', user)).toEqual([...before, 'created'])
    late.remove()
    await poll()
    expect(await logged()).toBe(1)
    expect(await changesOf('factor', user)).toEqual([...before, 'created'])
  })
})
