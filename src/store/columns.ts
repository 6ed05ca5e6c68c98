import type { Entity } from '../model/entity.ts'
import type { Field } from '../model/fields.ts'

/**
 * Bulk writes send every column as a text array and let PostgreSQL cast it: one statement whatever the number of rows
 * (a `values` list stops at 65,535 parameters), and one encoder for every kind of field.
 */
export function encode(value: unknown, field: Pick<Field<unknown>, 'kind'>): string | null {
  if (value === null || value === undefined) return null
  if (field.kind === 'json') return JSON.stringify(value)
  if (field.kind === 'texts') return arrayLiteral(value as readonly string[])
  return String(value)
}

/** A PostgreSQL array literal: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-INPUT */
export const arrayLiteral = (items: readonly string[]): string =>
  `{${items.map((item) => `"${item.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`

/** Columns that every entity's table has beside its fields, and answers do not show unless asked. */
export const INTERNAL_COLUMNS = {
  connection_id: 'uuid',
  stream: 'text',
  raw: 'json',
  content_hash: 'text',
  first_seen_at: 'timestamptz',
  changed_at: 'timestamptz',
  deleted_at: 'timestamptz',
} as const

/** `"a", "b"`: column names as SQL. Names come from entities, never from input. */
export const list = (columns: readonly string[]): string => columns.map((column) => `"${column}"`).join(', ')

/** The fields of an entity by column name, for loops over columns. */
export const fieldsOf = (entity: Entity): Readonly<Record<string, Field<unknown>>> =>
  entity.fields as unknown as Readonly<Record<string, Field<unknown>>>
