import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { AppError } from '../../errors.ts'
import type { ServiceApp } from '../../sign-in.ts'

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/
/** Room for a JWK of an RSA key of 8192 bits, with its public half beside it. */
const LONGEST = 20_000
const LEAST_RSA_BITS = 2_048
/** What Okta verifies with: https://developer.okta.com/docs/reference/api/oidc/#token-claims-for-client-authentication-with-client-secret-or-private-key-jwt */
const ALGORITHM_OF_CURVE: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }
const RSA_ALGORITHMS: ReadonlySet<unknown> = new Set(['RS256', 'RS384', 'RS512'])

export interface GivenServiceApp {
  readonly clientId: string
  /** PEM (PKCS #8, PKCS #1, SEC1), or a JWK as Okta's admin console shows it. */
  readonly privateKey: string
  readonly keyId?: string | undefined
}

/**
 * A service app out of what people paste: a client ID with blanks or quotes around it, a PEM on one line or with `\n`
 * spelled out, a JWK or a set with one.
 * @throws AppError `client_id_invalid` or `private_key_invalid`; neither repeats what was given
 */
export function parseServiceApp({ clientId, privateKey, keyId }: GivenServiceApp): ServiceApp {
  const id = parseClientId(clientId)
  const { key, jwk } = parsePrivateKey(privateKey)
  return {
    clientId: id,
    privateKey: JSON.stringify({ ...key.export({ format: 'jwk' }), alg: algorithmOf(key, jwk?.alg) }),
    keyId: unquoted(keyId ?? '') || textOf(jwk?.kid) || null,
  }
}

export function parseClientId(text: string): string {
  const id = unquoted(text)
  if (/^[\w-]{4,100}$/.test(id)) return id
  const problem = id === '' ? 'There is no client ID.' : 'This cannot be the client ID of an app.'
  throw new AppError('client_id_invalid', problem)
}

interface GivenKey {
  readonly key: KeyObject
  /** Where it was given as one. */
  readonly jwk: JsonWebKey | null
}

function parsePrivateKey(text: string): GivenKey {
  const clean = unquoted(text.replaceAll('\\r', '').replaceAll('\\n', '\n'))
  if (clean === '') throw invalid('There is no private key.')
  if (clean.length > LONGEST) throw invalid(`it has ${clean.length} characters`)
  const given = clean.startsWith('{') || clean.startsWith('[') ? fromJwk(clean) : { key: fromPem(clean), jwk: null }
  const problem = problemWith(given.key)
  if (problem) throw invalid(problem)
  return given
}

function fromPem(text: string): KeyObject {
  const [, label = '', inside = ''] = PEM.exec(text) ?? []
  if (label === '') throw invalid('it begins like neither a PEM nor a JWK, or is not whole')
  if (/PUBLIC KEY|CERTIFICATE/.test(label)) throw invalid('it is the public half; Okta keeps that one, and not this')
  if (/ENCRYPTED/.test(label + inside)) throw invalid('it is protected by a passphrase, which has to be taken off')
  const lines = inside.replace(/\s+/g, '').match(/.{1,64}/g) ?? []
  return opened(() => createPrivateKey(`-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`))
}

function fromJwk(text: string): GivenKey {
  const jwk = jwkIn(parseJson(text))
  if (!jwk) throw invalid('it is JSON without a key in it')
  if (typeof jwk.d !== 'string') throw invalid('it is the public half; Okta keeps that one, and not this')
  return { key: opened(() => createPrivateKey({ key: jwk, format: 'jwk' })), jwk }
}

/** The key itself, or the one in a set that has a private half. */
function jwkIn(value: unknown): JsonWebKey | null {
  if (typeof value !== 'object' || value === null) return null
  if ('kty' in value) return value as JsonWebKey
  const list: unknown = Array.isArray(value) ? value : 'keys' in value ? value.keys : null
  if (!Array.isArray(list)) return null
  const keys = list.map(jwkIn).filter((key) => key !== null)
  return keys.find((key) => key.d !== undefined) ?? keys[0] ?? null
}

function opened(open: () => KeyObject): KeyObject {
  try {
    return open()
  } catch {
    // Without its cause: what Node says about a key may tell of its insides.
    throw invalid('it is damaged, or of a kind that is not known here')
  }
}

function problemWith(key: KeyObject): string | null {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type === 'rsa') {
    const bits = details?.modulusLength ?? 0
    return bits < LEAST_RSA_BITS ? `it has ${bits} bits, and Okta takes no less than ${LEAST_RSA_BITS}` : null
  }
  const isKnown = type === 'ec' && ALGORITHM_OF_CURVE[textOf(key.export({ format: 'jwk' }).crv)] !== undefined
  return isKnown ? null : 'Okta takes RSA keys, and elliptic ones on the curves P-256, P-384 and P-521'
}

function algorithmOf(key: KeyObject, given: unknown): string {
  if (key.asymmetricKeyType === 'rsa') return RSA_ALGORITHMS.has(given) ? textOf(given) : 'RS256'
  return ALGORITHM_OF_CURVE[textOf(key.export({ format: 'jwk' }).crv)] ?? 'ES256'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('it begins like a JWK, and is not whole')
  }
}

const invalid = (problem: string): AppError =>
  new AppError(
    'private_key_invalid',
    /\.$/.test(problem) ? problem : `This cannot be used as the private key: ${problem}.`,
  )

const unquoted = (text: string): string =>
  text
    .trim()
    .replace(/^(["'`])([\s\S]*)\1$/, '$2')
    .trim()
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
