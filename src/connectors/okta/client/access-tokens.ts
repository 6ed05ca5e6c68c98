import type { Clock } from '../../../clock.ts'
import { AppError } from '../../../errors.ts'
import type { RequestScope } from '../../connector.ts'
import type { Token } from '../token.ts'
import type { Signer } from './auth.ts'
import type { Authorization, Layer, OktaRequest, OktaResponse } from './pipeline.ts'
import type { ProofKey } from './proof-key.ts'
import type { ServerTime } from './server-time.ts'
import type { GrantedToken } from './token-endpoint.ts'

/** A token is renewed so long before its end, or in the last quarter of a short life. */
const RENEW_MS = 5 * 60_000

export interface AccessToken {
  readonly token: Token
  readonly proofKey: ProofKey | null
  readonly missingScopes: readonly string[]
  readonly renewAt: number
}

export interface AccessTokensOptions {
  readonly origin: string
  readonly clock: Clock
  readonly time: ServerTime
  ask(scope: RequestScope): Promise<GrantedToken>
}

/**
 * The access token of a session: fetched when the first request needs it, renewed before it ends and when Okta refuses it,
 * once for however many requests wait for it.
 */
export class AccessTokens implements Signer {
  readonly #options: AccessTokensOptions
  readonly #closed = new AbortController()
  #current: AccessToken | null = null
  #previous: Token | null = null
  #asking: Promise<AccessToken> | null = null
  /** What the API, unlike the token endpoint, wants to see in proofs: Okta asks for none today. */
  #nonce: string | null = null

  constructor(options: AccessTokensOptions) {
    this.#options = options
  }

  /** The token to ask with. @throws AppError of the token endpoint, or the reason of the scope's signal */
  get(scope: RequestScope): Promise<AccessToken> {
    const current = this.#current
    if (current && this.#options.clock.now() < current.renewAt) return Promise.resolve(current)
    this.#asking ??= this.#renew(scope).finally(() => {
      this.#asking = null
    })
    return unlessAborted(this.#asking, scope.signal)
  }

  /** Okta refuses this one. Says whether it is the one in use; if not, somebody has renewed it meanwhile. */
  drop(token: AccessToken): boolean {
    if (this.#current !== token) return false
    this.#current = null
    return true
  }

  /** Signs with the newest token: `request` may have waited longer for its turn than the one it came with lived. */
  async sign({ access, path }: OktaRequest): Promise<Authorization> {
    const used = this.#current ?? access
    if (!used) throw new Error('a request comes here with an access token')
    const { token, proofKey } = used
    if (!proofKey) return { scheme: 'Bearer', token }
    const { origin, time } = this.#options
    const url = `${origin}${path.split('?', 1)[0]}`
    const proven = { method: 'GET', url, now: time.now(), nonce: this.#nonce, accessToken: token.reveal() } as const
    return { scheme: 'DPoP', token, proof: await proofKey.prove(proven) }
  }

  answered({ headers }: OktaResponse): void {
    this.#nonce = headers.get('dpop-nonce') ?? this.#nonce
  }

  redact(text: string): string {
    const tokens = [this.#current?.token, this.#previous].filter((token) => token !== null && token !== undefined)
    return tokens.reduce((clean, token) => token.redact(clean), text)
  }

  close(reason: AppError): void {
    this.#closed.abort(reason)
  }

  async #renew({ onRequest }: RequestScope): Promise<AccessToken> {
    const { clock, ask } = this.#options
    const startedAt = clock.now()
    // It serves all that wait, so it ends with the session and not with the scope that happened to come first.
    const scope = { resource: 'access_token', background: false, signal: this.#closed.signal, onRequest }
    const { token, proofKey, missingScopes, livesMs } = await ask(scope)
    this.#previous = this.#current?.token ?? this.#previous
    this.#current = {
      token,
      proofKey,
      missingScopes,
      renewAt: startedAt + livesMs - Math.min(RENEW_MS, livesMs / 4),
    }
    return this.#current
  }
}

/**
 * Gives each request an access token on its way out, before it takes its turn, and one more when Okta refuses that one:
 * it may have been revoked, or have ended by a clock that is not this machine's.
 */
export function access(tokens: AccessTokens): Layer {
  return (next) => async (request) => {
    if (request.anonymous) return next(request)
    for (let refusals = 0; ; ) {
      const token = await tokens.get(request.scope)
      try {
        return await next({ ...request, access: token })
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'okta_token_rejected') throw error
        if (tokens.drop(token) && ++refusals > 1) throw refusedAnew(error)
      }
    }
  }
}

const refusedAnew = (error: AppError): AppError =>
  new AppError('okta_client_rejected', `Okta refuses an access token that it has only just given: ${error.message}`, {
    cause: error,
    details: error.details,
  })

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
