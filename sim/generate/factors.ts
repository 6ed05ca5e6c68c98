import { base62, wide } from '../ids.ts'
import { fraction, hash } from '../random.ts'
import { DAY, iso, type Json, type World } from '../world.ts'
import { userName } from './users.ts'

/** One enrolment of one user as the API sends it, without links. */
export interface Factor {
  id: string
  factorType: string
  provider: string
  vendorName: string
  status: string
  created: string
  lastUpdated: string
  profile: Json | null
  _embedded?: Json
}

/** Factor ids begin with letters of their kind; Okta documents none of them. */
const PREFIX: Record<string, string> = {
  signed_nonce: 'crp',
  push: 'opf',
  'token:software:totp': 'ost',
  'token:hardware': 'ykk',
  webauthn: 'fwf',
  question: 'ufs',
  sms: 'mbl',
  call: 'clf',
  email: 'emf',
  web: 'dsf',
  claims_provider: 'clp',
}

/** What a user has enrolled, by the user's number; a phone with Okta Verify shows as three rows. */
const MIXES: readonly (readonly string[])[] = [
  ['signed_nonce', 'push', 'token:software:totp'],
  ['webauthn', 'push', 'token:software:totp'],
  ['sms', 'question'],
  ['email'],
  [],
  ['token:software:totp google', 'question', 'email'],
  ['signed_nonce', 'push', 'token:software:totp', 'webauthn', 'email'],
  ['token:software:totp pending', 'email'],
  ['web', 'call'],
  ['sms pending', 'webauthn'],
  ['token:hardware'],
  ['claims_provider', 'email'],
]

export function factorKinds(world: World, user: number): readonly string[] {
  const common = MIXES.length
  // Half the people have the common phone; the rest share the other mixes.
  const dice = hash(world.seed, 71, user) % (2 * common)
  return (user < common ? MIXES[user] : dice < common ? MIXES[0] : MIXES[dice - common]) ?? []
}

export function generateFactors(world: World, user: number): Factor[] {
  return factorKinds(world, user).map((kind, place) => makeFactor(world, user, kind, place))
}

export function makeFactor(world: World, user: number, kind: string, place: number): Factor {
  const [factorType = 'email', variant] = kind.split(' ')
  const created = world.epoch - DAY * (1 + 700 * fraction(world.seed, 72, user, place))
  const status = variant === 'pending' ? 'PENDING_ACTIVATION' : 'ACTIVE'
  const provider = providerOf(factorType, variant)
  return {
    id: factorId(world, user, factorType, place),
    factorType,
    provider,
    vendorName: provider === 'DUO' ? 'DUO' : provider,
    status,
    created: iso(created),
    lastUpdated: iso(created + 3_600_000),
    profile: profileOf(world, user, factorType),
    ...(variant === 'pending' && factorType === 'token:software:totp' ? { _embedded: activation(world, user) } : {}),
  }
}

export function factorId(world: World, user: number, factorType: string, place: number): string {
  const prefix = PREFIX[factorType] ?? 'uft'
  return `${prefix}${base62(user + 90_000_000, 5)}${base62(wide(world.seed, 73, user, place), 9)}5d7`
}

function providerOf(factorType: string, variant: string | undefined): string {
  if (variant === 'google') return 'GOOGLE'
  if (factorType === 'webauthn') return 'FIDO'
  if (factorType === 'token:hardware') return 'YUBICO'
  if (factorType === 'web') return 'DUO'
  return factorType === 'claims_provider' ? 'CUSTOM' : 'OKTA'
}

/** Until a TOTP factor is activated its secret stands in the list: nobody may keep it. */
function activation(world: World, user: number): Json {
  return {
    activation: {
      timeStep: 30,
      sharedSecret: `SIMSECRET${hash(world.seed, 75, user).toString(36).toUpperCase()}`,
      encoding: 'base32',
      keyLength: 16,
      _links: { qrcode: { href: `https://simulated.invalid/qr/${user}`, type: 'image/png' } },
    },
  }
}

function profileOf(world: World, user: number, factorType: string): Json | null {
  const login = userName(world, user).login
  const phone = { phoneNumber: `+1555${String(2_000_000 + (user % 8_000_000))}` }
  const device = { deviceType: 'SmartPhone_IPhone', name: `PHONE-${user}`, platform: 'IOS', version: '18.3.2' }
  switch (factorType) {
    case 'signed_nonce':
      return { credentialId: login, ...device, keys: ['proofOfPossession', 'userVerification'].map(key) }
    case 'push':
      return { credentialId: login, ...device }
    case 'webauthn':
      return { credentialId: `cred-${user}`, authenticatorName: 'MacBook Touch ID' }
    case 'question':
      return { question: 'name_of_first_plush_toy', questionText: 'What is the name of your first stuffed animal?' }
    case 'sms':
      return phone
    case 'call':
      return { ...phone, phoneExtension: null }
    case 'email':
      return { email: login }
    case 'token:software:totp':
    case 'web':
    case 'token:hardware':
      return { credentialId: login }
    default:
      return null
  }
}

function key(jwkType: string): Json {
  return { kty: 'EC', use: 'sig', kid: 'default', jwkType, crv: 'P-256', x: 'A'.repeat(43), y: 'B'.repeat(43) }
}
