import { z } from 'zod'
import { Application } from '../../../model/application.ts'
import type { NewRow } from '../../../model/entity.ts'
import type { JsonObject } from '../../../model/fields.ts'
import { Group } from '../../../model/group.ts'
import type { RoleAssignmentRow, RoleType } from '../../../model/role-assignment.ts'
import { User } from '../../../model/user.ts'
import type { Origin } from '../../connector.ts'
import { idInLink, isObject, looseId, looseText, looseTime, ours, vendorId } from '../wire.ts'

/** A role as received, with the targets read for it beside it: null where they are unknown. */
export interface RoleItem {
  readonly assignment: unknown
  readonly targets: readonly unknown[] | null
}

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/RoleAssignmentAUser/ */
const OktaRole = z.looseObject({
  id: vendorId,
  label: looseText,
  type: looseText,
  status: looseText,
  created: looseTime,
  lastUpdated: looseTime,
  assignmentType: looseText,
  role: looseText,
  'resource-set': looseText,
})

const TYPE: Readonly<Record<string, RoleType>> = {
  SUPER_ADMIN: 'super_admin',
  ORG_ADMIN: 'org_admin',
  APP_ADMIN: 'app_admin',
  USER_ADMIN: 'user_admin',
  GROUP_ADMIN: 'group_admin',
  GROUP_MEMBERSHIP_ADMIN: 'group_membership_admin',
  HELP_DESK_ADMIN: 'help_desk_admin',
  READ_ONLY_ADMIN: 'read_only_admin',
  REPORT_ADMIN: 'report_admin',
  MOBILE_ADMIN: 'mobile_admin',
  API_ACCESS_MANAGEMENT_ADMIN: 'api_access_management_admin',
  ACCESS_CERTIFICATIONS_ADMIN: 'access_certifications_admin',
  ACCESS_REQUESTS_ADMIN: 'access_requests_admin',
  WORKFLOWS_ADMIN: 'workflows_admin',
  CUSTOM: 'custom',
}

const STATUS = { ACTIVE: 'active', INACTIVE: 'inactive' } as const

export function normalizeRole(
  item: unknown,
  principalType: 'user' | 'group',
  { connectionId, parent }: Origin,
): NewRow<RoleAssignmentRow> {
  const { assignment, targets } = unwrapRole(item)
  const role = OktaRole.parse(assignment)
  const principal = principalType === 'user' ? User : Group
  const via = heldVia(role.assignmentType, principalType)
  const group = via === 'group' ? idInLink(role._links, 'assignee', 'groups') : null
  return {
    vendor_id: assignmentKey(principalType, parent.key, role.id, via === 'group' ? (group ?? 'group') : null),
    principal_type: principalType,
    principal_id: principal.idOf(connectionId, parent.key),
    principal_vendor_id: parent.key,
    role_type: ours(TYPE, role.type, 'unknown'),
    vendor_role_type: role.type,
    label: role.label,
    assignment_vendor_id: role.id,
    role_vendor_id: looseId.parse(role.role),
    resource_set_vendor_id: looseId.parse(role['resource-set']),
    via,
    via_group_id: group && Group.idOf(connectionId, group),
    via_group_vendor_id: group,
    targets: targets?.map((target) => normalizeTarget(target, connectionId)) ?? null,
    status: ours(STATUS, role.status, 'unknown'),
    vendor_status: role.status,
    vendor_created_at: role.created,
    last_updated_at: role.lastUpdated,
  }
}

/** The role as received, out of what the page wrapped it in. */
export const unwrapRole = (item: unknown): RoleItem =>
  isObject(item) && 'assignment' in item && 'targets' in item
    ? { assignment: item.assignment, targets: Array.isArray(item.targets) ? item.targets : null }
    : { assignment: item, targets: null }

/** `GROUP` on a user's role: a group gives it. On a group's own role it says nothing but that a group holds it. */
function heldVia(assignmentType: string | null, principalType: 'user' | 'group'): 'direct' | 'group' | null {
  if (principalType === 'group') return 'direct'
  return ours({ USER: 'direct', GROUP: 'group' } as const, assignmentType, null)
}

/**
 * Okta's ids of assignments are not unique: for several standard roles everyone who holds one has the same. A user may
 * even hold the same one directly and through groups, so the group is part of the key.
 */
const assignmentKey = (type: string, principal: string, assignment: string, group: string | null): string =>
  [type, principal, assignment, ...(group === null ? [] : [group])].join(':')

/** A target is a group, an application instance, or every instance of a catalog application (which has no id). */
function normalizeTarget(target: unknown, connectionId: string): JsonObject {
  const object = isObject(target) ? target : {}
  const id = looseId.parse(object.id)
  if (isObject(object.profile)) {
    const name = looseText.parse(object.profile.name)
    return { type: 'group', group_id: id && Group.idOf(connectionId, id), vendor_id: id, name }
  }
  return {
    type: 'application',
    application_id: id && Application.idOf(connectionId, id),
    vendor_id: id,
    name: looseText.parse(object.name),
    label: looseText.parse(object.displayName),
  }
}
