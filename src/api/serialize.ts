import { z } from 'zod'

/** The JSON text of a value that is not undefined. */
type Write = (value: unknown) => string

/**
 * A serializer made from a schema: what an object schema lacks never goes out, at any depth. It writes the text itself:
 * a page of records costs half of what a stripped copy and `JSON.stringify` do. Values themselves are not checked again:
 * they come typed from the store, and the contract tests hold every answer against the document.
 */
export function serializer(schema: z.ZodType): Write {
  return writerOf(schema)
}

function writerOf(schema: z.core.$ZodType): Write {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return orNull(writerOf(schema.unwrap()))
  if (schema instanceof z.ZodArray) return arrayOf(writerOf(schema.element))
  if (schema instanceof z.ZodObject) return objectOf(schema)
  if (schema instanceof z.ZodRecord) return recordOf(writerOf(schema.valueType))
  if (schema instanceof z.ZodUnion || schema instanceof z.ZodIntersection || schema instanceof z.ZodPipe)
    throw new Error('An answer is made of objects, arrays, records and plain values: nothing else can be stripped.')
  return plain
}

const orNull =
  (inner: Write): Write =>
  (value) =>
    value === null || value === undefined ? 'null' : inner(value)

/** What JSON has to escape, and halves of surrogate pairs, which it may not hold. */
const NEEDS_ESCAPE = /["\\\p{Cc}\p{Cs}]/u

const plain: Write = (value) => {
  if (typeof value === 'string') return NEEDS_ESCAPE.test(value) ? JSON.stringify(value) : `"${value}"`
  if (value === null) return 'null'
  return JSON.stringify(value) ?? 'null'
}

const arrayOf =
  (inner: Write): Write =>
  (value) => {
    if (!Array.isArray(value)) return plain(value)
    let text = ''
    for (const item of value) text += text === '' ? inner(item) : `,${inner(item)}`
    return `[${text}]`
  }

function objectOf(schema: z.ZodObject): Write {
  const properties = Object.entries(schema.shape).map(([name, inner]) => ({
    name,
    key: `${JSON.stringify(name)}:`,
    write: writerOf(inner),
  }))
  return (value) => {
    if (value === null || typeof value !== 'object') return plain(value)
    const from = value as Record<string, unknown>
    let text = ''
    for (const { name, key, write } of properties) {
      const inner = from[name]
      if (inner === undefined) continue
      text += text === '' ? key : `,${key}`
      text += write(inner)
    }
    return `{${text}}`
  }
}

const recordOf =
  (inner: Write): Write =>
  (value) => {
    if (value === null || typeof value !== 'object') return plain(value)
    const entries = Object.entries(value).filter(([, one]) => one !== undefined)
    return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${inner(one)}`).join(',')}}`
  }
