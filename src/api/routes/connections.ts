import { z } from 'zod'
import { countConnectionsOf, listConnectionsOf } from '../../store/connection-changes.ts'
import { CONNECTION_STATES } from '../../store/connections.ts'
import { readCredentials } from '../../store/credentials.ts'
import { noteTokenUsed } from '../../store/token.ts'
import { audit } from '../audit.ts'
import { ABOUT_CREDENTIALS, amount, credentials, freeForm, label, vendor } from '../body.ts'
import { ConnectionTest, testCredentials } from '../check-model.ts'
import { ConnectionModel, connectionAnswer, connectionAnswers, NamedConnectionModel } from '../connection-model.ts'
import { create, remove, update } from '../connection-writes.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { connectionOf } from '../found.ts'
import { inviteRefused } from '../invite.ts'
import { answerList, offsetListOf, offsetQuery } from '../offset-list.ts'
import { text, uuid } from '../parameters.ts'

const path = '/v1/provisioning/organizations/{organization_id}/connections'
const one = `${path}/{connection_id}`
const organizationParams = z.object({ organization_id: uuid('The organization.') })
const params = organizationParams.extend({ connection_id: uuid('The connection.') })

const CreateBody = z
  .object({
    vendor,
    credentials,
    identifier: label("The caller's own reference."),
    options: freeForm('What the vendor needs beside credentials. OKTA_IDP needs nothing.'),
  })
  .meta({ id: 'CreateConnection', description: 'A connection to be made.' })

const UpdateBody = z
  .object({
    credentials,
    identifier: label("The caller's own reference; empty text takes it away."),
    state: z.enum(CONNECTION_STATES).nullable().optional().describe('Absent or null: stays as it is.'),
    refresh_interval_secs: amount(
      'Seconds from the start of one scheduled sync to the next: an incremental one, unless a full one is due.',
      { from: 60, to: 604_800 },
    ),
    full_interval_secs: amount('Seconds from the end of one full sync to the next.', { from: 3_600, to: 2_592_000 }),
    reread_days: amount(
      'Days within which what no event tells about (factors, memberships of groups that have not moved) is read again.',
      { from: 1, to: 90 },
    ),
    timeout_secs: amount('Seconds of silence after which a sync is taken to hang.', { from: 60, to: 86_400 }),
  })
  .meta({ id: 'UpdateConnection', description: 'What of a connection is to change.' })

const create_ = endpoint({
  method: 'post',
  path,
  operationId: 'create_connection',
  tag: 'provisioning',
  summary: 'Add new connection',
  description:
    'Answers at once; the first sync begins in the background. The credentials are not tried: `connections/test` tries them before they are stored. With an invite token, vendor, options and identifier are those of the token, which is then used up.',
  access: 'invite',
  writes: true,
  params: organizationParams,
  body: CreateBody,
  response: ConnectionModel,
  errors: ABOUT_CREDENTIALS,
  handle: async ({ body, ...call }) => {
    const { db, connectors } = call.services
    return connectionAnswer(db, connectors, await create(call, body))
  },
})

const list = endpoint({
  method: 'get',
  path,
  operationId: 'list_connections',
  tag: 'provisioning',
  summary: 'List connections',
  description: 'The oldest first. Deleted ones are not listed.',
  access: 'organization',
  params: organizationParams,
  query: z.object({ ...offsetQuery, identifier: text('Only those with exactly this `identifier`.', 255) }),
  response: offsetListOf(ConnectionModel, 'ConnectionList'),
  handle: async ({ services: { db, connectors }, organization, query, ...call }) => {
    const filter = { organizationId: organization.id, identifier: query.identifier }
    const page = await answerList(query, {
      items: (slice) => listConnectionsOf(db, { ...filter, ...slice }),
      count: () => countConnectionsOf(db, filter),
    })
    const entry = { action: 'connection.listed', objectType: 'organization', objectId: organization.id } as const
    await audit(db, { ...call, organization }, entry)
    return { ...page, items: await connectionAnswers(db, connectors, page.items) }
  },
})

const get = endpoint({
  method: 'get',
  path: one,
  operationId: 'get_connection_by_id',
  tag: 'provisioning',
  summary: 'Get connection',
  description: 'With an invite token only the connection that the token made or updates.',
  access: 'invite',
  params,
  response: NamedConnectionModel,
  errors: ['connection_not_found'],
  handle: async ({ services: { db, connectors }, organization, params, ...call }) => {
    const { actor } = call
    if (actor.type === 'invite_token' && actor.invite.connection_id !== params.connection_id) throw inviteRefused()
    const connection = await connectionOf(db, { organization, params })
    const entry = { action: 'connection.read', objectType: 'connection', objectId: connection.id } as const
    await audit(db, { ...call, organization }, entry)
    return { ...(await connectionAnswer(db, connectors, connection)), organization_name: organization.name }
  },
})

const patch = endpoint({
  method: 'patch',
  path: one,
  operationId: 'update_connection_by_id',
  tag: 'provisioning',
  summary: 'Update connection',
  description:
    'What is absent or null stays as it is, the state too. New credentials of an active connection are synced with at once. An update token changes the credentials of its connection and nothing else, once.',
  access: 'invite',
  writes: true,
  params,
  body: UpdateBody,
  response: ConnectionModel,
  errors: ['connection_not_found', 'credentials_missing', ...ABOUT_CREDENTIALS],
  handle: async ({ body, params, ...call }) => {
    const { db, connectors } = call.services
    return connectionAnswer(db, connectors, await update(call, params.connection_id, body))
  },
})

const delete_ = endpoint({
  method: 'delete',
  path: one,
  operationId: 'delete_connection_by_id',
  tag: 'provisioning',
  summary: 'Delete connection',
  description: 'Its credentials are removed and its sync ends. What was read stays in the database, no longer served.',
  access: 'organization',
  writes: true,
  params,
  response: ConnectionModel,
  errors: ['connection_not_found'],
  handle: async ({ params, ...call }) => {
    const { db, connectors } = call.services
    return connectionAnswer(db, connectors, await remove(call, params.connection_id))
  },
})

const testStored = endpoint({
  method: 'get',
  path: `${one}/test`,
  operationId: 'test_connection_by_id',
  tag: 'provisioning',
  summary: 'Test connection',
  description: 'Tries the stored credentials. Whatever is wrong with them is said in an answer of 200.',
  access: 'organization',
  params,
  response: ConnectionTest,
  errors: ['connection_not_found'],
  handle: async ({ services, organization, params, signal, ...call }) => {
    const { db, sealer } = services
    const connection = await connectionOf(db, { organization, params })
    const { vendor, origin, org_id: orgId } = connection
    const stored = async () => ({ origin, notes: [], ...(await readCredentials(db, sealer, connection.id)) })
    const result = await testCredentials(services, vendor, stored, { signal, orgId })
    const owner = result.check?.owner
    if (owner && result.code !== 'org_mismatch') await noteTokenUsed(db, connection.id, { owner })
    const details = { is_valid: result.is_valid }
    const entry = { action: 'credentials.tested', objectType: 'connection', objectId: connection.id, details } as const
    await audit(db, { ...call, organization }, entry)
    return result
  },
})

export const connections: readonly Endpoint[] = [create_, list, get, patch, delete_, testStored]
