import { describe, expect, it } from 'vitest'
import { DOCUMENT, OPERATIONS } from './documented.ts'

/**
 * What Leen has published of its v1 API, line by line, as far as the document shows it. How answers behave is tested
 * with the operations themselves.
 */

const operationOf = (method: string, path: string) => {
  const found = OPERATIONS.find((one) => one.method === method && one.path === path)
  if (!found) throw new Error(`there is no ${method} ${path}`)
  return found.operation
}
const queryOf = (path: string) => {
  const parameters = operationOf('get', path).parameters ?? []
  return Object.fromEntries(parameters.filter((one) => one.in === 'query').map(({ name, schema }) => [name, schema]))
}
const propertiesOf = (component: string) => {
  const schema = DOCUMENT.components.schemas[component] as { properties?: Record<string, unknown> } | undefined
  return Object.keys(schema?.properties ?? {})
}

const CONNECTIONS = '/provisioning/organizations/{organization_id}/connections'
const CONNECTION = `${CONNECTIONS}/{connection_id}`

describe('the paths', () => {
  it.each([
    ['get', '/idp/groups'],
    ['get', '/idp/applications'],
    ['get', '/idp/policies'],
    ['get', '/idp/policies/{policy_id}/groups'],
    ['get', '/idp/policies/{policy_id}/applications'],
    ['get', '/idp/policies/{policy_id}/users'],
    ['get', '/configuration/users'],
    ['get', '/configuration/users/{user_id}'],
    ['post', '/provisioning/organizations'],
    ['get', '/provisioning/organizations'],
    ['get', '/provisioning/organizations/{organization_id}'],
    ['delete', '/provisioning/organizations/{organization_id}'],
    ['post', CONNECTIONS],
    ['get', CONNECTIONS],
    ['get', CONNECTION],
    ['patch', CONNECTION],
    ['delete', CONNECTION],
    ['get', `${CONNECTION}/test`],
    ['get', `${CONNECTION}/jobs`],
    ['post', '/provisioning/organizations/{organization_id}/connection-invite-tokens'],
    ['post', '/provisioning/organizations/{organization_id}/connection-invite-token/validate'],
    ['get', '/connectors'],
  ])('%s %s answers 200, also where it creates', (method, path) => {
    expect(Object.keys(operationOf(method, path).responses).filter((status) => status < '400')).toEqual(['200'])
  })

  it.each([
    ['get', '/idp/groups', 'list_idp_groups'],
    ['get', '/idp/policies', 'list_idp_policies'],
    ['get', '/idp/policies/{policy_id}/groups', 'list_idp_policy_groups'],
    ['delete', CONNECTION, 'delete_connection_by_id'],
    ['get', `${CONNECTION}/test`, 'test_connection_by_id'],
  ])('%s %s has the published operationId', (method, path, operationId) => {
    expect(operationOf(method, path).operationId).toBe(operationId)
  })
})

describe('the lists of identity data', () => {
  const paths = ['/idp/groups', '/idp/applications', '/idp/policies', '/idp/policies/{policy_id}/groups']

  it.each(paths)('%s takes the published parameters, with their defaults', (path) => {
    expect(queryOf(path)).toMatchObject({
      enableCursor: { type: 'boolean', default: false },
      updatedSince: { type: 'string', format: 'date-time' },
      limit: { type: 'integer', default: 100, minimum: 0 },
      offset: { type: 'integer', default: 0, minimum: 0 },
      excludeTotal: { type: 'boolean', default: false },
      cursor: { type: 'string' },
      use_pool: { type: 'boolean', default: true },
    })
  })

  it.each([
    ['/idp/groups', ['includeIdpUsers', 'includeIdpApplications']],
    ['/idp/applications', ['includeIdpUsers', 'includeIdpGroups']],
  ])('%s takes its include flags, false unless given', (path, flags) => {
    const query = queryOf(path)
    expect(flags.map((flag) => query[flag])).toEqual(flags.map(() => ({ type: 'boolean', default: false })))
  })

  it.each(['PageOfGroup', 'PageOfApplication', 'PageOfPolicy', 'PageOfPolicyGroups'])(
    '%s has both envelopes',
    (name) => {
      const envelope = ['count', 'items', 'total', 'next_cursor', 'previous_cursor']
      expect(propertiesOf(name)).toEqual(expect.arrayContaining(envelope))
    },
  )

  it('ask for a key and a connection by header', () => {
    const schemes = Object.values(DOCUMENT.components.securitySchemes) as { type: string; in: string; name: string }[]
    expect(DOCUMENT.components.securitySchemes).toHaveProperty('API-Key')
    expect(schemes.map(({ type, in: place, name }) => [type, place, name])).toEqual(
      expect.arrayContaining([
        ['apiKey', 'header', 'X-API-KEY'],
        ['apiKey', 'header', 'X-CONNECTION-ID'],
      ]),
    )
    expect(DOCUMENT.openapi).toBe('3.1.0')
    expect(DOCUMENT.security).toEqual([])
  })
})

describe('the models', () => {
  it.each([
    [
      'Group',
      'id types description name vendor_id vendor_created_at last_membership_updated_at last_updated_at is_deleted',
    ],
    ['Application', 'id labels name vendor_id version vendor_status vendor_created_at last_updated_at is_deleted'],
    [
      'Connection',
      'id vendor is_active refresh_interval_secs timeout_secs organization_id state created_at updated_at health oauth2_authorize_url identifier direction api_credentials',
    ],
    ['ConnectionWithOrganization', 'organization_name'],
    ['ConnectionHealth', 'name status description resolution_owner details'],
    ['ConnectionTest', 'is_valid message'],
    ['ConfigurationUser', 'id name email username last_login vendor_user_id vendor access_data'],
    ['ValidationError', 'loc msg type'],
    ['HTTPValidationError', 'detail'],
  ])('%s has every published property', (component, names) => {
    expect(propertiesOf(component)).toEqual(expect.arrayContaining(names.split(' ')))
  })

  it('a connection never has credentials', () => {
    expect([...propertiesOf('Connection'), ...propertiesOf('ConnectionWithOrganization')]).not.toContain('credentials')
  })

  it('the states of a connection are the published ones', () => {
    const { properties } = DOCUMENT.components.schemas.Connection as { properties: { state: { enum: string[] } } }
    expect(properties.state.enum).toEqual(['PENDING', 'ACTIVE', 'PAUSED', 'DELETED'])
  })
})
