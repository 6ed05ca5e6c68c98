import { z } from 'zod'
import { createInviteToken, type InviteToken } from '../../store/invite-tokens.ts'
import { findOrganization } from '../../store/organizations.ts'
import { audit } from '../audit.ts'
import { amount, freeForm, label } from '../body.ts'
import { logoUrl } from '../connector-model.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { mistakeAt } from '../failure.ts'
import { connectionOf } from '../found.ts'
import { connectorOf } from '../given-credentials.ts'
import { inviteRefused, mustBeUnused, openInvite, signInvite } from '../invite.ts'
import { uuid } from '../parameters.ts'
import { anyJson } from '../records.ts'
import type { ApiServices } from '../services.ts'

const organization = '/v1/provisioning/organizations/{organization_id}'
const params = z.object({ organization_id: uuid('The organization.') })
const EXPIRY_SECS = 1_800

const InviteBody = z
  .object({
    vendor: z.string().max(100).nullable().optional().describe('For a token that makes a connection: to what.'),
    connection_id: z
      .uuid()
      .nullable()
      .optional()
      .describe('For a token that brings the credentials of this connection up to date, in place of `vendor`.'),
    identifier: label('Put on the connection that is made.'),
    options: freeForm('Put on the connection that is made, and never shown to who uses the token.'),
    expiry_secs: amount(`Seconds that it can be used for; ${EXPIRY_SECS} if not given.`, { from: 60, to: 2_592_000 }),
  })
  .meta({ id: 'CreateInviteToken', description: 'What an invite token is for.' })

const InviteTokenModel = z
  .object({
    token: z.string().describe('The token. It is not shown again.'),
    url: z.string().describe('The page on which it is used: what a customer is sent.'),
    expires_at: z.iso.datetime().describe('When it runs out.'),
  })
  .meta({ id: 'InviteToken', description: 'An invite token: good for one connection, once.' })

const InvitedVendor = z
  .object({
    vendor: z.string().describe('What is to be connected.'),
    vendorName: z.string().describe('Its name for people.'),
    logoUrl: z.string().describe('Its logo.'),
    docsUrl: z.string().describe('How its credentials are made.'),
    credentialsType: z.literal('SECRETS').describe('Texts that a person enters.'),
    dataSchema: anyJson.describe('JSON Schema of the credentials.'),
    uiSchema: anyJson.describe('JsonForms layout of the form.'),
    purpose: z
      .enum(['create', 'update'])
      .describe('`create` makes a connection, `update` brings the credentials of one up to date.'),
    organization_name: z.string().nullable().describe('Name of the organization that connects.'),
    connection: z
      .object({
        id: z.uuid().describe('Its id.'),
        origin: z.string().describe('The address of its org.'),
        org_name: z.string().nullable().describe('The name of its org, once that was read.'),
      })
      .nullable()
      .describe('The connection that is brought up to date; null for a token that makes one.'),
    egress_addresses: z
      .array(z.string())
      .describe(
        'Addresses and ranges from which the vendor is called, for its allow-lists; empty where nobody has said.',
      ),
    expires_at: z.iso.datetime().describe('When the token runs out.'),
  })
  .meta({ id: 'InvitedVendor', description: 'The form that an invite token opens.' })

export const onramp: readonly Endpoint[] = [
  endpoint({
    method: 'post',
    path: `${organization}/connection-invite-tokens`,
    operationId: 'create_connection_invite_token',
    tag: 'onramp',
    summary: 'Create connection invite token',
    description: 'With it a browser makes one connection, or brings the credentials of one up to date, without a key.',
    access: 'organization',
    writes: true,
    params,
    body: InviteBody,
    response: InviteTokenModel,
    errors: ['connection_not_found'],
    handle: async ({ services, body, organization, ...rest }) => {
      const call = { ...rest, organization }
      const connectionId = body.connection_id?.toLowerCase() ?? null
      const vendor = await vendorOf(services, organization, { ...body, connection_id: connectionId })
      const invite = await services.db.transaction(async (tx) => {
        const made = await createInviteToken(tx, {
          organization_id: organization.id,
          connection_id: connectionId,
          vendor,
          identifier: body.identifier || null,
          options: body.options ?? null,
          expirySecs: body.expiry_secs ?? EXPIRY_SECS,
        })
        const details = { vendor, connection_id: connectionId }
        await audit(tx, call, {
          action: 'invite_token.created',
          objectType: 'invite_token',
          objectId: made.id,
          details,
        })
        return made
      })
      const token = await signInvite(services, invite)
      return { token, url: `${services.publicUrl}/connect/${token}`, expires_at: invite.expires_at }
    },
  }),
  endpoint({
    method: 'post',
    path: `${organization}/connection-invite-token/validate`,
    operationId: 'validate_connection_invite_token',
    tag: 'onramp',
    summary: 'Validate connection invite token',
    description: 'What a form for this token shows. Needs no key. Does not use the token up.',
    access: 'open',
    params,
    body: z
      .object({ token: z.string().describe('The token.') })
      .meta({ id: 'ValidateInviteToken', description: 'A token to be looked at.' }),
    response: InvitedVendor,
    errors: ['invite_token_invalid'],
    handle: async ({ services, params, body }) => {
      const invite = mustBeUnused(await openInvite(services, body.token))
      if (invite.organization_id !== params.organization_id) throw inviteRefused()
      const connector = connectorOf(services, invite.vendor)
      const organization = await findOrganization(services.db, invite.organization_id)
      return {
        purpose: invite.connection_id === null ? ('create' as const) : ('update' as const),
        organization_name: organization?.name ?? null,
        connection: await connectionToUpdate(services.db, invite),
        egress_addresses: [...services.egressAddresses],
        expires_at: invite.expires_at,
        vendor: connector.vendor,
        vendorName: connector.vendorName,
        logoUrl: logoUrl(services, connector),
        docsUrl: connector.docsUrl,
        credentialsType: 'SECRETS' as const,
        dataSchema: connector.dataSchema,
        uiSchema: connector.uiSchema,
      }
    },
  }),
]

async function connectionToUpdate(db: ApiServices['db'], { connection_id: id, organization_id }: InviteToken) {
  if (id === null) return null
  const { origin, org_name } = await connectionOf(db, {
    organization: { id: organization_id },
    params: { connection_id: id },
  })
  return { id, origin, org_name }
}

/** A token is for a vendor or for a connection, which has one. */
async function vendorOf(
  services: Parameters<typeof connectorOf>[0] & { readonly db: Parameters<typeof connectionOf>[0] },
  organization: { readonly id: string },
  body: { readonly vendor?: string | null | undefined; readonly connection_id: string | null },
): Promise<string> {
  if (body.connection_id === null) return connectorOf(services, body.vendor).vendor
  const params = { connection_id: body.connection_id }
  const connection = await connectionOf(services.db, { organization, params })
  if ((body.vendor ?? connection.vendor) !== connection.vendor)
    throw mistakeAt(['body', 'vendor'], 'must be that of the connection, or be left out')
  return connection.vendor
}
