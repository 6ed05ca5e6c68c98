import { afterAll, beforeAll } from 'vitest'
import type { SimOptions } from '../../sim/index.ts'
import { ENTITIES } from '../../src/model/index.ts'
import { openTestOrg, type TestOrg, type TestOrgOptions } from '../harness/org.ts'

/** The end of the process, as the store sees it: nothing is committed any more. */
export class Crash {
  #commits = 0
  #at: number | null = null
  #dead = false

  /** Dies in place of the n-th commit from now on, counted from 1; null for never. */
  beforeCommit(n: number | null): void {
    this.#commits = 0
    this.#at = n
    this.#dead = false
  }

  /** Dies now. */
  now(): void {
    this.#dead = true
  }

  get commits(): number {
    return this.#commits
  }

  readonly hook = (): void => {
    this.#commits++
    if (this.#commits === this.#at) this.#dead = true
    if (this.#dead) throw new Error('the process is gone')
  }
}

export async function openCrashingOrg(options: TestOrgOptions = {}): Promise<TestOrg & { crash: Crash }> {
  const crash = new Crash()
  const org = await openTestOrg({ ...options, db: { ...options.db, beforeCommit: crash.hook } })
  return Object.assign(org, { crash })
}

/** Everything a reader can see, and the history of changes: what two runs must agree on. */
export async function storeOf(org: TestOrg): Promise<Record<string, unknown>> {
  const store: Record<string, unknown> = {}
  for (const { name } of ENTITIES) {
    const rows = await org.rows(name)
    store[name] = rows.map(({ first_seen_at, changed_at, deleted_at, ...row }) => ({
      ...row,
      deleted: deleted_at !== null,
    }))
  }
  store.changes = await org.db.query(
    'select entity, record_id, kind, fields, count(*) as times from changes group by 1, 2, 3, 4 order by 1, 2, 3',
  )
  store.rejected = await org.db.query('select stream, issues from rejected_records order by 1, 2')
  store.seen = await org.db.query('select count(*) as left from sync_seen')
  return store
}

/** Does the work with the process gone after the n-th answer of Okta, counted from 1. Resolves to how many there were. */
export async function dieAtAnswer(
  org: TestOrg & { crash: Crash },
  answer: number,
  work: () => Promise<unknown>,
): Promise<number> {
  let seen = 0
  const watch = org.sim.fault({
    match: '*',
    where: () => {
      if (++seen === answer) org.crash.now()
      return false
    },
    status: 500,
  })
  await work().catch(() => null)
  watch.remove()
  org.crash.beforeCommit(null)
  return seen
}

/** Where a sync of this org begins: nothing stored, and a connection whose id, and so every other, is always the same. */
export async function startOver(org: TestOrg & { crash: Crash }): Promise<void> {
  org.crash.beforeCommit(null)
  await org.db.query('delete from connections')
  await org.db.query(
    "insert into connections (id, vendor, origin, org_id, engine) values ('7b5e8f0e-2f5c-4f0e-9d43-2f1f0a1c6d11', 'OKTA_IDP', $1, '00o1', 'idx')",
    [org.sim.origin],
  )
}

interface Undisturbed {
  readonly store: Record<string, unknown>
  readonly commits: number
  readonly answers: number
}

/** What a sync leaves that nobody disturbs, and how many chances there are to disturb it. */
async function syncUndisturbed(org: TestOrg & { crash: Crash }): Promise<Undisturbed> {
  await startOver(org)
  org.sim.resetCounts()
  org.crash.beforeCommit(null)
  const { outcome, resources } = await org.sync()
  if (outcome !== 'complete') throw new Error(`the undisturbed sync ended ${outcome}`)
  const empty = Object.entries(resources).flatMap(([name, { rows }]) => (rows === 0 ? [name] : []))
  // The Classic Engine has no policies that apply to applications.
  if (empty.join() !== 'policy_mappings') throw new Error(`the org has nothing of ${empty.join(', ')}`)
  return { store: await storeOf(org), commits: org.crash.commits, answers: org.sim.counts.total }
}

/** Every listing has something in it, and most have not much: each of their answers and commits is a place to die at. */
const LITTLE_OF_EVERYTHING: SimOptions['size'] = {
  users: 10,
  deprovisioned: 1,
  groups: 6,
  memberships: 16,
  apps: 4,
  appUsers: 8,
  appGroups: 3,
  roleHolders: 3,
  adminGroups: 1,
  policies: 12,
  logEvents: 8,
}

/** An org and what an undisturbed sync of it leaves, for the tests of one file. */
export function withUndisturbedOrg(): () => { org: TestOrg & { crash: Crash }; undisturbed: Undisturbed } {
  let org: TestOrg & { crash: Crash }
  let undisturbed: Undisturbed
  beforeAll(async () => {
    org = await openCrashingOrg({ size: LITTLE_OF_EVERYTHING, engine: 'v1' })
    const { org: sim } = org.sim
    sim.assignGroup(sim.appId(1), sim.groupId(1))
    sim.grantRole(sim.groupId(2), 'HELP_DESK_ADMIN', [sim.groupId(1)])
    undisturbed = await syncUndisturbed(org)
  })
  afterAll(() => org.close())
  return () => ({ org, undisturbed })
}
