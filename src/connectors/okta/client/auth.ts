import type { Token } from '../token.ts'
import type { Authorization, Layer, OktaRequest, OktaResponse } from './pipeline.ts'

/** A text shorter than this may stand in an answer by chance, and is left there. */
const LEAST_SECRET = 12

/** What requests are signed with. */
export interface Signer {
  /** Asked for each attempt. */
  sign(request: OktaRequest): Authorization | Promise<Authorization>
  /** Told each answer, whatever its status. */
  answered?(response: OktaResponse): void
  /** A text without the secrets that requests were signed with. */
  redact(text: string): string
}

/** An API token is what it is. */
export const tokenSigner = (token: Token): Signer => ({
  sign: () => ({ scheme: 'SSWS', token }),
  redact: (text) => token.redact(text),
})

/**
 * Signs each request, except those that Okta answers to anybody. An answer that repeats the token or the proof, as some
 * proxies' error pages do, goes no further with it.
 */
export function auth(signer: Signer): Layer {
  return (next) => async (request) => {
    if (request.anonymous) return next(request)
    const authorization = await signer.sign(request)
    const response = await next({ ...request, authorization })
    signer.answered?.(response)
    const { token, proof } = authorization
    const clean = (text: string) => {
      const unproven = proof === undefined ? text : text.replaceAll(proof, '[removed]')
      return token.length < LEAST_SECRET ? unproven : token.redact(unproven)
    }
    return { ...response, headers: response.headers.map(clean), body: clean(response.body) }
  }
}
