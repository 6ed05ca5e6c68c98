import { afterAll, beforeAll, expect, test } from 'vitest'
import { countOrgBy } from '../../src/compose/okta-org.ts'
import type { Estimate } from '../../src/connectors/connector.ts'
import { okta } from '../../src/connectors/okta/index.ts'
import type { SyncResult } from '../../src/sync/progress.ts'
import { keptBy } from '../../src/sync/scope.ts'
import { EVERYTHING } from '../../src/sync/settings.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'

/**
 * What a round of R1 costs: 10,000 users, 2,000 groups, 300 applications. Factors are left out of the full sync before it,
 * which asks for each of 10,000 users; rounds read them for whoever the log names.
 */

const UNCHANGED_AT_MOST = 6
const ONE_PERCENT_AT_MOST = 350
/** Of 10,000 users. */
const CHANGED = 100

let org: TestOrg
/** What the org was counted to take before its first sync, and that sync. */
let counted: Estimate | null
let full: SyncResult
beforeAll(async () => {
  org = await openTestOrg({ org: 'r1', limitScale: Number.POSITIVE_INFINITY })
  const streams = okta.streams.map(({ name }) => name).filter((name) => name !== 'factors')
  const session = org.session()
  counted = await countOrgBy(session, { engine: 'idx' })({ kept: keptBy(EVERYTHING), pageSizes: {} })
  await session.close()
  full = await org.sync({ streams })
  expect(full.outcome).toBe('complete')
  org.clock.advance(3_600_000)
}, 600_000)
afterAll(() => org.close())

const planned = (streams: (name: string) => boolean): number =>
  counted?.planned.reduce((sum, { stream, requests }) => sum + (streams(stream) ? requests : 0), 0) ?? 0

test('a first sync takes what was counted beforehand, within a tenth: without factors, and with one request each', async () => {
  const [live] = await org.db.query<{ count: number }>("select count(*) from users where status <> 'deprovisioned'")
  expect(
    off(
      planned((name) => name !== 'factors'),
      full.requests,
    ),
  ).toBeLessThan(0.1)
  expect(
    off(
      planned(() => true),
      full.requests + Number(live?.count),
    ),
  ).toBeLessThan(0.1)
})

async function requestsOfRound(): Promise<number> {
  org.sim.resetCounts()
  const round = await org.round()
  expect(Math.abs(round.estimate_error ?? 1)).toBeLessThan(0.1)
  expect(round.outcome).toBe('complete')
  expect(round.requests).toBe(org.sim.counts.total)
  return round.requests
}

test('an org in which nothing has changed costs six requests at most, whatever its size', async () => {
  expect(await requestsOfRound()).toBeLessThanOrEqual(UNCHANGED_AT_MOST)
  org.clock.advance(3_600_000)
  expect(await requestsOfRound()).toBeLessThanOrEqual(UNCHANGED_AT_MOST)
})

test('one in a hundred users changed, each in a way of six, costs 350 requests at most, and all of it arrives', async () => {
  const changed = changeUsers()
  org.clock.advance(60_000)
  expect(await requestsOfRound()).toBeLessThanOrEqual(ONE_PERCENT_AT_MOST)
  expect(await org.db.query('select from refetch_queue')).toEqual([])
  for (const { kind, table, vendorIds } of changed) {
    const rows = await org.db.query<{ vendor_id: string }>(
      `select vendor_id from ${table} where vendor_id = any($1::text[]) and not is_deleted
          and id in (select record_id from changes where job_id = (select id from sync_jobs order by started_at desc limit 1))`,
      [vendorIds],
    )
    expect(rows.map((row) => row.vendor_id).sort(), kind).toEqual([...vendorIds].sort())
  }
  org.clock.advance(60_000)
  expect(await requestsOfRound()).toBeLessThanOrEqual(UNCHANGED_AT_MOST)
}, 120_000)

const off = (plan: number, spent: number): number => Math.abs(spent - plan) / spent

interface Changed {
  readonly kind: string
  /** Where its records are, and their ids at Okta. */
  readonly table: string
  readonly vendorIds: string[]
}

/** Status, profile, memberships, assignments, factors and roles in turn, spread over the org. */
function changeUsers(): readonly Changed[] {
  const { org: sim } = org.sim
  const apps = [...sim.allApps()].filter(({ status }) => status === 'ACTIVE').map(({ id }) => id)
  const changed = (kind: string, table: string): Changed => ({ kind, table, vendorIds: [] })
  const [status, profile] = [changed('status', 'users'), changed('profile', 'users')]
  const [memberships, assignments] = [
    changed('memberships', 'group_memberships'),
    changed('assignments', 'application_assignments'),
  ]
  const [factors, roles] = [changed('factors', 'factors'), changed('roles', 'role_assignments')]
  const ways: readonly ((user: string, number: number) => void)[] = [
    (user, number) => {
      sim.updateUser(user, { status: number % 12 === 0 ? 'DEPROVISIONED' : 'SUSPENDED' })
      status.vendorIds.push(user)
    },
    (user) => {
      sim.updateUser(user, { profile: { title: 'Changed' } })
      profile.vendorIds.push(user)
    },
    (user, number) => {
      const group = sim.groupId(1 + number * 17)
      if (sim.groupsOf(user).includes(group)) return
      sim.addMember(group, user)
      memberships.vendorIds.push(`${group}:${user}`)
    },
    (user, number) => {
      const app = apps[number % apps.length] ?? ''
      sim.assignUser(app, user)
      assignments.vendorIds.push(`${app}:user:${user}`)
    },
    (user) => {
      factors.vendorIds.push(`${user}:${sim.enrollFactor(user, 'sms').id}`)
    },
    (user, number) => {
      roles.vendorIds.push(`user:${user}:${sim.grantRole(user, number % 4 === 0 ? 'USER_ADMIN' : 'REPORT_ADMIN').id}`)
    },
  ]
  // Past the odd users at the beginning of the org.
  for (let number = 0; number < CHANGED; number++) ways[number % ways.length]?.(sim.userId(100 + number * 97), number)
  return [status, profile, memberships, assignments, factors, roles]
}
