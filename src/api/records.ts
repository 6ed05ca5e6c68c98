import { z } from 'zod'
import type { BaseRow, Entity } from '../model/entity.ts'
import type { Field, FieldKind } from '../model/fields.ts'

/** A schema of any JSON. */
export const anyJson = z.unknown()

const KINDS: Readonly<Record<FieldKind, () => z.ZodType>> = {
  id: () => z.uuid(),
  text: () => z.string(),
  texts: () => z.array(z.string()),
  time: () => z.iso.datetime(),
  boolean: () => z.boolean(),
  integer: () => z.int(),
  json: () => anyJson,
}

/** One field of an entity as a schema, with its sentence. */
function fieldSchema(field: Field<unknown>): z.ZodType {
  const plain = field.values ? z.enum(field.values as [string, ...string[]]) : KINDS[field.kind]()
  return (field.nullable && field.kind !== 'json' ? plain.nullable() : plain).describe(field.sentence)
}

const fieldsOf = (entity: Entity): [string, Field<unknown>][] =>
  Object.entries(entity.fields as unknown as Record<string, Field<unknown>>)

/** `group-membership` as the OpenAPI document names it: `GroupMembership`. */
export const componentName = (entity: Pick<Entity, 'name'>): string =>
  entity.name.replace(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase())

/** The properties of an entity's record as an answer has them: its fields, and `raw` where it was asked for. */
export function recordShape(entity: Entity): Record<string, z.ZodType> {
  return {
    ...Object.fromEntries(fieldsOf(entity).map(([name, field]) => [name, fieldSchema(field)])),
    raw: anyJson.optional().describe('Okta’s JSON as received, secrets stripped; only with `raw=true`.'),
  }
}

/** `log event` as a heading: `Log Event`. */
export const capitalized = (title: string): string => title.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())

const schemas = new Map<string, z.ZodObject>()

/** The schema of an entity's record: one per entity, named after it. */
export function recordSchema(entity: Entity): z.ZodType<Record<string, unknown>> {
  const name = componentName(entity)
  let schema = schemas.get(name)
  if (!schema) {
    schema = z.object(recordShape(entity)).meta({ id: name, description: entity.sentence })
    schemas.set(name, schema)
  }
  return schema as unknown as z.ZodType<Record<string, unknown>>
}

/** A record with more about how it is related to what was asked: `GroupOfPolicy` and its like. */
export function relatedSchema(
  entity: Entity,
  name: string,
  description: string,
  more: Record<string, z.ZodType>,
): z.ZodType<Record<string, unknown>> {
  return z.object({ ...recordShape(entity), ...more }).meta({ id: name, description }) as unknown as z.ZodType<
    Record<string, unknown>
  >
}

export type Row<Of extends BaseRow = BaseRow> = Of & Record<string, unknown>
