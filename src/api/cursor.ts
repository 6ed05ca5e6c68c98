import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Sealer } from '../seal.ts'
import { InvalidRequest } from './failure.ts'

/**
 * What a record is sorted by, most significant first, its id last: `[id]`, or `[published_at, id]`. A time is text as
 * PostgreSQL writes it, to the microsecond.
 */
export type SortKey = readonly (string | null)[]

export type FilterValue = string | number | boolean | readonly string[] | null

/**
 * A place in one list of one connection. `next`: what comes after `key`; `previous`: what comes before it. A null key
 * is the edge: the beginning of the list for `next`, its end for `previous`. The filters of the first request go along,
 * so that a follow-up needs nothing else.
 */
export interface Cursor {
  readonly direction: 'next' | 'previous'
  readonly key: SortKey | null
  readonly filters: Readonly<Record<string, FilterValue>>
}

/** Whose list a cursor belongs to. */
export interface CursorPlace {
  /** The operationId of the list, with the ids of its path where it has some. */
  readonly list: string
  readonly connectionId: string
}

const VERSION = 1
const MAC_BYTES = 16
const FORM = /^([\w-]+)\.([\w-]{22})$/

const Content = z.object({
  v: z.literal(VERSION),
  l: z.string(),
  c: z.string(),
  d: z.enum(['next', 'previous']),
  k: z.array(z.string().nullable()).nullable(),
  f: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
})

/** A cursor as text: base64url JSON and a signature, so that what comes back is what was given. */
export function encodeCursor(sealer: Sealer, place: CursorPlace, { direction, key, filters }: Cursor): string {
  const content: z.input<typeof Content> = {
    v: VERSION,
    l: place.list,
    c: place.connectionId,
    d: direction,
    k: key && [...key],
    f: filters as z.input<typeof Content>['f'],
  }
  const text = Buffer.from(JSON.stringify(content)).toString('base64url')
  return `${text}.${sign(signingKey(sealer), text).toString('base64url')}`
}

/** @throws AppError `cursor_invalid` when it was altered, cut, made up, or belongs to another list or connection */
export function decodeCursor(sealer: Sealer, place: CursorPlace, cursor: string): Cursor {
  const [, text = '', signature = ''] = FORM.exec(cursor) ?? []
  if (!isSigned(sealer, text, signature)) throw cursorInvalid('is not a cursor of this server, or was altered')
  const content = Content.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
  if (!content.success) throw cursorInvalid('was made by another version of the server')
  const { l, c, d, k, f } = content.data
  if (l !== place.list) throw cursorInvalid('belongs to another list')
  if (c !== place.connectionId) throw cursorInvalid('belongs to another connection')
  return { direction: d, key: k, filters: f }
}

export const cursorInvalid = (msg: string): InvalidRequest =>
  new InvalidRequest([{ loc: ['query', 'cursor'], msg, type: 'value_error' }], 'cursor_invalid')

const sign = (key: Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest().subarray(0, MAC_BYTES)

function isSigned(sealer: Sealer, text: string, signature: string): boolean {
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== MAC_BYTES) return false
  // The encryption key may have been rotated since its signing key was derived.
  return [signingKey, freshSigningKey].some((key) => timingSafeEqual(sign(key(sealer), text), given))
}

const signingKeys = new WeakMap<Sealer, Buffer>()

const signingKey = (sealer: Sealer): Buffer => signingKeys.get(sealer) ?? freshSigningKey(sealer)

function freshSigningKey(sealer: Sealer): Buffer {
  const key = sealer.derive('list cursors')
  signingKeys.set(sealer, key)
  return key
}
