import { expect, test } from 'vitest'
import { z } from 'zod'
import { serializer } from './serialize.ts'

const Inner = z.object({ id: z.string(), note: z.string().nullable().optional() })
const write = (schema: z.ZodType, value: unknown): unknown => JSON.parse(serializer(schema)(value))

test('what the schema lacks does not go out, at any depth', () => {
  const schema = z.object({ items: z.array(Inner), one: Inner.nullable(), all: z.record(z.string(), Inner) })
  const leaky = { id: 'a', note: null, token: 'secret' }
  const written = write(schema, { items: [leaky], one: leaky, all: { x: leaky }, sealed: 'secret' })
  const clean = { id: 'a', note: null }
  expect(written).toEqual({ items: [clean], one: clean, all: { x: clean } })
})

test('what is not known and what is null stay apart, and any JSON passes where any may be', () => {
  const schema = z.object({ none: Inner.nullable(), absent: Inner.optional(), any: z.unknown() })
  const any = { deep: [1, 'half \ud83d of a pair', { '"': null }] }
  expect(write(schema, { none: null, any })).toEqual({ none: null, any })
})

test('a schema that cannot be stripped by is refused when the server starts', () => {
  expect(() => serializer(z.object({ either: z.union([Inner, z.string()]) }))).toThrow(/nothing else can be stripped/)
})
