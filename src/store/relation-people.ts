import { Application } from '../model/application.ts'
import { ApplicationAssignment } from '../model/application-assignment.ts'
import type { Entity } from '../model/entity.ts'
import { Factor } from '../model/factor.ts'
import { Group } from '../model/group.ts'
import { GroupMembership } from '../model/group-membership.ts'
import { RoleAssignment } from '../model/role-assignment.ts'
import { User } from '../model/user.ts'
import { across, gathered, owned, PLAIN, type Relation } from './relation.ts'

/** The most groups that one user's access to one application names. */
export const MOST_ACCESS_GROUPS = 100

const MEMBERSHIP = ['id', 'user_status', 'user_vendor_status', 'is_deleted']
const ASSIGNMENT = ['id', 'priority', 'status', 'profile', 'last_updated_at', 'is_deleted']
const ACCESS = ['id', 'via', 'status', 'vendor_status', 'username', 'is_deleted']

export const USER_GROUPS: Relation = across(
  User,
  Group,
  { relation: GroupMembership, here: 'user_id', there: 'group_id' },
  MEMBERSHIP,
)
export const GROUP_USERS: Relation = across(
  Group,
  User,
  { relation: GroupMembership, here: 'group_id', there: 'user_id' },
  MEMBERSHIP,
)

/** Applications held by what is asked, or who holds it, of one kind of principal. */
const assigned = (
  principal: 'user' | 'group',
  [parent, here]: readonly [Entity, string],
  [entity, there]: readonly [Entity, string],
  columns: readonly string[],
): Relation =>
  across(
    parent,
    entity,
    { relation: ApplicationAssignment, here, there, where: [`e.principal_type = '${principal}'`] },
    columns,
  )

export const GROUP_APPLICATIONS: Relation = assigned(
  'group',
  [Group, 'principal_id'],
  [Application, 'application_id'],
  ASSIGNMENT,
)
export const APPLICATION_GROUPS: Relation = assigned(
  'group',
  [Application, 'application_id'],
  [Group, 'principal_id'],
  ASSIGNMENT,
)

/** With the groups that give a user an application: those it is assigned to and the user is in. */
const withAccessGroups = (relation: Relation): Relation => ({
  ...relation,
  through: [...relation.through, GroupMembership],
  joins: (isThere) => `${relation.joins(isThere)}
    cross join lateral (
      select coalesce(jsonb_agg(to_jsonb(g) order by g.priority, g.id), '[]') as found from (
        select g.id, g.vendor_id, g.name, a.priority
          from group_memberships m
          join application_assignments a on a.application_id = e.application_id and a.principal_id = m.group_id
          join groups g on g.id = m.group_id
         where m.user_id = e.principal_id and a.principal_type = 'group'
           and m.connection_id = $1 and a.connection_id = $1 and g.connection_id = $1
           and ${['m', 'a', 'g'].map(isThere).join(' and ')}
         order by a.priority, g.id limit ${MOST_ACCESS_GROUPS + 1}) g) access_groups`,
  columns: [...relation.columns, 'access_groups.found as access_groups'],
})

export const USER_APPLICATIONS: Relation = withAccessGroups(
  assigned('user', [User, 'principal_id'], [Application, 'application_id'], ACCESS),
)
export const APPLICATION_USERS: Relation = withAccessGroups(
  assigned('user', [Application, 'application_id'], [User, 'principal_id'], ACCESS),
)

export const USER_FACTORS: Relation = owned(User, Factor, 'user_id')

const rolesOf = (parent: Entity): Relation => {
  const relation = owned(parent, RoleAssignment, 'principal_id')
  return {
    ...relation,
    where: [...relation.where, `t.principal_type = '${parent.name}'`],
    joins: () => 'left join groups via on via.id = t.via_group_id and via.connection_id = $1',
    columns: ['via.id as via_id', 'via.name as via_name'],
  }
}
export const USER_ROLES: Relation = rolesOf(User)
export const GROUP_ROLES: Relation = rolesOf(Group)

/** Users who hold an admin role, with all of theirs: the administrators of the org. */
export const ADMINISTRATORS: Relation = {
  ...gathered(null, User, [RoleAssignment], {
    named: (includeDeleted) => `
      select principal_id as id, bool_or(not is_deleted) as is_administrator, max(changed_at) as changed_at,
             jsonb_agg(jsonb_build_object(
               'role_type', role_type, 'label', label, 'status', status, 'via', via, 'via_group_id', via_group_id,
               'targets', targets, 'role_assignment_id', id, 'is_deleted', is_deleted) order by id) as roles
        from role_assignments
       where connection_id = $1 and principal_type = 'user' ${includeDeleted ? '' : 'and not is_deleted'}
       group by principal_id`,
    on: 't.id = e.id',
    keeps: ['is_administrator', 'roles'],
  }),
  vanished: PLAIN.vanished,
}
