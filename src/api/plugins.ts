import type { FastifyInstance } from 'fastify'
import { serveDocs } from './docs.ts'
import { receiveEventHooks } from './event-hook-receiver.ts'
import { serveMetrics } from './metrics.ts'
import { servePages } from './pages.ts'
import { serveProbes } from './probes.ts'
import { limitRequests } from './rate-limit.ts'
import { secure } from './security.ts'
import type { ApiServices } from './services.ts'
import { readCookies } from './session-cookie.ts'
import { serveLogos } from './static.ts'

/** What stands around and beside the operations: headers, limits, probes, metrics, documents. */
export async function install(app: FastifyInstance, services: ApiServices): Promise<void> {
  await secure(app, services)
  await readCookies(app)
  await limitRequests(app, services)
  serveProbes(app, services)
  serveMetrics(app, services)
  serveLogos(app, services)
  await receiveEventHooks(app, services)
  serveDocs(app, services)
  await servePages(app, services)
}
