import { ERRORS, type ErrorCode } from '../errors.ts'

/** What a caller of the API can do where records were kept that Okta no longer lists. */
const CONFIRM = 'Look at what would go; if the disappearance is right, confirm the deletes.'

/**
 * What to do where nothing at all may be read. Okta refuses a token outside of its allowed networks as one whose owner has
 * no role: https://help.okta.com/oie/en-us/content/topics/security/api-tokens-restrict-ip.htm
 */
export const EVERYTHING_REFUSED =
  "Everything was refused: check that the token's owner, or the service app, has an admin role, and that the token's allowed networks include this machine."

/** What a person should do about how a resource or job ended, in one sentence; null where nothing is to be done. */
export function remedyFor(code: ErrorCode | 'deletes_held' | null): string | null {
  if (code === null) return null
  return code === 'deletes_held' ? CONFIRM : (ERRORS[code]?.remedy ?? null)
}
