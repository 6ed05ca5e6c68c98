import { type BaseRow, entity } from './entity.ts'
import { id, nullable, text } from './fields.ts'

export interface PolicyMappingRow extends BaseRow {
  policy_id: string
  policy_vendor_id: string
  mapping_vendor_id: string | null
  application_id: string | null
  application_vendor_id: string | null
  authenticator_vendor_id: string | null
}

export const PolicyMapping = entity<PolicyMappingRow>({
  name: 'policy-mapping',
  table: 'policy_mappings',
  sentence: 'What a policy applies to: in nearly every case an application.',
  fields: {
    policy_id: id('Our id of the policy.'),
    policy_vendor_id: text("Okta's id of the policy."),
    mapping_vendor_id: nullable(text("Okta's id of the mapping itself.")),
    application_id: nullable(id('Our id of the application; null when the policy is mapped to something else.')),
    application_vendor_id: nullable(text("Okta's id of the application. It may be gone already.")),
    authenticator_vendor_id: nullable(
      text("Okta's id of an authenticator, where that stands in place of an application."),
    ),
  },
})
