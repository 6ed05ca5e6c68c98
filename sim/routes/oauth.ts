import { type Answer, ok } from '../http/answer.ts'
import type { SimCall } from '../http/call.ts'
import { readJwt } from '../http/jwt.ts'
import type { Route, RouteContext } from '../http/router.ts'
import type { ServiceApp } from '../http/service-apps.ts'
import { ACCESS_TOKEN_SECONDS, PERMISSIONS } from '../http/tokens.ts'

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const LONGEST_ASSERTION = 3600

/** Access tokens for service apps, see https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/ */
export const OAUTH_ROUTES: Route[] = [
  { template: 'POST /oauth2/v1/token', permission: 'none', handle: (call, context) => grant(call, context) },
]

function grant(call: SimCall, context: RouteContext): Answer {
  const form = new URLSearchParams(call.text)
  if (form.get('grant_type') !== 'client_credentials') {
    return refuse(
      'unsupported_grant_type',
      'The authorization grant type is not supported by the authorization server.',
    )
  }
  const app = authenticated(form, call, context)
  if ('refusal' in app) return app.refusal
  const bound = boundTo(app, call, context)
  if ('refusal' in bound) return bound.refusal
  const scopes = (form.get('scope') ?? '').split(' ').filter(Boolean)
  const refusal = refusalOfScopes(scopes, app)
  if (refusal) return refusal
  return ok({
    token_type: bound.jkt === undefined ? 'Bearer' : 'DPoP',
    expires_in: ACCESS_TOKEN_SECONDS,
    access_token: context.tokens.addAccessToken(app.clientId, { scopes, role: app.role, jkt: bound.jkt }),
    scope: scopes.join(' '),
  })
}

type Refused = { refusal: Answer }

/** The app whose assertion this is: for this endpoint, in date, used once, and signed with the app's key. */
function authenticated(form: URLSearchParams, call: SimCall, { org, serviceApps }: RouteContext): ServiceApp | Refused {
  if (form.get('client_assertion_type') !== ASSERTION)
    return noClient('Client authentication failed. Either the client or the client credentials are invalid.')
  const jwt = readJwt(form.get('client_assertion'))
  if (!jwt) return noClient('The client_assertion is not a JWT.')
  const { iss, sub, aud, exp, jti } = jwt.claims
  const app = serviceApps.find(iss)
  if (!app) return noClient("Invalid value for 'client_id' parameter.")
  if (sub !== iss) return noClient('The client_assertion must have the client id as its issuer and its subject.')
  if (aud !== `${call.origin}/oauth2/v1/token`)
    return noClient('The audience claim for client_assertion must be the endpoint invoked for the request.')
  const now = org.now() / 1000
  if (typeof exp !== 'number' || exp <= now) return noClient('The client_assertion token is expired.')
  if (exp > now + LONGEST_ASSERTION)
    return noClient('The client_assertion token has an expiration date that is over an hour away.')
  const { kid } = jwt.header
  if (kid !== undefined && kid !== app.keyId) return noClient(`The key id '${kid}' was not found.`)
  if (!jwt.isSignedBy(app.publicKey)) return noClient('The client_assertion signature is invalid.')
  if (jti !== undefined && !serviceApps.isFirstUse(String(jti)))
    return noClient('The client_assertion was used before.')
  return app
}

/** The key that the token is bound to, where the app demands that; what other apps prove is passed over. */
function boundTo(app: ServiceApp, call: SimCall, { proofs }: RouteContext): { jkt: string | undefined } | Refused {
  if (!app.dpop) return { jkt: undefined }
  const url = `${call.origin}/oauth2/v1/token`
  const proven = proofs.prove({ proof: call.headers.dpop, method: call.method, url })
  if ('wrong' in proven) return { refusal: refuse('invalid_dpop_proof', proven.wrong) }
  if (proofs.isNonce(proven.nonce)) return { jkt: proven.jkt }
  const refusal = refuse('use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.')
  return { refusal: { ...refusal, headers: { 'dpop-nonce': proofs.nonce() } } }
}

function refusalOfScopes(scopes: readonly string[], app: ServiceApp): Answer | undefined {
  if (scopes.length === 0 || !scopes.every((scope) => PERMISSIONS.some((known) => known === scope)))
    return refuse('invalid_scope', 'One or more scopes are not configured for the authorization server resource.')
  const granted = scopes.filter((scope) => app.scopes.has(scope))
  if (granted.length === 0) return refuse('consent_required', 'You are not allowed any of the requested scopes.')
  return granted.length < scopes.length
    ? refuse('invalid_scope', 'One or more scopes are not configured for the app.')
    : undefined
}

const noClient = (description: string): Refused => ({ refusal: refuse('invalid_client', description, 401) })

const refuse = (error: string, description: string, status = 400): Answer => ({
  status,
  body: { error, error_description: description },
})
