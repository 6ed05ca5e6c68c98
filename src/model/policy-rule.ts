import { type BaseRow, entity, type VendorTimes, vendorTimes } from './entity.ts'
import { flag, id, integer, type JsonObject, json, nullable, oneOf, text } from './fields.ts'
import { POLICY_STATUSES, type PolicyStatus } from './policy.ts'

export interface PolicyRuleRow extends BaseRow, VendorTimes {
  policy_id: string
  policy_vendor_id: string
  type: string | null
  name: string
  status: PolicyStatus
  vendor_status: string | null
  position: number | null
  priority: number | null
  is_system: boolean | null
  conditions: JsonObject | null
  actions: JsonObject | null
}

export const PolicyRule = entity<PolicyRuleRow>({
  name: 'policy-rule',
  table: 'policy_rules',
  sentence: 'A rule of a policy: under which conditions it does what. The first rule whose conditions hold decides.',
  fields: {
    policy_id: id('Our id of the policy.'),
    policy_vendor_id: text("Okta's id of the policy."),
    type: nullable(text("Okta's rule type as received, such as `ACCESS_POLICY` or `SIGN_ON`.")),
    name: text('The name, else the id.'),
    status: oneOf(POLICY_STATUSES, "Okta's status in lower case; `unknown` for one that Rollcall does not know yet."),
    vendor_status: nullable(text("Okta's status exactly as received.")),
    position: nullable(integer('Its place in the order in which Okta lists the rules of the policy, from 0.')),
    priority: nullable(integer("Okta's priority as received; the catch-all rule of an access policy has 99.")),
    is_system: nullable(flag('Whether Okta made it and it cannot be deleted; null when Okta did not say.')),
    conditions: nullable(json('When it applies, as received; null for a rule that always applies.')),
    actions: nullable(json('What it does, as received.')),
    ...vendorTimes,
  },
})
