import type { Entity } from '../model/entity.ts'

/** A table whose rows say something about a record of another one, and which column names that record. */
interface Related {
  readonly table: string
  readonly column: string
}

/** Relations through which a record counts as changed, although no field of it did. */
const CHANGES_WITH: Readonly<Record<string, readonly Related[]>> = {
  user: [
    { table: 'group_memberships', column: 'user_id' },
    { table: 'application_assignments', column: 'principal_id' },
    { table: 'factors', column: 'user_id' },
    { table: 'role_assignments', column: 'principal_id' },
  ],
  group: [
    { table: 'group_memberships', column: 'group_id' },
    { table: 'application_assignments', column: 'principal_id' },
    { table: 'role_assignments', column: 'principal_id' },
  ],
  application: [
    { table: 'application_assignments', column: 'application_id' },
    { table: 'policy_mappings', column: 'application_id' },
  ],
  policy: [
    { table: 'policy_rules', column: 'policy_id' },
    { table: 'policy_mappings', column: 'policy_id' },
  ],
}

/**
 * That a record of `t` changed here at or after a time, in itself or in its relations, tombstones included. As one set
 * of ids, each part out of its index of `(connection_id, changed_at)`: little is read where little changed. The
 * connection is `$1`; `since` is the place of the time, such as `$2`.
 */
export function changedSince(entity: Pick<Entity, 'name' | 'table'>, since: string): string {
  const parts = [{ table: entity.table, column: 'id' }, ...(CHANGES_WITH[entity.name] ?? [])].map(
    ({ table, column }) =>
      `select ${column} from ${table} where connection_id = $1 and changed_at >= ${since}::timestamptz`,
  )
  return `t.id in (${parts.join(' union all ')})`
}
