import { ApplicationAssignment, type ApplicationAssignmentRow } from '../../../model/application-assignment.ts'
import { Group } from '../../../model/group.ts'
import { stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { getApplicationGroup, listGroupApplications } from '../reads.ts'
import { isObject, looseId, vendorId } from '../wire.ts'
import { normalizeGroupAssignment } from './application-groups.ts'
import { withoutSecrets } from './without-secrets.ts'

/** An application as the group's listing has it, and its assignment to the group. */
interface ApplicationOfGroup {
  readonly application: unknown
  readonly assignment: unknown
}

/**
 * The applications of one group: rows of `application_groups`, where it is known of the group alone that it has some. The
 * listing has whole applications and nothing of the assignments, which are read one by one.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/#tag/Group/operation/listAssignedApplicationsForGroup
 */
export const groupApplications = stream<OktaClient, ApplicationAssignmentRow>({
  name: 'group_applications',
  entity: ApplicationAssignment,
  bucket: '/api/v1/groups',
  scopes: ['okta.groups.read', 'okta.apps.read'],
  async page({ client, cursor, parent }) {
    const page = await listGroupApplications(client, parent.key, cursor)
    const items: ApplicationOfGroup[] = []
    for (const application of page.items) {
      const id = isObject(application) ? looseId.parse(application.id) : null
      const assignment = id === null ? undefined : await getApplicationGroup(client, id, parent.key)
      // Taken away in between.
      if (assignment !== null) items.push({ application, assignment })
    }
    return { ...page, items }
  },
  normalize(item, { connectionId }) {
    const { application, assignment } = unwrap(item)
    const key = vendorId.parse(isObject(application) ? application.id : undefined)
    return normalizeGroupAssignment(assignment, { connectionId, parent: { key, row: {} } })
  },
  sanitize: (item) => withoutSecrets(unwrap(item).assignment),
  refetch: { storedAs: 'application_groups', parents: 'groups', column: 'principal_id', parentId: Group.idOf },
})

const unwrap = (item: unknown): ApplicationOfGroup => ({
  application: isObject(item) ? item.application : undefined,
  assignment: isObject(item) ? item.assignment : undefined,
})
