import { type Answer, type LinkLine, OktaError, ok } from './http/answer.ts'
import type { SimCall } from './http/call.ts'

export interface PageSize {
  default: number
  max: number
}

/** A record with its place in the listing: an item's place is a cursor to what follows. */
export interface Placed<T> {
  place: number
  item: T
}

/**
 * Answers one page with `Link` headers: self always, next when there is more. Cursors are opaque; those of some
 * listings hold a `+` and `=`, which only survive when the link is followed byte for byte.
 */
export function page<T>(
  call: SimCall,
  size: PageSize,
  list: (after: number) => Iterable<Placed<T>>,
  render: (item: T) => unknown,
): Answer {
  const { items, next } = takePage(call, size, list)
  const limit = limitOf(call, size)
  const links: LinkLine[] = [{ url: urlWith(call, { limit: String(limit) }), rel: 'self' }]
  if (next !== undefined) links.push({ url: urlWith(call, { after: next, limit: String(limit) }), rel: 'next' })
  return ok(items.map(render), links)
}

/** One page of records and the cursor to the next one. */
export function takePage<T>(
  call: SimCall,
  size: PageSize,
  list: (after: number) => Iterable<Placed<T>>,
): { items: T[]; next: string | undefined } {
  const limit = limitOf(call, size)
  const items: T[] = []
  let last = -1
  for (const { place, item } of list(cursorPlace(call))) {
    if (items.length === limit) return { items, next: encodeCursor(call, last) }
    items.push(item)
    last = place
  }
  return { items, next: undefined }
}

/** More than the maximum is cut down to it; nonsense is refused. */
export function limitOf(call: SimCall, size: PageSize): number {
  const asked = call.query.get('limit')
  if (asked === null || asked === '') return size.default
  const limit = Number(asked)
  if (!Number.isInteger(limit) || limit < 1) {
    throw new OktaError('E0000001', 'limit', [`limit: The limit must be an integer of at least 1, was: ${asked}.`])
  }
  return Math.min(limit, size.max)
}

/** The call's own address with some parameters replaced, on the host it was asked at. */
export function urlWith(call: SimCall, parameters: Record<string, string>): string {
  const query = new URLSearchParams(call.query)
  for (const [name, value] of Object.entries(parameters)) query.set(name, value)
  const text = query.toString()
  return `${call.origin}${call.path.split('?')[0]}${text ? `?${text}` : ''}`
}

/** Listings whose cursors look like plain base64 with trouble in it. */
const FRAGILE = /^GET \/api\/v1\/(groups|groups\/\{id\}\/users|apps\/\{id\}\/users)$/

function encodeCursor(call: SimCall, place: number): string {
  const text = Buffer.from(`${scopeOf(call)}:${place}`).toString('base64url')
  return FRAGILE.test(call.route) ? `${text}+${place % 10}==` : text
}

function cursorPlace(call: SimCall): number {
  const cursor = call.query.get('after')
  if (cursor === null || cursor === '') return -1
  const fragile = FRAGILE.test(call.route)
  const [, text = '', check] = (fragile ? /^([\w-]+)\+(\d)==$/ : /^([\w-]+)$/).exec(cursor) ?? []
  const [scope, place = Number.NaN] = Buffer.from(text, 'base64url')
    .toString()
    .split(':')
    .map((part, i) => (i === 0 ? part : Number(part)))
  const isMine = scope === scopeOf(call) && Number.isInteger(place)
  if (!isMine || (fragile && Number(check) !== Number(place) % 10)) {
    throw new OktaError('E0000031', '', ['Invalid cursor.'])
  }
  return Number(place)
}

/** A cursor fits only the listing it came from. */
function scopeOf(call: SimCall): string {
  return (call.path.split('?')[0] ?? '').split('/').slice(3).join('/')
}

/** Records of a table after a place, where wanted. */
export function* select<T>(
  table: { indexes(from: number): Iterable<number>; get(index: number): T | undefined },
  after: number,
  isWanted: (index: number) => boolean,
): Generator<Placed<T>> {
  for (const index of table.indexes(after + 1)) {
    if (!isWanted(index)) continue
    const item = table.get(index)
    if (item !== undefined) yield { place: index, item }
  }
}

/** A listing of what is at hand; places are positions. */
export function placed<T>(items: readonly T[]): (after: number) => Iterable<Placed<T>> {
  return (after) => items.map((item, place) => ({ place, item })).slice(after + 1)
}
