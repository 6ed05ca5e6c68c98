import { z } from 'zod'
import { Application } from '../../../model/application.ts'
import { Group, type GroupRow } from '../../../model/group.ts'
import { stream, type Target } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { BASE_GROUP_PROFILE, customAttributes } from '../profile.ts'
import { getGroup } from '../reads.ts'
import {
  idInLink,
  jsonObject,
  looseFlag,
  looseId,
  looseInteger,
  looseText,
  looseTexts,
  looseTime,
  part,
  vendorId,
} from '../wire.ts'
import { pageLimit } from './page-limit.ts'

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/#tag/Group/operation/listGroups */
const OktaGroup = z.looseObject({
  id: vendorId,
  type: looseText,
  objectClass: looseTexts,
  created: looseTime,
  lastUpdated: looseTime,
  lastMembershipUpdated: looseTime,
  profile: jsonObject,
  /** The application or directory of a mirrored group; the specification does not have it, answers do. */
  source: part({ id: looseId }),
  _embedded: part({
    stats: part({
      usersCount: looseInteger,
      appsCount: looseInteger,
      groupPushMappingsCount: looseInteger,
      hasAdminPrivilege: looseFlag,
    }),
  }),
})

const Profile = part({ name: looseText, description: looseText })

const MEMBERSHIP_COLUMNS = ['users_count', 'last_membership_updated_at'] as const

const SIZE = { default: 200, max: 200 }

export const groups = stream<OktaClient, GroupRow>({
  name: 'groups',
  entity: Group,
  scopes: ['okta.groups.read'],
  bucket: '/api/v1/groups',
  recordBucket: '/api/v1/groups/{id}',
  pageSize: SIZE,
  /** The counts spare a request per empty group, but a group without them is still a group: they may be dropped. */
  page: ({ client, cursor, settings }) =>
    client.list('/api/v1/groups', {
      query: { limit: pageLimit(SIZE, settings), expand: 'stats' },
      optional: ['expand'],
      cursor,
    }),
  normalize(item, { connectionId }) {
    const group = OktaGroup.parse(item)
    const profile = Profile.parse(group.profile)
    const stats = group._embedded.stats
    const source = group.source.id ?? idInLink(group._links, 'source', 'apps')
    return {
      vendor_id: group.id,
      types: group.type === null ? [] : [group.type],
      name: profile.name?.trim() ? profile.name : group.id,
      description: profile.description,
      object_classes: group.objectClass,
      source_application_id: source && Application.idOf(connectionId, source),
      source_application_vendor_id: source,
      users_count: stats.usersCount,
      applications_count: stats.appsCount,
      group_push_mappings_count: stats.groupPushMappingsCount,
      has_admin_privilege: stats.hasAdminPrivilege,
      vendor_created_at: group.created,
      last_updated_at: group.lastUpdated,
      last_membership_updated_at: group.lastMembershipUpdated,
      custom_attributes: customAttributes(group.profile, BASE_GROUP_PROFILE),
    }
  },
  get: ({ client, vendorId }) => getGroup(client, vendorId),
  since: {
    /** Profile and memberships have a time each. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/ */
    page: ({ client, cursor, settings, since }) =>
      client.list('/api/v1/groups', {
        query: {
          filter: `lastUpdated gt "${since}" or lastMembershipUpdated gt "${since}"`,
          limit: pageLimit(SIZE, settings),
          expand: 'stats',
        },
        optional: ['expand'],
        cursor,
      }),
    markOf: (group) =>
      [group.last_updated_at, group.last_membership_updated_at]
        .filter((time) => time !== null)
        .sort()
        .at(-1) ?? null,
  },
  /** What the log names explains most moves of a group; the count tells whether something is left. */
  follows(before, { vendor_id: key, ...after }) {
    const moved = MEMBERSHIP_COLUMNS.some((column) => before?.[column] !== after[column])
    const count = after.users_count === null ? {} : { unlessRows: after.users_count }
    const members: Target = { kind: 'children', stream: 'group_memberships', key, ...count }
    const roles: Target = { kind: 'children', stream: 'group_roles', key }
    const wasAdmin = before?.has_admin_privilege ?? false
    const isAdmin = after.has_admin_privilege ?? false
    return [...(moved ? [members] : []), ...(wasAdmin === isAdmin ? [] : [roles])]
  },
})
