import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { asked } from './calls.ts'

/** Events that come late, at once, or not at all. */

const LOGS = 'GET /api/v1/logs'
const MINUTE = 60_000

let org: TestOrg

beforeEach(async () => {
  org = await openTestOrg({ users: 12 })
  await org.sync()
  org.clock.advance(10 * MINUTE)
  await org.round()
  org.sim.resetCounts()
})
afterEach(() => org.close())

const logOf = async () => (await org.round()).resources.log_events
const stored = (vendorIds: readonly string[]) =>
  org.db.query('select vendor_id from log_events where vendor_id = any($1::text[]) order by vendor_id', [vendorIds])
const seen = (vendorIds: readonly string[]) => [...vendorIds].sort().map((vendor_id) => ({ vendor_id }))

describe('the System Log between full syncs', () => {
  it('B126: brings an event that was stored late, with a time before the last one that was read', async () => {
    const first = org.sim.org.logEvent({ eventType: 'user.session.start' })
    expect(await logOf()).toMatchObject({ outcome: 'complete', rows: 1, created: 1 })
    const late = org.sim.org.logEvent({ eventType: 'user.session.start', publishedAt: org.clock.now() - 3 * MINUTE })
    expect(Date.parse(late.published)).toBeLessThan(Date.parse(first.published))
    expect(await logOf()).toMatchObject({ outcome: 'complete', rows: 1, created: 1 })
    expect(await stored([first.uuid, late.uuid])).toEqual(seen([first.uuid, late.uuid]))
    expect(await logOf()).toMatchObject({ outcome: 'complete', rows: 0 })
  })

  it('B126, and what the late event names is read again', async () => {
    const user = org.sim.org.userId(3)
    const kind = { factorsBefore: org.sim.org.factorsOf(user).length }
    const before = await org.db.query('select from factors where user_vendor_id = $1 and not is_deleted', [user])
    expect(before).toHaveLength(kind.factorsBefore)
    org.sim.org.enrollFactor(user, 'sms')
    const [event] = [...org.sim.org.logEvents()].slice(-1)
    // As if the log had kept it back: every event that is already there is hidden until one that is stored late.
    const hidden = org.sim.fault({ match: LOGS, transform: () => [] })
    await org.round()
    hidden.remove()
    org.clock.advance(20 * MINUTE)
    org.sim.org.logEvent({
      eventType: 'user.mfa.factor.activate',
      publishedAt: Date.parse(event?.published ?? '') - MINUTE,
      target: [{ id: user, type: 'User', displayName: 'x', alternateId: 'x', detailEntry: null }],
    })
    await org.round()
    const after = await org.db.query('select from factors where user_vendor_id = $1 and not is_deleted', [user])
    expect(after).toHaveLength(kind.factorsBefore + 1)
  })

  it('B126, and polls by the link of the last answer, with no time of its own, and takes each event once', async () => {
    const { uuid } = org.sim.org.logEvent({ eventType: 'user.session.start' })
    await org.round()
    // Okta says the same again, after a poll whose answer was lost on the way.
    await org.db.query('update connections set log_cursor = null')
    const again = await logOf()
    expect(again?.rows).toBeGreaterThan(0)
    expect(again).toMatchObject({ outcome: 'complete', created: 0 })
    expect(await stored([uuid])).toHaveLength(1)
    org.sim.resetCounts()
    await org.round()
    expect(asked(org, LOGS).map(({ path }) => path)).toEqual([expect.stringContaining('after=')])
  })

  it('B127, and more than a thousand events of one second are read to the last', async () => {
    const publishedAt = Math.floor(org.clock.now() / 1000) * 1000
    const uuids = Array.from(
      { length: 2_500 },
      (_, number) =>
        org.sim.org.logEvent({ eventType: 'user.session.start', publishedAt: publishedAt + (number % 1000) }).uuid,
    )
    expect(await logOf()).toMatchObject({ outcome: 'complete', rows: 2_500, created: 2_500, requests: 3 })
    expect(await stored(uuids)).toHaveLength(2_500)
    expect(await logOf()).toMatchObject({ outcome: 'complete', rows: 0, requests: 1 })
  })

  it('B127, and a log that is silent for a day is a log without events, not a failure, and says when it was asked', async () => {
    const before = await org.connection()
    org.clock.advance(24 * 60 * MINUTE)
    const asks = new Date(org.clock.now()).toISOString()
    expect(await logOf()).toMatchObject({ outcome: 'complete', reason: null, rows: 0, requests: 1 })
    const after = await org.connection()
    expect(after.log_polled_at).toBe(asks)
    expect(after.log_event_at).toBe(before.log_event_at)
    expect(Date.parse(after.log_event_at ?? '')).toBeLessThan(Date.parse(asks))
  })

  it('B127, and one that cannot be read is told as that, without the rest of the round failing', async () => {
    const before = (await org.connection()).log_polled_at
    org.sim.fault('logs-forbidden')
    org.clock.advance(MINUTE)
    const round = await org.round()
    expect(round).toMatchObject({ outcome: 'partial' })
    expect(round.resources.log_events).toMatchObject({ outcome: 'not_permitted', reason_code: 'okta_scope_missing' })
    expect(round.resources.users).toMatchObject({ outcome: 'complete' })
    expect((await org.connection()).log_polled_at).toBe(before)
  })
})
