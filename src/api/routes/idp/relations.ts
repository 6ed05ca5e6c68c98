import { z } from 'zod'
import { AppError } from '../../../errors.ts'
import { Factor } from '../../../model/factor.ts'
import { PolicyMapping } from '../../../model/policy-mapping.ts'
import { PolicyRule } from '../../../model/policy-rule.ts'
import {
  APPLICATION_GROUPS,
  APPLICATION_USERS,
  GROUP_APPLICATIONS,
  GROUP_ROLES,
  GROUP_USERS,
  USER_APPLICATIONS,
  USER_FACTORS,
  USER_GROUPS,
  USER_ROLES,
} from '../../../store/relation-people.ts'
import {
  APPLICATION_POLICIES,
  POLICY_APPLICATIONS,
  POLICY_GROUPS,
  POLICY_MAPPINGS,
  POLICY_RULES,
  POLICY_USERS,
} from '../../../store/relation-policies.ts'
import { USER_POLICIES } from '../../../store/relation-user-policies.ts'
import { findRelationParent, type Relation } from '../../../store/relations.ts'
import { type Endpoint, endpoint } from '../../endpoint.ts'
import { FRESHNESS_HEADERS } from '../../freshness.ts'
import { type Paging, pageOf } from '../../page.ts'
import { uuid } from '../../parameters.ts'
import { capitalized } from '../../records.ts'
import {
  applicationOfGroup,
  applicationOfPolicy,
  applicationOfUser,
  groupOfApplication,
  groupOfPolicy,
  groupOfUser,
  heldRole,
  plain,
  policyOfApplication,
  policyOfUser,
  type RelatedItem,
  userOfApplication,
  userOfGroup,
  userOfPolicy,
} from './relations-models.ts'
import { answerRelated, asOfQuery, relatedQuery } from './relations-page.ts'

const QUERY: z.ZodType<Paging> = z.object(relatedQuery)
const QUERY_AS_OF: z.ZodType<Paging & { asOf: string | null }> = z.object({ ...relatedQuery, ...asOfQuery })
const PAGING = `By offset, or by cursor with \`enableCursor=true\`. What has vanished from Okta is left out unless
\`includeDeleted=true\`, so that a stale relation never reads as a present one; of a record that has vanished itself nothing
is left then. Only records that were read are listed.`

interface List {
  /** Of what, as its path has it: `users`. */
  readonly of: 'users' | 'groups' | 'applications' | 'policies'
  /** What is listed, as its path has it: `groups`. */
  readonly what: string
  readonly relation: Relation
  readonly item: RelatedItem
  /** What one must know about it. */
  readonly note: string
}

const SINGULAR = { users: 'user', groups: 'group', applications: 'application', policies: 'policy' } as const

const MEMBERS =
  'Suspended and deprovisioned users remain members until Okta removes them; `membership` tells their status.'
const ACCESS = `\`access.via\` is what Okta says of the assignment, \`access.groups\` the groups that give it, or would give it as well
were the direct assignment gone.`
const HELD = 'A role that a group gives is listed for the group and for each member that Okta names.'
const NAMED = `Those that the conditions of the policy or of its rules include or exclude. One that was never read is not listed,
although the policy names it; \`conditions\` of the policy and of its rules have Okta’s ids of all.`
const FOR_USER = `Those that include the user, or a group that the user is in now, or that say nothing about people, and exclude neither;
inactive ones are among them. By type, those of which applications decide last, and within a type in Okta’s order, in which the first one that fits is taken
(\`is_first\`). App sign-in and profile enrollment policies are taken by application: \`/v1/idp/applications/{id}/policies\`.
Rules of a policy may name people as well: \`/v1/idp/policies/{id}/rules\`.`
const APPLIED =
  'From Okta’s mappings, and from the links of applications to their access and profile enrollment policies.'

const LISTS: readonly List[] = [
  { of: 'users', what: 'groups', relation: USER_GROUPS, item: groupOfUser, note: MEMBERS },
  { of: 'users', what: 'applications', relation: USER_APPLICATIONS, item: applicationOfUser, note: ACCESS },
  { of: 'users', what: 'factors', relation: USER_FACTORS, item: plain(Factor), note: Factor.sentence },
  { of: 'users', what: 'roles', relation: USER_ROLES, item: heldRole, note: HELD },
  { of: 'users', what: 'policies', relation: USER_POLICIES, item: policyOfUser, note: FOR_USER },
  { of: 'groups', what: 'users', relation: GROUP_USERS, item: userOfGroup, note: MEMBERS },
  {
    of: 'groups',
    what: 'applications',
    relation: GROUP_APPLICATIONS,
    item: applicationOfGroup,
    note: 'Applications that the group gives to its members.',
  },
  { of: 'groups', what: 'roles', relation: GROUP_ROLES, item: heldRole, note: HELD },
  { of: 'applications', what: 'users', relation: APPLICATION_USERS, item: userOfApplication, note: ACCESS },
  {
    of: 'applications',
    what: 'groups',
    relation: APPLICATION_GROUPS,
    item: groupOfApplication,
    note: 'Groups that give the application to their members; `assignment.priority` tells which one wins.',
  },
  { of: 'applications', what: 'policies', relation: APPLICATION_POLICIES, item: policyOfApplication, note: APPLIED },
  {
    of: 'policies',
    what: 'rules',
    relation: POLICY_RULES,
    item: plain(PolicyRule),
    note: 'In the order in which Okta tries them (`position`), which is also the order of the pages. The first rule whose conditions hold decides.',
  },
  {
    of: 'policies',
    what: 'mappings',
    relation: POLICY_MAPPINGS,
    item: plain(PolicyMapping),
    note: PolicyMapping.sentence,
  },
  { of: 'policies', what: 'groups', relation: POLICY_GROUPS, item: groupOfPolicy, note: NAMED },
  { of: 'policies', what: 'applications', relation: POLICY_APPLICATIONS, item: applicationOfPolicy, note: APPLIED },
  { of: 'policies', what: 'users', relation: POLICY_USERS, item: userOfPolicy, note: NAMED },
]

/** What a record is related to, each kind as a list of its own. */
export const relations: readonly Endpoint[] = LISTS.map(listEndpoint)

function listEndpoint({ of, what, relation, item, note }: List): Endpoint {
  const one = SINGULAR[of]
  const parameter = `${one}_id`
  const params: z.ZodType<Record<string, string>> = z.object({ [parameter]: uuid(`Our id of the ${one}.`) })
  const operationId = `list_idp_${one}_${what}`
  return endpoint({
    method: 'get',
    path: `/v1/idp/${of}/{${parameter}}/${what}`,
    operationId,
    tag: 'idp',
    summary: `List ${what} of ${one === 'application' ? 'an' : 'a'} ${one}`,
    description: `${note}\n\n${PAGING}`,
    access: 'connection',
    params,
    query: relation.told.length > 0 ? QUERY_AS_OF : QUERY,
    response: pageOf(item.schema, `PageOf${capitalized(one)}${capitalized(what)}`),
    headers: FRESHNESS_HEADERS,
    errors: ['record_not_found', 'cursor_invalid'],
    handle: async (call) => {
      const id = call.params[parameter] ?? ''
      const parent = await findRelationParent(call.services.db, relation, { connectionId: call.connection.id, id })
      if (!parent) throw new AppError('record_not_found', `${capitalized(one)} Not Found`)
      const page = await answerRelated(call, { relation, parent, list: operationId })
      return { ...page, items: page.items.map((row) => ({ ...row, ...item.tell(row) })) }
    },
  })
}
