import type { Schema } from '../../src/client/index.ts'
import type { Words } from '../connection/words.ts'
import type { Choice } from '../table/choice.ts'

/** What people read in place of the API's names. */

type Table<Key extends string> = Readonly<Record<Key, Words>>

const USER_STATUSES: Table<Exclude<Schema<'User'>['status'], 'unknown'>> = {
  active: { tone: 'good', text: 'Active' },
  provisioned: { tone: 'idle', text: 'Pending activation' },
  staged: { tone: 'idle', text: 'Staged' },
  recovery: { tone: 'warn', text: 'Password reset' },
  password_expired: { tone: 'warn', text: 'Password expired' },
  locked_out: { tone: 'bad', text: 'Locked out' },
  suspended: { tone: 'warn', text: 'Suspended' },
  deprovisioned: { tone: 'idle', text: 'Deactivated' },
}
const STATUSES = {
  active: { tone: 'good', text: 'Active' },
  inactive: { tone: 'idle', text: 'Inactive' },
} as const
const FACTOR_STATUSES: Table<Exclude<Schema<'Factor'>['status'], 'unknown'>> = {
  ...STATUSES,
  enrolled: { tone: 'good', text: 'Enrolled' },
  pending_activation: { tone: 'warn', text: 'Pending activation' },
  not_setup: { tone: 'idle', text: 'Not set up' },
  expired: { tone: 'warn', text: 'Expired' },
  disabled: { tone: 'idle', text: 'Disabled' },
}
const OUTCOMES = {
  SUCCESS: { tone: 'good', text: 'Success' },
  ALLOW: { tone: 'good', text: 'Allowed' },
  FAILURE: { tone: 'bad', text: 'Failure' },
  DENY: { tone: 'bad', text: 'Denied' },
  CHALLENGE: { tone: 'idle', text: 'Challenge' },
  SKIPPED: { tone: 'idle', text: 'Skipped' },
  UNKNOWN: { tone: 'idle', text: 'Unknown' },
} as const

const TABLES = {
  user: USER_STATUSES as Table<string>,
  application: { ...STATUSES, deleted: { tone: 'idle', text: 'Deleted' } } as Table<string>,
  factor: FACTOR_STATUSES as Table<string>,
  policy: STATUSES as Table<string>,
  role: STATUSES as Table<string>,
  outcome: OUTCOMES as Table<string>,
} as const
export type StatusKind = keyof typeof TABLES

/** A status in words; one that is not known here as Okta has it. */
export function statusWords(kind: StatusKind, status: string | null, vendorStatus: string | null = null): Words {
  const known = status === null ? undefined : TABLES[kind][status]
  return known ?? { tone: 'idle', text: readable(vendorStatus ?? status ?? 'Unknown') }
}

/** The statuses to choose from. */
export const statusChoices = (kind: StatusKind): readonly Choice[] => choicesOf(TABLES[kind], ({ text }) => text)

function choicesOf<Value>(table: Readonly<Record<string, Value>>, label: (value: Value) => string): readonly Choice[] {
  return Object.entries(table).map(([value, words]) => ({ value, label: label(words) }))
}
const textsOf = (table: Readonly<Record<string, string>>) => choicesOf(table, (text) => text)

const GROUP_TYPES: Readonly<Record<string, string>> = {
  OKTA_GROUP: 'Okta',
  APP_GROUP: 'From an application',
  BUILT_IN: 'Built in',
}
export const groupTypeWords = (types: readonly string[]): string =>
  types.map((type) => GROUP_TYPES[type] ?? readable(type)).join(', ')
export const groupTypeChoices = textsOf(GROUP_TYPES)

const SIGN_ON_MODES: Readonly<Record<string, string>> = {
  SAML_2_0: 'SAML 2.0',
  OPENID_CONNECT: 'OpenID Connect',
  WS_FEDERATION: 'WS-Federation',
  SAML_1_1: 'SAML 1.1',
  AUTO_LOGIN: 'SWA auto sign-in',
  BROWSER_PLUGIN: 'SWA plugin',
  SECURE_PASSWORD_STORE: 'SWA password store',
  BASIC_AUTH: 'Basic authentication',
  BOOKMARK: 'Bookmark',
}
/** Directories and imports have none. */
export const signOnWords = (mode: string | null): string | null =>
  mode === null ? null : (SIGN_ON_MODES[mode] ?? readable(mode))
