import { ApplicationAssignment } from '../model/application-assignment.ts'
import type { Entity } from '../model/entity.ts'
import { Factor } from '../model/factor.ts'
import { GroupMembership } from '../model/group-membership.ts'
import { PolicyMapping } from '../model/policy-mapping.ts'
import { PolicyRule } from '../model/policy-rule.ts'
import { RoleAssignment } from '../model/role-assignment.ts'
import { User } from '../model/user.ts'

const PRINCIPAL = ['principal_type', 'principal_id', 'principal_vendor_id']

/** What each entity that is a relation, or belongs to something, names: fields that never change for one record. */
const ENDS: readonly (readonly [Entity, readonly string[]])[] = [
  [GroupMembership, ['group_id', 'group_vendor_id', 'user_id', 'user_vendor_id']],
  [ApplicationAssignment, ['application_id', 'application_vendor_id', ...PRINCIPAL]],
  [Factor, ['user_id', 'user_vendor_id', 'factor_type', 'authenticator']],
  [RoleAssignment, [...PRINCIPAL, 'role_type']],
  [PolicyRule, ['policy_id', 'policy_vendor_id']],
  [PolicyMapping, ['policy_id', 'policy_vendor_id', 'application_id', 'application_vendor_id']],
]
const BY_ENTITY: ReadonlyMap<string, readonly string[]> = new Map(ENDS.map(([{ name }, ends]) => [name, ends]))

/** The fields in which a record of this entity names what it belongs to; none where it stands by itself. */
export const endsOf = (entity: Pick<Entity, 'name'>): readonly string[] => BY_ENTITY.get(entity.name) ?? []

/** Every field that names an end, with an entity whose field describes it. */
export const END_FIELDS: ReadonlyMap<string, Entity> = new Map(
  ENDS.flatMap(([entity, ends]) => ends.map((end): [string, Entity] => [end, entity])),
)

/** Entities whose records a history may tell the gained and lost relations of. */
export const HAVE_RELATIONS: readonly Entity[] = [User]

/** Queries for the ids of a record's relations, vanished ones included; `connection` and `record` are SQL. */
export function relationsOf(entity: Entity, { connection, record }: { connection: string; record: string }): string[] {
  if (!HAVE_RELATIONS.includes(entity)) return []
  const ids = ({ table }: Entity, owner: string) =>
    `select id from ${table} where connection_id = ${connection} and ${owner} = ${record}`
  const held = `principal_type = '${entity.name}' and principal_id`
  return [
    ids(GroupMembership, 'user_id'),
    ids(ApplicationAssignment, held),
    ids(Factor, 'user_id'),
    ids(RoleAssignment, held),
  ]
}
