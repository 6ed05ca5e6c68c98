import { z } from 'zod'
import { CONNECTION_STATES, type Connection } from '../store/connections.ts'
import type { Queryable } from '../store/db.ts'
import { type ConnectionFacts, factsOf } from '../store/job-history.ts'
import { STEP_OUTCOMES } from '../store/jobs.ts'
import { HEALTH, type Health, type HealthName, healthOf } from './health.ts'
import { WARNING_CODES } from './health-warnings.ts'
import { JobSummary, jobSummary } from './job-model.ts'
import { DATA_EXPORT_TYPES, resourceNames, resourcesOf } from './resources.ts'
import type { ApiServices } from './services.ts'

const ResourceHealth = z
  .object({
    resource: z.string().describe('The listing, such as `application_users`.'),
    data_export_type: z.enum(DATA_EXPORT_TYPES).describe('The kind of data.'),
    outcome: z.enum(STEP_OUTCOMES).describe('How it was read the last time.'),
    reason_code: z.string().nullable().describe('Why it is not complete: a code to branch on.'),
    reason: z.string().nullable().describe('Why it is not complete, in words.'),
    remedy: z.string().nullable().describe('What to do about it.'),
    last_complete_at: z.iso.datetime().nullable().describe('When it was last read completely; null: never.'),
    rows: z.int().describe('Records read the last time.'),
    held_deletes: z.int().describe('Records that are no longer listed and are kept until somebody confirms.'),
    rejected: z.int().describe('Items that could not become records.'),
  })
  .meta({ id: 'ResourceHealth', description: 'How one resource of a connection was read the last time.' })

const HealthWarning = z
  .object({
    code: z
      .enum(WARNING_CODES)
      .describe(
        'What it is about, to branch on. `token_idle`: Okta ends tokens that nothing uses. `token_owner_at_risk`: the user who made it may lose it. `permission_lost`: what could be read is refused. `sync_overdue`: no sync has come to its end for three intervals and an hour. `schedule_slowed`: syncs come less often because they are refused. `log_silent`: no events, without an error. `event_hook_silent`: the log tells events that were not pushed.',
      ),
    is_urgent: z.boolean().describe('Whether it breaks within days, or has begun to.'),
    message: z.string().describe('What is so, in words.'),
    remedy: z.string().nullable().describe('What to do about it.'),
    since: z.iso.datetime().nullable().describe('Since when it is so; null where that is not known.'),
    checked_at: z.iso.datetime().nullable().describe('When it was last looked at; null: not yet.'),
    resources: z.array(z.string()).describe('The resources it is about; none where it is about the connection.'),
  })
  .meta({
    id: 'HealthWarning',
    description: 'Something to mend before it breaks anything. Changes no state of health.',
  })

const HealthModel = z
  .object({
    name: z.enum(Object.keys(HEALTH) as [HealthName, ...HealthName[]]).describe('The state.'),
    status: z.enum(['HEALTHY', 'UNHEALTHY']).describe('Whether something has to be done.'),
    description: z.string().describe('The state in words.'),
    resolution_owner: z.enum(['LEEN', 'CUSTOMER', 'VENDOR']).describe('Who can mend it; LEEN: who runs this server.'),
    details: z
      .array(
        z.object({
          data_export_type: z.enum(DATA_EXPORT_TYPES).describe('The kind of data.'),
          endpoint: z.string().describe("The vendor's API."),
        }),
      )
      .nullable()
      .describe('What could not be read, where it is not everything.'),
    resources: z.array(ResourceHealth).describe('Each resource by itself: what one lacks hides no other.'),
    next_action: z.string().nullable().describe('What to do, in one sentence; null where nothing is to be done.'),
    checked_at: z.iso.datetime().nullable().describe('When a sync last had something to say.'),
    warnings: z.array(HealthWarning).describe('What may mean trouble to come, the most pressing first.'),
  })
  .meta({ id: 'ConnectionHealth', description: 'The health of a connection, from its last sync.' })

/** The org of a connection. */
export const ConnectedOrg = z
  .object({
    id: z.string().describe("The vendor's own id of the org."),
    name: z.string().nullable().describe('Its name.'),
    engine: z.enum(['idx', 'v1']).nullable().describe('`idx` Identity Engine, `v1` Classic Engine.'),
    origin: z.string().describe('Its address.'),
  })
  .nullable()
  .describe('The connected org; null until it has been asked.')

