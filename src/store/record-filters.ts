import type { Entity } from '../model/entity.ts'
import { arrayLiteral } from './columns.ts'
import type { Queryable } from './db.ts'
import { changedSince } from './record-relations.ts'

export type RecordFilter = string | boolean | readonly string[] | null

/** What a list is narrowed to, by the names that the API has for it. Null narrows nothing. */
export type RecordFilters = Readonly<Record<string, RecordFilter>>

interface Scope {
  readonly db: Queryable
  readonly entity: Entity
  readonly connectionId: string
  /** Adds a parameter; resolves to its place, such as `$3`. */
  bind(value: unknown): string
}

/** The values of a filter and where they apply, as a condition on the table `t`. */
type Condition = (values: readonly string[], scope: Scope) => string | Promise<string>

/** As it was given, and in the case in which Okta or we write such words. */
const spellings = (values: readonly string[]): string =>
  arrayLiteral([...new Set(values.flatMap((value) => [value, value.toLowerCase(), value.toUpperCase()]))])

/** One of the words, in any of the columns, whatever its case. */
const word =
  (...columns: readonly string[]): Condition =>
  (values, { bind }) => {
    const list = bind(spellings(values))
    return `(${columns.map((column) => `t.${column} = any(${list}::text[])`).join(' or ')})`
  }

/** The text as `like` takes it, its wildcards meant literally. */
const literally = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

/** Begins with the text, whatever its case. */
const prefix =
  (...columns: readonly string[]): Condition =>
  ([text = ''], { bind }) => {
    const pattern = bind(`${literally(text)}%`)
    return `(${columns.map((column) => `lower(t.${column}) like lower(${pattern}::text)`).join(' or ')})`
  }

/** Has the text anywhere, whatever its case, or is known to Okta by it. No index helps: every row is looked at. */
const somewhere =
  (...columns: readonly string[]): Condition =>
  ([text = ''], { bind }) => {
    const pattern = bind(`%${literally(text)}%`)
    const found = columns.map((column) => `lower(t.${column}) like lower(${pattern}::text)`)
    return `(${[...found, `t.vendor_id = ${bind(text)}`].join(' or ')})`
  }

const ours =
  (column: string): Condition =>
  (ids, { bind }) =>
    `t.${column} = any(${bind(arrayLiteral(ids))}::uuid[])`

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Okta's id of a record of ours, from which a log event names it; null when it was never read. */
async function vendorIdOf({ db, connectionId }: Scope, id: string): Promise<string | null> {
  const [found] = await db.query<{ vendor_id: string }>(
    ['users', 'groups', 'applications', 'policies']
      .map((table) => `select vendor_id from ${table} where connection_id = $1 and id = $2`)
      .join(' union all '),
    [connectionId, id],
  )
  return found?.vendor_id ?? null
}

const actor: Condition = async ([id = ''], scope) => {
  if (!UUID.test(id)) return `t.actor_vendor_id = ${scope.bind(id)}`
  const vendorId = await vendorIdOf(scope, id)
  return vendorId === null ? `t.actor_user_id = ${scope.bind(id)}::uuid` : `t.actor_vendor_id = ${scope.bind(vendorId)}`
}

const target: Condition = async ([id = ''], scope) => {
  const vendorId = (UUID.test(id) ? await vendorIdOf(scope, id) : null) ?? id
  return `t.targets @> ${scope.bind(JSON.stringify([{ id: vendorId }]))}::jsonb`
}

const status = word('status', 'vendor_status')

/** Filters that every entity has. */
const EVERY: Readonly<Record<string, Condition>> = {
  ids: ours('id'),
  // Our id is a function of Okta's, so that the primary key finds it.
  vendorId: (values, { entity, connectionId, bind }) =>
    `t.id = any(${bind(arrayLiteral(values.map((value) => entity.idOf(connectionId, value))))}::uuid[])`,
  updatedSince: ([since = ''], { entity, bind }) => changedSince(entity, bind(since)),
}

const OWN: Readonly<Record<string, Readonly<Record<string, Condition>>>> = {
  user: {
    status,
    email: ([text = ''], { bind }) => `lower(t.email) = lower(${bind(text)}::text)`,
    name: prefix('display_name'),
    search: somewhere('display_name', 'email', 'username'),
  },
  group: {
    name: prefix('name'),
    search: somewhere('name', 'description'),
    type: (values, { bind }) => `t.types && ${bind(spellings(values))}::text[]`,
  },
  application: {
    status,
    name: prefix('label', 'name'),
    search: somewhere('label', 'name'),
    type: word('sign_on_mode'),
  },
  factor: { status, type: word('factor_type', 'authenticator'), userId: ours('user_id') },
  'role-assignment': {
    status,
    type: word('role_type', 'vendor_role_type'),
    principalId: ours('principal_id'),
    principalType: word('principal_type'),
  },
  policy: { status, type: word('type'), name: prefix('name'), search: somewhere('name') },
  'log-event': {
    since: ([time = ''], { bind }) => `t.published_at >= ${bind(time)}::timestamptz`,
    until: ([time = ''], { bind }) => `t.published_at < ${bind(time)}::timestamptz`,
    eventType: word('event_type'),
    actorId: actor,
    targetId: target,
    outcome: word('outcome'),
  },
}

/** What the filters mean for a table `t`, its connection included, which is `$1`. Parameters are added to `params`. */
export async function conditionsOf(
  db: Queryable,
  entity: Entity,
  connectionId: string,
  filters: RecordFilters,
  params: unknown[],
): Promise<string[]> {
  const bind = (value: unknown) => `$${params.push(value)}`
  const conditions = [`t.connection_id = ${bind(connectionId)}`]
  const { includeDeleted = true, ...others } = filters
  if (includeDeleted === false) conditions.push('not t.is_deleted')
  for (const [name, value] of Object.entries(others)) {
    if (value === null) continue
    const condition = OWN[entity.name]?.[name] ?? EVERY[name]
    if (!condition) throw new Error(`a ${entity.name} has no filter ${name}`)
    conditions.push(await condition([value].flat().map(String), { db, entity, connectionId, bind }))
  }
  return conditions
}
