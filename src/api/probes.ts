import type { FastifyInstance } from 'fastify'
import { toAppError } from '../errors.ts'
import { ping } from '../store/metrics.ts'
import type { ApiServices } from './services.ts'

/** How long a probe waits for the database. */
const PATIENCE_MS = 2_000

/** Serves `/healthz`, that the process is alive, and `/readyz`, that it can serve: for whoever starts and balances it. */
export function serveProbes(app: FastifyInstance, services: Pick<ApiServices, 'db' | 'clock' | 'version'>): void {
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.get('/healthz', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok', version: services.version }),
  )
  app.get('/readyz', async (_request, reply) => {
    const reason = isClosing ? 'stopping' : await whyNotReady(services)
    return reply
      .status(reason === null ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(reason === null ? { status: 'ready' } : { status: 'not_ready', reason })
  })
}

async function whyNotReady({ db, clock }: Pick<ApiServices, 'db' | 'clock'>): Promise<string | null> {
  return new Promise((resolve) => {
    const late = clock.deadline(PATIENCE_MS, 'watchdog', () => resolve('database_silent'))
    ping(db)
      .then(
        () => resolve(null),
        (thrown: unknown) => resolve(toAppError(thrown).code),
      )
      .finally(() => late.clear())
  })
}
