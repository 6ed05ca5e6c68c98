import { apportion, fraction, hash } from '../random.ts'
import { DAY, iso, type Json, type World } from '../world.ts'
import { type PolicyRule, policyRules } from './policy-rules.ts'
import { policySettings } from './policy-settings.ts'

/** A policy as the API sends it, without links; its rules beside it. */
export interface Policy {
  id: string
  type: string
  name: string
  description?: string
  status: 'ACTIVE' | 'INACTIVE'
  priority: number
  system: boolean
  conditions: Json | null
  created: string
  lastUpdated: string
  settings?: Json
  rules: PolicyRule[]
}

/** Kinds of policies an engine has, with their share; singletons exist once and only as the system made them. */
const TYPES: Record<string, { engine: 'both' | 'idx'; share: number; singleton?: boolean; rules: number }> = {
  OKTA_SIGN_ON: { engine: 'both', share: 6, rules: 3 },
  PASSWORD: { engine: 'both', share: 5, rules: 2 },
  MFA_ENROLL: { engine: 'both', share: 5, rules: 2 },
  IDP_DISCOVERY: { engine: 'both', share: 0, singleton: true, rules: 2 },
  ACCESS_POLICY: { engine: 'idx', share: 30, rules: 4 },
  PROFILE_ENROLLMENT: { engine: 'idx', share: 5, rules: 0 },
  POST_AUTH_SESSION: { engine: 'idx', share: 0, singleton: true, rules: 1 },
  SESSION_VIOLATION_DETECTION: { engine: 'idx', share: 0, singleton: true, rules: 1 },
  ENTITY_RISK: { engine: 'idx', share: 0, singleton: true, rules: 1 },
  DEVICE_SIGNAL_COLLECTION: { engine: 'idx', share: 0, singleton: true, rules: 0 },
}

/** Types the org answers for, empty or not. All others are refused with a 400. */
export function policyTypes(world: World): string[] {
  const types = Object.keys(TYPES).filter((type) => TYPES[type]?.engine === 'both' || world.engine === 'idx')
  return world.engine === 'idx' ? [...types, 'CLIENT_UPDATE'] : types
}

export function isClassicType(type: string): boolean {
  return TYPES[type]?.engine === 'both'
}

export function generatePolicies(world: World): Policy[] {
  const types = policyTypes(world).filter((type) => TYPES[type] !== undefined)
  const singletons = types.filter((type) => TYPES[type]?.singleton)
  const many = types.filter((type) => !TYPES[type]?.singleton)
  const room = world.size.policies - singletons.length
  const counts = apportion(
    room,
    many.map((type) => TYPES[type]?.share ?? 0),
    many.map(() => room),
  )
  const policies: Policy[] = []
  for (const type of types) {
    // However small the org: the system's own policy of a type is always there.
    const count = TYPES[type]?.singleton ? 1 : Math.max(1, counts[many.indexOf(type)] ?? 0)
    for (let number = 0; number < count; number++)
      policies.push(generatePolicy(world, type, number, count, policies.length))
  }
  return policies
}

function generatePolicy(world: World, type: string, number: number, count: number, index: number): Policy {
  const isDefault = number === count - 1
  const created = world.epoch - DAY * (100 + 900 * fraction(world.seed, 91, index))
  const policy = makePolicy(world, index, type, {
    name: isDefault ? defaultName(type) : `${label(type)} ${number + 1}`,
    ...(number % 3 === 0 ? { description: `Maintained by the identity team (${number + 1}).` } : {}),
    status: number % 9 === 7 ? 'INACTIVE' : 'ACTIVE',
    priority: type === 'ACCESS_POLICY' || type === 'PROFILE_ENROLLMENT' ? 1 : number + 1,
    system: isDefault,
    created: iso(created),
    lastUpdated: iso(created + DAY * 90 * fraction(world.seed, 92, index)),
  })
  const wanted = Math.min(TYPES[type]?.rules ?? 0, hash(world.seed, 93, index) % ((TYPES[type]?.rules ?? 0) + 1))
  return { ...policy, rules: policyRules(world, index, type, wanted, policy.created) }
}

export function makePolicy(
  world: World,
  index: number,
  type: string,
  given: Partial<Policy> & { name: string },
): Policy {
  const maker = isClassicType(type) ? world.ids.classicPolicy : world.ids.policy
  const settings = policySettings(world, type)
  const now = given.created ?? iso(world.epoch)
  return {
    id: maker.make(index),
    type,
    status: 'ACTIVE',
    priority: 1,
    system: false,
    conditions: conditions(world, type, index),
    created: now,
    lastUpdated: now,
    ...(settings ? { settings } : {}),
    rules: [],
    ...given,
  }
}

/** Only the older kinds say whom they apply to; all others carry null. */
function conditions(world: World, type: string, index: number): Json | null {
  if (type !== 'OKTA_SIGN_ON' && type !== 'PASSWORD' && type !== 'MFA_ENROLL') return null
  const people = { groups: { include: [world.ids.group.make(index % (world.size.groups + 1))] } }
  return type === 'PASSWORD' ? { people, authProvider: { provider: 'OKTA' } } : { people }
}

function label(type: string): string {
  return type === 'ACCESS_POLICY' ? 'App sign-in' : type.toLowerCase().replaceAll('_', ' ')
}

function defaultName(type: string): string {
  if (type === 'IDP_DISCOVERY') return 'Idp Discovery Policy'
  return type === 'ACCESS_POLICY' ? 'Any two factors' : 'Default Policy'
}
