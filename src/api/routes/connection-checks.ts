import { z } from 'zod'
import type { ConnectorDescription } from '../../connectors/connector.ts'
import { AppError, toAppError } from '../../errors.ts'
import { findConnectionOf } from '../../store/connection-changes.ts'
import { audit } from '../audit.ts'
import { ABOUT_CREDENTIALS, credentials, vendor } from '../body.ts'
import { CheckRowModel, ConnectionTest, isAboutCredentials, OTHER_ORG, testCredentials } from '../check-model.ts'
import { type Call, type Contexts, type Endpoint, endpoint } from '../endpoint.ts'
import { InvalidRequest } from '../failure.ts'
import { connectorOf, parseCredentials } from '../given-credentials.ts'
import { mustBeUnused } from '../invite.ts'
import { uuid } from '../parameters.ts'

/** What can be asked about credentials before they are stored: nothing of it is kept. */

const path = '/v1/provisioning/organizations/{organization_id}/connections'
const params = z.object({ organization_id: uuid('The organization.') })

const DomainBody = z
  .object({
    vendor,
    domain: z.string().max(2_000).describe('The address as somebody typed or pasted it.'),
    ask: z.boolean().optional().describe('Whether to ask who answers there; without it nobody is asked.'),
  })
  .meta({ id: 'CheckDomain', description: 'An address to be checked.' })

const DomainCheck = z
  .object({
    is_valid: z.boolean().describe('Whether it can be connected, as far as was asked.'),
    origin: z.string().nullable().describe('The cleaned address; null where it is none.'),
    host: z.string().nullable().describe('Its host: what people know it by.'),
    notes: z.array(z.string()).describe('What was changed about it, in sentences.'),
    code: z.string().nullable().describe('What kind of error it was.'),
    message: z.string().nullable().describe('What is wrong and what to do about it.'),
    org: z
      .object({
        id: z.string().describe('Its id.'),
        engine: z.enum(['idx', 'v1']).nullable().describe('`idx` Identity Engine, `v1` Classic Engine.'),
      })
      .nullable()
      .describe('The org that answers there; null unless it was asked.'),
    token_page_url: z
      .string()
      .nullable()
      .describe('Where an admin of it makes a token; null where that cannot be told from its addresses.'),
  })
  .meta({ id: 'DomainCheck', description: 'What an address is.' })

const CredentialsBody = z
  .object({ vendor, credentials })
  .meta({ id: 'TestCredentials', description: 'Credentials to be tested.' })

const EstimateModel = z
  .object({
    requests: z.int().describe('Requests to the vendor.'),
    seconds: z
      .number()
      .nullable()
      .describe('Seconds, at the pace that its rate limits leave; null where they are not known.'),
    at_least: z.boolean().describe('The org is too large to be counted cheaply: it takes this much, and more.'),
    counts: z
      .object({
        users: z.int().nullable().describe('Users; null where they may not be counted.'),
        groups: z.int().nullable().describe('Groups; null where they may not be counted.'),
        applications: z.int().nullable().describe('Applications; null where they may not be counted.'),
      })
      .describe('What there is to read.'),
  })
  .meta({ id: 'Estimate', description: 'What a first sync will take.' })

const domain = endpoint({
  method: 'post',
  path: `${path}/domain`,
  operationId: 'check_domain',
  tag: 'provisioning',
  summary: 'Check domain',
  description: 'Cleans an address and, if told to, asks who answers there, without credentials. Stores nothing.',
  access: 'invite',
  writes: true,
  params,
  body: DomainBody,
  response: DomainCheck,
  handle: async ({ body, ...call }) => {
    const { services, signal } = call
    const connector = connectorFor(call, body.vendor)
    const nothing = { origin: null, host: null, notes: [], code: null, message: null, org: null, token_page_url: null }
    let known: Omit<z.infer<typeof DomainCheck>, 'is_valid'> = nothing
    try {
      const address = connector.parseDomain(body.domain)
      const { origin, notes } = address
      const tokenPage = (alternates: readonly string[]) => connector.tokenPage(address, { alternates })
      known = { ...known, origin, host: new URL(origin).host, notes: [...notes], token_page_url: tokenPage([]) }
      if (!body.ask) return { is_valid: true, ...known }
      const { id, engine, alternates } = await services.vendors.findOrg(connector.vendor, address, signal)
      const expected = await expectedOrg(call)
      if (expected !== null && expected !== id) throw new AppError('org_mismatch', OTHER_ORG)
      return { is_valid: true, ...known, org: { id, engine }, token_page_url: tokenPage(alternates) }
    } catch (thrown) {
      const error = toAppError(thrown)
      if (!isAboutCredentials(error) || signal.aborted) throw error
      return { is_valid: false, ...known, code: error.code, message: `${error.message} ${error.remedy}` }
    }
  },
})

