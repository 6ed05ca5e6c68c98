import { z } from 'zod'

/** JSON Schema of a parameter, as the OpenAPI document shows it: what is sent is always text. */
export const parameterDocs = z.registry<{ schema: Record<string, unknown>; description: string }>()

function parameter<T extends z.ZodType>(schema: T, json: Record<string, unknown>, description: string): T {
  parameterDocs.add(schema, { schema: json, description })
  return schema
}

/** Sent twice, the last counts, as with FastAPI. */
const lastOf = (value: unknown): unknown => (Array.isArray(value) ? value.at(-1) : value)
const one = <T extends z.ZodType>(schema: T) => z.preprocess(lastOf, schema)

const TRUE = new Set(['true', '1', 'yes', 'on', 't', 'y'])
const FALSE = new Set(['false', '0', 'no', 'off', 'f', 'n'])

/** A yes or no, in the spellings that FastAPI takes. https://docs.pydantic.dev/latest/api/standard_library_types/#booleans */
export const flag = (description: string, otherwise = false) =>
  parameter(
    one(z.string().optional()).transform((text, context) => {
      const word = text?.toLowerCase()
      if (word === undefined) return otherwise
      if (TRUE.has(word)) return true
      if (FALSE.has(word)) return false
      context.addIssue('must be true or false')
      return z.NEVER
    }),
    { type: 'boolean', default: otherwise },
    description,
  )

/** A whole number within bounds. */
export const wholeNumber = (description: string, range: { from: number; to?: number; otherwise: number }) =>
  parameter(
    one(z.string().optional()).transform((text, context) => {
      if (text === undefined) return range.otherwise
      const value = /^[+-]?\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN
      if (value >= range.from && (range.to === undefined || value <= range.to)) return value
      const most = range.to === undefined ? '' : ` and at most ${range.to}`
      context.addIssue(`must be a whole number from ${range.from}${most}`)
      return z.NEVER
    }),
    {
      type: 'integer',
      minimum: range.from,
      ...(range.to !== undefined && { maximum: range.to }),
      default: range.otherwise,
    },
    description,
  )

/** ISO 8601 with a date and a time; without an offset it is UTC. */
const MOMENT = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+ -]\d\d:?\d\d)?)?$/i

/** A moment, as ISO text with milliseconds; null when it is not given. */
export const moment = (description: string) =>
  parameter(
    one(z.string().optional()).transform((text, context) => {
      if (text === undefined || text === '') return null
      const iso = isoOf(text.trim())
      if (iso !== null) return iso
      context.addIssue('must be a date and time such as 2026-01-31T09:00:00Z')
      return z.NEVER
    }),
    { type: 'string', format: 'date-time' },
    description,
  )

function isoOf(text: string): string | null {
  if (!MOMENT.test(text)) return null
  // A plus sign that nobody encoded arrives as a blank.
  const spaced = text.replace(/^(\S{10}) /, '$1T').replace(/ (\d\d:?\d\d)$/, '+$1')
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/i.test(spaced)
    ? spaced
    : `${spaced.includes('T') ? spaced : `${spaced}T00:00`}Z`
  const at = new Date(zoned)
  // PostgreSQL's timestamptz and ISO years of four digits end here.
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999 || at.getUTCFullYear() < 1 ? null : at.toISOString()
}

/** Text; null when it is not given or empty. */
export const text = (description: string, longest = 1_000) =>
  parameter(
    one(z.string().max(longest, `must have at most ${longest} characters`).optional())
      .refine((value) => !value?.includes('\0'), 'must not hold a null character')
      .transform((value) => value || null),
    { type: 'string', maxLength: longest },
    description,
  )

/** Several values: repeated, or separated by commas. Null when none is given. */
export const texts = (description: string, most = 100) =>
  parameter(
    z
      .union([z.string(), z.array(z.string())])
      .optional()
      .transform((given, context) => {
        const all = [given ?? []].flat().flatMap((part) => part.split(','))
        const values = [...new Set(all.map((value) => value.trim()).filter((value) => value !== ''))]
        if (values.length > most) context.addIssue(`must be at most ${most} values`)
        if (values.some((value) => value.length > 1_000 || value.includes('\0')))
          context.addIssue('has a value that cannot be meant')
        return values.length > 0 ? values : null
      }),
    { type: 'string' },
    `${description} Several are separated by commas, at most ${most}.`,
  )

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i

/** A UUID as PostgreSQL writes it. */
const canonical = (uuid: string): string =>
  uuid
    .replaceAll('-', '')
    .toLowerCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

/** One of our ids, in a path or header. */
export const uuid = (description: string) =>
  parameter(
    one(z.string().regex(UUID, 'must be a UUID')).transform((value) => canonical(value as string)),
    { type: 'string', format: 'uuid' },
    description,
  )

/** Several of our ids, separated by commas; null when none is given. */
export const uuids = (description: string, most = 100) => {
  const plain = texts(description, most)
  return parameter(
    plain
      .refine((values) => values === null || values.every((value) => UUID.test(value)), 'must be UUIDs')
      .transform((values) => values?.map(canonical) ?? null),
    { type: 'string' },
    `${description} Separated by commas, at most ${most}.`,
  )
}

/** Several out of a list, separated by commas; null when none is given. */
export const choices = <V extends string>(values: readonly V[], description: string) =>
  parameter(
    texts(description)
      .refine(
        (given) => given === null || given.every((value) => (values as readonly string[]).includes(value)),
        `must be among ${values.join(', ')}`,
      )
      .transform((given) => given as V[] | null),
    { type: 'string' },
    `${description}: ${values.map((value) => `\`${value}\``).join(', ')}. Several are separated by commas.`,
  )

/** One out of a list; null when it is not given. */
export const choice = <V extends string>(values: readonly V[], description: string) =>
  parameter(
    one(z.enum(values as readonly [V, ...V[]], `must be one of ${values.join(', ')}`).optional()).transform(
      (value) => value ?? null,
    ),
    { type: 'string', enum: values },
    description,
  )
