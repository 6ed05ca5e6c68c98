import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { estimateError } from '../../src/store/job-plan.ts'
import { enqueueSync } from '../../src/store/job-queue.ts'
import type { JobProgress, SyncResult } from '../../src/sync/progress.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'

/** What a sync is expected to take, against what it takes. R1 is measured in round-budget.test.ts. */

const MINUTE = 60_000
const SHORT = 'GET /api/v1/users/{id}/factors'
const SMALL = { users: 60 }

/** The plan was right to a tenth, limit by limit, and its numbers add up. */
function expectRight({ plan, requests, estimate_error: error, resources }: SyncResult): void {
  const planned = plan ?? expect.fail('there is no plan')
  expect(Math.abs(error ?? 1), JSON.stringify(plan)).toBeLessThan(0.1)
  const buckets = Object.values(planned.buckets)
  expect(buckets.reduce((sum, bucket) => sum + bucket.requests, 0)).toBe(planned.requests)
  expect(buckets.reduce((sum, { spent }) => sum + spent, 0)).toBe(requests)
  expect(Object.values(planned.resources).reduce((sum, each) => sum + each, 0)).toBe(planned.requests)
  expect(Object.values(resources).reduce((sum, each) => sum + each.requests, 0)).toBe(requests)
}

const stored = (org: TestOrg) =>
  org.db
    .query<{ plan: unknown }>('select plan from sync_jobs order by created_at desc limit 1')
    .then(([job]) => job?.plan)

describe('the plan of a small org', () => {
  let org: TestOrg
  let first: SyncResult
  const seen: JobProgress[] = []
  beforeAll(async () => {
    org = await openTestOrg(SMALL)
    first = await org.sync({ isCounted: true, onProgress: (progress) => seen.push(progress) })
    org.clock.advance(60 * MINUTE)
  })
  afterAll(() => org.close())

  it('of a first sync is counted before anything is read, and stays as it was', async () => {
    expectRight(first)
    expect(first.plan?.at_least).toBe(false)
    const planned = seen.find(({ plan }) => plan !== null)
    expect(planned?.requests).toBe(0)
    expect(planned?.plan?.requests).toBe(first.plan?.requests)
    expect(planned?.plan?.seconds).toBeGreaterThan(0)
    expect(await stored(org)).toEqual(planned?.plan)
  })

  it('lets the time left be told before a listing has counted its parents', () => {
    const early = seen.find(({ plan, steps }) => plan !== null && steps.every(({ parents }) => parents === null))
    expect(early?.etaMs).toBeGreaterThan(0)
  })

  it('of a later one is made from what is stored: nothing is asked that the sync does not need', async () => {
    org.sim.resetCounts()
    const second = await org.sync({ isCounted: true })
    expectRight(second)
    expect(org.sim.counts.total).toBe(second.requests)
  })

  it('of one that runs by itself leaves out what it spares', async () => {
    org.clock.advance(60 * MINUTE)
    const { id: connectionId } = await org.connection()
    await enqueueSync(org.db, {
      connectionId,
      mode: 'full',
      trigger: 'schedule',
      at: new Date(org.clock.now()).toISOString(),
    })
    org.sim.resetCounts()
    const sparing = await org.sync()
    expectRight(sparing)
    expect(org.sim.counts.byRoute[SHORT] ?? 0).toBe(0)
    expect(sparing.plan?.resources.factors).toBe(0)
  })

  it('of a round is at least the asking, and what has changed once that is known', async () => {
    const users = [20, 21, 22, 23].map((number) => org.sim.org.userId(number))
    for (const [index, user] of users.entries())
      org.sim.org.updateUser(user, { status: index === 0 ? 'DEPROVISIONED' : 'SUSPENDED' })
    for (const user of users.slice(1)) org.sim.org.enrollFactor(user, 'sms')
    org.sim.org.addMember(org.sim.org.groupId(3), org.sim.org.userId(30))
    org.clock.advance(MINUTE)
    const plans: JobProgress['plan'][] = []
    const round = await org.round({ onProgress: ({ plan }) => plans.push(plan) })
    expectRight(round)
    const asking = plans.find((plan) => plan !== null)
    expect(asking).toMatchObject({ at_least: true })
    expect(asking?.requests).toBeGreaterThanOrEqual(3)
    expect(asking?.requests).toBeLessThanOrEqual(6)
    expect(round.plan?.at_least).toBe(false)
    expect(round.requests).toBeGreaterThan(10)
  })

  it('of a narrower scope counts what that will keep', async () => {
    const scope = { groups: [org.sim.org.groupId(1), org.sim.org.groupId(2)], emailDomains: [], skipAppGroups: false }
    const scoped = await org.sync({ scope, fresh: true, confirmDeletes: true })
    expectRight(scoped)
    expect(scoped.plan?.at_least).toBe(false)
    expectRight(await org.sync({ scope }))
    // What was not kept is not stored: a wider scope takes at least what is known.
    const wider = await org.sync({ fresh: true })
    expect(wider.plan?.at_least).toBe(true)
    expect(wider.requests).toBeGreaterThan(wider.plan?.requests ?? 0)
  })
})

describe('the plan of a first sync', () => {
  const first = async (options: Parameters<typeof openTestOrg>[0], sync: Parameters<TestOrg['sync']>[0] = {}) => {
    const org = await openTestOrg({ ...SMALL, ...options })
    try {
      return await org.sync({ isCounted: true, ...sync })
    } finally {
      await org.close()
    }
  }

  it('of a Classic org is right to a tenth', async () => {
    expectRight(await first({ engine: 'v1' }))
  })

  it('of chosen email domains goes by a page of users', async () => {
    const scope = { groups: [], emailDomains: ['acme.example'], skipAppGroups: true }
    expectRight(await first({}, { scope }))
  })

  it('is missing where nothing can be counted, and the sync says why', async () => {
    const refused = await first({ faults: ['token-invalid'] })
    expect(refused).toMatchObject({ outcome: 'failed', plan: null, estimate_error: null })
    expect(refused.error?.code).toBe('okta_token_rejected')
  })

  it('is a lower bound where users cannot be counted', async () => {
    const { plan, requests } = await first({ faults: ['stats-missing'] })
    expect(plan).toMatchObject({ at_least: true })
    expect(plan?.requests).toBeLessThan(requests)
  })
})

describe('a plan beside what was spent', () => {
  it('is off by the difference as a part of what was spent', () => {
    expect(estimateError({ requests: 90 }, 100)).toBe(0.1)
    expect(estimateError({ requests: 110 }, 100)).toBe(-0.1)
    expect(estimateError(null, 100)).toBeNull()
    expect(estimateError({ requests: 1 }, 0)).toBeNull()
  })
})
