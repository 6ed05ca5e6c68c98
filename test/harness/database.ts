import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { type Db, openDb } from '../../src/store/db.ts'
import { asAdmin, databaseUrl } from './postgres.ts'

const ATTEMPTS = 50
const RETRY_MS = 50
/** The template is in use: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const OBJECT_IN_USE = '55006'

export interface FreshDatabase {
  url: string
  drop(): Promise<void>
}

/** A migrated database of the caller's own, empty of data. It costs some 50 ms, so take one per test file or per test. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const { adminUrl, prefix, template } = inject('postgres')
  const name = `${prefix}${randomBytes(5).toString('hex')}`
  await asAdmin(adminUrl, (admin) => clone(admin, template, name))
  return {
    url: databaseUrl(adminUrl, name),
    drop: async () => {
      await asAdmin(adminUrl, (admin) => admin.query(`drop database if exists ${name} with (force)`))
    },
  }
}

/** A fresh database for all tests of a file, or one for each of them: opened, handed over, and gone when they are done. */
export function useDatabase(per: 'file' | 'test', opened: (db: Db, url: string) => void | Promise<void>): void {
  const [before, after] = per === 'file' ? [beforeAll, afterAll] : [beforeEach, afterEach]
  let database: FreshDatabase
  let db: Db
  before(async () => {
    database = await freshDatabase()
    db = await openDb(database.url)
    await opened(db, database.url)
  })
  after(async () => {
    await db.close()
    await database.drop()
  })
}

async function clone(admin: pg.Client, template: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Copied as files, in less than half of the time: what is written to the log instead spares a checkpoint that is
      // cheap here.
      await admin.query(`create database ${name} template ${template} strategy file_copy`)
      return
    } catch (error) {
      const isBusy = error instanceof Error && 'code' in error && error.code === OBJECT_IN_USE
      if (!isBusy || attempt === ATTEMPTS) throw error
      await systemClock.sleep(RETRY_MS)
    }
  }
}
