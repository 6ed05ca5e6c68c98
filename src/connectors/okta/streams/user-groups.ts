import { GroupMembership, type GroupMembershipRow } from '../../../model/group-membership.ts'
import { User } from '../../../model/user.ts'
import { stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { listUserGroups } from '../reads.ts'
import { isObject, vendorId } from '../wire.ts'
import { memberOnly, normalizeMember } from './group-memberships.ts'

/** A group as received, and the user whose groups were asked for as a group's listing would show them. */
interface GroupOfUser {
  readonly group: unknown
  readonly member: unknown
}

/**
 * The groups of one user: the same memberships that `group_memberships` reads from the group's side, for one request in
 * place of one per group. The member's status comes from the user's stored row, so the user is to be read first.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserResources/#tag/UserResources/operation/listUserGroups
 */
export const userGroups = stream<OktaClient, GroupMembershipRow>({
  name: 'user_groups',
  entity: GroupMembership,
  scopes: ['okta.users.read'],
  bucket: '/api/v1/users',
  async page({ client, cursor, parent }) {
    const page = await listUserGroups(client, parent.key, cursor)
    const member = { id: parent.key, status: parent.row.vendor_status ?? null }
    return { ...page, items: page.items.map((group): GroupOfUser => ({ group, member })) }
  },
  normalize(item, { connectionId }) {
    const group = isObject(item) && isObject(item.group) ? item.group.id : undefined
    const parent = { key: vendorId.parse(group), row: {} }
    return normalizeMember(isObject(item) ? item.member : undefined, { connectionId, parent })
  },
  sanitize: (item) => memberOnly(isObject(item) ? item.member : item),
  refetch: { storedAs: 'group_memberships', parents: 'users', column: 'user_id', parentId: User.idOf },
})
