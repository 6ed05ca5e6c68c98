import { z } from 'zod'
import { deleteConnections } from '../../store/connection-changes.ts'
import {
  countOrganizations,
  createOrganization,
  deleteOrganization,
  listOrganizations,
  updateOrganization,
} from '../../store/organizations.ts'
import { audit } from '../audit.ts'
import { label } from '../body.ts'
import { auditDeleted, endJobs } from '../connection-writes.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { organizationNotFound } from '../found.ts'
import { answerList, offsetListOf, offsetQuery } from '../offset-list.ts'
import { text, uuid } from '../parameters.ts'

const Organization = z
  .object({
    id: z.uuid().describe('Its id.'),
    name: z.string().nullable().describe('Its name.'),
    identifier: z.string().nullable().describe("The caller's own reference."),
    created_at: z.iso.datetime().describe('When it was created.'),
    updated_at: z.iso.datetime().describe('When it was last changed.'),
  })
  .meta({ id: 'Organization', description: 'A customer, who owns connections.' })

const OrganizationBody = z
  .object({
    name: label('Its name. Need not mean anything to anybody else.'),
    identifier: label("The caller's own reference. Not checked for being the only one."),
  })
  .meta({ id: 'OrganizationBody', description: 'What is said of an organization.' })

const path = '/v1/provisioning/organizations'
const one = `${path}/{organization_id}`
const params = z.object({ organization_id: uuid('The organization.') })

export const organizations: readonly Endpoint[] = [
  endpoint({
    method: 'post',
    path,
    operationId: 'create_organization',
    tag: 'provisioning',
    summary: 'Create organization',
    description: "The organization belongs to the key's environment.",
    access: 'key',
    writes: true,
    body: OrganizationBody,
    response: Organization,
    handle: ({ services, body, key, ...call }) =>
      services.db.transaction(async (tx) => {
        const organization = await createOrganization(tx, {
          environmentId: key.environment_id,
          name: body.name ?? null,
          identifier: body.identifier ?? null,
        })
        const entry = { action: 'organization.created', objectType: 'organization', objectId: organization.id } as const
        await audit(tx, { ...call, organization }, entry)
        return organization
      }),
  }),
  endpoint({
    method: 'get',
    path,
    operationId: 'list_organizations',
    tag: 'provisioning',
    summary: 'List organizations',
    description: "Those of the key's environment, the oldest first.",
    access: 'key',
    query: z.object({ ...offsetQuery, identifier: text('Only those with exactly this `identifier`.', 255) }),
    response: offsetListOf(Organization, 'OrganizationList'),
    handle: ({ services: { db }, key, query }) => {
      const filter = { environmentId: key.environment_id, identifier: query.identifier }
      return answerList(query, {
        items: (slice) => listOrganizations(db, { ...filter, ...slice }),
        count: () => countOrganizations(db, filter),
      })
    },
  }),
  endpoint({
    method: 'get',
    path: one,
    operationId: 'get_organization_by_id',
    tag: 'provisioning',
    summary: 'Get organization',
    access: 'organization',
    params,
    response: Organization,
    handle: async ({ organization }) => organization,
  }),
  endpoint({
    method: 'patch',
    path: one,
    operationId: 'update_organization_by_id',
    tag: 'provisioning',
    summary: 'Update organization',
    description: 'What is absent stays as it is; null takes it away.',
    access: 'organization',
    writes: true,
    params,
    body: OrganizationBody,
    response: Organization,
    handle: ({ services, body, organization, ...call }) =>
      services.db.transaction(async (tx) => {
        const changed = await updateOrganization(tx, organization.id, body)
        if (!changed) throw organizationNotFound()
        const details = { fields: Object.keys(body) }
        const entry = { action: 'organization.updated', objectType: 'organization', objectId: changed.id } as const
        await audit(tx, { ...call, organization }, { ...entry, details })
        return changed
      }),
  }),
  endpoint({
    method: 'delete',
    path: one,
    operationId: 'delete_organization_by_id',
    tag: 'provisioning',
    summary: 'Delete organization',
    description:
      'Its connections are deleted with it: their credentials are removed, their syncs end, invite tokens are worth nothing from then on. What was read stays in the database and is no longer served.',
    access: 'organization',
    writes: true,
    params,
    response: Organization,
    handle: async ({ services, organization, ...rest }) => {
      const call = { ...rest, organization }
      const { deleted, connections } = await services.db.transaction(async (tx) => {
        const deleted = await deleteOrganization(tx, organization.id)
        if (!deleted) throw organizationNotFound()
        const connections = await deleteConnections(tx, { organizationId: organization.id, connectionId: null })
        await auditDeleted(tx, call, connections)
        const entry = { action: 'organization.deleted', objectType: 'organization', objectId: deleted.id } as const
        await audit(tx, call, entry)
        return { deleted, connections }
      })
      await endJobs(services, connections)
      return deleted
    },
  }),
]
