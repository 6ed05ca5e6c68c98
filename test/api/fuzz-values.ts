import fc from 'fast-check'
import { type JsonSchema, type OpenApiDocument, resolve } from '../../src/api/openapi-document.ts'

/** Text that has broken servers before. */
const NASTY = [
  '',
  ' ',
  '\0',
  'a\0b',
  "' or 1=1 --",
  '"; drop table users; --',
  '%00',
  '%',
  '%25',
  '\\',
  '../../etc/passwd',
  '<script>',
  '{{7*7}}',
  '<%= 7*7 %>',
  '__proto__',
  'constructor',
  'null',
  'undefined',
  'NaN',
  'true',
  '[]',
  '{}',
  '-1',
  '-0',
  '0',
  '1e308',
  '9'.repeat(30),
  '9007199254740993',
  '2147483648',
  '🦄',
  'é',
  '\u202e',
  '\ufeff',
  '\uffff',
  '\t\r\n',
  'x'.repeat(5_000),
  '*',
  '_',
  '%_',
  '1,2,3',
  ',',
  ',,,',
  '2026-02-30',
  '0000-00-00T00:00:00Z',
  '10000-01-01T00:00:00Z',
  '2026-01-01T25:00:00Z',
  '-271821-04-20T00:00:00Z',
  '2026-01-01T00:00:00+99:99',
  'a.b',
  'a.b.c',
  '.'.repeat(22),
  `${'A'.repeat(40)}.${'A'.repeat(22)}`,
]
const nasty = fc.constantFrom(...NASTY)
const wellFormed = fc.string({ unit: 'grapheme', maxLength: 40 })

const moment = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString())

/** A value of a parameter as text: what the schema allows, what nearly is, and what nobody means. */
export function parameterValue(schema: JsonSchema): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 5, arbitrary: allowedText(schema) },
    { weight: 2, arbitrary: nearly(schema) },
    { weight: 3, arbitrary: nasty },
  )
}

function allowedText(schema: JsonSchema): fc.Arbitrary<string> {
  if (schema.enum) return fc.constantFrom(...schema.enum.map(String))
  if (schema.type === 'boolean') return fc.constantFrom('true', 'false', '1', 'off')
  if (schema.type === 'integer')
    return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 2_000_000_000 }).map(String)
  if (schema.format === 'date-time') return moment
  if (schema.format === 'uuid') return fc.uuid()
  return fc.oneof(
    wellFormed,
    fc.uuid(),
    fc.array(fc.uuid(), { maxLength: 5 }).map((ids) => ids.join(',')),
  )
}

function nearly(schema: JsonSchema): fc.Arbitrary<string> {
  const { minimum, maximum } = schema
  if (schema.type === 'integer')
    return fc.constantFrom(String((minimum ?? 0) - 1), String((maximum ?? 1e15) + 1), '1.0', ' 1 ', '0x10', '+1', '１')
  if (schema.format === 'date-time')
    return fc.oneof(
      moment.map((iso) => iso.slice(0, 10)),
      moment.map((iso) => iso.replace('Z', '+05:30')),
      moment.map((iso) => iso.replace('T', ' ').replace('Z', '')),
    )
  if (schema.format === 'uuid') return fc.uuid().map((id) => id.toUpperCase().replaceAll('-', ''))
  if (schema.enum) return fc.constantFrom(...schema.enum.map((value) => String(value).toLowerCase()))
  return fc.array(wellFormed, { minLength: 2, maxLength: 120 }).map((all) => all.join(','))
}

/** A body as JSON text: what its schema allows, what nearly is, and what nobody means. */
export function bodyText(document: OpenApiDocument, schema: JsonSchema): fc.Arbitrary<string> {
  const plain = resolve<JsonSchema>(document, schema)
  return fc.oneof(
    { weight: 6, arbitrary: objectLike(plain).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: brokenJson },
  )
}

const brokenJson = fc.constantFrom(
  '',
  ' ',
  '{',
  '{"a":}',
  '[1,',
  'null',
  'true',
  '0',
  '""',
  '[]',
  '[[]]',
  'NaN',
  "{'a':1}",
  '{"a":1}{"b":2}',
  '\ufeff{}',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"a":1}}}',
  `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
  `{"name":"${'x'.repeat(70_000)}"}`,
  '{"name":"\\ud800"}',
  '{"name":"\\u0000"}',
)

function objectLike(schema: JsonSchema): fc.Arbitrary<Record<string, unknown>> {
  const properties = Object.entries(schema.properties ?? {}).map(
    ([name, property]): [string, fc.Arbitrary<unknown>] => [
      name,
      fc.oneof(
        { weight: 5, arbitrary: allowedValue(property) },
        { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
        { weight: 2, arbitrary: nasty },
      ),
    ],
  )
  const known = fc.record(Object.fromEntries(properties), { requiredKeys: [], noNullPrototype: true })
  return fc
    .tuple(known, fc.dictionary(wellFormed, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }))
    .map(([mine, more]) => ({ ...more, ...mine }))
}

function allowedValue(schema: JsonSchema): fc.Arbitrary<unknown> {
  const options = schema.anyOf ?? []
  if (options.length > 0) return fc.oneof(...options.map(allowedValue))
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const types = [schema.type ?? 'object'].flat()
  return fc.oneof(...types.map((type) => allowedOf(type, schema)))
}

function allowedOf(type: string, schema: JsonSchema): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -1_000, max: schema.maximum ?? 1_000_000 })
    case 'array':
      return fc.array(allowedValue(schema.items ?? {}), { maxLength: 3 })
    case 'string':
      return schema.format === 'uuid' ? fc.uuid() : schema.format === 'date-time' ? moment : wellFormed
    default:
      return schema.properties
        ? objectLike(schema)
        : fc.oneof(
            fc.dictionary(wellFormed, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
            fc.record({
              domain: fc.oneof(nasty, fc.constant('https://acme.okta.com')),
              api_token: fc.oneof(nasty, wellFormed),
            }),
          )
  }
}
