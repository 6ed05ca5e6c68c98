import { type BaseRow, entity, type VendorTimes, vendorTimes } from './entity.ts'
import { id, type JsonObject, json, nullable, oneOf, text } from './fields.ts'

export const ROLE_TYPES = [
  'super_admin',
  'org_admin',
  'app_admin',
  'user_admin',
  'group_admin',
  'group_membership_admin',
  'help_desk_admin',
  'read_only_admin',
  'report_admin',
  'mobile_admin',
  'api_access_management_admin',
  'access_certifications_admin',
  'access_requests_admin',
  'workflows_admin',
  'custom',
  'unknown',
] as const
export type RoleType = (typeof ROLE_TYPES)[number]

export interface RoleAssignmentRow extends BaseRow, VendorTimes {
  principal_type: 'user' | 'group' | 'client'
  principal_id: string
  principal_vendor_id: string
  role_type: RoleType
  vendor_role_type: string | null
  label: string | null
  assignment_vendor_id: string
  role_vendor_id: string | null
  resource_set_vendor_id: string | null
  via: 'direct' | 'group' | null
  via_group_id: string | null
  via_group_vendor_id: string | null
  targets: JsonObject[] | null
  status: 'active' | 'inactive' | 'unknown'
  vendor_status: string | null
}

export const RoleAssignment = entity<RoleAssignmentRow>({
  name: 'role-assignment',
  table: 'role_assignments',
  sentence:
    'An admin role held by a user, a group or a client. A role that a group gives appears for the group and for each member that Okta lists.',
  fields: {
    principal_type: oneOf(['user', 'group', 'client'], 'Who holds the role.'),
    principal_id: id('Our id of that user or group.'),
    principal_vendor_id: text("Okta's id of that user, group or client."),
    role_type: oneOf(
      ROLE_TYPES,
      "Okta's role type in lower case; `custom` for a role the org made itself, `unknown` for one that Rollcall does not know yet.",
    ),
    vendor_role_type: nullable(text("Okta's role type exactly as received.")),
    label: nullable(text('The name of the role as people see it.')),
    assignment_vendor_id: text(
      "Okta's id of the assignment. For several standard roles everyone who holds one has the same.",
    ),
    role_vendor_id: nullable(text("Okta's id of a custom role (`cr0…`).")),
    resource_set_vendor_id: nullable(text("Okta's id of the resource set that a custom role is bound to.")),
    via: nullable(
      oneOf(
        ['direct', 'group'],
        'Whether the principal holds it directly or through a group; null when Okta does not say.',
      ),
    ),
    via_group_id: nullable(id('Our id of the group that gives it.')),
    via_group_vendor_id: nullable(text("Okta's id of the group that gives it.")),
    targets: nullable(
      json<JsonObject[]>(
        'The groups or applications a standard role is limited to; an empty list means the whole org, null that it is unknown. A custom role is limited by its resource set instead, and is null here.',
      ),
    ),
    status: oneOf(['active', 'inactive', 'unknown'], "Okta's status in lower case."),
    vendor_status: nullable(text("Okta's status exactly as received.")),
    ...vendorTimes,
  },
})
