import { AppError, type ErrorCode, toAppError } from '../../errors.ts'
import type { SignIn } from '../../sign-in.ts'
import type { Credentials } from '../connector.ts'
import { parseDomain } from './domain.ts'
import { parseClientId, parseServiceApp } from './service-app.ts'
import { cleanToken } from './token.ts'

/** What callers name the domain and the token: the first is ours, the others are what other products call them. */
export const DOMAIN_KEYS = ['domain', 'okta_domain', 'base_url', 'org_url'] as const
export const TOKEN_KEYS = ['api_token', 'token', 'api_key'] as const
/** What a service app signs in with, in place of a token. */
const CLIENT_ID = ['client_id'] as const
const PRIVATE_KEY = ['private_key'] as const
const KEY_ID = ['key_id'] as const

/**
 * A domain, and a token or a service app, out of what a caller sent, cleaned. Asks nobody.
 * @throws AppError of which `details.field` is the property that the caller used, or should have
 */
export function parseOktaCredentials(
  given: Readonly<Record<string, unknown>>,
  allowedInsecureOrigins: readonly string[],
): Credentials {
  const domain = named(given, DOMAIN_KEYS)
  const { origin, notes } = blaming(domain.key, () =>
    parseDomain(textOf(domain, 'domain_invalid'), { allowedInsecureOrigins }),
  )
  return { origin, notes, ...parseSignIn(given) }
}

function parseSignIn(given: Readonly<Record<string, unknown>>): SignIn {
  const [token, clientId, privateKey, keyId] = [TOKEN_KEYS, CLIENT_ID, PRIVATE_KEY, KEY_ID].map((keys) =>
    named(given, keys),
  ) as [Named, Named, Named, Named]
  if (clientId.value === '' && privateKey.value === '')
    return { token: blaming(token.key, () => cleanToken(textOf(token, 'token_missing'))) }
  if (token.value !== '')
    throw new AppError('client_id_invalid', 'Give either an API token, or a client ID with its private key.', {
      details: { field: clientId.key },
    })
  const text = {
    clientId: blaming(clientId.key, () => textOf(clientId, 'client_id_invalid')),
    privateKey: blaming(privateKey.key, () => keyTextOf(privateKey)),
    keyId: blaming(keyId.key, () => textOf(keyId, 'private_key_invalid')),
  }
  blaming(clientId.key, () => parseClientId(text.clientId))
  return { serviceApp: blaming(privateKey.key, () => parseServiceApp(text)) }
}

interface Named {
  readonly key: string
  readonly value: unknown
}

/** The first of these properties that says anything. */
function named(given: Readonly<Record<string, unknown>>, keys: readonly [string, ...string[]]): Named {
  const there = keys.filter((key) => Object.hasOwn(given, key) && given[key] !== undefined && given[key] !== null)
  const key = there.find((key) => given[key] !== '') ?? there[0] ?? keys[0]
  return { key, value: there.includes(key) ? given[key] : '' }
}

function textOf({ value }: Named, code: ErrorCode): string {
  if (typeof value === 'string') return value
  throw new AppError(code, 'This must be text.')
}

/** A key may come as its text, or as the JSON object that a JWK is. */
const keyTextOf = ({ key, value }: Named): string =>
  typeof value === 'object' ? JSON.stringify(value) : textOf({ key, value }, 'private_key_invalid')

function blaming<T>(field: string, parse: () => T): T {
  try {
    return parse()
  } catch (thrown) {
    const error = toAppError(thrown)
    throw new AppError(error.code, error.message, { cause: thrown, details: { ...error.details, field } })
  }
}