const shape = {
  id: z.uuid().describe('Its id: what `X-CONNECTION-ID` takes.'),
  vendor: z.string().describe('What is connected, such as `OKTA_IDP`.'),
  is_active: z.boolean().describe('Whether it is synced on schedule.'),
  refresh_interval_secs: z
    .int()
    .describe(
      'Seconds from the start of one scheduled sync to the next: an incremental one, unless a full one is due. 300 unless set.',
    ),
  timeout_secs: z.int().describe('Seconds of silence after which a sync is taken to hang.'),
  organization_id: z.uuid().describe('The organization that owns it.'),
  state: z
    .enum(CONNECTION_STATES)
    .describe('PENDING: has no credentials. ACTIVE: synced on schedule. PAUSED: not synced, still served. DELETED.'),
  created_at: z.iso.datetime().describe('When it was created.'),
  updated_at: z.iso.datetime().describe('When it was last changed.'),
  health: HealthModel.nullable().describe('Its health; null before a sync has shown anything.'),
  oauth2_authorize_url: z.string().nullable().describe('Always null: no vendor here is connected by OAuth consent.'),
  identifier: z.string().nullable().describe("The caller's own reference."),
  direction: z.literal('SOURCE').describe('Data comes from it.'),
  api_credentials: z.null().describe('Always null: no vendor here pushes data.'),
  org: ConnectedOrg,
  token: z
    .object({
      owner: z
        .object({
          id: z.string().describe("The vendor's own id of the user."),
          login: z.string().nullable().describe('The login.'),
        })
        .nullable()
        .describe('The user who made it; null where the vendor does not tell, or has not been asked yet.'),
      last_used_at: z.iso
        .datetime()
        .nullable()
        .describe('When the vendor last answered it; null: not since it was stored.'),
      keep_alive_at: z.iso
        .datetime()
        .nullable()
        .describe(
          'When it was last tried for nothing but to keep it alive, as is done weekly while paused; null: never.',
        ),
    })
    .nullable()
    .describe('The stored token; null where none is, as for a service app. Never the token itself.'),
  service_app: z
    .object({ client_id: z.string().describe('Its client ID.') })
    .nullable()
    .describe('The service app that signs in; null where an API token does. Never its key.'),
  next_sync_at: z.iso.datetime().nullable().describe('When it is synced next; null while it is not.'),
  last_job: JobSummary.nullable().describe('Its last sync; null before the first.'),
  full_interval_secs: z.int().describe('Seconds from the end of one full sync to the next. 86400 unless set.'),
  reread_days: z
    .int()
    .describe(
      'Days within which what no event tells about (factors, memberships of groups that have not moved) is read again. 7 unless set.',
    ),
  next_full_at: z.iso
    .datetime()
    .nullable()
    .describe('When the next scheduled sync is a full one; null: the next one is, since there was none to build on.'),
  log_polled_at: z.iso
    .datetime()
    .nullable()
    .describe('When the System Log last answered, with events or without; null: not between full syncs.'),
  held_deletes: z.int().describe('Records that are no longer listed and are kept until somebody confirms.'),
}

export const ConnectionModel = z
  .object(shape)
  .meta({ id: 'Connection', description: 'One org of a customer, connected. Credentials are never in an answer.' })
export type ConnectionAnswer = z.infer<typeof ConnectionModel>

export const NamedConnectionModel = z
  .object({ ...shape, organization_name: z.string().nullable().describe('Name of the organization that owns it.') })
  .meta({ id: 'ConnectionWithOrganization', description: 'A connection, and whose it is by name.' })

/** Connections as answers; as many queries for a hundred of them as for one. */
export async function connectionAnswers(
  db: Queryable,
  connectors: ApiServices['connectors'],
  connections: readonly Connection[],
): Promise<ConnectionAnswer[]> {
  const ids = connections.map(({ id }) => id)
  const facts = ids.length > 0 ? await factsOf(db, ids, resourceNames(connectors)) : new Map<string, ConnectionFacts>()
  return connections.map((connection) => {
    const known = facts.get(connection.id) ?? NO_FACTS
    const health = healthOf(known, resourcesOf(connectors, connection.vendor))
    return {
      id: connection.id,
      vendor: connection.vendor,
      is_active: connection.state === 'ACTIVE',
      refresh_interval_secs: connection.refresh_interval_secs,
      full_interval_secs: connection.full_interval_secs,
      reread_days: connection.reread_days,
      next_full_at: connection.full_sync_at && connection.next_full_at,
      log_polled_at: connection.log_polled_at,
      timeout_secs: connection.timeout_secs,
      organization_id: connection.organization_id,
      state: connection.state,
      created_at: connection.created_at,
      updated_at: connection.updated_at,
      health: health && healthAnswer(health),
      oauth2_authorize_url: null,
      identifier: connection.identifier,
      direction: 'SOURCE',
      api_credentials: null,
      org: orgOf(connection),
      token: tokenOf(known.warnings),
      service_app: known.warnings?.client_id ? { client_id: known.warnings.client_id } : null,
      next_sync_at: connection.state === 'ACTIVE' ? connection.next_sync_at : null,
      last_job: known.lastJob && jobSummary(known.lastJob),
      held_deletes: known.lastReads.reduce((sum, read) => sum + read.held_deletes, 0),
    }
  })
}

export async function connectionAnswer(
  db: Queryable,
  connectors: ApiServices['connectors'],
  connection: Connection,
): Promise<ConnectionAnswer> {
  const [answer] = await connectionAnswers(db, connectors, [connection])
  if (!answer) throw new Error('one connection makes one answer')
  return answer
}

const NO_FACTS = { lastJob: null, toldJob: null, lastReads: [], warnings: null }

/** The same, in lists that the answer's type takes. */
const healthAnswer = ({ details, resources, warnings, ...health }: Health): ConnectionAnswer['health'] => ({
  ...health,
  details: details && [...details],
  resources: [...resources],
  warnings: warnings.map((warning) => ({ ...warning, resources: [...warning.resources] })),
})

function tokenOf(facts: ConnectionFacts['warnings']): ConnectionAnswer['token'] {
  if (!facts || facts.token_stored_at === null) return null
  const { token_owner_vendor_id: id, token_owner_login: login } = facts
  return {
    owner: id === null ? null : { id, login },
    last_used_at: facts.token_used_at,
    keep_alive_at: facts.keep_alive_at,
  }
}

/** The org of a connection, as answers have it. */
export const orgOf = ({ org_id: id, org_name: name, engine, origin }: Connection): ConnectionAnswer['org'] =>
  id === null ? null : { id, name, engine, origin }
