import type { Entity } from '../model/entity.ts'
import { entityByName } from '../model/index.ts'
import type { Change } from './changes.ts'
import { arrayLiteral } from './columns.ts'
import type { Queryable } from './db.ts'

/** Columns of what a record is called, the best first; what is not among them has no name. */
const NAME_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  user: ['display_name', 'email', 'username', 'vendor_id'],
  group: ['name', 'vendor_id'],
  application: ['label', 'name', 'vendor_id'],
  policy: ['name', 'vendor_id'],
  'policy-rule': ['name', 'vendor_id'],
  'role-assignment': ['label'],
}

/** Fields of a relation that name a record, with its entity. That of a principal is in `principal_type`. */
const ENDS: Readonly<Record<string, string>> = {
  user_id: 'user',
  group_id: 'group',
  application_id: 'application',
  policy_id: 'policy',
}

/** What the records in changes, and those that they relate, are called now, by our ids. Asked once per entity. */
export async function namesIn(
  db: Queryable,
  connectionId: string,
  changes: readonly Change[],
): Promise<Record<string, string>> {
  const wanted = new Map<string, Set<string>>()
  const want = (entity: unknown, id: unknown) => {
    if (typeof entity !== 'string' || typeof id !== 'string' || !NAME_COLUMNS[entity]) return
    wanted.set(entity, (wanted.get(entity) ?? new Set()).add(id))
  }
  for (const { entity, record_id, relation } of changes) {
    want(entity, record_id)
    for (const [field, end] of Object.entries(ENDS)) want(end, relation?.[field])
    want(relation?.principal_type, relation?.principal_id)
  }
  const names: Record<string, string> = {}
  for (const [name, ids] of wanted) {
    const entity = entityByName(name)
    if (entity) for (const row of await namesOf(db, entity, { connectionId, ids })) names[row.id] = row.name
  }
  return names
}

function namesOf(
  db: Queryable,
  { name, table }: Entity,
  of: { readonly connectionId: string; readonly ids: ReadonlySet<string> },
): Promise<{ id: string; name: string }[]> {
  const columns = (NAME_COLUMNS[name] ?? []).map((column) => `nullif(trim(${column}), '')`)
  return db.query(
    `select * from (select id, coalesce(${columns.join(', ')}) as name from ${table}
      where connection_id = $1 and id = any($2::uuid[])) named where name is not null`,
    [of.connectionId, arrayLiteral([...of.ids])],
  )
}
