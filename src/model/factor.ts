import { type BaseRow, entity, type VendorTimes, vendorTimes } from './entity.ts'
import { flag, id, nullable, oneOf, text } from './fields.ts'

export const FACTOR_STATUSES = [
  'active',
  'disabled',
  'enrolled',
  'expired',
  'inactive',
  'not_setup',
  'pending_activation',
  'unknown',
] as const
export type FactorStatus = (typeof FACTOR_STATUSES)[number]

export const AUTHENTICATORS = [
  'custom_app',
  'custom_otp',
  'duo',
  'email',
  'google_authenticator',
  'identity_provider',
  'okta_verify',
  'phone',
  'rsa_securid',
  'security_question',
  'symantec_vip',
  'u2f',
  'webauthn',
  'yubikey',
  'unknown',
] as const
export type Authenticator = (typeof AUTHENTICATORS)[number]

export interface FactorRow extends BaseRow, VendorTimes {
  user_id: string
  user_vendor_id: string
  factor_type: string | null
  provider: string | null
  vendor_name: string | null
  authenticator: Authenticator
  status: FactorStatus
  vendor_status: string | null
  is_enrolled: boolean | null
  device_name: string | null
  platform: string | null
}

export const Factor = entity<FactorRow>({
  name: 'factor',
  table: 'factors',
  sentence:
    'One user’s enrollment of an MFA method, as far as Okta shows it: enrollments that policy does not allow, or not from the network that asked, are left out. A user without factors here has none visible, which is not the same as none.',
  fields: {
    user_id: id('Our id of the user.'),
    user_vendor_id: text("Okta's id of the user."),
    factor_type: nullable(
      text("Okta's factor type as received: `push`, `token:software:totp`, `signed_nonce` (FastPass) and others."),
    ),
    provider: nullable(text("Okta's provider as received: `OKTA`, `GOOGLE`, `FIDO` and others.")),
    vendor_name: nullable(text("Okta's name of the provider.")),
    authenticator: oneOf(
      AUTHENTICATORS,
      'What a person would call it. Several factors may be one authenticator: Okta Verify shows as push, code and FastPass; count distinct values, not rows.',
    ),
    status: oneOf(FACTOR_STATUSES, "Okta's status in lower case; `unknown` for one that Rollcall does not know yet."),
    vendor_status: nullable(text("Okta's status exactly as received.")),
    is_enrolled: nullable(
      flag(
        'Whether the user is enrolled with it: true when active or enrolled, so not while activation is pending; null when the status is unknown.',
      ),
    ),
    device_name: nullable(text('The device or authenticator model, where Okta names one.')),
    platform: nullable(text('The platform of the device, such as `IOS`.')),
    ...vendorTimes,
  },
})
