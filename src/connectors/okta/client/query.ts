import type { Query } from './client.ts'

/**
 * Query strings as text: what Okta sent in a link is never decoded and encoded again, since a cursor like `a%2Bb`
 * would come out as another one.
 */

/** `path?query` split at the first question mark. */
export function splitPath(pathAndQuery: string): { path: string; query: string } {
  const at = pathAndQuery.indexOf('?')
  return at < 0
    ? { path: pathAndQuery, query: '' }
    : { path: pathAndQuery.slice(0, at), query: pathAndQuery.slice(at + 1) }
}

export function joinPath(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`
}

export function encodeQuery(query: Query): string {
  return Object.entries(query)
    .flatMap(([name, value]) => (value === undefined ? [] : [pair(name, value)]))
    .join('&')
}

/** The first value of a parameter as it stands in the text, or undefined. */
export function rawValue(query: string, name: string): string | undefined {
  return parts(query)
    .find((part) => nameOf(part) === name)
    ?.split(/=(.*)/s)[1]
}

/** Appends those parameters that the text does not have yet. */
export function withMissing(query: string, wanted: Query): string {
  const present = new Set(parts(query).map(nameOf))
  const missing = Object.entries(wanted).filter(([name]) => !present.has(name))
  return [query, encodeQuery(Object.fromEntries(missing))].filter(Boolean).join('&')
}

/** Sets one parameter in place, or appends it. */
export function withValue(query: string, name: string, value: string | number): string {
  if (rawValue(query, name) === undefined) return withMissing(without(query, [name]), { [name]: value })
  return parts(query)
    .map((part) => (nameOf(part) === name ? pair(name, value) : part))
    .join('&')
}

export function without(query: string, names: readonly string[]): string {
  return parts(query)
    .filter((part) => !names.includes(nameOf(part)))
    .join('&')
}

/** Whether two query strings ask for the same page; the order of parameters and the page size do not matter. */
export function isSamePage(one: string, other: string): boolean {
  const page = (query: string) =>
    parts(without(query, ['limit']))
      .sort()
      .join('&')
  return page(one) === page(other)
}

/** Whether two paths name the same listing, however they are encoded. */
export function isSamePath(one: string, other: string): boolean {
  return decoded(one) === decoded(other)
}

function decoded(path: string): string {
  const trimmed = path.length > 1 ? path.replace(/\/$/, '') : path
  try {
    return decodeURIComponent(trimmed)
  } catch {
    return trimmed
  }
}

const parts = (query: string): string[] => query.split('&').filter(Boolean)
const pair = (name: string, value: string | number) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`

function nameOf(part: string): string {
  const name = part.split('=', 1)[0] ?? ''
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
