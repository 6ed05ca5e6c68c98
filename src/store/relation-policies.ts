import { Application } from '../model/application.ts'
import type { Entity } from '../model/entity.ts'
import { Group } from '../model/group.ts'
import { Policy } from '../model/policy.ts'
import { PolicyMapping } from '../model/policy-mapping.ts'
import { PolicyRule } from '../model/policy-rule.ts'
import { User } from '../model/user.ts'
import { gathered, owned, type Relation } from './relation.ts'

/** Where a rule or a policy stands that Okta gave no place: after all others. */
export const LAST = '9223372036854775807'

/** In the order in which Okta tries them. */
export const POLICY_RULES: Relation = {
  ...owned(Policy, PolicyRule, 'policy_id'),
  keys: [
    { sql: `coalesce(t.position, ${LAST})`, type: 'bigint' },
    { sql: 't.id', type: 'uuid' },
  ],
}
export const POLICY_MAPPINGS: Relation = owned(Policy, PolicyMapping, 'policy_id')

/**
 * Whom the conditions of a policy and of its rules name. Conditions are stored as received: `lax` takes a single value
 * for a list and finds nothing in what has another shape.
 * https://www.postgresql.org/docs/current/functions-json.html#STRICT-AND-LAX-MODES
 */
const namedBy = (people: 'groups' | 'users', entity: Entity): Relation =>
  gathered(Policy, entity, [Policy, PolicyRule], {
    named: (includeDeleted) => `
      select said.vendor_id, max(said.changed_at) as changed_at,
             jsonb_agg(jsonb_build_object(
               'kind', said.kind, 'policy_rule_id', said.rule_id, 'policy_rule_vendor_id', said.rule_vendor_id,
               'policy_rule_name', said.rule_name, 'policy_rule_status', said.rule_status, 'is_deleted', said.is_deleted)
               order by said.is_of_rule, said.position, said.rule_id, said.kind desc) as relations
        from (
          select distinct place.is_of_rule, place.rule_id, place.rule_vendor_id, place.rule_name, place.rule_status,
                 place.position, place.is_deleted, place.changed_at, way.kind, name.value #>> '{}' as vendor_id
            from (
              select false as is_of_rule, null::uuid as rule_id, null as rule_vendor_id, null as rule_name,
                     null as rule_status, null::bigint as position, conditions, is_deleted, changed_at
                from policies where id = $2 and connection_id = $1
              union all
              select true, id, vendor_id, name, status, position, conditions, is_deleted, changed_at
                from policy_rules where policy_id = $2 and connection_id = $1) place
           cross join (values
             ('include', 'lax $.people.${people}.include[*] ? (@.type() == "string")'::jsonpath),
             ('exclude', 'lax $.people.${people}.exclude[*] ? (@.type() == "string")'::jsonpath)) way(kind, path)
           cross join lateral jsonb_path_query(place.conditions, way.path) name(value)
           ${includeDeleted ? '' : 'where not place.is_deleted'}) said
       group by said.vendor_id`,
    // The order in which the index of vendor ids is made.
    on: 't.vendor_id collate "C" = e.vendor_id',
    keeps: ['relations'],
  })

export const POLICY_GROUPS: Relation = namedBy('groups', Group)
export const POLICY_USERS: Relation = namedBy('users', User)

/** Which policy applies to which application: Okta's mappings say it, and the application's own links. */
const applied = (parent: Entity, entity: Entity, here: string, there: string): Relation => {
  const link = (name: 'access_policy' | 'profile_enrollment', column: string) => `
    select ${there === 'policy_id' ? column : 'id'}, '${name}', null::uuid, false, changed_at from applications
     where connection_id = $1 and ${here === 'policy_id' ? column : 'id'} = $2 and ${column} is not null`
  return gathered(parent, entity, [PolicyMapping, Application], {
    named: (includeDeleted) => `
      select id, max(changed_at) as changed_at,
             coalesce(jsonb_agg(distinct relation) filter (where not is_deleted), '[]') as relations,
             (array_agg(jsonb_build_object('id', mapping_id, 'is_deleted', is_deleted) order by is_deleted, mapping_id)
               filter (where mapping_id is not null))[1] as mapping
        from (
          select ${there} as id, 'mapping' as relation, id as mapping_id, is_deleted, changed_at
            from policy_mappings
           where connection_id = $1 and ${here} = $2 and ${there} is not null ${includeDeleted ? '' : 'and not is_deleted'}
          union all ${link('access_policy', 'access_policy_id')}
          union all ${link('profile_enrollment', 'profile_enrollment_policy_id')}) said
       group by id`,
    on: 't.id = e.id',
    keeps: ['relations', 'mapping'],
  })
}

export const POLICY_APPLICATIONS: Relation = applied(Policy, Application, 'policy_id', 'application_id')
export const APPLICATION_POLICIES: Relation = applied(Application, Policy, 'application_id', 'policy_id')
