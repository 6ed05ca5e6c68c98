import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { ACTOR_TYPES, AUDIT_ACTIONS, countAudit, listAudit } from '../../store/audit.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { answerList, offsetListOf, offsetQuery } from '../offset-list.ts'
import { choice, moment, parameterDocs, uuid } from '../parameters.ts'
import { anyJson } from '../records.ts'

const AuditEntry = z
  .object({
    id: z.uuid().describe('Its id.'),
    at: z.iso.datetime().describe('When it was done.'),
    organization_id: z.uuid().nullable().describe('The organization that it is about.'),
    actor_type: z.enum(ACTOR_TYPES).describe('What kind of caller did it.'),
    actor_id: z.string().nullable().describe('Id of the API key or invite token.'),
    actor_name: z.string().nullable().describe('Name of the API key.'),
    action: z.string().describe('What was done: `connection.created`.'),
    object_type: z.string().describe('To what kind of thing.'),
    object_id: z.string().nullable().describe('To which one.'),
    request_id: z.string().nullable().describe('`X-Request-Id` of the answer.'),
    details: z.record(z.string(), anyJson).describe('Names and ids that explain it. Never a secret.'),
  })
  .meta({ id: 'AuditEntry', description: 'Who did what to what gives access.' })

const aboutOrganization = 'Only what is about this organization.'
const organizationId = uuid(aboutOrganization).optional()
parameterDocs.add(organizationId, { schema: { type: 'string', format: 'uuid' }, description: aboutOrganization })

export const auditLog: readonly Endpoint[] = [
  endpoint({
    method: 'get',
    path: '/v1/audit-log',
    operationId: 'list_audit_log',
    tag: 'audit',
    summary: 'List the audit log',
    description: "What was done in the key's environment, the newest first. Needs a key with full access.",
    access: 'key',
    query: z.object({
      ...offsetQuery,
      organizationId,
      action: choice(AUDIT_ACTIONS, 'Only this action.'),
      since: moment('Only what was done at or after this time.'),
    }),
    response: offsetListOf(AuditEntry, 'AuditLog'),
    errors: ['api_key_read_only'],
    handle: ({ services: { db }, key, query }) => {
      if (key.access !== 'full') throw new AppError('api_key_read_only', 'This key may only read.')
      const { organizationId = null, action, since } = query
      const filter = { environmentId: key.environment_id, organizationId, action, since }
      return answerList(query, {
        items: (slice) => listAudit(db, { ...filter, ...slice }),
        count: () => countAudit(db, filter),
      })
    },
  }),
]
