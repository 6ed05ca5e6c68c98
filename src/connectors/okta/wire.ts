import { z } from 'zod'
import type { JsonObject, JsonValue } from '../../model/fields.ts'
import { storable, storableText } from '../../model/storable.ts'

/**
 * Pieces of wire schemas. Okta promises nothing but the meaning of what it sends: properties and enum members appear
 * without notice, nulls may be left out (https://developer.okta.com/docs/reference/core-okta-api/#compatibility-rules-for-input-and-output).
 * So one thing only refuses an item: an id that is missing or cannot be used. Whatever else has the wrong type reads as
 * null, and the JSON as received is stored beside the row.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f\ud800-\udfff]/u

/** Whether the text can be an id: in a URL, in a key, in the database. */
export const isUsableId = (text: string): boolean =>
  text.trim() !== '' && text.length <= 255 && text !== '.' && text !== '..' && !CONTROL.test(text)

/** Okta's id of something: the only property an item must have. */
export const vendorId = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine(isUsableId, { error: 'not usable as an id' })

export const looseText = z.transform(readText)
export const looseTexts = z.transform(readTexts)
export const looseTime = z.transform(readTime)
export const looseFlag = z.transform((value: unknown) => (typeof value === 'boolean' ? value : null))
export const looseInteger = z.transform(readInteger)
/** An object with names and values as received; empty when it is none. */
export const jsonObject = z.transform((value: unknown) => readObject(value) ?? {})
/** The same; null when it is none. */
export const jsonObjectOrNull = z.transform(readObject)
export const jsonListOrNull = z.transform((value: unknown): JsonValue[] | null =>
  Array.isArray(value) ? (storable(value) as JsonValue[]) : null,
)
/** An id of something else: null when missing or unusable. */
export const looseId = z.transform(readId)

/** A name as it may be shown on a terminal: without control characters and other invisible ones. */
export const shownText = (value: unknown): string | null =>
  readText(value)
    ?.replace(/\p{C}+/gu, ' ')
    .trim() || null

/** A part that is an object with a few properties of interest; absent and wrong types read as an empty one. */
export const part = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.pipe(
    z.transform((value: unknown) => (isObject(value) ? value : {})),
    z.looseObject(shape),
  )

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readText(value: unknown): string | null {
  if (typeof value === 'string') return storableText(value)
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
}

function readTexts(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : [value]
  return items.map(readText).filter((text) => text !== null)
}

function readInteger(value: unknown): number | null {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null
}

function readObject(value: unknown): JsonObject | null {
  return isObject(value) ? (storable(value) as JsonObject) : null
}

function readId(value: unknown): string | null {
  const text = readText(value)
  return text !== null && isUsableId(text) ? text : null
}

const TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(?:Z|([+-])(\d\d):?(\d\d)?)?$/i

/**
 * A moment as ISO 8601 UTC with milliseconds, or null. Okta sends `2026-01-06T09:19:38.000Z`; group owners have
 * `2026-03-27 03:16:15.0`. A time without a zone is UTC, whatever the zone of this machine.
 */
export function readTime(value: unknown): string | null {
  const match = typeof value === 'string' ? TIME.exec(value.trim()) : null
  if (!match) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return null
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  const offset = (match[8] === '-' ? -1 : 1) * (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0))
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute - offset, second, milliseconds)
  const text = date.toISOString()
  // A year beyond four digits is written with a sign, which PostgreSQL does not read.
  return /^\d{4}-/.test(text) ? text : null
}

/**
 * The id behind a collection in a link: `…/policies/rst1/…` and `policies` give `rst1`. A link may be one object or a
 * list of them, and its host may be another of the org's hosts.
 */
export function idInLink(links: unknown, name: string, collection: string): string | null {
  const link = isObject(links) ? links[name] : undefined
  const candidates: unknown[] = Array.isArray(link) ? link : [link]
  for (const candidate of candidates) {
    const href = isObject(candidate) && typeof candidate.href === 'string' ? candidate.href : ''
    const found = new RegExp(`/${collection}/([^/?#]+)`).exec(href)?.[1]
    const id = found === undefined ? null : readId(decode(found))
    if (id !== null) return id
  }
  return null
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

/** The value of ours for a value of Okta's: total, with a named fallback for what Okta may add tomorrow. */
export const ours = <V extends string, F>(table: Readonly<Record<string, V>>, received: string | null, fallback: F) =>
  received !== null && Object.hasOwn(table, received) ? (table[received] ?? fallback) : fallback
