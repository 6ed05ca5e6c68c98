import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import type { JsonSchema } from './openapi-document.ts'

const COMPONENTS = '#/components/schemas/'

export interface Schemas {
  /** Named schemas, by name, in the order of names. */
  readonly components: Readonly<Record<string, JsonSchema>>
  /** By operationId: what a 200 answer has, and what a body may have. */
  readonly answers: Readonly<Record<string, JsonSchema>>
  readonly bodies: Readonly<Record<string, JsonSchema>>
}

/**
 * The schemas of all operations as JSON Schema; those with an id stand once, under their name.
 * @throws Error when two different schemas share a name, as they would overwrite one another
 */
export function schemasOf(endpoints: readonly Endpoint[]): Schemas {
  const answers = converted(endpoints, 'output', ({ response }) => response)
  const bodies = converted(endpoints, 'input', ({ body }) => body)
  const components = new Map(Object.entries(answers.components))
  for (const [name, schema] of Object.entries(bodies.components)) {
    const other = components.get(name)
    if (other && JSON.stringify(other) !== JSON.stringify(schema))
      throw new Error(`${name} names two schemas: one of answers and one of bodies`)
    components.set(name, schema)
  }
  return {
    components: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
    answers: answers.byOperation,
    bodies: bodies.byOperation,
  }
}

function converted(
  endpoints: readonly Endpoint[],
  io: 'input' | 'output',
  pick: (endpoint: Endpoint) => z.ZodType | undefined,
) {
  const shape = Object.fromEntries(
    endpoints.flatMap((endpoint): [string, z.ZodType][] => {
      const schema = pick(endpoint)
      return schema ? [[endpoint.operationId, schema]] : []
    }),
  )
  const { properties = {}, $defs = {} } = z.toJSONSchema(z.object(shape), {
    io,
    override: ({ jsonSchema }) => plain(jsonSchema),
  }) as { properties?: Record<string, JsonSchema>; $defs?: Record<string, JsonSchema> }
  for (const [name, schema] of Object.entries($defs))
    if (isNameless(name) && !isAnyJson(schema)) throw new Error('A schema that holds itself needs an id.')
  const named = Object.entries($defs).filter(([name]) => !isNameless(name))
  return {
    byOperation: mapValues(properties, (schema) => tidy(schema) as JsonSchema),
    components: mapValues(Object.fromEntries(named), (schema) => tidy(schema) as JsonSchema),
  }
}

/** zod's own name for what holds itself: any JSON, whose lists hold any JSON, is the only such schema that we have. */
const isNameless = (name: string): boolean => name.startsWith('__')
const isAnyJson = ({ anyOf = [] }: JsonSchema): boolean =>
  ['null', 'array'].every((type) => anyOf.some((one) => one.type === type))

/** Takes away what zod says beside what is meant. */
function plain(schema: z.core.JSONSchema.BaseSchema): void {
  // A name is where the schema stands, and not among its words.
  delete schema.id
  // Answers may gain properties; bodies may have more than we read.
  if (schema.additionalProperties === false) delete schema.additionalProperties
  // A format says it already.
  if (schema.format) delete schema.pattern
  // Property names of JSON are text always.
  delete schema.propertyNames
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
}

/** References point to the document's components, and "or null" is a second type where that says it. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy)
  if (typeof value !== 'object' || value === null) return value
  const schema = mapValues(value as Record<string, unknown>, tidy) as Record<string, unknown> & JsonSchema
  if (typeof schema.$ref === 'string') {
    const { $ref, ...words } = schema
    const name = $ref.replace('#/$defs/', '')
    return isNameless(name) ? words : { ...words, $ref: COMPONENTS + name }
  }
  const [first, second, ...more] = schema.anyOf ?? []
  if (!first || second?.type !== 'null' || more.length > 0 || typeof first.type !== 'string') return schema
  const { anyOf: _, ...words } = schema
  return {
    ...first,
    type: [first.type, 'null'],
    ...(first.enum && { enum: [...first.enum, null] }),
    ...words,
  }
}

const mapValues = <From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
