import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import { FRESHNESS_HEADERS } from './freshness.ts'
import { HEADERS } from './run.ts'
import type { ApiServices } from './services.ts'

/**
 * Security headers on every answer; pages set their own policy over them. Any web page may call the API, since v1
 * clients do so from browsers, but never with cookies: what counts is the key it shows.
 */
export async function secure(app: FastifyInstance, { publicUrl }: Pick<ApiServices, 'publicUrl'>): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    // What only pages need, pages set; an answer of the API carries no more than it has to.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: publicUrl.startsWith('https://') ? { maxAge: 31_536_000 } : false,
  })
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: [...Object.values(HEADERS), 'Content-Type', 'X-Request-Id'],
    exposedHeaders: [
      'X-Request-Id',
      'Retry-After',
      'RateLimit-Limit',
      'RateLimit-Remaining',
      'RateLimit-Reset',
      ...Object.keys(FRESHNESS_HEADERS),
    ],
    maxAge: 86_400,
  })
}
