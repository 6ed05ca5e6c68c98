import { Group } from '../../../model/group.ts'
import { RoleAssignment, type RoleAssignmentRow } from '../../../model/role-assignment.ts'
import { stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { listGroupRoles } from '../reads.ts'
import { withTargets } from './role-targets.ts'
import { normalizeRole, unwrapRole } from './roles.ts'

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/RoleAssignmentBGroup/ */
export const groupRoles = stream<OktaClient, RoleAssignmentRow>({
  name: 'group_roles',
  entity: RoleAssignment,
  scopes: ['okta.roles.read'],
  bucket: '/api/v1/groups',
  /** A built-in group cannot hold a role. */
  parents: {
    from: 'stream',
    stream: 'groups',
    column: 'principal_id',
    verifyEmpty: true,
    needs: (group) => group.has_admin_privilege !== false && !isBuiltIn(group.types),
  },
  page: async ({ client, cursor, parent }) =>
    withTargets(client, await listGroupRoles(client, parent.key, cursor), { type: 'groups', id: parent.key }),
  normalize: (item, origin) => normalizeRole(item, 'group', origin),
  sanitize: (item) => unwrapRole(item).assignment,
  refetch: { storedAs: 'group_roles', parents: 'groups', column: 'principal_id', parentId: Group.idOf },
  goesWith: { principal_id: 'groups' },
})

const isBuiltIn = (types: unknown): boolean => Array.isArray(types) && types.includes('BUILT_IN')
