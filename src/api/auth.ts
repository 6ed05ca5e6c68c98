import type { FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors.ts'
import { type ApiKey, findApiKey } from '../store/api-keys.ts'
import { type Connection, findConnection } from '../store/connections.ts'
import type { Db } from '../store/db.ts'
import { findOrganization, type Organization } from '../store/organizations.ts'
import { findSession, type Session } from '../store/sessions.ts'
import { Brief } from './brief.ts'
import { connectionNotFound, organizationNotFound } from './found.ts'

export const headerOf = (request: FastifyRequest, name: string): string | null => {
  const value = request.headers[name.toLowerCase()]
  return (Array.isArray(value) ? value[0] : value) ?? null
}

/** Finds what requests show: keys, connections, organizations. What does not belong to the key's environment is not found. */
export class Authenticator {
  readonly #db: Db
  readonly #keys: Brief<ApiKey>
  readonly #connections: Brief<Connection>
  readonly #sessions: Brief<Session>

  constructor(db: Db, clock: Clock) {
    this.#db = db
    this.#keys = new Brief(clock)
    this.#connections = new Brief(clock)
    this.#sessions = new Brief(clock)
  }

  /** @throws AppError `api_key_invalid` */
  async key(text: string | null): Promise<ApiKey> {
    const key = text === null ? null : await this.#keys.get(text, () => findApiKey(this.#db, text))
    if (!key) throw new AppError('api_key_invalid', 'Invalid API Key')
    return key
  }

  /** @throws AppError `api_key_invalid` when the session has ended, or its key was revoked */
  async session(secret: string): Promise<Session> {
    const session = await this.#sessions.get(secret, () => findSession(this.#db, secret))
    if (!session) throw new AppError('api_key_invalid', 'Nobody is signed in here, or not any more.')
    return session
  }

  /** A connection of the key's environment that has not been deleted. @throws AppError `connection_not_found` */
  async connection(key: ApiKey, connectionId: string): Promise<Connection> {
    const found = await this.#connections.get(`${key.environment_id} ${connectionId}`, () =>
      findConnection(this.#db, { environmentId: key.environment_id, connectionId }),
    )
    if (!found) throw connectionNotFound()
    return found
  }

  /**
   * An organization of the key's environment. One of another environment is answered as one that there is not.
   * @throws AppError `organization_invalid`, or `organization_not_found` for one that was deleted
   */
  async organization(environmentId: string, organizationId: string): Promise<Organization> {
    const found = await findOrganization(this.#db, organizationId)
    if (!found || found.environment_id !== environmentId)
      throw new AppError('organization_invalid', 'Invalid Organization ID')
    if (found.deleted_at !== null) throw organizationNotFound()
    return found
  }
}
