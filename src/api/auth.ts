import type { FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors.ts'
import { type ApiKey, findApiKey } from '../store/api-keys.ts'
import { type Connection, findConnection } from '../store/connections.ts'
import type { Db } from '../store/db.ts'
import { findOrganization, type Organization } from '../store/organizations.ts'

/** How long a key or connection that was found is believed: a revoked key works for that long at most. */
const BELIEVED_MS = 1_000
/** Entries kept; all are dropped at once when there are more. */
const MOST = 10_000

export const headerOf = (request: FastifyRequest, name: string): string | null => {
  const value = request.headers[name.toLowerCase()]
  return (Array.isArray(value) ? value[0] : value) ?? null
}

/** Finds what requests show: keys, connections, organizations. What does not belong to the key's environment is not found. */
export class Authenticator {
  readonly #db: Db
  readonly #clock: Clock
  readonly #keys: Brief<ApiKey>
  readonly #connections: Brief<Connection>

  constructor(db: Db, clock: Clock) {
    this.#db = db
    this.#clock = clock
    this.#keys = new Brief(clock)
    this.#connections = new Brief(clock)
  }

  /** @throws AppError `api_key_invalid` */
  async key(text: string | null): Promise<ApiKey> {
    const key = text === null ? null : await this.#keys.get(text, () => findApiKey(this.#db, text))
    if (!key) throw new AppError('api_key_invalid', 'Invalid API Key')
    return key
  }

  /** A connection of the key's environment that has not been deleted. @throws AppError `connection_not_found` */
  async connection(key: ApiKey, connectionId: string): Promise<Connection> {
    const found = await this.#connections.get(`${key.environment_id} ${connectionId}`, () =>
      findConnection(this.#db, { environmentId: key.environment_id, connectionId }),
    )
    if (!found) throw new AppError('connection_not_found', 'Connection Not Found')
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
    if (found.deleted_at !== null) throw new AppError('organization_not_found', 'Organization Not Found')
    return found
  }

  /** Milliseconds by the clock that answers are measured with. */
  now(): number {
    return this.#clock.now()
  }
}

/** Found things, believed for a moment: a page of a listing need not look up its key and connection again. */
class Brief<T> {
  readonly #clock: Clock
  readonly #entries = new Map<string, { value: Promise<T | null>; until: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(name: string, find: () => Promise<T | null>): Promise<T | null> {
    const now = this.#clock.now()
    const known = this.#entries.get(name)
    if (known && known.until > now) return known.value
    if (this.#entries.size >= MOST) this.#entries.clear()
    const value = find()
    this.#entries.set(name, { value, until: now + BELIEVED_MS })
    const forget = () => this.#entries.delete(name)
    // What is not there may be there at once; a failure says nothing.
    value.then((found) => found ?? forget(), forget)
    return value
  }
}
