import { Application } from '../model/application.ts'
import { ApplicationAssignment } from '../model/application-assignment.ts'
import type { Entity } from '../model/entity.ts'
import { Factor } from '../model/factor.ts'
import { Group } from '../model/group.ts'
import { GroupMembership } from '../model/group-membership.ts'
import { RoleAssignment } from '../model/role-assignment.ts'
import { User } from '../model/user.ts'
import { arrayLiteral } from './columns.ts'
import type { Queryable } from './db.ts'
import type { StoredRow } from './list.ts'

/** Records that a list adds to each of its own on request. */
export interface Include {
  /** The query parameter that asks for them. */
  readonly flag: string
  /** The property they stand in. */
  readonly property: string
  readonly entity: Entity
  readonly through: Through
}

/** The relation that leads to included records: `here` names the record that includes, `there` the one included. */
interface Through {
  readonly relation: Entity
  readonly here: string
  readonly there: string
}

const members = (here: string, there: string): Through => ({ relation: GroupMembership, here, there })
const assignments = (here: string, there: string): Through => ({ relation: ApplicationAssignment, here, there })
/** The included record names its owner itself. */
const own = (relation: Entity, here: string): Through => ({ relation, here, there: 'id' })

const include = (what: string, entity: Entity, through: Through): Include => ({
  flag: `includeIdp${what}`,
  property: `idp_${what.toLowerCase()}`,
  entity,
  through,
})

const INCLUDES: Readonly<Record<string, readonly Include[]>> = {
  user: [
    include('Groups', Group, members('user_id', 'group_id')),
    include('Applications', Application, assignments('principal_id', 'application_id')),
    include('Roles', RoleAssignment, own(RoleAssignment, 'principal_id')),
    include('Factors', Factor, own(Factor, 'user_id')),
  ],
  group: [
    include('Users', User, members('group_id', 'user_id')),
    include('Applications', Application, assignments('principal_id', 'application_id')),
  ],
  application: [
    include('Users', User, assignments('application_id', 'principal_id')),
    include('Groups', Group, assignments('application_id', 'principal_id')),
  ],
}

/** What may be added to each record of an entity. */
export const includesOf = (entity: Pick<Entity, 'name'>): readonly Include[] => INCLUDES[entity.name] ?? []

/**
 * The included records of each of these records, live ones only, by id, `most` of them and one more where there are
 * more. One query for all.
 */
export async function listIncluded(
  db: Queryable,
  { entity, through }: Include,
  { connectionId, ids, most }: { connectionId: string; ids: readonly string[]; most: number },
): Promise<Map<string, StoredRow[]>> {
  const { relation, here, there } = through
  const columns = entity.columns.map((column) => `t."${column}"`).join(', ')
  const rows = await db.query<{ included_by: string }>(
    `select o.id as included_by, i.* from unnest($2::uuid[]) as o(id)
      cross join lateral (
        select ${columns} from ${relation.table} e join ${entity.table} t on t.id = e.${there}
         where e.${here} = o.id and e.connection_id = $1 and not e.is_deleted and t.connection_id = $1 and not t.is_deleted
         order by e.${there} limit $3) i
      order by o.id, i.id`,
    [connectionId, arrayLiteral(ids), most + 1],
  )
  const found = new Map<string, StoredRow[]>(ids.map((id) => [id, []]))
  for (const { included_by: owner, ...row } of rows) found.get(owner)?.push(row)
  return found
}
