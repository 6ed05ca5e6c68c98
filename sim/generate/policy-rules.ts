import { DAY, iso, type Json, type World } from '../world.ts'
import { isClassicType } from './policies.ts'

/** A rule as the API sends it, without links. Some are said to carry nulls in most of their fields. */
export interface PolicyRule {
  id: string
  type: string
  name: string
  status: 'ACTIVE' | 'INACTIVE'
  priority: number | null
  system: boolean
  created: string | null
  lastUpdated: string | null
  conditions: Json | null
  actions: Json
}

/** Rule ids have room for this many rules per policy. */
const RULES_PER_POLICY = 256

/** `wanted` custom rules, and after them the catch-all that most kinds end with. */
export function policyRules(world: World, policy: number, type: string, wanted: number, created: string): PolicyRule[] {
  const rules: PolicyRule[] = []
  for (let number = 0; number < wanted; number++) {
    const at = Date.parse(created) + DAY * (number + 1)
    rules.push(
      makeRule(world, policy, type, number, { name: `Rule ${number + 1}`, created: iso(at), lastUpdated: iso(at) }),
    )
  }
  if (type === 'IDP_DISCOVERY' || type === 'ENTITY_RISK' || type === 'SESSION_VIOLATION_DETECTION') return rules
  const isNew = type === 'ACCESS_POLICY' || type === 'PROFILE_ENROLLMENT' || type === 'POST_AUTH_SESSION'
  const rest = makeRule(world, policy, type, wanted, {
    name: isNew ? 'Catch-all Rule' : 'Default Rule',
    priority: isNew ? 99 : wanted + 1,
    system: true,
    created,
    lastUpdated: created,
    ...(isNew ? { conditions: null } : {}),
  })
  return [...rules, rest]
}

export function makeRule(
  world: World,
  policy: number,
  type: string,
  number: number,
  given: Partial<PolicyRule> & { name: string },
): PolicyRule {
  const maker = isClassicType(type) ? world.ids.classicRule : world.ids.rule
  const unnamedTimes = type === 'IDP_DISCOVERY' ? { created: null, lastUpdated: null } : {}
  return {
    id: maker.make(policy * RULES_PER_POLICY + number),
    type: type === 'OKTA_SIGN_ON' ? 'SIGN_ON' : type,
    status: number === 2 ? 'INACTIVE' : 'ACTIVE',
    priority: type === 'ACCESS_POLICY' ? number : number + 1,
    system: false,
    created: null,
    lastUpdated: null,
    conditions: conditions(world, type, number),
    actions: actions(type, number),
    ...given,
    ...unnamedTimes,
  }
}

function conditions(world: World, type: string, number: number): Json | null {
  const people = { users: { exclude: [] }, ...(number === 1 ? { groups: { include: [world.ids.group.make(1)] } } : {}) }
  const network = { connection: 'ANYWHERE' }
  switch (type) {
    case 'ACCESS_POLICY':
      return {
        people,
        network,
        ...(number === 0 ? { riskScore: { level: 'LOW' } } : {}),
        ...(number === 1 ? { device: { registered: true, managed: false } } : {}),
        userType: { include: [], exclude: [] },
      }
    case 'OKTA_SIGN_ON':
      return { people, network, riskScore: { level: 'ANY' }, identityProvider: { provider: 'ANY' } }
    case 'IDP_DISCOVERY':
      return {
        network,
        userIdentifier: { type: 'IDENTIFIER', patterns: [{ matchType: 'SUFFIX', value: 'partner.example' }] },
        app: { include: [], exclude: [] },
      }
    case 'SESSION_VIOLATION_DETECTION':
      return { network, riskScore: { minRiskLevel: 'LOW' } }
    case 'DEVICE_SIGNAL_COLLECTION':
    case 'PROFILE_ENROLLMENT':
      return null
    case 'POST_AUTH_SESSION':
    case 'ENTITY_RISK':
      return { people }
    default:
      return { people, network }
  }
}

/** Constraint methods come in lower case, against the upper case the API description once had. */
const CONSTRAINTS = [
  [{ possession: { required: true, deviceBound: 'REQUIRED', methods: ['push'] } }],
  [
    {
      knowledge: { required: true, types: ['password'], reauthenticateIn: 'PT2H' },
      possession: { userPresence: 'OPTIONAL' },
    },
  ],
]

function actions(type: string, number: number): Json {
  switch (type) {
    case 'ACCESS_POLICY': {
      const constraints = CONSTRAINTS[number]
      const method = {
        type: 'ASSURANCE',
        factorMode: '2FA',
        reauthenticateIn: 'PT2H',
        ...(constraints ? { constraints } : {}),
      }
      return number === 3
        ? { appSignOn: { access: 'DENY', verificationMethod: { type: 'ASSURANCE', factorMode: '1FA' } } }
        : { appSignOn: { access: 'ALLOW', verificationMethod: method, keepMeSignedIn: { postAuth: 'NOT_ALLOWED' } } }
    }
    case 'OKTA_SIGN_ON':
      return {
        signon: {
          access: 'ALLOW',
          requireFactor: number === 0,
          ...(number === 0 ? { factorPromptMode: 'ALWAYS', factorLifetime: 15 } : {}),
          primaryFactor: 'PASSWORD_IDP_ANY_FACTOR',
          rememberDeviceByDefault: false,
          session: { maxSessionIdleMinutes: 720, maxSessionLifetimeMinutes: 0, usePersistentCookie: false },
        },
      }
    case 'PASSWORD':
      return {
        passwordChange: { access: 'ALLOW' },
        selfServicePasswordReset: {
          access: 'ALLOW',
          requirement: { primary: { methods: ['email'] }, stepUp: { required: false } },
        },
        selfServiceUnlock: { access: number === 0 ? 'DENY' : 'ALLOW' },
      }
    case 'MFA_ENROLL':
      return { enroll: { self: number === 0 ? 'CHALLENGE' : 'LOGIN' } }
    case 'PROFILE_ENROLLMENT':
      return {
        profileEnrollment: {
          access: 'DENY',
          preRegistrationInlineHooks: null,
          profileAttributes: [{ name: 'email', label: 'Primary email', required: true }],
          targetGroupIds: null,
          unknownUserAction: 'DENY',
          activationRequirements: { emailVerification: true },
          progressiveProfilingAction: 'DISABLED',
        },
      }
    case 'IDP_DISCOVERY':
      return { idp: { providers: [{ type: 'OKTA' }], idpSelectionType: 'SPECIFIC' } }
    case 'ENTITY_RISK':
      return { entityRisk: { actions: [{ action: 'TERMINATE_ALL_SESSIONS' }] } }
    case 'SESSION_VIOLATION_DETECTION':
      return { sessionViolationDetection: { policyEvaluation: { enabled: true } } }
    case 'DEVICE_SIGNAL_COLLECTION':
      return {
        deviceSignalCollection: { deviceContextProviders: [{ key: 'OKTA_VERIFY', userIdentification: 'IGNORE' }] },
      }
    default:
      return { postAuthSession: { failureActions: number === 0 ? [{ action: 'TERMINATE_SESSION', slo: null }] : [] } }
  }
}
