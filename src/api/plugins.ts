import type { FastifyInstance } from 'fastify'
import type { Authenticator } from './auth.ts'
import { serveDocs } from './docs.ts'
import type { ApiServices } from './services.ts'

/** What stands around every request. */
export async function install(
  app: FastifyInstance,
  services: ApiServices,
  _authenticator: Authenticator,
): Promise<void> {
  serveDocs(app, services)
}
