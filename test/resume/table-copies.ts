import type { Db } from '../../src/store/db.ts'

/** A copy of every table of a database, to begin from again and again where a sync of an org that changes begins. */
export class TableCopies {
  readonly #db: Db
  #putBack = ''

  constructor(db: Db) {
    this.#db = db
  }

  async take(): Promise<void> {
    const rows = await this.#db.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public' order by 1",
    )
    const tables = rows.map(({ name }) => name)
    await this.#db.query('create schema copies')
    for (const table of tables) await this.#db.query(`create table copies.${table} as table public.${table}`)
    this.#putBack = [
      // Constraints held when the copies were taken.
      'set local session_replication_role = replica',
      ...tables.flatMap((table) => [
        `delete from public.${table}`,
        `insert into public.${table} overriding system value table copies.${table}`,
      ]),
    ].join(';\n')
  }

  /** In one message: a test that does it hundreds of times would wait for the network otherwise. */
  async putBack(): Promise<void> {
    await this.#db.transaction((tx) => tx.query(this.#putBack))
  }
}
