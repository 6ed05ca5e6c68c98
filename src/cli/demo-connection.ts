import type { Check } from '../connectors/connector.ts'
import { createApiKey, listApiKeys, revokeApiKey } from '../store/api-keys.ts'
import { createConnection, deleteConnections, listConnectionsOf, saveConnection } from '../store/connection-changes.ts'
import { type Connection, setOrg } from '../store/connections.ts'
import { saveCredentials } from '../store/credentials.ts'
import type { Db, Queryable } from '../store/db.ts'
import { createOrganization, listOrganizations } from '../store/organizations.ts'
import type { Services, TokenTarget } from './services.ts'

/** Its own, so that the key of the demo sees nothing else, and no other key sees the demo. */
const ENVIRONMENT = 'demo'
const IDENTIFIER = 'demo'
/** More than there are. */
const ALL = { limit: 100, offset: 0 }

export interface DemoConnection {
  /** A new API key: those of earlier runs are revoked, because their text is kept nowhere. */
  readonly key: string
  readonly organizationId: string
  readonly connection: Connection
}

/**
 * The organization `Demo` and its connection to the simulated org, as of the run before where there was one: the org
 * listens on another port each time.
 */
export async function openDemoConnection(
  services: Services,
  db: Db,
  { origin, token }: TokenTarget,
  { org }: Check,
): Promise<DemoConnection> {
  const sealer = await services.sealer()
  const { key, environmentId } = await renewKey(db)
  return db.transaction(async (tx) => {
    const organizationId = await findOrCreateOrganization(tx, environmentId)
    const known = await listConnectionsOf(tx, { organizationId, identifier: IDENTIFIER, ...ALL })
    // A later version may simulate another org, whose records do not replace those of this one.
    const found =
      known.find(({ org_id }) => org_id === org.id || org_id === null) ??
      (await createConnection(tx, {
        organizationId,
        vendor: services.vendor,
        origin,
        identifier: IDENTIFIER,
        options: null,
      }))
    await saveConnection(tx, { ...found, state: 'ACTIVE' })
    await saveCredentials(tx, sealer, found.id, { token })
    const facts = { origin, org_id: org.id, org_name: org.name, engine: org.engine }
    return { key, organizationId, connection: await setOrg(tx, found.id, facts) }
  })
}

/** Nothing answers any more where the simulated org was: no worker is to ask there. Those made by invitation are gone. */
export async function pauseDemoConnection(db: Db, { organizationId, connection }: DemoConnection): Promise<void> {
  await saveConnection(db, { ...connection, state: 'PAUSED' })
  for (const other of await listConnectionsOf(db, { organizationId, identifier: null, ...ALL }))
    if (other.id !== connection.id)
      await db.transaction((tx) => deleteConnections(tx, { organizationId, connectionId: other.id }))
}

async function renewKey(db: Db): Promise<{ key: string; environmentId: string }> {
  for (const { id, environment, revoked_at } of await listApiKeys(db)) {
    if (environment === ENVIRONMENT && revoked_at === null) await revokeApiKey(db, id)
  }
  const { key, record } = await createApiKey(db, { name: 'demo', environment: ENVIRONMENT, access: 'full' })
  return { key, environmentId: record.environment_id }
}

async function findOrCreateOrganization(tx: Queryable, environmentId: string): Promise<string> {
  const [known] = await listOrganizations(tx, { environmentId, identifier: IDENTIFIER, ...ALL })
  return (known ?? (await createOrganization(tx, { environmentId, name: 'Demo', identifier: IDENTIFIER }))).id
}
