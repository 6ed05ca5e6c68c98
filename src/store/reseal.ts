import { AppError } from '../errors.ts'
import { keyIdOf, type Sealer } from '../seal.ts'
import type { Db, Queryable } from './db.ts'

/** A table of sealed texts, with the columns `sealed` and `key_id`. Its names come from the code, never from input. */
export interface SealedTable {
  readonly table: string
  /** The column of a UUID that tells its rows apart, and in which they are gone through. */
  readonly id: string
  /** What a row's text is tied to: that of another row does not open. */
  contextOf(id: string): string
}

const LOCK = "hashtextextended('rollcall encryption key', 0)"
/** Rows that are sealed anew in one transaction. */
const BATCH = 100

/** Seals a text for a row that is written in this transaction: until its end no rotation drops the key used. */
export async function sealFor(
  tx: Queryable,
  sealer: Sealer,
  { contextOf }: SealedTable,
  id: string,
  plain: string,
): Promise<{ readonly sealed: string; readonly keyId: string }> {
  // Before sealing: whoever waited here for a rotation must not seal with the key it has replaced.
  await tx.query(`select pg_advisory_xact_lock_shared(${LOCK})`)
  const sealed = sealer.seal(plain, contextOf(id))
  return { sealed, keyId: keyIdOf(sealed) }
}

/** How many texts of a table are sealed with each key, by key id. */
export async function countByKey(db: Queryable, { table }: SealedTable): Promise<ReadonlyMap<string, number>> {
  const rows = await db.query<{ key_id: string; count: number }>(
    `select key_id, count(*) as count from ${table} group by key_id`,
  )
  return new Map(rows.map((row) => [row.key_id, row.count]))
}

/**
 * Seals anew, with the current key, whatever another key has sealed; resolves to how many that were. May be interrupted
 * and run again. What no key opens stays as it is, and what somebody changes meanwhile is theirs.
 */
export async function reseal(db: Db, sealer: Sealer, sealedTable: SealedTable): Promise<number> {
  // Whoever was about to store something under the key of before has done so now.
  await db.transaction((tx) => tx.query(`select pg_advisory_xact_lock(${LOCK})`))
  const { table, id } = sealedTable
  const keyId = sealer.keyId
  let resealed = 0
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const rows = await db.query<SealedRow>(
      `select ${id} as id, sealed from ${table} where key_id <> $1 and ${id} > $2 order by ${id} limit ${BATCH}`,
      [keyId, after],
    )
    resealed += await replace(db, rows, sealer, sealedTable)
    const last = rows.at(-1)
    if (!last) return resealed
    after = last.id
  }
}

interface SealedRow {
  id: string
  sealed: string
}

async function replace(
  db: Db,
  rows: readonly SealedRow[],
  sealer: Sealer,
  { table, id, contextOf }: SealedTable,
): Promise<number> {
  const readable = rows.flatMap((row) => {
    const plain = openOrNull(sealer, row.sealed, contextOf(row.id))
    if (plain === null) return []
    const sealed = sealer.seal(plain, contextOf(row.id))
    return [{ id: row.id, before: row.sealed, sealed, key_id: keyIdOf(sealed) }]
  })
  if (readable.length === 0) return 0
  const changed = await db.transaction((tx) =>
    tx.query(
      `update ${table} t set sealed = new.sealed, key_id = new.key_id
       from jsonb_to_recordset($1::jsonb) as new (id uuid, before text, sealed text, key_id text)
       where t.${id} = new.id and t.sealed = new.before returning t.${id}`,
      [JSON.stringify(readable)],
    ),
  )
  return changed.length
}

/** What a sealed text says; null where no key at hand opens it. */
export function openOrNull(sealer: Sealer, sealed: string, context: string): string | null {
  try {
    return sealer.open(sealed, context)
  } catch (error) {
    if (error instanceof AppError && error.code === 'credentials_unreadable') return null
    throw error
  }
}
