import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { StoredRow } from '../../store/list.ts'
import { ADMINISTRATORS } from '../../store/relation-people.ts'
import { listRelated } from '../../store/relations.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { FRESHNESS_HEADERS, setFreshness } from '../freshness.ts'
import { type Paging, pageOf } from '../page.ts'
import { uuid } from '../parameters.ts'
import { anyJson } from '../records.ts'
import { administratorRole } from './idp/relations-models.ts'
import { answerRelated, relatedQuery } from './idp/relations-page.ts'

const ConfigurationUser = z
  .object({
    id: z.uuid().describe('Our id of the user, the same as under `/v1/idp/users`.'),
    name: z.string().describe('The name as people see it.'),
    email: z.string().nullable().describe('Primary email address.'),
    username: z.string().nullable().describe('What the user signs in with.'),
    last_login: z.iso.datetime().nullable().describe('When the user last signed in; null when never, or not known.'),
    vendor_user_id: z.string().describe('Okta’s id of the user.'),
    vendor: z.string().describe('The vendor of the connection, such as `OKTA_IDP`.'),
    access_data: z
      .object({ roles: z.array(administratorRole).describe('The admin roles that the user holds.') })
      .describe('What the user may administer.'),
    is_deleted: z
      .boolean()
      .describe(
        'Whether the user has vanished from Okta, or holds no admin role any more; always false without `includeDeleted=true`.',
      ),
    raw: anyJson.optional().describe('Okta’s JSON of the user as received, secrets stripped; only with `raw=true`.'),
  })
  .meta({
    id: 'ConfigurationUser',
    description: 'An administrator of the connected product: a user who holds an admin role.',
  })

type ConfigurationUser = z.output<typeof ConfigurationUser>

const answerOf = (row: StoredRow, vendor: string): ConfigurationUser => {
  const answer = {
    id: row.id,
    name: row.display_name,
    email: row.email,
    username: row.username,
    last_login: row.last_login_at,
    vendor_user_id: row.vendor_id,
    vendor,
    access_data: { roles: row.roles },
    is_deleted: row.is_deleted === true || row.is_administrator !== true,
    ...('raw' in row && { raw: row.raw }),
  }
  // Its columns are those of the entity, whose fields have these types.
  return answer as ConfigurationUser
}

const QUERY: z.ZodType<Paging> = z.object(relatedQuery)

const list = endpoint({
  method: 'get',
  path: '/v1/configuration/users',
  operationId: 'list_configuration_users',
  tag: 'configuration',
  summary: 'List administrators',
  description: `The users who hold an admin role of the org, directly or through a group, by id. Users of the org at large are under
\`/v1/idp/users\`. Where the token may not read admin roles, the list is empty and \`X-Rollcall-Outcome\` says so.`,
  access: 'connection',
  query: QUERY,
  response: pageOf(ConfigurationUser, 'PageOfConfigurationUser'),
  headers: FRESHNESS_HEADERS,
  errors: ['cursor_invalid'],
  handle: async (call) => {
    const page = await answerRelated(call, {
      relation: ADMINISTRATORS,
      parent: null,
      list: 'list_configuration_users',
    })
    return { ...page, items: page.items.map((row) => answerOf(row, call.connection.vendor)) }
  },
})

const get = endpoint({
  method: 'get',
  path: '/v1/configuration/users/{user_id}',
  operationId: 'get_configuration_user',
  tag: 'configuration',
  summary: 'Get administrator',
  description: 'One administrator. A user without an admin role is not found.',
  access: 'connection',
  params: z.object({ user_id: uuid('Our id of the user.') }),
  query: z.object({ raw: relatedQuery.raw }),
  response: ConfigurationUser,
  headers: FRESHNESS_HEADERS,
  errors: ['record_not_found'],
  handle: async (call) => {
    await setFreshness(call, ADMINISTRATORS.entity, ...ADMINISTRATORS.through)
    const [row] = await listRelated(call.services.db, ADMINISTRATORS, {
      connectionId: call.connection.id,
      parent: null,
      filters: { updatedSince: null, includeDeleted: false, id: call.params.user_id },
      window: { direction: 'next', from: null, offset: 0, limit: 1 },
      raw: call.query.raw,
    })
    if (!row) throw new AppError('record_not_found', 'User Not Found')
    return answerOf(row, call.connection.vendor)
  },
})

/** The administrators of the connected product itself. */
export const configuration: readonly Endpoint[] = [list, get]
