import { Group } from '../model/group.ts'
import { GroupMembership } from '../model/group-membership.ts'
import { Policy } from '../model/policy.ts'
import { User } from '../model/user.ts'
import { gathered, type Relation } from './relation.ts'
import { LAST } from './relation-policies.ts'

/** Types of which Okta takes the policy that an application is mapped to, whoever signs in. */
const BY_APPLICATION = "('ACCESS_POLICY', 'PROFILE_ENROLLMENT')"

/** Texts at a path of a policy's conditions, which are stored as received: whatever else is there is passed over. */
const said = (people: 'groups' | 'users', kind: 'include' | 'exclude'): string =>
  `jsonb_path_query(o.conditions, 'lax $.people.${people}.${kind}[*] ? (@.type() == "string")') said(name)`

const saysUser = (kind: 'include' | 'exclude'): string =>
  `exists (select from ${said('users', kind)} join users u on u.vendor_id = said.name #>> '{}' where u.id = o.user_id)`

const groupSaid = (kind: 'include' | 'exclude'): string =>
  `select g.id, g.vendor_id, g.name, m.changed_at from ${said('groups', kind)}
     join group_memberships m on m.group_vendor_id = said.name #>> '{}'
     join groups g on g.id = m.group_id
    where m.user_id = o.user_id and m.connection_id = $1 and not m.is_deleted and not g.is_deleted`

/**
 * The policies that are for a user, as SQL: those whose conditions include them, or a group that they are in now, or say
 * nothing about people, and exclude neither. `is_first`: the one of its type that Okta tries first; null where not people
 * but applications decide which policy is taken. The connection is `$1`, the user `$2`.
 * https://developer.okta.com/docs/concepts/policies/
 */
const FOR_USER = `
  select w.id, w.via, w.via_group, w.changed_at,
         case when w.type not in ${BY_APPLICATION} then w.is_live and not w.is_preceded end as is_first
    from (
      select a.*, bool_or(a.is_live) over (
               partition by a.type order by a.place, a.id rows between unbounded preceding and 1 preceding)
               is true as is_preceded
        from (
          select o.id, o.type, coalesce(o.priority, ${LAST}) as place,
                 o.status = 'active' and not o.is_deleted as is_live,
                 greatest(o.changed_at, by_group.changed_at) as changed_at,
                 case when by_user then 'user' when by_group.id is not null then 'group' else 'everyone' end as via,
                 case when not by_user and by_group.id is not null
                      then jsonb_build_object('id', by_group.id, 'vendor_id', by_group.vendor_id, 'name', by_group.name) end as via_group
            from (select p.*, $2::uuid as user_id from policies p where p.connection_id = $1) o
           cross join lateral (select ${saysUser('include')} as by_user) direct
            left join lateral (${groupSaid('include')} order by g.name, g.id limit 1) by_group on true
           where (by_user or by_group.id is not null or not (
                   exists (select from ${said('users', 'include')}) or exists (select from ${said('groups', 'include')})))
             and not ${saysUser('exclude')}
             and not exists (${groupSaid('exclude')})) a) w`

/** Those that people decide about first; by type, and in the order in which Okta tries the policies of a type. */
export const USER_POLICIES: Relation = {
  ...gathered(User, Policy, [GroupMembership, Group], {
    named: () => FOR_USER,
    on: 't.id = e.id',
    keeps: ['via', 'via_group', 'is_first'],
  }),
  keys: [
    { sql: `case when t.type in ${BY_APPLICATION} then 1 else 0 end`, type: 'bigint' },
    { sql: 't.type collate "C"', type: 'text' },
    { sql: `coalesce(t.priority, ${LAST})`, type: 'bigint' },
    { sql: 't.id', type: 'uuid' },
  ],
}
