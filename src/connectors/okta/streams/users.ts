import { z } from 'zod'
import { User, type UserRow, type UserStatus } from '../../../model/user.ts'
import { stream, type Target } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { BASE_USER_PROFILE, customAttributes } from '../profile.ts'
import { getUser } from '../reads.ts'
import { isObject, jsonObject, looseText, looseTime, part, vendorId } from '../wire.ts'
import { pageLimit } from './page-limit.ts'
import { userStatus } from './user-status.ts'

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/#tag/User/operation/listUsers */
const OktaUser = z.looseObject({
  id: vendorId,
  status: looseText,
  created: looseTime,
  activated: looseTime,
  statusChanged: looseTime,
  lastLogin: looseTime,
  lastUpdated: looseTime,
  passwordChanged: looseTime,
  profile: jsonObject,
})

const Profile = part({
  login: looseText,
  email: looseText,
  secondEmail: looseText,
  firstName: looseText,
  lastName: looseText,
  displayName: looseText,
  userType: looseText,
  title: looseText,
  department: looseText,
  organization: looseText,
  division: looseText,
  employeeNumber: looseText,
  manager: looseText,
  managerId: looseText,
})

/** Statuses in which the account works as an account: a locked-out user is enabled, and locked. */
const ENABLED: ReadonlySet<UserStatus> = new Set(['active', 'recovery', 'password_expired', 'locked_out'])

/** Listings of what a user holds that come or go with a status. A role of a new user has an event of its own. */
const HELD: Readonly<Record<string, readonly string[]>> = {
  new: ['factors', 'user_applications'],
  staged: ['factors'],
  deprovisioned: ['factors', 'user_applications', 'named_user_roles'],
}

const SIZE = { default: 200, max: 200 }

export const users = stream<OktaClient, UserRow>({
  name: 'users',
  entity: User,
  scopes: ['okta.users.read'],
  bucket: '/api/v1/users',
  recordBucket: '/api/v1/users/{id}',
  neverEmpty: true,
  pageSize: SIZE,
  /** A plain listing leaves deprovisioned users out; a search for any status has them. */
  page: ({ client, cursor, settings }) =>
    client.list('/api/v1/users', { query: { search: 'status pr', limit: pageLimit(SIZE, settings) }, cursor }),
  normalize(item) {
    const user = OktaUser.parse(item)
    const profile = Profile.parse(user.profile)
    const status = userStatus(user.status)
    return {
      vendor_id: user.id,
      username: profile.login,
      email: profile.email,
      secondary_email: profile.secondEmail,
      first_name: profile.firstName,
      last_name: profile.lastName,
      display_name: displayName(profile, user.id),
      status,
      vendor_status: user.status,
      is_enabled: status === 'unknown' ? null : ENABLED.has(status),
      user_type: profile.userType,
      title: profile.title,
      department: profile.department,
      organization: profile.organization,
      division: profile.division,
      employee_number: profile.employeeNumber,
      manager: profile.manager,
      manager_id: profile.managerId,
      vendor_created_at: user.created,
      last_updated_at: user.lastUpdated,
      activated_at: user.activated,
      status_changed_at: user.statusChanged,
      deactivated_at: status === 'deprovisioned' ? user.statusChanged : null,
      last_login_at: user.lastLogin,
      password_changed_at: user.passwordChanged,
      custom_attributes: customAttributes(user.profile, BASE_USER_PROFILE),
    }
  },
  /** Of the credentials only who checks the password is kept: no recovery question, no password, no hash. */
  sanitize(item) {
    if (!isObject(item) || !('credentials' in item)) return item
    const provider = isObject(item.credentials) ? item.credentials.provider : undefined
    const kept = isObject(provider) ? { provider: { type: provider.type, name: provider.name } } : {}
    return { ...item, credentials: kept }
  },
  get: ({ client, vendorId }) => getUser(client, vendorId),
  since: {
    page: ({ client, cursor, settings, since }) =>
      client.list('/api/v1/users', {
        query: { search: `lastUpdated gt "${since}"`, limit: pageLimit(SIZE, settings) },
        cursor,
      }),
    markOf: (user) => user.last_updated_at,
  },
  /**
   * A membership has its member's status in it. Who is deactivated loses factors, roles and applications, of which Okta
   * logs nothing more than the deactivation, and may have them back later.
   */
  follows(before, { vendor_id: key, status }) {
    if (before?.status === status) return []
    const between = [before?.status ?? 'new', status]
    const held = between.flatMap((one) => HELD[one] ?? [])
    return ['user_groups', ...new Set(held)].map((stream): Target => ({ kind: 'children', stream, key }))
  },
})

interface Names {
  displayName: string | null
  firstName: string | null
  lastName: string | null
  login: string | null
}

function displayName(profile: Names, id: string): string {
  const fullName = [profile.firstName, profile.lastName].filter((name) => name?.trim()).join(' ')
  return [profile.displayName, fullName, profile.login].find((name) => name?.trim()) ?? id
}
