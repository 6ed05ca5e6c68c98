import { createHash } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { looksLikeApiKey } from '../store/api-keys.ts'
import { looksLikeSession } from '../store/sessions.ts'
import { headerOf } from './auth.ts'
import { EVENT_HOOK_ROUTE, hookSecretOf } from './event-hook-receiver.ts'
import { HEADERS } from './run.ts'
import type { ApiServices } from './services.ts'
import { sessionSecretOf } from './session-cookie.ts'

/** Requests a minute from one address that show no key: enough for onboarding, too few to guess anything. */
const WITHOUT_KEY = 300
/** Callers that are remembered at a time; the one not seen for longest is forgotten first. */
const REMEMBERED = 10_000
/** Never limited: whoever starts, balances and watches the process asks these. */
const PROBES = new Set(['/healthz', '/readyz', '/metrics'])

/**
 * Limits requests a minute, by key, session or secret of an event hook, or by address where none is shown; counted in
 * this process. A made-up key counts as a caller of its own, but is refused before anything is done for it. The limiter
 * keeps its own time.
 */
export async function limitRequests(app: FastifyInstance, services: ApiServices): Promise<void> {
  const { rateLimit: perMinute } = services
  if (perMinute === 0) return
  await app.register(rateLimit, {
    global: true,
    timeWindow: 60_000,
    cache: REMEMBERED,
    max: (request) => (keyOf(request, services) === null ? Math.min(perMinute, WITHOUT_KEY) : perMinute),
    keyGenerator: (request) => {
      const key = keyOf(request, services)
      return key === null ? `address ${request.ip}` : createHash('sha256').update(key).digest('base64')
    },
    allowList: (request) => PROBES.has(request.routeOptions.url ?? ''),
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { ttl }) =>
      new AppError('too_many_requests', `Too many requests; the next may be sent in ${Math.ceil(ttl / 1000)} seconds.`),
  })
}

const keyOf = (request: FastifyRequest, services: ApiServices): string | null => {
  if (request.routeOptions.url === EVENT_HOOK_ROUTE) return hookSecretOf(request, services)
  const key = headerOf(request, HEADERS.key)
  if (key !== null) return looksLikeApiKey(key) ? key : null
  const secret = sessionSecretOf(request)
  return secret !== null && looksLikeSession(secret) ? secret : null
}
