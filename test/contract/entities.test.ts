import { describe, expect, it } from 'vitest'
import type { Field } from '../../src/model/fields.ts'
import { ENTITIES } from '../../src/model/index.ts'
import { INTERNAL_COLUMNS } from '../../src/store/columns.ts'
import type { Db } from '../../src/store/db.ts'
import { useDatabase } from '../harness/database.ts'

/** PostgreSQL's own names of the types that fields use. */
const PG_NAME: Record<string, string> = { timestamptz: 'timestamp with time zone', 'text[]': 'ARRAY' }

interface Column {
  column_name: string
  data_type: string
  is_nullable: 'YES' | 'NO'
}

let db: Db

useDatabase('file', (opened) => {
  db = opened
})

describe.each(ENTITIES.map((entity) => [entity.name, entity] as const))('%s', (_, entity) => {
  const fields = Object.entries(entity.fields as Record<string, Field<unknown>>)

  it('has a table whose columns are its fields and the internal ones, type by type', async () => {
    const columns = await db.query<Column>(
      'select column_name, data_type, is_nullable from information_schema.columns where table_name = $1',
      [entity.table],
    )
    const actual = Object.fromEntries(columns.map((column) => [column.column_name, column.data_type]))
    const expected = Object.fromEntries([
      ...fields.map(([name, field]) => [name, PG_NAME[field.column] ?? field.column]),
      ...Object.entries(INTERNAL_COLUMNS).map(([name, type]) => [name, PG_NAME[type] ?? type]),
    ])
    expect(actual).toEqual(expected)
  })

  it('lets exactly its nullable fields be null', async () => {
    const columns = await db.query<Column>(
      'select column_name, data_type, is_nullable from information_schema.columns where table_name = $1',
      [entity.table],
    )
    const nullable = columns.filter((column) => column.is_nullable === 'YES').map(({ column_name }) => column_name)
    expect(nullable.sort()).toEqual(
      [...fields.filter(([, field]) => field.nullable).map(([name]) => name), 'deleted_at'].sort(),
    )
  })

  it('says in a sentence what it is and what each field means', () => {
    const sentences = [entity.sentence, ...fields.map(([, field]) => field.sentence)]
    expect(sentences.filter((sentence) => !/^\S.{8,}\.$/s.test(sentence))).toEqual([])
  })
})
