import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { enqueueDue } from '../../src/store/job-queue.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'

/** Rounds between full syncs: what they read, what they leave, and when which of both is due. */

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const FACTORS = 'GET /api/v1/users/{id}/factors'
const MEMBERS = 'GET /api/v1/groups/{id}/users'

let org: TestOrg
beforeEach(async () => {
  org = await openTestOrg({ users: 30 })
  await org.sync()
  org.clock.advance(30 * MINUTE)
  org.sim.resetCounts()
})
afterEach(() => org.close())

const queued = () =>
  org.db.query<{ kind: string; stream: string; key: string; attempts: number }>(
    'select kind, stream, key, attempts from refetch_queue order by seq',
  )
const factorsOf = (user: string) =>
  org.db.query('select from factors where user_vendor_id = $1 and not is_deleted', [user])
const asked = (route: string) => org.sim.requests.filter((request) => request.route === route)
const round = async () => {
  org.clock.advance(MINUTE)
  org.sim.resetCounts()
  return org.round()
}
/** Makes the connection due, as time would. */
const due = async () => {
  await org.db.query("update connections set state = 'ACTIVE', next_sync_at = now()")
  const [queuedJob] = await enqueueDue(org.db, 10)
  return queuedJob?.job
}
/** Seconds until then, in PostgreSQL's time. */
const secondsTo = async (column: string) => {
  const [row] = await org.db.query<{ seconds: number }>(
    `select extract(epoch from ${column} - now())::float8 as seconds from connections`,
  )
  return row?.seconds
}

describe('a round', () => {
  it('reads each record once, however many events name it', async () => {
    const user = org.sim.org.userId(3)
    for (const kind of ['sms', 'push', 'webauthn']) org.sim.org.enrollFactor(user, kind)
    const { outcome } = await round()
    expect(outcome).toBe('complete')
    expect(asked(FACTORS)).toHaveLength(1)
    expect(await factorsOf(user)).toHaveLength(org.sim.org.factorsOf(user).length)
  })

  it('where there is no full sync to build on reads everything', async () => {
    await org.db.query('update connections set full_sync_at = null')
    const { resources } = await round()
    expect(resources.users?.rows).toBe(org.sim.org.expected().users)
  })

  it('that is refused something leaves it queued, tells so, and reads it once it may', async () => {
    const user = org.sim.org.userId(3)
    org.sim.org.enrollFactor(user, 'sms')
    const fault = org.sim.fault('factors-forbidden')
    const refused = await round()
    expect(refused).toMatchObject({ outcome: 'partial' })
    expect(refused.resources.factors).toMatchObject({
      outcome: 'not_permitted',
      reason_code: 'okta_scope_missing',
      deleted: 0,
    })
    expect(refused.resources.users).toMatchObject({ outcome: 'complete' })
    expect(await queued()).toEqual([{ kind: 'children', stream: 'factors', key: user, attempts: 1 }])
    fault.remove()
    expect((await round()).outcome).toBe('complete')
    expect(await factorsOf(user)).toHaveLength(org.sim.org.factorsOf(user).length)
    expect(await queued()).toEqual([])
  })

  it('asks no more of a stream that keeps failing, and gives a target up after five rounds', async () => {
    for (let number = 3; number < 13; number++) org.sim.org.enrollFactor(org.sim.org.userId(number), 'sms')
    org.sim.fault({ match: FACTORS, status: 500 })
    const failed = await round()
    expect(failed.resources.factors).toMatchObject({ outcome: 'failed', reason_code: 'okta_unavailable' })
    expect((await queued()).map(({ attempts }) => attempts)).toEqual(Array.from({ length: 10 }, () => 1))
    for (let number = 2; number <= 4; number++) await round()
    expect(await queued()).toHaveLength(10)
    await round()
    expect(await queued()).toEqual([])
  })

  it('takes nothing for gone that a broken or rejected listing does not show', async () => {
    const user = org.sim.org.userId(3)
    org.sim.org.enrollFactor(user, 'sms')
    await round()
    const before = (await factorsOf(user)).length
    org.sim.org.enrollFactor(user, 'push')
    const fault = org.sim.fault({ match: FACTORS, transform: () => [{ id: null, factorType: 'sms' }] })
    const { resources } = await round()
    expect(resources.factors).toMatchObject({ outcome: 'partial', rejected: 1, deleted: 0 })
    expect(await factorsOf(user)).toHaveLength(before)
    fault.remove()
  })

  it('holds deletes back where more would go than may go unasked, however small each of them', async () => {
    const users = [...org.sim.org.allUsers()].filter(({ id }) => org.sim.org.factorsOf(id).length > 0)
    for (const { id } of users)
      org.sim.org.logEvent({
        eventType: 'user.mfa.factor.deactivate',
        target: [{ id, type: 'User', displayName: 'x', alternateId: 'x', detailEntry: null }],
      })
    const before = (await org.rows('factor')).filter((row) => !row.is_deleted).length
    org.sim.fault({ match: FACTORS, transform: () => [] })
    const { resources } = await round()
    expect(resources.factors).toMatchObject({ outcome: 'partial', reason_code: 'deletes_held' })
    expect(resources.factors?.deleted).toBeLessThan(before / 4 + 20)
    expect((resources.factors?.deleted ?? 0) + (resources.factors?.held_deletes ?? 0)).toBe(before)
  })

  it('believes that the holders of roles are others than before', async () => {
    const { org: sim } = org.sim
    for (const holder of sim.roleHolderIds())
      for (const { role, assignmentType } of sim.rolesOf(holder))
        if (assignmentType === 'USER') sim.revokeRole(holder, role.id)
    sim.grantRole(sim.userId(9), 'REPORT_ADMIN')
    sim.logEvent({ eventType: 'iam.role.update' })
    const { resources } = await round()
    expect(resources.user_roles).toMatchObject({ outcome: 'complete' })
    const held = (await org.rows('role-assignment')).filter((row) => row.principal_type === 'user' && !row.is_deleted)
    expect(new Set(held.map((row) => row.principal_vendor_id))).toEqual(new Set([sim.userId(9)]))
  })

  it('that is told to stop leaves what it has not read, and the next run goes on with it', async () => {
    for (let number = 3; number < 23; number++) org.sim.org.enrollFactor(org.sim.org.userId(number), 'sms')
    const stop = new AbortController()
    org.clock.advance(MINUTE)
    const stopped = await org.round({
      stop: stop.signal,
      parallelParents: 1,
      onProgress: ({ steps }) => {
        if ((steps.find(({ stream }) => stream === 'factors')?.rows_read ?? 0) > 0) stop.abort()
      },
    })
    expect(stopped).toMatchObject({ outcome: 'failed', error: { code: 'job_interrupted' } })
    const left = (await queued()).length
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(20)
    org.sim.resetCounts()
    expect(await org.round()).toMatchObject({ outcome: 'complete', resumed: true, job_id: stopped.job_id })
    expect(asked(FACTORS)).toHaveLength(left)
    expect(await queued()).toEqual([])
  })

  it('reads factors again before their reading is a week old, though nothing names them', async () => {
    org.clock.advance(3 * DAY)
    await round()
    expect(asked(FACTORS)).toHaveLength(0)
    org.clock.advance(2 * DAY)
    await round()
    expect(asked(FACTORS).length).toBeGreaterThan(0)
    org.clock.advance(2 * DAY)
    await round()
    const [oldest] = await org.db.query<{ at: string }>(
      "select min(read_at) as at from parent_reads where stream = 'factors'",
    )
    expect(Date.parse(oldest?.at ?? '')).toBeGreaterThan(org.clock.now() - 7 * DAY)
  })
})

