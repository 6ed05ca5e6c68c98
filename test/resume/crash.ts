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

/** Forgets everything that was synced. */
export async function emptyStore(org: TestOrg): Promise<void> {
  const tables = [
    ...ENTITIES.map(({ table }) => table),
    'changes',
    'rejected_records',
    'sync_seen',
    'sync_jobs',
    'connections',
  ]
  await org.db.query(`truncate ${tables.join(', ')} cascade`)
}
