import { AppError, toAppError } from '../../errors.ts'
import type { Credentials } from '../connector.ts'
import { parseDomain } from './domain.ts'
import { cleanToken } from './token.ts'

/** What callers name the domain and the token: the first is ours, the others are what other products call them. */
export const DOMAIN_KEYS = ['domain', 'okta_domain', 'base_url', 'org_url'] as const
export const TOKEN_KEYS = ['api_token', 'token', 'api_key'] as const

/**
 * A domain and a token out of what a caller sent, cleaned. Asks nobody.
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
  const token = named(given, TOKEN_KEYS)
  return { origin, token: blaming(token.key, () => cleanToken(textOf(token, 'token_missing'))), notes }
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

function textOf({ value }: Named, code: 'domain_invalid' | 'token_missing'): string {
  if (typeof value === 'string') return value
  throw new AppError(code, 'This must be text.')
}

function blaming<T>(field: string, parse: () => T): T {
  try {
    return parse()
  } catch (thrown) {
    const error = toAppError(thrown)
    throw new AppError(error.code, error.message, { cause: thrown, details: { ...error.details, field } })
  }
}