export const signOnChoices = textsOf(SIGN_ON_MODES)

const POLICY_TYPES: Readonly<Record<string, string>> = {
  ACCESS_POLICY: 'App sign-in',
  OKTA_SIGN_ON: 'Global session',
  PASSWORD: 'Password',
  MFA_ENROLL: 'Authenticator enrollment',
  PROFILE_ENROLLMENT: 'Profile enrollment',
  IDP_DISCOVERY: 'Identity provider routing',
  POST_AUTH_SESSION: 'Identity threat session',
  ENTITY_RISK: 'Entity risk',
  SESSION_VIOLATION_DETECTION: 'Session violation detection',
  DEVICE_SIGNAL_COLLECTION: 'Device signal collection',
}
export const policyTypeWords = (type: string): string => POLICY_TYPES[type] ?? readable(type)
export const policyTypeChoices = textsOf(POLICY_TYPES)

const ROLES: Readonly<Record<Exclude<Schema<'RoleAssignment'>['role_type'], 'unknown'>, string>> = {
  super_admin: 'Super Administrator',
  org_admin: 'Organization Administrator',
  app_admin: 'Application Administrator',
  user_admin: 'Group Administrator',
  group_admin: 'Group Admin',
  group_membership_admin: 'Group Membership Administrator',
  help_desk_admin: 'Help Desk Administrator',
  read_only_admin: 'Read-Only Administrator',
  report_admin: 'Report Administrator',
  mobile_admin: 'Mobile Administrator',
  api_access_management_admin: 'API Access Management Administrator',
  access_certifications_admin: 'Access Certifications Administrator',
  access_requests_admin: 'Access Requests Administrator',
  workflows_admin: 'Workflows Administrator',
  custom: 'Custom role',
}
export const roleWords = (type: string, label: string | null): string =>
  label?.trim() || ((ROLES as Readonly<Record<string, string>>)[type] ?? readable(type))
export const roleChoices = textsOf(ROLES)

const AUTHENTICATORS: Readonly<Record<Exclude<Schema<'Factor'>['authenticator'], 'unknown'>, string>> = {
  okta_verify: 'Okta Verify',
  webauthn: 'Security key or passkey',
  phone: 'Phone',
  email: 'Email',
  google_authenticator: 'Google Authenticator',
  security_question: 'Security question',
  yubikey: 'YubiKey code',
  u2f: 'Security key (U2F)',
  duo: 'Duo',
  rsa_securid: 'RSA SecurID',
  symantec_vip: 'Symantec VIP',
  custom_app: 'Custom app',
  custom_otp: 'Custom code',
  identity_provider: 'Identity provider',
}
export const authenticatorWords = (authenticator: string, type: string | null): string =>
  (AUTHENTICATORS as Readonly<Record<string, string>>)[authenticator] ?? readable(type ?? 'Unknown')

const METHODS: Readonly<Record<string, string>> = {
  push: 'Push',
  'token:software:totp': 'Code',
  'token:hotp': 'Code',
  'token:hardware': 'Hardware code',
  token: 'Token',
  signed_nonce: 'FastPass',
  sms: 'SMS',
  call: 'Voice call',
  email: 'Email',
  question: 'Question',
  webauthn: 'WebAuthn',
  u2f: 'U2F',
}
/** How a factor is used, in words. */
export const methodWords = (type: string | null): string | null =>
  type === null ? null : (METHODS[type] ?? readable(type))

/** `SOME_NEW_WORD` or `some_new_word` as a person would write it; anything else as it is. */
export function readable(word: string): string {
  if (!/^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*$/.test(word)) return word
  const text = word.toLowerCase().replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
