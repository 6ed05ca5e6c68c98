import { type BaseRow, entity } from './entity.ts'
import { id, nullable, oneOf, text } from './fields.ts'
import { USER_STATUSES, type UserStatus } from './user.ts'

export interface GroupMembershipRow extends BaseRow {
  group_id: string
  group_vendor_id: string
  user_id: string
  user_vendor_id: string
  user_status: UserStatus
  user_vendor_status: string | null
}

export const GroupMembership = entity<GroupMembershipRow>({
  name: 'group-membership',
  table: 'group_memberships',
  sentence: 'A user’s membership in a group. Suspended and deprovisioned users remain members until Okta removes them.',
  fields: {
    group_id: id('Our id of the group.'),
    group_vendor_id: text("Okta's id of the group."),
    user_id: id('Our id of the user.'),
    user_vendor_id: text("Okta's id of the user."),
    user_status: oneOf(USER_STATUSES, "The user's status when the membership was read."),
    user_vendor_status: nullable(text("The user's status exactly as received with the membership.")),
  },
})
