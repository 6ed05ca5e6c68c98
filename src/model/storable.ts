import type { JsonValue } from './fields.ts'

/** What PostgreSQL's text and jsonb cannot hold: U+0000, and half of a surrogate pair without its other half. */
const UNSTORABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** The text with every character that PostgreSQL refuses replaced by U+FFFD. */
export const storableText = (text: string): string => text.replace(UNSTORABLE, '\uFFFD')

/** How deep JSON may nest; what lies deeper is cut off, so that no answer can exhaust the stack. */
const MAX_DEPTH = 200

/**
 * A JSON value that PostgreSQL can store: every text and key cleaned, deep. What JSON cannot say (undefined, NaN,
 * infinity) becomes null or is left out, as `JSON.stringify` would do. Absent and null are kept apart.
 * https://www.postgresql.org/docs/current/datatype-json.html
 */
export function storable(value: unknown): JsonValue {
  return clean(value, 0)
}

function clean(value: unknown, depth: number): JsonValue {
  if (typeof value === 'string') return storableText(value)
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (value === null || typeof value !== 'object' || depth >= MAX_DEPTH) return null
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1))
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  // fromEntries defines own properties, so a key such as `__proto__` stays data.
  return Object.fromEntries(entries.map(([key, inner]) => [storableText(key), clean(inner, depth + 1)]))
}
