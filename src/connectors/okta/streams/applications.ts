import { z } from 'zod'
import { Application, type ApplicationRow, type ApplicationStatus } from '../../../model/application.ts'
import { Policy } from '../../../model/policy.ts'
import { stream, type Target } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { getApplication } from '../reads.ts'
import { idInLink, isObject, looseFlag, looseText, looseTexts, looseTime, ours, part, vendorId } from '../wire.ts'
import { pageLimit } from './page-limit.ts'
import { withoutSecrets } from './without-secrets.ts'

/**
 * Settings are left alone: every integration has its own, of any shape. Directories have no sign-on mode.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/#tag/Application/operation/listApplications
 */
const OktaApplication = z.looseObject({
  id: vendorId,
  name: looseText,
  label: looseText,
  status: looseText,
  created: looseTime,
  lastUpdated: looseTime,
  signOnMode: looseText,
  features: looseTexts,
  accessibility: part({ selfService: looseFlag }),
  visibility: part({ hide: part({ web: looseFlag }) }),
})

const STATUS: Readonly<Record<string, ApplicationStatus>> = {
  ACTIVE: 'active',
  INACTIVE: 'inactive',
  DELETED: 'deleted',
}

const POLICY_COLUMNS = ['access_policy_vendor_id', 'profile_enrollment_policy_vendor_id'] as const

const SIZE = { default: 200, max: 200 }

export const applications = stream<OktaClient, ApplicationRow>({
  name: 'applications',
  entity: Application,
  scopes: ['okta.apps.read'],
  bucket: '/api/v1/apps',
  recordBucket: '/api/v1/apps/{id}',
  pageSize: SIZE,
  page: ({ client, cursor, settings }) =>
    client.list('/api/v1/apps', { query: { limit: pageLimit(SIZE, settings) }, cursor }),
  normalize(item, { connectionId }) {
    const application = OktaApplication.parse(item)
    const accessPolicy = idInLink(application._links, 'accessPolicy', 'policies')
    const enrollmentPolicy = idInLink(application._links, 'profileEnrollment', 'policies')
    return {
      vendor_id: application.id,
      labels: application.label === null ? [] : [application.label],
      name: application.name ?? application.label ?? application.id,
      label: application.label,
      version: null,
      status: ours(STATUS, application.status, 'unknown'),
      vendor_status: application.status,
      sign_on_mode: application.signOnMode,
      features: application.features,
      is_hidden: application.visibility.hide.web,
      is_self_service: application.accessibility.selfService,
      access_policy_id: accessPolicy && Policy.idOf(connectionId, accessPolicy),
      access_policy_vendor_id: accessPolicy,
      profile_enrollment_policy_id: enrollmentPolicy && Policy.idOf(connectionId, enrollmentPolicy),
      profile_enrollment_policy_vendor_id: enrollmentPolicy,
      vendor_created_at: application.created,
      last_updated_at: application.lastUpdated,
    }
  },
  sanitize(item) {
    if (!isObject(item)) return item
    const { credentials, ...rest } = item
    const stripped = withoutSecrets(rest) as Readonly<Record<string, unknown>>
    return credentials === undefined ? stripped : { ...stripped, credentials: publicCredentials(credentials) }
  },
  get: ({ client, vendorId }) => getApplication(client, vendorId),
  /** An event about policies names no policy that an application left; its assignments have its status in theirs. */
  follows(before, after) {
    const policies = POLICY_COLUMNS.flatMap((column) =>
      before?.[column] === after[column] ? [] : [before?.[column] ?? null, after[column]],
    ).filter((key) => key !== null)
    const mappings = policies.map((key): Target => ({ kind: 'children', stream: 'policy_mappings', key }))
    if (before !== null && before.status === after.status) return mappings
    return [
      ...mappings,
      { kind: 'children', stream: 'application_users', key: after.vendor_id },
      { kind: 'children', stream: 'application_groups', key: after.vendor_id },
    ]
  },
})

/** What of an application's credentials is no secret: which key signs, and how user names are made. */
function publicCredentials(credentials: unknown): unknown {
  if (!isObject(credentials)) return null
  const { signing, userNameTemplate } = credentials
  return {
    ...(isObject(signing) && { signing: { kid: signing.kid } }),
    ...(isObject(userNameTemplate) && { userNameTemplate }),
  }
}
