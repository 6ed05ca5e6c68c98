import type { FastifyInstance } from 'fastify'
import type { ApiServices } from './services.ts'

/** Serves the logos that `GET /v1/connectors` names. */
export function serveLogos(app: FastifyInstance, { connectors }: Pick<ApiServices, 'connectors'>): void {
  for (const { vendor, logo } of connectors)
    app.get(`/static/img/vendor-logos/${vendor.toLowerCase()}.svg`, async (_request, reply) =>
      reply
        .header('content-type', 'image/svg+xml')
        .header('cache-control', 'public, max-age=86400')
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
        .send(logo),
    )
}
