import { createHash } from 'node:crypto'
import type { JsonSchema } from './openapi-document.ts'

/** Values that say more than their type, by name of the property. */
const BY_NAME: Readonly<Record<string, unknown>> = {
  email: 'ada@example.com',
  username: 'ada@example.com',
  login: 'ada@example.com',
  second_email: null,
  display_name: 'Ada Lovelace',
  first_name: 'Ada',
  last_name: 'Lovelace',
  name: 'Engineering',
  label: 'Wiki',
  vendor: 'OKTA_IDP',
  vendor_id: '00u1ab2cd3EF4GH5ij6',
  vendor_name: 'Okta',
  identifier: 'customer-42',
  refresh_interval_secs: 300,
  full_interval_secs: 86_400,
  reread_days: 7,
  timeout_secs: 600,
  origin: 'https://acme.okta.com',
  count: 1,
  total: 1,
  types: ['OKTA_GROUP'],
  scopes: ['okta.users.read'],
  event_type: 'user.session.start',
  date: '2026-01-31',
  next_cursor: null,
  previous_cursor: null,
  resource: 'application_users',
  endpoint: 'GET /api/v1/apps/{appId}/users',
  family: 'List Application Users',
  scope: 'okta.apps.read',
  code: 'okta_scope_missing',
  message: 'The token may not read this.',
  remedy: "Give the token's owner a role that may read this, or the service app the role and the scope.",
  detail: '14 read',
  action: 'connection.created',
  object_type: 'connection',
  bucket: '/api/v1/users',
  credentials: { domain: 'acme.okta.com', api_token: '00aBcD…' },
}
/** Lists inside of lists are shown to this depth. */
const DEEPEST = 4

/** One value that a schema allows, always the same. Properties that need not be there are left out, `raw` and its like. */
export function exampleOf(schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>): unknown {
  return value(schema, '', 0)

  function value(schema: JsonSchema, name: string, depth: number): unknown {
    if (schema.$ref) return value(components[schema.$ref.split('/').at(-1) ?? ''] ?? {}, name, depth)
    const [option] = schema.anyOf ?? schema.oneOf ?? []
    if (option) return value(option, name, depth)
    const [type] = [schema.type].flat()
    if (schema.const !== undefined) return schema.const
    if (schema.enum) return schema.enum[0]
    const known = BY_NAME[name]
    if (known !== undefined && fits(known, schema)) return known
    switch (type) {
      case 'array':
        return depth >= DEEPEST || !schema.items ? [] : [value(schema.items, singular(name), depth + 1)]
      case 'object':
        return Object.fromEntries(
          Object.entries(schema.properties ?? {})
            .filter(([property]) => schema.required?.includes(property) || property in BY_NAME)
            .map(([property, inner]) => [property, value(inner, property, depth + 1)]),
        )
      case 'integer':
      case 'number':
        return schema.minimum ?? 0
      case 'boolean':
        return name === 'is_valid' || name === 'is_active'
      case 'string':
        return text(schema, name)
      case 'null':
        return null
      default:
        return {}
    }
  }
}

function text({ format, type }: JsonSchema, name: string): string | null {
  if (format === 'uuid') return uuidOf(name)
  if (format === 'date-time') return '2026-01-31T09:00:00.000Z'
  if (format === 'uri') return 'https://hooks.example.com/rollcall'
  return Array.isArray(type) ? null : `${name.replaceAll('_', ' ')}`
}

/** The same property shows the same id everywhere. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const singular = (name: string): string =>
  name
    .replace(/ies$/, 'y')
    .replace(/sses$/, 'ss')
    .replace(/([^s])s$/, '$1')

function fits(known: unknown, { type, format }: JsonSchema): boolean {
  const types = [type].flat()
  if (format || types[0] === undefined) return false
  if (known === null) return types.includes('null')
  if (Array.isArray(known)) return types[0] === 'array'
  return types[0] === typeof known || (types[0] === 'integer' && typeof known === 'number')
}
