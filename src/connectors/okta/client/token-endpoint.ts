import { createPrivateKey, type JsonWebKey, type KeyObject, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { AppError } from '../../../errors.ts'
import type { ServiceApp } from '../../../sign-in.ts'
import type { RequestScope } from '../../connector.ts'
import { grantRemedy, SCOPES } from '../scopes.ts'
import { Token } from '../token.ts'
import { looseInteger, looseText } from '../wire.ts'
import type { Layer, OktaRequest, OktaResponse, Send } from './pipeline.ts'
import { ProofKey } from './proof-key.ts'
import type { ServerTime } from './server-time.ts'

const PATH = '/oauth2/v1/token'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** Okta takes up to an hour. */
const ASSERTION_SECONDS = 300
/** What Okta gives, should it not say. */
const USUAL_SECONDS = 3_600
/** Without a proof, without a nonce, with a nonce, and with the next day's nonce. */
const MOST_TRIES = 4
/** What Okta says where some of the scopes, or all of them, are not granted. */
const ABOUT_SCOPES: ReadonlySet<unknown> = new Set(['invalid_scope', 'consent_required'])

export interface GrantedToken {
  readonly token: Token
  /** From when it was asked for, in milliseconds: it ends no earlier. */
  readonly livesMs: number
  /** What it is bound to; null for a bearer token. */
  readonly proofKey: ProofKey | null
  /** The scopes that were wanted and are not granted. */
  readonly missingScopes: readonly string[]
}

export interface TokenEndpointParts {
  readonly origin: string
  readonly app: ServiceApp
  readonly time: ServerTime
  /** The way to Okta, with this layer innermost: every attempt is signed anew, for Okta takes nothing twice. */
  readonly through: (sign: Layer) => Send
}

/**
 * Okta's token endpoint, as one service app asks it. Speaks DPoP where the app demands it, and finds out which scopes are
 * granted where not all are.
 * @see https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/
 */
export class TokenEndpoint {
  readonly #parts: TokenEndpointParts
  readonly #key: KeyObject
  readonly #algorithm: string
  #proofKey: ProofKey | null = null
  #nonce: string | null = null
  #granted: readonly string[] = SCOPES

  constructor(parts: TokenEndpointParts) {
    const jwk = JSON.parse(parts.app.privateKey) as JsonWebKey
    this.#parts = parts
    this.#key = createPrivateKey({ key: jwk, format: 'jwk' })
    this.#algorithm = String(jwk.alg)
  }

  /** @throws AppError `okta_client_rejected`, `okta_no_scope_granted`, or that Okta cannot be reached */
  async ask(scope: RequestScope): Promise<GrantedToken> {
    try {
      return await this.#askFor(this.#granted, scope)
    } catch (error) {
      if (!isAboutScopes(error)) throw refused(error)
    }
    this.#granted = await this.#findGranted(scope)
    return this.#askFor(this.#granted, scope).catch((error: unknown) => Promise.reject(refused(error)))
  }

  /** Okta says that something is not granted, and not what: each is asked for by itself. */
  async #findGranted(scope: RequestScope): Promise<readonly string[]> {
    const granted: string[] = []
    for (const one of SCOPES) {
      try {
        await this.#askFor([one], scope)
        granted.push(one)
      } catch (error) {
        if (!isAboutScopes(error)) throw refused(error)
      }
    }
    if (granted.length > 0) return granted
    const text = `The service app ${this.#parts.app.clientId} has been granted none of the scopes that it needs.`
    throw new AppError('okta_no_scope_granted', `${text} ${grantRemedy(SCOPES)}`)
  }

  async #askFor(scopes: readonly string[], scope: RequestScope): Promise<GrantedToken> {
    for (let tries = 1; ; tries++) {
      const nonce = this.#nonce
      try {
        return this.#read(await this.#send(scopes, scope), scopes)
      } catch (error) {
        const code = error instanceof AppError ? error.details.error_code : null
        const isUnproven = code === 'invalid_dpop_proof' && this.#proofKey === null
        const isNews = code === 'use_dpop_nonce' && this.#nonce !== nonce
        if (tries >= MOST_TRIES || !(isUnproven || isNews)) throw error
        this.#proofKey ??= await ProofKey.make()
      }
    }
  }

  #send(scopes: readonly string[], scope: RequestScope): Promise<OktaResponse> {
    return this.#parts.through((next) => async (request) => {
      const assertion = await this.#assertion()
      const response = await next(await this.#signed(request, scopes, assertion))
      this.#nonce = response.headers.get('dpop-nonce') ?? this.#nonce
      const clean = (text: string) => text.replaceAll(assertion, '[removed]')
      return { ...response, headers: response.headers.map(clean), body: clean(response.body) }
    })({ path: PATH, scope, expect: 'object' })
  }

  async #signed(request: OktaRequest, scopes: readonly string[], assertion: string): Promise<OktaRequest> {
    const { origin, time } = this.#parts
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: scopes.join(' '),
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: assertion,
    })
    const proven = { method: 'POST', url: `${origin}${PATH}`, now: time.now(), nonce: this.#nonce } as const
    const proof = await this.#proofKey?.prove(proven)
    return { ...request, form: form.toString(), ...(proof && { headers: { ...request.headers, dpop: proof } }) }
  }

  /** That it is this app which asks, for five minutes and once. */
  #assertion(): Promise<string> {
    const { app, origin, time } = this.#parts
    const seconds = Math.floor(time.now() / 1000)
    return new SignJWT()
      .setProtectedHeader({ alg: this.#algorithm, ...(app.keyId !== null && { kid: app.keyId }) })
      .setIssuer(app.clientId)
      .setSubject(app.clientId)
      .setAudience(`${origin}${PATH}`)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + ASSERTION_SECONDS)
      .setJti(randomUUID())
      .sign(this.#key)
  }

  #read({ json }: OktaResponse, asked: readonly string[]): GrantedToken {
    const { access_token, token_type, expires_in, scope } = json as Readonly<Record<string, unknown>>
    if (typeof access_token !== 'string' || access_token === '')
      throw new AppError('okta_not_json', 'Okta’s token endpoint answered without an access token.')
    const granted = typeof scope === 'string' ? scope.split(' ') : asked
    const seconds = looseInteger.parse(expires_in) ?? 0
    return {
      token: new Token(access_token),
      livesMs: (seconds > 0 ? seconds : USUAL_SECONDS) * 1000,
      proofKey: looseText.parse(token_type)?.toLowerCase() === 'dpop' ? this.#proofKey : null,
      missingScopes: SCOPES.filter((wanted) => !granted.includes(wanted)),
    }
  }
}

const isAboutScopes = (error: unknown): boolean =>
  error instanceof AppError && ABOUT_SCOPES.has(error.details.error_code)

/** Whatever of the app's own is refused ends everything: without an access token nothing can be read. */
function refused(error: unknown): unknown {
  if (!(error instanceof AppError) || error.action !== 'skip') return error
  const isUnproven = error.details.error_code === 'invalid_dpop_proof'
  const hint = isUnproven
    ? ' If it stays so, clear "Require Demonstrating Proof of Possession (DPoP) header in token requests" on the app’s General tab.'
    : ''
  return new AppError('okta_client_rejected', `${error.message}${hint}`, { cause: error, details: error.details })
}
