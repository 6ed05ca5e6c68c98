import { createHash } from 'node:crypto'

/**
 * What makes two readings of a record the same: its columns and Okta's JSON, whatever the order of the keys.
 * `_links` are left out: the same object carries more links when it is fetched alone than inside a list
 * (https://developer.okta.com/docs/reference/core-okta-api/#links-in-collections), and what they tell is in columns.
 */
export function contentHash(row: object, raw: unknown): string {
  return createHash('sha1').update(canonical(row)).update(canonical(raw)).digest('base64')
}

function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  const object = value as Record<string, unknown>
  const keys = Object.keys(object)
    .filter((key) => key !== '_links' && object[key] !== undefined)
    .sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(object[key])}`).join()}}`
}
