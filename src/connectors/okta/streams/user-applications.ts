import { ApplicationAssignment, type ApplicationAssignmentRow } from '../../../model/application-assignment.ts'
import { User } from '../../../model/user.ts'
import { stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { listUserApplications } from '../reads.ts'
import { isObject, vendorId } from '../wire.ts'
import { normalizeAssignment, publicAssignment } from './application-users.ts'
import { pageLimit } from './page-limit.ts'

const SIZE = { default: 200, max: 200 }

/**
 * The applications of one user, each with the user's assignment inside: the rows of `application_users`, for one request
 * in place of one per application. An application that comes without the assignment is no record, and nothing is
 * concluded from such a listing.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/#tag/Application/operation/listApplications
 */
export const userApplications = stream<OktaClient, ApplicationAssignmentRow>({
  name: 'user_applications',
  entity: ApplicationAssignment,
  scopes: ['okta.apps.read'],
  bucket: '/api/v1/apps',
  pageSize: SIZE,
  page: ({ client, cursor, parent, settings }) =>
    listUserApplications(client, parent.key, cursor, pageLimit(SIZE, settings)),
  normalize(item, { connectionId }) {
    const application = vendorId.parse(isObject(item) ? item.id : undefined)
    return normalizeAssignment(assignmentIn(item), { connectionId, parent: { key: application, row: {} } })
  },
  sanitize: (item) => publicAssignment(assignmentIn(item)),
  refetch: { storedAs: 'application_users', parents: 'users', column: 'principal_id', parentId: User.idOf },
})

const assignmentIn = (application: unknown): unknown =>
  isObject(application) && isObject(application._embedded) ? application._embedded.user : undefined
