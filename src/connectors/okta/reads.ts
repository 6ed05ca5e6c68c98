import { AppError } from '../../errors.ts'
import type { Page } from '../connector.ts'
import type { OktaClient } from './client/client.ts'
import { path } from './path.ts'

/**
 * Single reads: one object, or one page of what belongs to one object. The streams read listings in bulk; these refresh
 * a record when something says that it changed. A `get…` resolves to null when the object is gone.
 * https://developer.okta.com/docs/api/openapi/okta-management/guides/overview/
 */

/** The user by Okta's id, deprovisioned ones included. Never by login: a login may hold `/`, `#` or dots. */
export const getUser = (client: OktaClient, id: string) => orNull(client.get(path`/api/v1/users/${id}`))

/** The user who made the API token. An OAuth service app has none: null. */
export const getTokenOwner = (client: OktaClient) => orNull(client.get('/api/v1/users/me'))

/** The group with the counts that its listing carries. */
export const getGroup = (client: OktaClient, id: string) =>
  orNull(client.get(path`/api/v1/groups/${id}`, { expand: 'stats' }))

export const getApplication = (client: OktaClient, id: string) => orNull(client.get(path`/api/v1/apps/${id}`))

/** The user's assignment to the application. */
export const getApplicationUser = (client: OktaClient, applicationId: string, userId: string) =>
  orNull(client.get(path`/api/v1/apps/${applicationId}/users/${userId}`))

/** The group's assignment to the application. */
export const getApplicationGroup = (client: OktaClient, applicationId: string, groupId: string) =>
  orNull(client.get(path`/api/v1/apps/${applicationId}/groups/${groupId}`))

export const getFactor = (client: OktaClient, userId: string, factorId: string) =>
  orNull(client.get(path`/api/v1/users/${userId}/factors/${factorId}`))

export const getPolicy = (client: OktaClient, id: string) => orNull(client.get(path`/api/v1/policies/${id}`))

/** A page of the groups the user is in, Everyone and application groups included. */
export const listUserGroups = (client: OktaClient, userId: string, cursor: string | null): Promise<Page> =>
  client.list(path`/api/v1/users/${userId}/groups`, { query: { limit: 200 }, cursor })

/**
 * The user's factors, as far as policy shows them to the network that asks. Okta answers "not found" for a
 * deprovisioned user. Not paged.
 */
export const listUserFactors = (client: OktaClient, userId: string, cursor: string | null): Promise<Page> =>
  client.list(path`/api/v1/users/${userId}/factors`, { cursor })

/** The user's admin roles, those given by groups included. Not paged. */
export const listUserRoles = (client: OktaClient, userId: string, cursor: string | null): Promise<Page> =>
  client.list(path`/api/v1/users/${userId}/roles`, { cursor })

/** The admin roles that the group gives its members. Not paged. */
export const listGroupRoles = (client: OktaClient, groupId: string, cursor: string | null): Promise<Page> =>
  client.list(path`/api/v1/groups/${groupId}/roles`, { cursor })

/**
 * A page of the user's applications, each with the user's assignment in `_embedded.user`. Okta takes the `expand` only
 * with the `filter` for the same user.
 */
export const listUserApplications = (
  client: OktaClient,
  userId: string,
  cursor: string | null,
  limit = 200,
): Promise<Page> =>
  client.list('/api/v1/apps', {
    query: { filter: `user.id eq ${JSON.stringify(userId)}`, expand: `user/${userId}`, limit },
    cursor,
  })

/** A page of the applications given to the group. */
export const listGroupApplications = (client: OktaClient, groupId: string, cursor: string | null): Promise<Page> =>
  client.list(path`/api/v1/groups/${groupId}/apps`, { query: { limit: 200 }, cursor })

/**
 * The rules of a policy in their order. Without a limit Okta sends them all; should it page, the next link is
 * followed like any other.
 */
export const listPolicyRules = (client: OktaClient, policyId: string, cursor: string | null): Promise<Page> =>
  client.list(path`/api/v1/policies/${policyId}/rules`, { cursor })

/** What the policy applies to. Types without mappings answer 400 or 404. */
export const listPolicyMappings = (client: OktaClient, policyId: string, cursor: string | null): Promise<Page> =>
  client.list(path`/api/v1/policies/${policyId}/mappings`, { cursor })

/** Null in place of "not found". */
async function orNull(read: Promise<unknown>): Promise<unknown | null> {
  try {
    return await read
  } catch (error) {
    if (error instanceof AppError && error.code === 'okta_not_found') return null
    throw error
  }
}
