import { z } from 'zod'
import type { NewRow } from '../../../model/entity.ts'
import { Group } from '../../../model/group.ts'
import { GroupMembership, type GroupMembershipRow } from '../../../model/group-membership.ts'
import { User } from '../../../model/user.ts'
import { type Origin, stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { path } from '../path.ts'
import { isObject, looseText, vendorId } from '../wire.ts'
import { pageLimit } from './page-limit.ts'
import { userStatus } from './user-status.ts'

/** Okta lists whole users as members; deprovisioned ones remain. */
const OktaMember = z.looseObject({ id: vendorId, status: looseText })

const SIZE = { default: 200, max: 1000 }

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/#tag/Group/operation/listGroupUsers */
export const groupMemberships = stream<OktaClient, GroupMembershipRow>({
  name: 'group_memberships',
  entity: GroupMembership,
  scopes: ['okta.groups.read'],
  bucket: '/api/v1/groups',
  parents: {
    from: 'stream',
    stream: 'groups',
    column: 'group_id',
    verifyEmpty: true,
    needs: (group) => group.users_count !== 0,
  },
  pageSize: SIZE,
  page: ({ client, cursor, parent, settings }) =>
    client.list(path`/api/v1/groups/${parent.key}/users`, { query: { limit: pageLimit(SIZE, settings) }, cursor }),
  normalize: normalizeMember,
  sanitize: memberOnly,
  refetch: {
    storedAs: 'group_memberships',
    parents: 'groups',
    column: 'group_id',
    parentId: Group.idOf,
    movedAt: ({ last_membership_updated_at: at }) => (typeof at === 'string' ? at : null),
  },
  goesWith: { group_id: 'groups', user_id: 'users' },
})

/** A user, as a member of the group that is the parent. */
export function normalizeMember(item: unknown, { connectionId, parent }: Origin): NewRow<GroupMembershipRow> {
  const member = OktaMember.parse(item)
  return {
    vendor_id: `${parent.key}:${member.id}`,
    group_id: Group.idOf(connectionId, parent.key),
    group_vendor_id: parent.key,
    user_id: User.idOf(connectionId, member.id),
    user_vendor_id: member.id,
    user_status: userStatus(member.status),
    user_vendor_status: member.status,
  }
}

/** The member's profile is the user's record; kept here too, every sign-in would change every membership. */
export function memberOnly(item: unknown): unknown {
  return isObject(item) ? { id: item.id, status: item.status } : item
}
