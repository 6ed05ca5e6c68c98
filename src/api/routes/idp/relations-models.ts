import { z } from 'zod'
import { Application } from '../../../model/application.ts'
import { ApplicationAssignment } from '../../../model/application-assignment.ts'
import type { Entity } from '../../../model/entity.ts'
import { Group } from '../../../model/group.ts'
import { GroupMembership } from '../../../model/group-membership.ts'
import { Policy } from '../../../model/policy.ts'
import { PolicyRule } from '../../../model/policy-rule.ts'
import { RoleAssignment } from '../../../model/role-assignment.ts'
import { User } from '../../../model/user.ts'
import type { StoredRow } from '../../../store/list.ts'
import { MOST_ACCESS_GROUPS } from '../../../store/relation-people.ts'
import { anyJson, recordSchema, recordShape, relatedSchema } from '../../records.ts'

/** An item of a list of related records: its schema, and the properties beside the record's own. */
export interface RelatedItem {
  readonly schema: z.ZodType<Record<string, unknown>>
  /** How the record is related, from what the store found. */
  tell(row: StoredRow): Record<string, unknown>
}

const tombstone = z
  .boolean()
  .describe(
    'Whether the relation itself has vanished from Okta; always false without `includeDeleted=true`, or `asOf`, with which it tells of now.',
  )

/** The record alone: it says itself what it belongs to. */
export const plain = (entity: Entity): RelatedItem => ({ schema: recordSchema(entity), tell: () => ({}) })

const item = (
  entity: Entity,
  name: string,
  how: string,
  more: Record<string, z.ZodType>,
  tell: RelatedItem['tell'],
): RelatedItem => ({ schema: relatedSchema(entity, name, `${entity.sentence} ${how}`, more), tell })

/** Some fields of a relation's record, as the entity describes them. */
const fields = (entity: Entity, ...names: readonly string[]): Record<string, z.ZodType> => {
  const shape = recordShape(entity)
  return Object.fromEntries(
    names.map((name) => {
      const schema = shape[name]
      if (!schema) throw new Error(`a ${entity.name} has no ${name}`)
      return [name, schema]
    }),
  )
}

/** Columns of the relation that a row carries, under their own names. */
const edgeOf = (row: StoredRow, ...names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, row[`edge_${name}`]]))

const MEMBERSHIP = ['id', 'user_status', 'user_vendor_status'] as const
const membership = {
  membership: z
    .object({ ...fields(GroupMembership, ...MEMBERSHIP), is_deleted: tombstone })
    .describe('The group membership.'),
}
const tellMembership = (row: StoredRow) => ({ membership: edgeOf(row, ...MEMBERSHIP, 'is_deleted') })

export const groupOfUser = item(Group, 'GroupOfUser', 'With the user’s membership.', membership, tellMembership)
export const userOfGroup = item(User, 'UserOfGroup', 'With the membership in the group.', membership, tellMembership)

const ASSIGNMENT = ['id', 'priority', 'status', 'profile', 'last_updated_at'] as const
const assignment = {
  assignment: z
    .object({ ...fields(ApplicationAssignment, ...ASSIGNMENT), is_deleted: tombstone })
    .describe('The assignment of the application to the group.'),
}
const tellAssignment = (row: StoredRow) => ({ assignment: edgeOf(row, ...ASSIGNMENT, 'is_deleted') })
const WITH_ASSIGNMENT = 'With its assignment.'

export const applicationOfGroup = item(Application, 'ApplicationOfGroup', WITH_ASSIGNMENT, assignment, tellAssignment)
export const groupOfApplication = item(Group, 'GroupOfApplication', WITH_ASSIGNMENT, assignment, tellAssignment)

const ACCESS = ['via', 'status', 'vendor_status', 'username'] as const
const access = {
  access: z
    .object({
      ...fields(ApplicationAssignment, ...ACCESS),
      assignment_id: z.uuid().describe('Our id of the application assignment.'),
      groups: z
        .array(
          z.object({
            ...fields(Group, 'id', 'vendor_id', 'name'),
            ...fields(ApplicationAssignment, 'priority'),
          }),
        )
        .describe(
          `The groups that give it: those that the application is assigned to and the user is in, the winning one first; with \`via\` \`direct\`, those that would give it as well. At most ${MOST_ACCESS_GROUPS}.`,
        ),
      groups_truncated: z.boolean().describe('Whether there are more groups than `groups` shows.'),
      is_deleted: tombstone,
    })
    .describe('How the user comes to the application, and as whom.'),
}
function tellAccess(row: StoredRow): Record<string, unknown> {
  const groups = row.access_groups as readonly unknown[]
  return {
    access: {
      ...edgeOf(row, ...ACCESS, 'is_deleted'),
      assignment_id: row.edge_id,
      groups: groups.slice(0, MOST_ACCESS_GROUPS),
      groups_truncated: groups.length > MOST_ACCESS_GROUPS,
    },
  }
}
const WITH_ACCESS = 'With how the user comes to it.'

