import type { Token } from '../token.ts'
import type { Layer } from './pipeline.ts'

/** A text shorter than this may stand in an answer by chance, and is left there. */
const LEAST_SECRET = 12

/**
 * Hands the token on with each request, except with those that Okta answers to anybody. An answer that repeats it, as
 * some proxies' error pages do, goes no further with it.
 */
export function auth(token: Token): Layer {
  const withoutToken = (text: string) => (token.length < LEAST_SECRET ? text : token.redact(text))
  return (next) => async (request) => {
    if (request.anonymous) return next(request)
    const response = await next({ ...request, token })
    return { ...response, headers: response.headers.map(withoutToken), body: withoutToken(response.body) }
  }
}
