import type { ConnectorDescription, ResourceDescription } from '../connector.ts'
import { parseOktaCredentials } from './credentials.ts'
import { parseDomain } from './domain.ts'
import { eventHook } from './event-hook.ts'
import { okta } from './index.ts'
import { tokenPage } from './token-page.ts'

/** Where each listing is read from, as Okta documents it: https://developer.okta.com/docs/api/ */
const ENDPOINTS: Readonly<Record<string, string>> = {
  users: 'GET /api/v1/users',
  groups: 'GET /api/v1/groups',
  group_memberships: 'GET /api/v1/groups/{groupId}/users',
  applications: 'GET /api/v1/apps',
  application_users: 'GET /api/v1/apps/{appId}/users',
  application_groups: 'GET /api/v1/apps/{appId}/groups',
  factors: 'GET /api/v1/users/{userId}/factors',
  user_roles: 'GET /api/v1/users/{userId}/roles',
  group_roles: 'GET /api/v1/groups/{groupId}/roles',
  policies: 'GET /api/v1/policies',
  policy_rules: 'GET /api/v1/policies/{policyId}/rules',
  policy_mappings: 'GET /api/v1/policies/{policyId}/mappings',
  log_events: 'GET /api/v1/logs',
}

/** A plain ring: ours, and nobody's trademark. */
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64" role="img" aria-label="Okta">
  <circle cx="32" cy="32" r="22" fill="none" stroke="#1d1d21" stroke-width="12"/>
</svg>
`

/**
 * Okta as the API and the onboarding form know it.
 * @param allowedInsecureOrigins http origins of simulated orgs on this machine that may be connected
 */
export function describeOkta({
  allowedInsecureOrigins,
}: {
  readonly allowedInsecureOrigins: readonly string[]
}): ConnectorDescription {
  return {
    vendor: okta.vendor,
    vendorName: 'Okta',
    category: 'IDP',
    dataSchema: {
      type: 'object',
      properties: {
        domain: {
          type: 'string',
          title: 'Okta Domain',
          description: 'The address of your Okta org, for example https://acme.okta.com',
          minLength: 1,
        },
        api_token: {
          type: 'string',
          title: 'API Token',
          description: 'An API token of an admin, made in Okta under Security > API > Tokens',
          minLength: 1,
          password: true,
        },
        client_id: {
          type: 'string',
          title: 'Client ID',
          description: 'Of a service app, in place of an API token, as the General tab of the app shows it',
          minLength: 1,
        },
        private_key: {
          type: ['string', 'object'],
          title: 'Private Key',
          description: 'The private key of the service app, as PEM or JWK',
          minLength: 1,
          password: true,
        },
        key_id: {
          type: 'string',
          title: 'Key ID',
          description: 'Which of the keys of the service app it is, where that has several and the key is a PEM',
        },
      },
      required: ['domain'],
      oneOf: [{ required: ['api_token'] }, { required: ['client_id', 'private_key'] }],
    },
    uiSchema: {
      type: 'VerticalLayout',
      elements: [
        { type: 'Control', scope: '#/properties/domain' },
        { type: 'Control', scope: '#/properties/api_token' },
      ],
    },
    docsUrl: 'https://developer.okta.com/docs/guides/create-an-api-token/main/',
    logo: LOGO,
    resources: okta.streams.map(resourceOf),
    parseCredentials: (given) => parseOktaCredentials(given, allowedInsecureOrigins),
    parseDomain: (text) => parseDomain(text, { allowedInsecureOrigins }),
    tokenPage: ({ origin }, { alternates }) => tokenPage([origin, ...alternates]),
    eventHook,
  }
}

function resourceOf({ name, entity, scopes }: (typeof okta.streams)[number]): ResourceDescription {
  const endpoint = ENDPOINTS[name]
  if (endpoint === undefined) throw new Error(`${name} is read from nowhere: add it to ENDPOINTS`)
  return { name, entity: entity.name, endpoint, scopes }
}
