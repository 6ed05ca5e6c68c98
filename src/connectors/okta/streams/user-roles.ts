import { RoleAssignment, type RoleAssignmentRow } from '../../../model/role-assignment.ts'
import { User } from '../../../model/user.ts'
import { type Page, stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { getUser, listUserRoles } from '../reads.ts'
import { isObject, looseId } from '../wire.ts'
import { withTargets } from './role-targets.ts'
import { normalizeRole, unwrapRole } from './roles.ts'

/** A page of the users that the org names as holders of admin roles. */
export const listRoleHolders = (client: OktaClient, cursor: string | null): Promise<Page> =>
  client.list('/api/v1/iam/assignees/users', { query: { limit: 100 }, cursor, paging: 'body', items: 'value' })

/**
 * The roles of users: one listing names who holds any, so nobody else needs to be asked.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/RoleAssignmentAUser/
 */
export const userRoles = stream<OktaClient, RoleAssignmentRow>({
  name: 'user_roles',
  entity: RoleAssignment,
  scopes: ['okta.roles.read'],
  bucket: '/api/v1/users',
  parents: {
    from: 'listing',
    bucket: '/api/v1/iam',
    page: ({ client, cursor }) => listRoleHolders(client, cursor),
    keyOf: (item) => (isObject(item) ? looseId.parse(item.id) : null),
  },
  page: async ({ client, cursor, parent }) =>
    withTargets(client, await listUserRoles(client, parent.key, cursor), { type: 'users', id: parent.key }),
  normalize: (item, origin) => normalizeRole(item, 'user', origin),
  sanitize: (item) => unwrapRole(item).assignment,
  parentGone: async ({ client, parent }) => (await getUser(client, parent.key)) === null,
  refetch: { storedAs: 'user_roles', parents: 'users', column: 'principal_id', parentId: User.idOf },
  goesWith: { principal_id: 'users', via_group_id: 'groups' },
})