describe('the schedule', () => {
  it('runs rounds after a full sync, until the next full one is due', async () => {
    expect(await due()).toMatchObject({ mode: 'incremental', trigger: 'schedule' })
    await org.db.query('delete from sync_jobs where state <> $1', ['ended'])
    await org.db.query("update connections set next_full_at = now() - interval '1 second'")
    expect(await due()).toMatchObject({ mode: 'full', trigger: 'schedule' })
  })

  it('runs a full sync where there was none, and not before an hour has passed another', async () => {
    await org.db.query('update connections set full_sync_at = null')
    expect(await due()).toMatchObject({ mode: 'full' })
    expect(await secondsTo('next_sync_at')).toBeCloseTo(3_600, -1)
  })

  it('tries within the hour again what a full sync could not read, and runs rounds meanwhile', async () => {
    org.sim.fault({ match: MEMBERS, status: 500 })
    await org.sync({ fresh: true })
    expect(await secondsTo('next_full_at')).toBeCloseTo(3_600, -1)
    expect(await due()).toMatchObject({ mode: 'incremental' })
    expect(await secondsTo('next_sync_at')).toBeCloseTo(300, -1)
  })

  it('spares in a full sync what was read lately and has not moved, and keeps it', async () => {
    const { org: sim } = org.sim
    const [moved, grown] = [sim.groupId(3), sim.userId(9)]
    // So long ago that clocks and search indexes agree about it.
    await org.db.query("update groups set last_membership_updated_at = last_membership_updated_at - interval '1 day'")
    sim.addMember(moved, sim.userId(6))
    sim.enrollFactor(grown, 'sms')
    const before = (await org.rows('group-membership')).filter((row) => !row.is_deleted).length
    await org.db.query("update sync_jobs set trigger = 'schedule'")
    await org.db.query("update connections set next_full_at = now() - interval '1 second'")
    await due()
    const full = await org.sync()
    expect(full).toMatchObject({ outcome: 'complete' })
    expect(full.resources.group_memberships).toMatchObject({ created: 1, deleted: 0 })
    expect(asked(MEMBERS).map(({ path }) => path)).toEqual([expect.stringContaining(moved)])
    expect(full.resources.factors).toMatchObject({ outcome: 'complete', requests: 0, deleted: 0 })
    expect((await org.rows('group-membership')).filter((row) => !row.is_deleted)).toHaveLength(before + 1)
    // The log of the full sync has named it for the next round.
    await round()
    expect(await factorsOf(grown)).toHaveLength(sim.factorsOf(grown).length)
  })
})
