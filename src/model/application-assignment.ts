import { type BaseRow, entity, type VendorTimes, vendorTimes } from './entity.ts'
import { id, integer, type JsonObject, json, nullable, oneOf, text, time } from './fields.ts'

export const ASSIGNMENT_STATUSES = [
  'active',
  'approved',
  'deprovisioned',
  'disabled',
  'implicit',
  'imported',
  'inactive',
  'matched',
  'pending',
  'provisioned',
  'revoked',
  'staged',
  'suspended',
  'unassigned',
  'unknown',
] as const
export type AssignmentStatus = (typeof ASSIGNMENT_STATUSES)[number]

export interface ApplicationAssignmentRow extends BaseRow, VendorTimes {
  application_id: string
  application_vendor_id: string
  principal_type: 'user' | 'group'
  principal_id: string
  principal_vendor_id: string
  via: 'direct' | 'group' | null
  via_group_id: string | null
  via_group_vendor_id: string | null
  status: AssignmentStatus | null
  vendor_status: string | null
  username: string | null
  external_id: string | null
  sync_state: string | null
  priority: number | null
  profile: JsonObject | null
  status_changed_at: string | null
  password_changed_at: string | null
  last_synced_at: string | null
}

export const ApplicationAssignment = entity<ApplicationAssignmentRow>({
  name: 'application-assignment',
  table: 'application_assignments',
  sentence:
    'An application given to a user or to a group. A user who holds it directly may hold it through a group as well: the groups’ own assignments and the memberships tell.',
  fields: {
    application_id: id('Our id of the application.'),
    application_vendor_id: text("Okta's id of the application."),
    principal_type: oneOf(['user', 'group'], 'Who holds it: a user or a group.'),
    principal_id: id('Our id of that user or group.'),
    principal_vendor_id: text("Okta's id of that user or group."),
    via: nullable(
      oneOf(
        ['direct', 'group'],
        'Whether Okta says that it was given directly or through a group; null when it does not say.',
      ),
    ),
    via_group_id: nullable(id('Our id of a group that gave it, where Okta names one. Others may give it too.')),
    via_group_vendor_id: nullable(text("Okta's id of that group.")),
    status: nullable(
      oneOf(
        ASSIGNMENT_STATUSES,
        "Okta's status in lower case; `unknown` for one that Rollcall does not know yet; null for groups, which have none.",
      ),
    ),
    vendor_status: nullable(text("Okta's status exactly as received.")),
    username: nullable(text('The user name inside the application; null when it has none.')),
    external_id: nullable(text("The user's id inside the application.")),
    sync_state: nullable(text('State of provisioning as received, such as `SYNCHRONIZED` or `ERROR`.')),
    priority: nullable(integer('Which of several group assignments wins: the lowest number.')),
    profile: nullable(json('Attributes of the assignment, with their own names and types.')),
    ...vendorTimes,
    status_changed_at: nullable(time('When the status last changed.')),
    password_changed_at: nullable(time('When the password for the application was last changed.')),
    last_synced_at: nullable(time('When Okta last synchronized the user with the application.')),
  },
})
