import { Application } from '../model/application.ts'
import { ApplicationAssignment } from '../model/application-assignment.ts'
import type { Entity } from '../model/entity.ts'
import { Factor } from '../model/factor.ts'
import { Group } from '../model/group.ts'
import { GroupMembership } from '../model/group-membership.ts'
import { Policy } from '../model/policy.ts'
import { RoleAssignment } from '../model/role-assignment.ts'
import { User } from '../model/user.ts'
import { arrayLiteral } from './columns.ts'
import type { Queryable } from './db.ts'
import type { StoredRow } from './list.ts'
import { policiesOfUser } from './relation-user-policies.ts'

/** Records that a list adds to each of its own on request. */
export interface Include {
  /** The query parameter that asks for them. */
  readonly flag: string
  /** The property they stand in. */
  readonly property: string
  readonly entity: Entity
  readonly through: Through
}

/** What leads to included records. */
interface Through {
  /** Entities whose records say what is included. */
  readonly relations: readonly Entity[]
  /** SQL of relations `e`, what they have of the record that includes, and of the one included. */
  readonly from: string
  readonly where: readonly string[]
  readonly there: string
}

/** `here` names the record that includes, `there` the one included. */
const edge = (relation: Entity, here: string, there: string): Through => ({
  relations: [relation],
  from: relation.table,
  where: [`e.${here} = o.id`, 'e.connection_id = $1', 'not e.is_deleted'],
  there,
})
const members = (here: string, there: string): Through => edge(GroupMembership, here, there)
const assignments = (here: string, there: string): Through => edge(ApplicationAssignment, here, there)
/** The included record names its owner itself. */
const own = (relation: Entity, here: string): Through => edge(relation, here, 'id')

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
    include('Policies', Policy, {
      relations: [GroupMembership, Group],
      from: `lateral (${policiesOfUser('o.id')})`,
      where: [],
      there: 'id',
    }),
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
  const { from, where, there } = through
  const isThere = [...where, 't.connection_id = $1', 'not t.is_deleted']
  const columns = entity.columns.map((column) => `t."${column}"`).join(', ')
  const rows = await db.query<{ included_by: string }>(
    `select o.id as included_by, i.* from unnest($2::uuid[]) as o(id)
      cross join lateral (
        select ${columns} from ${from} e join ${entity.table} t on t.id = e.${there}
         where ${isThere.join(' and ')}
         order by e.${there} limit $3) i
      order by o.id, i.id`,
    [connectionId, arrayLiteral(ids), most + 1],
  )
  const found = new Map<string, StoredRow[]>(ids.map((id) => [id, []]))
  for (const { included_by: owner, ...row } of rows) found.get(owner)?.push(row)
  return found
}
