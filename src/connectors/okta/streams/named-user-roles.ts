import { AppError } from '../../../errors.ts'
import { RoleAssignment, type RoleAssignmentRow } from '../../../model/role-assignment.ts'
import { User } from '../../../model/user.ts'
import { type Page, stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { getUser, listUserRoles } from '../reads.ts'
import { isObject } from '../wire.ts'
import { withTargets } from './role-targets.ts'
import { normalizeRole, unwrapRole } from './roles.ts'
import { listRoleHolders } from './user-roles.ts'

/** Far more pages of role holders than an org can have. */
const MOST_PAGES = 1_000

/**
 * The roles of one user, whether or not the org's listing of role holders names them. `user_roles` reads those alone
 * that it names, and Okta does not say whether it names who holds roles only through groups: for such a user it is
 * asked, so that both streams agree.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/RoleAssignmentAUser/
 */
export const namedUserRoles = stream<OktaClient, RoleAssignmentRow>({
  name: 'named_user_roles',
  entity: RoleAssignment,
  scopes: ['okta.roles.read'],
  bucket: '/api/v1/users',
  async page({ client, cursor, parent }) {
    const page = await listUserRoles(client, parent.key, cursor)
    const onlyThroughGroups = page.items.length > 0 && page.items.every(isThroughGroup)
    if (onlyThroughGroups && !(await isRoleHolder(client, parent.key))) return { items: [], next: null }
    return withTargets(client, page, { type: 'users', id: parent.key })
  },
  normalize: (item, origin) => normalizeRole(item, 'user', origin),
  sanitize: (item) => unwrapRole(item).assignment,
  parentGone: async ({ client, parent }) => (await getUser(client, parent.key)) === null,
  refetch: { storedAs: 'user_roles', parents: 'users', column: 'principal_id', parentId: User.idOf },
})

const isThroughGroup = (role: unknown): boolean => isObject(role) && role.assignmentType === 'GROUP'

async function isRoleHolder(client: OktaClient, userId: string): Promise<boolean> {
  let cursor: string | null = null
  for (let count = 0; count < MOST_PAGES; count++) {
    const page: Page = await listRoleHolders(client, cursor)
    if (page.items.some((holder) => isObject(holder) && holder.id === userId)) return true
    if (page.cutOff) throw page.cutOff
    if (page.next === null) return false
    cursor = page.next
  }
  throw new AppError('paging_loop', 'The listing of role holders goes on without an end.')
}
