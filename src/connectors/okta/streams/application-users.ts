import { z } from 'zod'
import { Application } from '../../../model/application.ts'
import {
  ApplicationAssignment,
  type ApplicationAssignmentRow,
  type AssignmentStatus,
} from '../../../model/application-assignment.ts'
import type { NewRow } from '../../../model/entity.ts'
import type { JsonObject } from '../../../model/fields.ts'
import { Group } from '../../../model/group.ts'
import { User } from '../../../model/user.ts'
import { type Origin, stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { path } from '../path.ts'
import { getApplicationUser } from '../reads.ts'
import { idInLink, isObject, jsonObjectOrNull, looseText, looseTime, ours, part, vendorId } from '../wire.ts'
import { pageLimit } from './page-limit.ts'
import { withoutSecrets } from './without-secrets.ts'

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationUsers/#tag/ApplicationUsers/operation/listApplicationUsers */
const OktaApplicationUser = z.looseObject({
  id: vendorId,
  externalId: looseText,
  created: looseTime,
  lastUpdated: looseTime,
  scope: looseText,
  status: looseText,
  statusChanged: looseTime,
  passwordChanged: looseTime,
  syncState: looseText,
  lastSync: looseTime,
  credentials: part({ userName: looseText }),
  profile: jsonObjectOrNull,
})

const STATUS: Readonly<Record<string, AssignmentStatus>> = {
  ACTIVE: 'active',
  APPROVED: 'approved',
  DEPROVISIONED: 'deprovisioned',
  DISABLED: 'disabled',
  IMPLICIT: 'implicit',
  IMPORTED: 'imported',
  INACTIVE: 'inactive',
  MATCHED: 'matched',
  PENDING: 'pending',
  PROVISIONED: 'provisioned',
  REVOKED: 'revoked',
  STAGED: 'staged',
  SUSPENDED: 'suspended',
  UNASSIGNED: 'unassigned',
}

/** `USER` is an assignment of its own, `GROUP` one that a group gave. */
const VIA: Readonly<Record<string, 'direct' | 'group'>> = { USER: 'direct', GROUP: 'group' }

const SIZE = { default: 500, max: 500 }

export const applicationUsers = stream<OktaClient, ApplicationAssignmentRow>({
  name: 'application_users',
  entity: ApplicationAssignment,
  scopes: ['okta.apps.read'],
  bucket: '/api/v1/apps',
  parents: { from: 'stream', stream: 'applications', column: 'application_id', needs: () => true },
  pageSize: SIZE,
  /** Large applications are known to answer late. */
  page: ({ client, cursor, parent, settings }) =>
    client.list(path`/api/v1/apps/${parent.key}/users`, {
      query: { limit: pageLimit(SIZE, settings) },
      cursor,
      timeoutMs: 120_000,
    }),
  normalize: normalizeAssignment,
  sanitize: publicAssignment,
  get: async ({ client, vendorId }) => {
    const [application = '', , user = ''] = vendorId.split(':')
    return getApplicationUser(client, application, user)
  },
  ownerOf: (vendorId) => vendorId.split(':', 1)[0] ?? '',
  refetch: {
    storedAs: 'application_users',
    parents: 'applications',
    column: 'application_id',
    parentId: Application.idOf,
  },
  goesWith: { application_id: 'applications', principal_id: 'users' },
  /** Another group may give the application as well. */
  changesWith: { via_group_id: 'groups' },
})

/** A user's assignment to the application that is the parent. */
export function normalizeAssignment(item: unknown, { connectionId, parent }: Origin): NewRow<ApplicationAssignmentRow> {
  const assignment = OktaApplicationUser.parse(item)
  const group = idInLink(assignment._links, 'group', 'groups')
  return {
    vendor_id: `${parent.key}:user:${assignment.id}`,
    application_id: Application.idOf(connectionId, parent.key),
    application_vendor_id: parent.key,
    principal_type: 'user',
    principal_id: User.idOf(connectionId, assignment.id),
    principal_vendor_id: assignment.id,
    via: ours(VIA, assignment.scope, null),
    via_group_id: group && Group.idOf(connectionId, group),
    via_group_vendor_id: group,
    status: ours(STATUS, assignment.status, 'unknown'),
    vendor_status: assignment.status,
    username: assignment.credentials.userName,
    external_id: assignment.externalId,
    sync_state: assignment.syncState,
    priority: null,
    profile: withoutSecrets(assignment.profile) as JsonObject | null,
    vendor_created_at: assignment.created,
    last_updated_at: assignment.lastUpdated,
    status_changed_at: assignment.statusChanged,
    password_changed_at: assignment.passwordChanged,
    last_synced_at: assignment.lastSync,
  }
}

/** Of the credentials only the user name is kept. */
export function publicAssignment(item: unknown): unknown {
  if (!isObject(item)) return item
  const { credentials, ...rest } = item
  const stripped = withoutSecrets(rest) as Readonly<Record<string, unknown>>
  if (credentials === undefined) return stripped
  return { ...stripped, credentials: isObject(credentials) ? { userName: credentials.userName } : null }
}
