import { type Answer, ok } from '../http/answer.ts'
import type { SimCall } from '../http/call.ts'
import type { Route, RouteContext } from '../http/router.ts'
import { PERMISSIONS, type Permission } from '../http/tokens.ts'

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Access tokens for service apps, see https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/
 * The client's assertion must be for this endpoint and in date; its signature is not verified, for no key is registered.
 */
export const OAUTH_ROUTES: Route[] = [
  { template: 'POST /oauth2/v1/token', permission: 'none', handle: (call, context) => grant(call, context) },
]

function grant(call: SimCall, { org, tokens }: RouteContext): Answer {
  const form = new URLSearchParams(call.text)
  if (form.get('grant_type') !== 'client_credentials')
    return refuse('unsupported_grant_type', 'client_credentials only')
  if (form.get('client_assertion_type') !== ASSERTION)
    return refuse('invalid_client', 'private_key_jwt is required', 401)
  const claims = readClaims(form.get('client_assertion') ?? '')
  const { iss, sub, aud, exp } = claims
  if (typeof iss !== 'string' || iss !== sub) return refuse('invalid_client', 'iss and sub must be the client id', 401)
  if (aud !== `${call.origin}/oauth2/v1/token`) return refuse('invalid_client', 'aud must be the token endpoint', 401)
  const seconds = org.now() / 1000
  if (typeof exp !== 'number' || exp <= seconds || exp > seconds + 3600) {
    return refuse('invalid_client', 'exp must be at most an hour ahead', 401)
  }
  const scopes = (form.get('scope') ?? '').split(' ').filter(Boolean)
  if (scopes.length === 0 || !scopes.every(isPermission)) {
    return refuse('invalid_scope', 'One or more scopes are not configured for the authorization server resource.')
  }
  return ok({
    token_type: 'Bearer',
    expires_in: 3600,
    access_token: tokens.addAccessToken(iss, scopes.filter(isPermission)),
    scope: scopes.join(' '),
  })
}

function refuse(error: string, description: string, status = 400): Answer {
  return { status, body: { error, error_description: description } }
}

function isPermission(scope: string): scope is Permission {
  return PERMISSIONS.some((permission) => permission === scope)
}

function readClaims(jwt: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
    return typeof claims === 'object' && claims !== null ? { ...claims } : {}
  } catch {
    return {}
  }
}
