import { AppError } from '../../../errors.ts'
import type { Page, ParentRef, Stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { path } from '../path.ts'
import { applicationUsers } from './application-users.ts'
import { pageLimit } from './page-limit.ts'
import { userApplications } from './user-applications.ts'
import { users } from './users.ts'

const SIZE = { default: 200, max: 200 }

/**
 * The users of an org as members of its chosen groups: Okta lists a group's members as whole users.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/#tag/Group/operation/listGroupUsers
 */
const members: Stream<OktaClient> = {
  ...users,
  bucket: '/api/v1/groups',
  scopes: ['okta.groups.read'],
  pageSize: SIZE,
  /** A group may have nobody in it; what a whole org never has is no measure here. */
  neverEmpty: false,
  /** One user may be in several of the groups. All are asked, also those that Okta counts as empty: they are few. */
  parents: { from: 'stream', stream: 'groups', column: null, needs: () => true },
  async page({ client, cursor, parent, settings }) {
    const query = { limit: pageLimit(SIZE, settings) }
    const page = await client.list(path`/api/v1/groups/${parent.key}/users`, { query, cursor })
    if (cursor === null) refuseSuspicious(page, parent)
    return page
  },
}

/** Members that Okta has just counted and does not list are not gone: the token may be limited to other groups. */
function refuseSuspicious(page: Page, { row }: ParentRef): void {
  if (page.items.length > 0 || page.next !== null || typeof row.users_count !== 'number' || row.users_count === 0)
    return
  throw new AppError('okta_suspicious_empty', 'Okta counts members of the group and lists none.')
}

/** The applications of each member in place of all users of each application. */
const applicationsOfMembers: Stream<OktaClient> = {
  ...applicationUsers,
  ...(userApplications.pageSize && { pageSize: userApplications.pageSize }),
  parents: { from: 'stream', stream: 'users', column: 'principal_id', needs: () => true },
  page: (request) => userApplications.page(request),
  normalize: (item, origin) => userApplications.normalize(item, origin),
  sanitize: (item) => userApplications.sanitize?.(item) ?? item,
}

/** What stands in for streams of the same name where only members of chosen groups are wanted. */
export const amongMembers: readonly Stream<OktaClient>[] = [members, applicationsOfMembers]