export const applicationOfUser = item(Application, 'ApplicationOfUser', WITH_ACCESS, access, tellAccess)
export const userOfApplication = item(User, 'UserOfApplication', 'With how the user comes to it.', access, tellAccess)

export const heldRole = item(
  RoleAssignment,
  'HeldRole',
  'With the name of the group that gives it.',
  {
    via_group: z
      .object(fields(Group, 'id', 'name'))
      .nullable()
      .describe('The group that gives the role; null when no group gives it, or when that group was never read.'),
  },
  (row) => ({ via_group: row.via_id === null ? null : { id: row.via_id, name: row.via_name } }),
)

const rule = fields(PolicyRule, 'id', 'vendor_id', 'name', 'status')
const ofRule = (name: string, sentence: string): z.ZodType =>
  (rule[name] as z.ZodType).nullable().describe(`${sentence}; null when the policy itself says it.`)
const conditions = {
  relations: z
    .array(
      z.object({
        kind: z.enum(['include', 'exclude']).describe('Whether it is included or excluded.'),
        policy_rule_id: ofRule('id', 'Our id of the rule that says it'),
        policy_rule_vendor_id: ofRule('vendor_id', 'The `vendor_id` of that rule'),
        policy_rule_name: ofRule('name', 'The name of that rule'),
        policy_rule_status: ofRule('status', 'The status of that rule: an inactive one does nothing'),
        is_deleted: z
          .boolean()
          .describe(
            'Whether the policy or rule that says it has vanished from Okta; always false without `includeDeleted=true`.',
          ),
      }),
    )
    .describe('Where the policy names it: its own conditions first, then its rules in their order.'),
}
const tellRelations = ({ relations }: StoredRow) => ({ relations })
const NAMED = 'With where the policy includes or excludes it.'

export const groupOfPolicy = item(Group, 'GroupOfPolicy', NAMED, conditions, tellRelations)
export const userOfPolicy = item(User, 'UserOfPolicy', NAMED, conditions, tellRelations)

const applied = {
  relations: z
    .array(z.enum(['access_policy', 'mapping', 'profile_enrollment']))
    .describe(
      'What says that the policy applies to the application: Okta’s list of what the policy is mapped to (`mapping`), or the application’s own link to its access policy or its profile enrollment policy. Empty when all that said so has vanished.',
    ),
  mapping: z
    .object({ ...fields(Policy, 'id'), is_deleted: tombstone })
    .nullable()
    .describe('The policy mapping; null when there is none.'),
}
const tellApplied = ({ relations, mapping }: StoredRow) => ({ relations, mapping })
const APPLIED = 'With what says that the one applies to the other.'

export const applicationOfPolicy = item(Application, 'ApplicationOfPolicy', APPLIED, applied, tellApplied)
export const policyOfApplication = item(Policy, 'PolicyOfApplication', APPLIED, applied, tellApplied)

export const policyOfUser = item(
  Policy,
  'PolicyOfUser',
  'With why it is for the user.',
  {
    via: z
      .enum(['user', 'group', 'everyone'])
      .describe('Whether it names the user, names a group that the user is in, or says nothing about people.'),
    via_group: z
      .object(fields(Group, 'id', 'vendor_id', 'name'))
      .nullable()
      .describe('The group by which it is for the user, the first by name of several; null unless `via` is `group`.'),
    is_first: z
      .boolean()
      .nullable()
      .describe(
        'Whether it is the one that Okta tries first for the user: of its type the active one with the lowest `priority` among these. Null for types of which applications decide which policy is taken.',
      ),
  },
  ({ via, via_group, is_first }) => ({ via, via_group, is_first }),
)

/** An administrator's role, out of the same entity as `/v1/idp/roles`. */
export const administratorRole = z.object({
  ...fields(RoleAssignment, 'role_type', 'label', 'status', 'via', 'via_group_id'),
  targets: anyJson.describe(recordShape(RoleAssignment).targets?.description ?? ''),
  role_assignment_id: z.uuid().describe('Our id of the role assignment: `/v1/idp/roles/{role_id}` has all of it.'),
  is_deleted: z.boolean().describe('Whether the role was taken away; always false without `includeDeleted=true`.'),
})
