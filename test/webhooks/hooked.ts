import { afterEach, beforeEach, expect } from 'vitest'
import { type Clock, systemClock } from '../../src/clock.ts'
import { newId } from '../../src/ids.ts'
import { silentLog } from '../../src/log.ts'
import type { NewRow } from '../../src/model/entity.ts'
import type { Field } from '../../src/model/fields.ts'
import { User, type UserRow } from '../../src/model/user.ts'
import type { Resolve } from '../../src/outgoing/pinned-address.ts'
import { createSealer } from '../../src/seal.ts'
import { createConnection } from '../../src/store/connection-changes.ts'
import type { Connection } from '../../src/store/connections.ts'
import { type Db, type DbOptions, openDb } from '../../src/store/db.ts'
import { createOrganization } from '../../src/store/organizations.ts'
import { recordChanges, upsert } from '../../src/store/upsert.ts'
import { createWebhookEndpoint } from '../../src/store/webhook-endpoints.ts'
import { type Delivery, listDeliveries } from '../../src/store/webhook-messages.ts'
import { addWebhookSecret } from '../../src/store/webhook-secrets.ts'
import { Dispatcher } from '../../src/webhooks/dispatcher.ts'
import { Sender } from '../../src/webhooks/sender.ts'
import { type FreshDatabase, freshDatabase } from '../harness/database.ts'
import { eventually } from '../harness/eventually.ts'
import { openReceiver, type Receiver } from './receiver.ts'

export const sealer = createSealer(() => [Buffer.alloc(32, 7)])
const ENVIRONMENT = '00000000-0000-4000-8000-00000000000e'

export interface Hook {
  readonly id: string
  readonly secret: string
}

interface DispatcherOver {
  readonly clock?: Clock
  readonly db?: Db
  readonly owner?: string
  readonly resolve?: Resolve
  readonly allowed?: readonly string[]
  readonly mostPending?: number
}

/** An organization with a connection, whose endpoints are on a receiver of this machine. */
export class Hooked {
  db!: Db
  databaseUrl = ''
  receiver!: Receiver
  organizationId = ''
  connection!: Connection
  readonly #opened: { close(): Promise<void> }[] = []

  async open(url: string, db: Db): Promise<void> {
    this.databaseUrl = url
    this.db = db
    this.receiver = await openReceiver()
    this.organizationId = await this.organization()
    this.connection = await this.connect(this.organizationId)
  }

  async organization(): Promise<string> {
    return (await createOrganization(this.db, { environmentId: ENVIRONMENT, name: 'Acme', identifier: null })).id
  }

  connect(organizationId: string): Promise<Connection> {
    const origin = 'https://acme.okta.com'
    return createConnection(this.db, { organizationId, vendor: 'OKTA_IDP', origin, identifier: null, options: null })
  }

  /** An endpoint at a path of the receiver, which is told what happens from now on. */
  hook(path = '/', over: { types?: string[]; url?: string; organizationId?: string } = {}): Promise<Hook> {
    return this.db.transaction(async (tx) => {
      const made = await createWebhookEndpoint(tx, {
        organization_id: over.organizationId ?? this.organizationId,
        url: over.url ?? `${this.receiver.origin}${path}`,
        description: null,
        event_types: over.types ?? [],
      })
      if (!made) throw new Error('too many endpoints')
      return { id: made.id, secret: await addWebhookSecret(tx, sealer, made.id) }
    })
  }

