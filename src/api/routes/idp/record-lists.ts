import type { z } from 'zod'
import { APPLICATION_STATUSES, Application } from '../../../model/application.ts'
import type { Entity } from '../../../model/entity.ts'
import { FACTOR_STATUSES, Factor } from '../../../model/factor.ts'
import { Group } from '../../../model/group.ts'
import { LogEvent } from '../../../model/log-event.ts'
import { POLICY_STATUSES, Policy } from '../../../model/policy.ts'
import { RoleAssignment } from '../../../model/role-assignment.ts'
import { USER_STATUSES, User } from '../../../model/user.ts'
import { choice, moment, text, texts, uuids } from '../../parameters.ts'

/** An entity that can be listed and got by itself, under names of its own. */
export interface RecordList {
  readonly entity: Entity
  /** As paths and operations name it: `roles` and `role`. */
  readonly plural: string
  readonly singular: string
  /** Filters beside `ids`, `vendorId` and those of every list. Their SQL is in `store/record-filters`. */
  readonly filters: Readonly<Record<string, z.ZodType>>
  /** The parameter that turns the order around, for a list that is ordered by time; the others are ordered by id. */
  readonly order?: z.ZodType<'asc' | 'desc' | null>
  /** What one must know about the list. */
  readonly note?: string
}

const status = (values: readonly string[]) =>
  texts(`Only those with one of these statuses: ${values.join(', ')}; or Okta’s own word as \`vendor_status\` has it.`)
const name = (what: string) => text(`Only those of which ${what} begins with this text, whatever its case.`)
const search = (what: string) =>
  text(`Only those that have this text anywhere in ${what}, whatever its case, or as Okta’s id.`)

/** Every entity with a list of its own, in the order in which they are documented. */
export const RECORD_LISTS: readonly RecordList[] = [
  {
    entity: User,
    plural: 'users',
    singular: 'user',
    filters: {
      status: status(USER_STATUSES),
      email: text('Only those with this primary email address, whatever its case.'),
      name: name('`display_name`'),
      search: search('`display_name`, `email` or `username`'),
    },
  },
  {
    entity: Group,
    plural: 'groups',
    singular: 'group',
    filters: {
      name: name('`name`'),
      search: search('`name` or `description`'),
      type: texts('Only those of one of these types: `OKTA_GROUP`, `APP_GROUP`, `BUILT_IN`.'),
    },
  },
  {
    entity: Application,
    plural: 'applications',
    singular: 'application',
    filters: {
      status: status(APPLICATION_STATUSES),
      name: name('`label` or `name`'),
      search: search('`label` or `name`'),
      type: texts('Only those with one of these values of `sign_on_mode`, such as `SAML_2_0`.'),
    },
  },
  {
    entity: Factor,
    plural: 'factors',
    singular: 'factor',
    filters: {
      status: status(FACTOR_STATUSES),
      type: texts('Only those with one of these values of `factor_type` or `authenticator`.'),
      userId: uuids('Only those of these users.'),
    },
  },
  {
    entity: RoleAssignment,
    plural: 'roles',
    singular: 'role',
    filters: {
      status: status(['active', 'inactive', 'unknown']),
      type: texts('Only those with one of these values of `role_type` or `vendor_role_type`.'),
      principalId: uuids('Only those held by one of these users or groups.'),
      principalType: choice(['user', 'group', 'client'], 'Only those held by principals of this kind.'),
    },
  },
  {
    entity: Policy,
    plural: 'policies',
    singular: 'policy',
    filters: {
      status: status(POLICY_STATUSES),
      type: texts('Only those of one of these types, such as `ACCESS_POLICY`.'),
      name: name('`name`'),
      search: search('`name`'),
    },
  },
  {
    entity: LogEvent,
    plural: 'logs',
    singular: 'log',
    filters: {
      since: moment('Only events published at or after this time.'),
      until: moment('Only events published before this time.'),
      eventType: texts('Only events of one of these types, such as `user.session.start`.'),
      actorId: text('Only what this actor did: our id of a user, or Okta’s id.', 200),
      targetId: text(
        'Only what happened to this target: our id of a user, group, application or policy, or Okta’s id.',
        200,
      ),
      outcome: texts('Only events with one of these outcomes, such as `FAILURE`.'),
    },
    order: choice(['asc', 'desc'], 'Oldest or newest first; newest, unless said otherwise.'),
    note: 'Newest first. To follow the log, ask with `updatedSince`: entries may arrive late, so that a new one need not be the newest.',
  },
]

/** Filters of every one of these lists. */
export const commonFilters = {
  ids: uuids('Only the records of these ids.'),
  vendorId: texts('Only the records that Okta knows by these ids.'),
}
