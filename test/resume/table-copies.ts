import type { Db, Queryable } from '../../src/store/db.ts'

/** A copy of every table of a database, to begin from again and again where a sync of an org that changes begins. */
export class TableCopies {
  readonly #db: Db
  #tables: readonly string[] = []

  constructor(db: Db) {
    this.#db = db
  }

  async take(): Promise<void> {
    const rows = await this.#db.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public' order by 1",
    )
    this.#tables = rows.map(({ name }) => name)
    await this.#db.query('create schema copies')
    for (const table of this.#tables) await this.#db.query(`create table copies.${table} as table public.${table}`)
  }

  async putBack(): Promise<void> {
    await this.#db.transaction(async (tx) => {
      // Constraints held when the copies were taken.
      await tx.query('set local session_replication_role = replica')
      for (const table of this.#tables) await this.#putBack(tx, table)
    })
  }

  async #putBack(tx: Queryable, table: string): Promise<void> {
    await tx.query(`delete from public.${table}`)
    await tx.query(`insert into public.${table} overriding system value table copies.${table}`)
  }
}
