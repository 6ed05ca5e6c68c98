import type { Json, World } from '../world.ts'

/** Settings by type; both shapes of the enrolment settings occur in upgraded Identity Engine orgs, one on Classic. */
export function policySettings(world: World, type: string): Json | undefined {
  if (type === 'PASSWORD') return PASSWORD
  if (type === 'MFA_ENROLL') return world.engine === 'idx' ? AUTHENTICATORS : FACTORS
  return undefined
}

const PASSWORD: Json = {
  password: {
    complexity: {
      minLength: 8,
      minLowerCase: 1,
      minUpperCase: 1,
      minNumber: 1,
      minSymbol: 0,
      excludeUsername: true,
      dictionary: { common: { exclude: false } },
      excludeAttributes: [],
    },
    age: { maxAgeDays: 0, expireWarnDays: 0, minAgeMinutes: 0, historyCount: 4 },
    lockout: {
      maxAttempts: 10,
      autoUnlockMinutes: 0,
      userLockoutNotificationChannels: [],
      showLockoutFailures: false,
    },
  },
  recovery: {
    factors: {
      recovery_question: { status: 'ACTIVE', properties: { complexity: { minLength: 4 } } },
      okta_email: { status: 'ACTIVE', properties: { recoveryToken: { tokenLifetimeMinutes: 60 } } },
      okta_sms: { status: 'ACTIVE' },
      okta_call: { status: 'INACTIVE' },
    },
  },
  delegation: { options: { skipUnlock: false } },
}

const AUTHENTICATORS: Json = {
  type: 'AUTHENTICATORS',
  authenticators: [
    { key: 'okta_password', enroll: { self: 'REQUIRED' } },
    { key: 'okta_verify', enroll: { self: 'REQUIRED' } },
    { key: 'webauthn', enroll: { self: 'OPTIONAL' }, constraints: { aaguidGroups: ['Company keys'] } },
    { key: 'okta_email', enroll: { self: 'OPTIONAL' } },
    { key: 'phone_number', enroll: { self: 'NOT_ALLOWED' } },
  ],
}

const FACTORS: Json = {
  factors: {
    okta_sms: { enroll: { self: 'OPTIONAL' }, consent: { type: 'NONE' } },
    okta_otp: { enroll: { self: 'REQUIRED' }, consent: { type: 'NONE' } },
  },
}