const test = endpoint({
  method: 'post',
  path: `${path}/test`,
  operationId: 'test_credentials',
  tag: 'provisioning',
  summary: 'Test credentials before saving',
  description: 'Tries each API that a sync uses, one cheap request each, and stores nothing.',
  access: 'invite',
  writes: true,
  params,
  body: CredentialsBody,
  response: ConnectionTest,
  errors: ABOUT_CREDENTIALS,
  handle: (call) => tested(call),
  events: {
    schemas: { row: CheckRowModel, result: ConnectionTest },
    description:
      'With `Accept: text/event-stream` each API is told of as soon as it was tried: events `row`, each a row of the check, then one `result` with the whole of it, or `error` with the body that an error has.',
    stream: async (call, send) => send('result', await tested(call, (row) => send('row', row))),
  },
})

const estimate = endpoint({
  method: 'post',
  path: `${path}/estimate`,
  operationId: 'estimate_first_sync',
  tag: 'provisioning',
  summary: 'Estimate first sync',
  description:
    'Counts users by their groups, groups, applications and policies, in some forty requests for ten thousand users, and says what a first sync with these credentials will take. Stores nothing.',
  access: 'invite',
  writes: true,
  params,
  body: CredentialsBody,
  response: EstimateModel,
  errors: [
    ...ABOUT_CREDENTIALS,
    'okta_token_rejected',
    'okta_client_rejected',
    'okta_no_scope_granted',
    'not_an_okta_org',
    'okta_unreachable',
    'okta_timeout',
  ],
  handle: async ({ services, body, signal, actor }) => {
    const connector = connectorFor({ services, actor }, body.vendor)
    const given = parseCredentials(connector, body.credentials)
    try {
      const { counts, ...rest } = await services.vendors.estimate(connector.vendor, given, signal)
      return { ...rest, counts: { ...counts } }
    } catch (thrown) {
      throw blamedOnCredentials(toAppError(thrown))
    }
  },
})

/** What a vendor refuses is a mistake in the request, which every answer of 422 names. */
function blamedOnCredentials(error: AppError): AppError {
  if (error.status !== 422) return error
  const mistake = { loc: ['body', 'credentials'], msg: `${error.message} ${error.remedy}`, type: 'value_error' }
  return new InvalidRequest([mistake], error.code)
}

type Tested = Call<unknown, unknown, z.infer<typeof CredentialsBody>> & Contexts['invite']

async function tested(
  { body, services, signal, ...call }: Tested,
  onRow?: (row: z.infer<typeof CheckRowModel>) => void,
) {
  const connector = connectorFor({ services, actor: call.actor }, body.vendor)
  const given = parseCredentials(connector, body.credentials)
  const result = await testCredentials(services, connector.vendor, async () => given, {
    signal,
    orgId: await expectedOrg({ services, ...call }),
    ...(onRow && { onRow }),
  })
  const details = { vendor: connector.vendor, is_valid: result.is_valid }
  const entry = { action: 'credentials.tested', objectType: 'connection', objectId: null, details } as const
  await audit(services.db, call, entry)
  return result
}

/** An invite token says what is connected, whatever its user says, and only until it was used. */
const connectorFor = (
  { services, actor }: Pick<Tested, 'services' | 'actor'>,
  given: string | null | undefined,
): ConnectorDescription =>
  connectorOf(services, actor.type === 'invite_token' ? mustBeUnused(actor.invite).vendor : given)

/** The org that an update token is good for; null where it may be any. */
async function expectedOrg({
  services,
  actor,
  organization,
}: Pick<Tested, 'services' | 'actor' | 'organization'>): Promise<string | null> {
  if (actor.type !== 'invite_token' || actor.invite.connection_id === null) return null
  const place = { organizationId: organization.id, connectionId: actor.invite.connection_id }
  return (await findConnectionOf(services.db, place))?.org_id ?? null
}

export const connectionChecks: readonly Endpoint[] = [domain, test, estimate]
