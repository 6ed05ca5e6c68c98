import { isObject } from '../wire.ts'

/** Names of values that would let their reader in somewhere. Compared without case, blanks, dashes and underscores. */
const SECRET =
  /secret|passw|passphrase|passcode|token|privatekey|apikey|accesskey|accountkey|encryptionkey|signingkey|sharedkey|securityanswer|^answer$|^credentials$|^pin$|^otp$|field\d*value$/

/** Names that look like secrets and are settings. */
const SETTINGS: ReadonlySet<string> = new Set([
  'refreshtoken',
  'tokenendpointauthmethod',
  'backchanneltokendeliverymode',
])

/** The private members of a JSON Web Key: https://www.rfc-editor.org/rfc/rfc7518#section-6 */
const PRIVATE_JWK: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])

/**
 * The value without whatever is named like a secret, at any depth. Integrations keep keys and passwords of the systems
 * they sign in to among their settings, under names of their own. Flags and nulls stay: they say that there is one.
 */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (!isObject(value)) return value
  const isKey = typeof value.kty === 'string'
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => !(isSecret(name, inner) || (isKey && PRIVATE_JWK.has(name))))
      .map(([name, inner]) => [name, withoutSecrets(inner)]),
  )
}

function isSecret(name: string, value: unknown): boolean {
  const plain = name.toLowerCase().replace(/[-_ ]/g, '')
  if (!SECRET.test(plain) || value === null || typeof value === 'boolean') return false
  return !SETTINGS.has(plain)
}
