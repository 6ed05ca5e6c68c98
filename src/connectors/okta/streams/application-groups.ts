import { z } from 'zod'
import { Application } from '../../../model/application.ts'
import { ApplicationAssignment, type ApplicationAssignmentRow } from '../../../model/application-assignment.ts'
import type { JsonObject } from '../../../model/fields.ts'
import { Group } from '../../../model/group.ts'
import { stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { path } from '../path.ts'
import { getApplicationGroup } from '../reads.ts'
import { jsonObjectOrNull, looseInteger, looseTime, vendorId } from '../wire.ts'
import { pageLimit } from './page-limit.ts'
import { withoutSecrets } from './without-secrets.ts'

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationGroups/#tag/ApplicationGroups/operation/listApplicationGroupAssignments */
const OktaApplicationGroup = z.looseObject({
  id: vendorId,
  lastUpdated: looseTime,
  priority: looseInteger,
  profile: jsonObjectOrNull,
})

const SIZE = { default: 200, max: 200 }

export const applicationGroups = stream<OktaClient, ApplicationAssignmentRow>({
  name: 'application_groups',
  entity: ApplicationAssignment,
  scopes: ['okta.apps.read'],
  bucket: '/api/v1/apps',
  parents: { from: 'stream', stream: 'applications', column: 'application_id', needs: () => true },
  pageSize: SIZE,
  page: ({ client, cursor, parent, settings }) =>
    client.list(path`/api/v1/apps/${parent.key}/groups`, { query: { limit: pageLimit(SIZE, settings) }, cursor }),
  normalize(item, { connectionId, parent }) {
    const assignment = OktaApplicationGroup.parse(item)
    return {
      vendor_id: `${parent.key}:group:${assignment.id}`,
      application_id: Application.idOf(connectionId, parent.key),
      application_vendor_id: parent.key,
      principal_type: 'group',
      principal_id: Group.idOf(connectionId, assignment.id),
      principal_vendor_id: assignment.id,
      via: 'direct',
      via_group_id: null,
      via_group_vendor_id: null,
      status: null,
      vendor_status: null,
      username: null,
      external_id: null,
      sync_state: null,
      priority: assignment.priority,
      profile: withoutSecrets(assignment.profile) as JsonObject | null,
      vendor_created_at: null,
      last_updated_at: assignment.lastUpdated,
      status_changed_at: null,
      password_changed_at: null,
      last_synced_at: null,
    }
  },
  /** A group's assignment sets attributes for its members, a security answer among them in some applications. */
  sanitize: withoutSecrets,
  get: async ({ client, vendorId }) => {
    const [application = '', , group = ''] = vendorId.split(':')
    return getApplicationGroup(client, application, group)
  },
  ownerOf: (vendorId) => vendorId.split(':', 1)[0] ?? '',
  refetch: {
    storedAs: 'application_groups',
    parents: 'applications',
    column: 'application_id',
    parentId: Application.idOf,
  },
  goesWith: { application_id: 'applications', principal_id: 'groups' },
})
