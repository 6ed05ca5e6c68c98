import { z } from 'zod'

type Strip = (value: unknown) => unknown

const asIs: Strip = (value) => value

/**
 * A serializer made from a schema: what an object schema lacks never goes out, at any depth. Values themselves are not
 * checked again: they come typed from the store, and the contract tests hold every answer against the document.
 *
 * Objects are copied property by property and written by `JSON.stringify`: text put together in JavaScript costs half as
 * much again, once it has to leave the process.
 */
export function serializer(schema: z.ZodType): (value: unknown) => string {
  const strip = stripFor(schema)
  return (value) => JSON.stringify(strip(value))
}

function stripFor(schema: z.core.$ZodType): Strip {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return orNothing(stripFor(schema.unwrap()))
  if (schema instanceof z.ZodArray) return eachOf(stripFor(schema.element))
  if (schema instanceof z.ZodObject) return propertiesOf(schema)
  if (schema instanceof z.ZodRecord) return valuesOf(stripFor(schema.valueType))
  if (schema instanceof z.ZodUnion || schema instanceof z.ZodIntersection || schema instanceof z.ZodPipe)
    throw new Error('An answer is made of objects, arrays, records and plain values: nothing else can be stripped.')
  return asIs
}

const orNothing = (inner: Strip): Strip =>
  inner === asIs ? asIs : (value) => (value === null || value === undefined ? value : inner(value))

const eachOf = (inner: Strip): Strip =>
  inner === asIs ? asIs : (value) => (Array.isArray(value) ? value.map(inner) : value)

function propertiesOf(schema: z.ZodObject): Strip {
  const properties = Object.entries(schema.shape).map(([name, inner]) => ({ name, strip: stripFor(inner) }))
  return (value) => {
    if (value === null || typeof value !== 'object') return value
    const from = value as Record<string, unknown>
    const to: Record<string, unknown> = {}
    for (const { name, strip } of properties) {
      const inner = from[name]
      if (inner !== undefined) to[name] = strip === asIs ? inner : strip(inner)
    }
    return to
  }
}

const valuesOf =
  (inner: Strip): Strip =>
  (value) =>
    inner === asIs || value === null || typeof value !== 'object'
      ? value
      : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inner(one)]))
