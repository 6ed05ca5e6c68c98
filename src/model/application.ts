import { type BaseRow, entity, type VendorTimes, vendorTimes } from './entity.ts'
import { flag, id, nullable, oneOf, text, texts } from './fields.ts'

export const APPLICATION_STATUSES = ['active', 'inactive', 'deleted', 'unknown'] as const
export type ApplicationStatus = (typeof APPLICATION_STATUSES)[number]

export interface ApplicationRow extends BaseRow, VendorTimes {
  labels: string[]
  name: string
  label: string | null
  version: string | null
  status: ApplicationStatus
  vendor_status: string | null
  sign_on_mode: string | null
  features: string[]
  is_hidden: boolean | null
  is_self_service: boolean | null
  access_policy_id: string | null
  access_policy_vendor_id: string | null
  profile_enrollment_policy_id: string | null
  profile_enrollment_policy_vendor_id: string | null
}

export const Application = entity<ApplicationRow>({
  name: 'application',
  table: 'applications',
  sentence: 'An application instance in the org, inactive ones, directories and Okta’s own included.',
  fields: {
    labels: texts("The instance's label as the only entry; empty when Okta gives none."),
    name: text(
      "The key of the application in Okta's catalog, else the label, else the id. Many instances may share it.",
    ),
    label: nullable(text('What people see: the label of this instance.')),
    version: nullable(text('Always null: Okta has no version of an application.')),
    status: oneOf(
      APPLICATION_STATUSES,
      "Okta's status in lower case; `unknown` for one that Rollcall does not know yet.",
    ),
    vendor_status: nullable(text("Okta's status exactly as received.")),
    sign_on_mode: nullable(text("Okta's sign-on mode as received, such as `SAML_2_0`; directories have none.")),
    features: texts('Provisioning features as received, such as `PUSH_NEW_USERS`.'),
    is_hidden: nullable(flag('Whether its tile is hidden from users on the web; null when Okta did not say.')),
    is_self_service: nullable(flag('Whether users may ask for it themselves; null when Okta did not say.')),
    access_policy_id: nullable(id('Our id of the access policy that guards sign-in to it.')),
    access_policy_vendor_id: nullable(
      text("Okta's id of that access policy; null on Classic orgs and some built-ins."),
    ),
    profile_enrollment_policy_id: nullable(id('Our id of the profile enrollment policy that applies to it.')),
    profile_enrollment_policy_vendor_id: nullable(text("Okta's id of that profile enrollment policy.")),
    ...vendorTimes,
  },
})