  /** Users as a sync reads them, in one transaction. */
  async users(names: Readonly<Record<string, string>>, connection = this.connection): Promise<void> {
    const incoming = Object.entries(names).map(([vendor_id, display_name]) => ({
      row: { ...blank(User), vendor_id, display_name } as unknown as NewRow<UserRow>,
      raw: { id: vendor_id },
    }))
    await this.db.transaction((tx) => upsert(tx, User, incoming, this.#context(connection)))
    await this.settled()
  }

  /** A user who is no longer listed. */
  async drop(vendorId: string): Promise<void> {
    const id = User.idOf(this.connection.id, vendorId)
    await this.db.transaction(async (tx) => {
      await tx.query('update users set is_deleted = true, deleted_at = now() where id = $1', [id])
      await recordChanges(tx, User, 'deleted', [{ id }], this.#context(this.connection))
    })
    await this.settled()
  }

  userId(vendorId: string): string {
    return User.idOf(this.connection.id, vendorId)
  }

  #context(connection: Connection) {
    return { connectionId: connection.id, jobId: this.#jobId, stream: 'users', at: new Date().toISOString() }
  }
  #jobId = newId()

  async job(connection = this.connection): Promise<string> {
    const id = newId()
    await this.db.query(
      `insert into sync_jobs (id, connection_id, mode, state, settings, started_at, lease_owner, lease_until)
       values ($1, $2, 'full', 'running', '{}', now(), 'test', now() + interval '1 hour')`,
      [id, connection.id],
    )
    this.#jobId = id
    return id
  }

  /** Until everything that is committed is told: transactions of other tests on the same server come first. */
  async settled(): Promise<void> {
    const [row] = await this.db.query<{ now: string }>('select pg_current_xact_id()::text as now')
    await eventually(async () => {
      const [seen] = await this.db.query<{ is_past: boolean }>(
        'select pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 as is_past',
        [row?.now],
      )
      expect(seen?.is_past).toBe(true)
    })
  }

  dispatcher(over: DispatcherOver = {}): Dispatcher {
    const clock = over.clock ?? systemClock
    const sender = new Sender({
      clock,
      userAgent: 'rollcall/test',
      allowedInsecureOrigins: over.allowed ?? [this.receiver.origin],
      ...(over.resolve && { resolve: over.resolve }),
    })
    this.#opened.push(sender)
    return new Dispatcher({
      db: over.db ?? this.db,
      clock,
      log: silentLog,
      sealer,
      sender,
      owner: over.owner ?? newId(),
      ...(over.mostPending !== undefined && { mostPending: over.mostPending }),
    })
  }

  /** Another pool on the same database. */
  async anotherDb(options: DbOptions): Promise<Db> {
    const db = await openDb(this.databaseUrl, options)
    this.#opened.push(db)
    return db
  }

  /** The oldest first. */
  async deliveries(hook: Hook): Promise<Delivery[]> {
    return (await listDeliveries(this.db, { endpointId: hook.id, state: null, limit: 1_000, offset: 0 })).reverse()
  }

  /** What waits for its next attempt is due now. */
  async due(hook: Hook): Promise<void> {
    await this.db.query('update webhook_messages set next_attempt_at = now() where endpoint_id = $1', [hook.id])
    await this.db.query('update webhook_endpoints set resume_at = null where id = $1', [hook.id])
  }

  async close(): Promise<void> {
    for (const each of this.#opened.reverse()) await each.close()
    await this.receiver.close()
  }
}

/** For all tests of a file, each with a database of its own. */
export function useHooked(): Hooked {
  let hooked = new Hooked()
  let database: FreshDatabase
  let db: Db
  beforeEach(async () => {
    database = await freshDatabase()
    db = await openDb(database.url, { max: 16 })
    hooked = new Hooked()
    await hooked.open(database.url, db)
    await hooked.job()
  })
  afterEach(async () => {
    await hooked.close()
    await db.close()
    await database.drop()
  })
  return new Proxy({} as Hooked, {
    get: (_, name) => {
      const value = Reflect.get(hooked, name, hooked)
      return typeof value === 'function' ? value.bind(hooked) : value
    },
  })
}

function blank(entity: { readonly fields: object }): Record<string, unknown> {
  const fields = Object.entries(entity.fields as Record<string, Field<unknown>>)
  const empty: Record<string, unknown> = { json: {}, texts: [] }
  return Object.fromEntries(
    fields
      .filter(([name]) => name !== 'id' && name !== 'is_deleted')
      .map(([name, { kind, nullable, values }]) => [name, nullable ? null : (values?.[0] ?? empty[kind] ?? '')]),
  )
}

/** A clock whose deadlines run out when they are told to. */
export function deadlinesByHand(): { clock: Clock; expire(): void } {
  const pending = new Set<() => void>()
  return {
    clock: {
      ...systemClock,
      deadline: (_ms, _kind, onExpire) => {
        pending.add(onExpire)
        return { clear: () => void pending.delete(onExpire) }
      },
    },
    expire: () => {
      for (const onExpire of [...pending]) onExpire()
    },
  }
}
