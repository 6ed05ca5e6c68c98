import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { AppError } from '../errors.ts'
import { openDb, type Queryable } from './db.ts'
import { settleRestored } from './restored.ts'

/** Forward-only SQL files, in order of their names: seen from src/ in a checkout, from dist/src/ in a published package. */
const folder =
  ['../../../migrations/', '../../migrations/']
    .map((place) => new URL(place, import.meta.url))
    .find((place) => existsSync(new URL('0001_ground_floor.sql', place))) ??
  new URL('../../migrations/', import.meta.url)

/**
 * Brings a database to this version's schema: in one transaction, under a lock, so that several processes may start
 * at once and a crash leaves the old schema whole.
 * @throws AppError `schema_newer_than_code` when a newer Rollcall has migrated it
 */
export async function migrate(url: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const db = await openDb(url, { max: 1 })
  try {
    await db.transaction(async (tx) => {
      await tx.query("select pg_advisory_xact_lock(hashtextextended('rollcall migrate', 0))")
      const applied = await appliedMigrations(tx)
      refuseNewer(applied, names)
      for (const name of names) {
        if (applied.includes(name)) continue
        await tx.query(await readFile(new URL(name, folder), 'utf8'))
        await tx.query('insert into schema_migrations (name) values ($1)', [name])
      }
      await settleRestored(tx)
    })
  } finally {
    await db.close()
  }
}

async function appliedMigrations(tx: Queryable): Promise<string[]> {
  await tx.query(
    'create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())',
  )
  const rows = await tx.query<{ name: string }>('select name from schema_migrations order by name')
  return rows.map((row) => row.name)
}

function refuseNewer(applied: readonly string[], known: readonly string[]): void {
  const unknown = applied.filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw new AppError(
    'schema_newer_than_code',
    `The database was last migrated by a newer Rollcall (it has ${unknown.join(', ')}).`,
  )
}
