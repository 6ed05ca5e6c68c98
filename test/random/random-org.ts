import type { Org, SimOptions } from '../../sim/index.ts'
import { ENTITIES } from '../../src/model/index.ts'
import { CONNECTION, type Copy, type Row } from '../harness/catch-up.ts'
import type { TestOrg } from '../harness/org.ts'
import { type Crash, openCrashingOrg } from '../resume/crash.ts'
import { TableCopies } from '../resume/table-copies.ts'

/** Small enough that a whole sync of it takes a tenth of a second; `furnish` adds what so small an org would lack. */
const TINY: SimOptions['size'] = {
  users: 6,
  deprovisioned: 1,
  groups: 3,
  memberships: 7,
  apps: 1,
  appUsers: 2,
  appGroups: 0,
  roleHolders: 2,
  adminGroups: 0,
  policies: 8,
  logEvents: 4,
}

const VACUUM_EVERY = 50

export type StoredRow = Row & { readonly id: string; readonly is_deleted: boolean; readonly stream: string }

/** An org that is synced, and that begins again where it was then. */
export interface RandomOrg extends TestOrg {
  readonly crash: Crash
  /** What was stored of it. */
  readonly first: ReadonlyMap<string, StoredRow>
  /** The org, its store and its time as they were. */
  startOver(): Promise<void>
}

export async function openRandomOrg(): Promise<RandomOrg> {
  const org = await openCrashingOrg({ size: TINY, limitScale: Number.POSITIVE_INFINITY, db: { max: 4 } })
  const madeAt = org.clock.now()
  furnish(org.sim.org)
  await org.db.query(
    "insert into connections (id, vendor, origin, org_id, engine) values ($1, 'OKTA_IDP', $2, '00o1', 'idx')",
    [CONNECTION, org.sim.origin],
  )
  org.clock.advance(20 * 60_000)
  await org.sync()
  org.clock.advance(20 * 60_000)
  const { outcome } = await org.round()
  if (outcome !== 'complete') throw new Error(`the first round ended ${outcome}`)
  const copies = new TableCopies(org.db)
  await copies.take()
  const begins = org.clock.now()
  let begun = 0
  const startOver = async () => {
    // What each history leaves behind would make every later one slower.
    if (begun++ % VACUUM_EVERY === VACUUM_EVERY - 1) await org.db.query('vacuum')
    org.crash.beforeCommit(null)
    org.sim.clearFaults()
    org.clock.startAt(madeAt)
    org.sim.org.startOver()
    furnish(org.sim.org)
    org.clock.startAt(begins)
    await copies.putBack()
  }
  return Object.assign(org, { first: await storedRows(org), startOver })
}

function furnish(org: Org): void {
  const [library, wiki] = [org.addApp({ label: 'Library' }).id, org.addApp({ label: 'Wiki' }).id]
  const [first, second] = [org.groupId(1), org.groupId(2)]
  org.assignGroup(library, first)
  org.assignGroup(library, second)
  org.assignUser(wiki, org.userId(1))
  org.grantRole(second, 'HELP_DESK_ADMIN', [first])
  org.grantRole(org.userId(2), 'APP_ADMIN', [wiki])
  const policy = org.addPolicy({ type: 'ACCESS_POLICY', name: 'Strict' }).id
  org.addRule(policy, { name: 'Catch-all' })
  org.mapPolicy(wiki, policy)
}

/** All rows of records, tombstones included, by our id. */
export async function storedRows(org: TestOrg): Promise<Map<string, StoredRow>> {
  const rows = new Map<string, StoredRow>()
  for (const { table, columns, appendOnly } of ENTITIES) {
    if (appendOnly) continue
    const names = columns.map((column) => `"${column}"`).join(', ')
    for (const row of await org.db.query<StoredRow>(`select ${names}, stream from ${table}`)) rows.set(row.id, row)
  }
  return rows
}

/** The live ones by stream and vendor id. */
export function liveOf(rows: ReadonlyMap<string, StoredRow>): Copy {
  const copy: Copy = new Map()
  for (const row of rows.values()) {
    if (row.is_deleted) continue
    const ofStream = copy.get(row.stream) ?? new Map<string, Row>()
    copy.set(row.stream, ofStream.set(row.vendor_id, row))
  }
  return copy
}
