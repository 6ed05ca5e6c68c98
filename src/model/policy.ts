import { type BaseRow, entity, type VendorTimes, vendorTimes } from './entity.ts'
import { flag, integer, type JsonObject, json, nullable, oneOf, text } from './fields.ts'

export const POLICY_STATUSES = ['active', 'inactive', 'unknown'] as const
export type PolicyStatus = (typeof POLICY_STATUSES)[number]

export interface PolicyRow extends BaseRow, VendorTimes {
  type: string
  name: string
  description: string | null
  status: PolicyStatus
  vendor_status: string | null
  priority: number | null
  is_system: boolean | null
  resource_type: string | null
  is_mappable: boolean
  conditions: JsonObject | null
  settings: JsonObject | null
}

export const Policy = entity<PolicyRow>({
  name: 'policy',
  table: 'policies',
  sentence:
    'A policy of the org: whom it is for and what it sets. What it does is in its rules; without an active rule it does nothing.',
  fields: {
    type: text("Okta's policy type as received, such as `ACCESS_POLICY` or `PASSWORD`."),
    name: text('The name, else the id.'),
    description: nullable(text('The description; Okta may have none.')),
    status: oneOf(POLICY_STATUSES, "Okta's status in lower case; `unknown` for one that Rollcall does not know yet."),
    vendor_status: nullable(text("Okta's status exactly as received.")),
    priority: nullable(integer('Its place among the policies of its type: the lowest number is tried first.')),
    is_system: nullable(flag('Whether Okta made it and it cannot be deleted; null when Okta did not say.')),
    resource_type: nullable(text('What an access policy guards: `APP` or `END_USER_ACCOUNT_MANAGEMENT`.')),
    is_mappable: flag('Whether Okta keeps a list of the applications it applies to.'),
    conditions: nullable(
      json('Whom it applies to, as received, such as the groups included; null when it has no conditions.'),
    ),
    settings: nullable(
      json('What it sets, as received, such as password complexity; null when the type has no settings.'),
    ),
    ...vendorTimes,
  },
})
