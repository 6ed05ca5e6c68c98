import { type BaseRow, entity, type VendorTimes, vendorTimes } from './entity.ts'
import { flag, type JsonObject, json, nullable, oneOf, text, time } from './fields.ts'

export const USER_STATUSES = [
  'staged',
  'provisioned',
  'active',
  'recovery',
  'password_expired',
  'locked_out',
  'suspended',
  'deprovisioned',
  'unknown',
] as const
export type UserStatus = (typeof USER_STATUSES)[number]

export interface UserRow extends BaseRow, VendorTimes {
  username: string | null
  email: string | null
  secondary_email: string | null
  first_name: string | null
  last_name: string | null
  display_name: string
  status: UserStatus
  vendor_status: string | null
  is_enabled: boolean | null
  user_type: string | null
  title: string | null
  department: string | null
  organization: string | null
  division: string | null
  employee_number: string | null
  manager: string | null
  manager_id: string | null
  activated_at: string | null
  status_changed_at: string | null
  deactivated_at: string | null
  last_login_at: string | null
  password_changed_at: string | null
  custom_attributes: JsonObject
}

export const User = entity<UserRow>({
  name: 'user',
  table: 'users',
  sentence: 'A person or service account in the org, deprovisioned ones included.',
  fields: {
    username: nullable(text('The login, from `profile.login`.')),
    email: nullable(text('The primary email address.')),
    secondary_email: nullable(text('The secondary email address.')),
    first_name: nullable(text('The given name; Okta may have none.')),
    last_name: nullable(text('The family name; Okta may have none.')),
    display_name: text('What to show: the display name, else first and last name, else the login, else the id.'),
    status: oneOf(USER_STATUSES, "Okta's status in lower case; `unknown` for one that Rollcall does not know yet."),
    vendor_status: nullable(text("Okta's status exactly as received.")),
    is_enabled: nullable(
      flag(
        'Whether the account exists as a working account: true for active, locked out, password expired and recovery; null when the status is unknown. Okta notices an expired password only at the next sign-in, so an active user may hold one.',
      ),
    ),
    user_type: nullable(text('`profile.userType`: what the org itself calls this kind of user.')),
    title: nullable(text('The job title.')),
    department: nullable(text('The department.')),
    organization: nullable(text('The organization named in the profile.')),
    division: nullable(text('The division.')),
    employee_number: nullable(text('The employee number.')),
    manager: nullable(text("The manager's name as the profile has it.")),
    manager_id: nullable(text("The manager's id as the profile has it; not always an Okta id.")),
    ...vendorTimes,
    activated_at: nullable(time('When the account was activated.')),
    status_changed_at: nullable(time('When the status last changed.')),
    deactivated_at: nullable(time('For a deprovisioned user, when that happened: the day they left.')),
    last_login_at: nullable(time('The last sign-in.')),
    password_changed_at: nullable(time('When the password was last changed.')),
    custom_attributes: json('Profile attributes beyond Okta’s base profile, with their own names and types.'),
  },
})
