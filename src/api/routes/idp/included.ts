import { z } from 'zod'
import type { Entity } from '../../../model/entity.ts'
import type { Queryable } from '../../../store/db.ts'
import { type Include, includesOf, listIncluded } from '../../../store/record-includes.ts'
import { flag } from '../../parameters.ts'
import { componentName, recordSchema, relatedSchema } from '../../records.ts'

/** The most included records of one answer, shared evenly by the records of a full page. */
const MOST_OF_ALL = 20_000
const MOST_OF_ONE = 1_000
const LEAST_OF_ONE = 10

/** How many included records one record of a page of this size may have. */
export const mostIncluded = (limit: number): number =>
  Math.min(MOST_OF_ONE, Math.max(LEAST_OF_ONE, Math.floor(MOST_OF_ALL / Math.max(1, limit))))

/** What the parameters and the properties say. */
const words = ({ property }: Include) => property.replace('idp_', '')

/** The query parameters that ask for included records. */
export const includeFlags = (entity: Entity, plural: string): Record<string, ReturnType<typeof flag>> =>
  Object.fromEntries(
    includesOf(entity).map((include) => [
      include.flag,
      flag(
        `Adds \`${include.property}\` to each record: its ${words(include)}, capped. \`/v1/idp/${plural}/{id}/${words(include)}\` lists all of them, page by page.`,
      ),
    ]),
  )

const including = new Map<string, z.ZodType<Record<string, unknown>>>()

/** The schema of a record with what may be included, one per entity; the plain one where nothing may. */
export function includingSchema(entity: Entity): z.ZodType<Record<string, unknown>> {
  const schema = including.get(entity.name) ?? makeIncludingSchema(entity)
  including.set(entity.name, schema)
  return schema
}

function makeIncludingSchema(entity: Entity): z.ZodType<Record<string, unknown>> {
  const includes = includesOf(entity)
  if (includes.length === 0) return recordSchema(entity)
  const properties = includes.flatMap((include): [string, z.ZodType][] => [
    [
      include.property,
      z
        .array(recordSchema(include.entity))
        .optional()
        .describe(`Its ${words(include)} that have not vanished, by id; only with \`${include.flag}=true\`.`),
    ],
    [
      `${include.property}_truncated`,
      z
        .boolean()
        .optional()
        .describe(`Whether it has more ${words(include)} than \`${include.property}\` shows.`),
    ],
  ])
  return relatedSchema(
    entity,
    `${componentName(entity)}WithIncludes`,
    `${entity.sentence} With related records, where they were asked for.`,
    Object.fromEntries(properties),
  )
}

/** The includes that a query asks for. */
export const includesAsked = (entity: Entity, query: Readonly<Record<string, unknown>>): readonly Include[] =>
  includesOf(entity).filter((include) => query[include.flag] === true)

/** The records with what was asked to be included: one query for each kind, however many records there are. */
export async function withIncluded(
  db: Queryable,
  includes: readonly Include[],
  records: readonly Readonly<Record<string, unknown>>[],
  { connectionId, most }: { connectionId: string; most: number },
): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = records.map((record) => ({ ...record }))
  const ids = records.map(({ id }) => String(id))
  if (ids.length === 0) return all
  for (const include of includes) {
    const included = await listIncluded(db, include, { connectionId, ids, most })
    for (const record of all) {
      const found = included.get(String(record.id)) ?? []
      record[include.property] = found.slice(0, most)
      record[`${include.property}_truncated`] = found.length > most
    }
  }
  return all
}

/** The entities that included records are made of, relations with them. */
export const includedEntities = (includes: readonly Include[]): Entity[] =>
  includes.flatMap(({ entity, through }) => [entity, through.relation])
