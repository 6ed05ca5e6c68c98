/**
 * Field kinds: what one datum of a record is. A field knows its PostgreSQL column type and carries the sentence that
 * documents it; tables, exports and documentation are all made from the same field.
 */
export type FieldKind = 'id' | 'text' | 'texts' | 'time' | 'boolean' | 'integer' | 'json'

export interface Field<T> {
  readonly kind: FieldKind
  readonly nullable: boolean
  /** PostgreSQL type of the column. */
  readonly column: string
  /** What the field means, in a sentence. Documentation is generated from it. */
  readonly sentence: string
  /** Values a text may take, when they are a closed list of ours. */
  readonly values?: readonly string[]
  /** Never set: carries the type of the field's value, so that a row type and its fields cannot disagree. */
  readonly type?: T
}

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }
export type JsonObject = { [key: string]: JsonValue }

const COLUMN: Record<FieldKind, string> = {
  id: 'uuid',
  text: 'text',
  texts: 'text[]',
  time: 'timestamptz',
  boolean: 'boolean',
  integer: 'bigint',
  json: 'jsonb',
}

const field = <T>(kind: FieldKind, nullable: boolean, sentence: string, values?: readonly string[]): Field<T> => ({
  kind,
  nullable,
  column: COLUMN[kind],
  sentence,
  ...(values && { values }),
})

/** One of our own ids (a UUID), never Okta's. */
export const id = (sentence: string) => field<string>('id', false, sentence)
export const text = (sentence: string) => field<string>('text', false, sentence)
/** A text out of a closed list of ours. */
export const oneOf = <V extends string>(values: readonly V[], sentence: string) =>
  field<V>('text', false, sentence, values)
export const texts = (sentence: string) => field<string[]>('texts', false, sentence)
/** A moment, as ISO 8601 UTC text with milliseconds. */
export const time = (sentence: string) => field<string>('time', false, sentence)
export const flag = (sentence: string) => field<boolean>('boolean', false, sentence)
export const integer = (sentence: string) => field<number>('integer', false, sentence)
export const json = <T extends JsonValue = JsonObject>(sentence: string) => field<T>('json', false, sentence)

/** The same field, where the value may be unknown or absent. Null never means "none" or "false". */
export const nullable = <T>(inner: Field<T>): Field<T | null> => ({ ...(inner as Field<T | null>), nullable: true })
