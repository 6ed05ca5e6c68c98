import type { OktaRequest } from './pipeline.ts'

/**
 * The same request again, naming the first answer it repeats, as Okta asks.
 * @see https://developer.okta.com/docs/reference/rl-best-practices/
 */
export function repeatOf(request: OktaRequest, requestId: unknown, count: number): OktaRequest {
  const first = request.headers?.['x-okta-retry-for'] ?? requestId
  if (typeof first !== 'string' || !first) return request
  return { ...request, headers: { ...request.headers, 'x-okta-retry-for': first, 'x-okta-retry-count': `${count}` } }
}
