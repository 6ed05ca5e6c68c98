import { type Answer, errorBody, ok } from './answer.ts'
import type { SimCall } from './call.ts'
import type { Route } from './router.ts'

/** `nobody`: the list is answered, and is empty. */
export type Refusal = 'scope' | 'role' | 'nobody'

/** What a service app without an admin role is shown of users and groups. */
export const WITHOUT_ROLE: Answer = ok([])

const LISTS = new Set(['GET /api/v1/users', 'GET /api/v1/groups'])

/** Why a caller may not have what a route answers; undefined where it may. */
export function refusalOf({ permission, template }: Route, { token, params }: SimCall): Refusal | undefined {
  if (permission === 'none' || permission === 'any') return undefined
  const access = token?.access
  if (access && !access.scopes.has(permission)) return 'scope'
  if (access?.isWithoutRole) return LISTS.has(template) ? 'nobody' : 'role'
  if (token?.permissions.has(permission)) return undefined
  // Everybody may see the token's owner, whoever may see others.
  return template === 'GET /api/v1/users/{id}' && params.id === 'me' ? undefined : 'role'
}

/**
 * A refusal of an access token, with the header in which Okta says why:
 * https://support.okta.com/help/s/article/insufficient-scope-error-when-making-a-request-to-an-oauth-or-management-endpoint
 */
export function challenge(call: SimCall, route: Route | undefined, code: 'E0000006' | 'E0000011'): Answer {
  const [, scheme] = /^(Bearer|DPoP) /.exec(call.headers.authorization ?? '') ?? []
  const answer: Answer = { status: code === 'E0000011' ? 401 : 403, body: errorBody(code) }
  if (scheme === undefined) return answer
  const [error, words] =
    code === 'E0000011'
      ? ['invalid_token', 'The access token is invalid or has expired.']
      : ['insufficient_scope', 'The access token provided does not contain the required scopes.']
  const parts = {
    authorization_uri: `${call.origin}/oauth2/v1/authorize`,
    realm: call.origin,
    scope: route?.permission ?? '',
    error,
    error_description: words,
    resource: call.path.split('?')[0],
  }
  const told = Object.entries(parts).map(([name, value]) => `${name}="${value}"`)
  return { ...answer, headers: { 'WWW-Authenticate': `${scheme} ${told.join(', ')}` } }
}
