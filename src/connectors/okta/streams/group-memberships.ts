import { z } from 'zod'
import { Group } from '../../../model/group.ts'
import { GroupMembership, type GroupMembershipRow } from '../../../model/group-membership.ts'
import { User } from '../../../model/user.ts'
import { stream } from '../../connector.ts'
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
  normalize(item, { connectionId, parent }) {
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
  },
  /** The member's profile is the user's record; kept here too, every sign-in would change every membership. */
  sanitize: (item) => (isObject(item) ? { id: item.id, status: item.status } : item),
})
