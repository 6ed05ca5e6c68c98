import { z } from 'zod'
import { AppError, type ErrorCode } from '../../../errors.ts'
import { Policy, type PolicyRow, type PolicyStatus } from '../../../model/policy.ts'
import { type OrgFacts, type Page, stream, type Target } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { getPolicy } from '../reads.ts'
import {
  isObject,
  jsonObjectOrNull,
  looseFlag,
  looseInteger,
  looseText,
  looseTime,
  ours,
  part,
  vendorId,
} from '../wire.ts'

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Policy/#tag/Policy/operation/listPolicies */
const OktaPolicy = z.looseObject({
  id: vendorId,
  type: looseText,
  name: looseText,
  description: looseText,
  status: looseText,
  priority: looseInteger,
  system: looseFlag,
  created: looseTime,
  lastUpdated: looseTime,
  conditions: jsonObjectOrNull,
  settings: jsonObjectOrNull,
  _embedded: part({ resourceType: looseText }),
})

const STATUS: Readonly<Record<string, PolicyStatus>> = { ACTIVE: 'active', INACTIVE: 'inactive' }

export const policyStatus = (received: string | null): PolicyStatus => ours(STATUS, received, 'unknown')

const CLASSIC = ['OKTA_SIGN_ON', 'PASSWORD', 'MFA_ENROLL', 'IDP_DISCOVERY'] as const

/** Okta lists policies by type only. A type that an org does not have is answered with an error. */
const IDENTITY_ENGINE = [
  ...CLASSIC,
  'ACCESS_POLICY',
  'PROFILE_ENROLLMENT',
  'POST_AUTH_SESSION',
  'SESSION_VIOLATION_DETECTION',
  'ENTITY_RISK',
  'DEVICE_SIGNAL_COLLECTION',
  'CLIENT_UPDATE',
  'IDENTITY_CLAIM_SOURCING',
  'USER_IDENTIFICATION',
] as const

/** The policy types to ask an org for, by its engine. */
export const policyTypes = ({ engine }: OrgFacts): readonly string[] => (engine === 'v1' ? CLASSIC : IDENTITY_ENGINE)

/** Types that apply to applications, whether or not the answer carries a link to their mappings. */
export const MAPPABLE: ReadonlySet<unknown> = new Set(['ACCESS_POLICY', 'PROFILE_ENROLLMENT'])

/** Whether Okta can be asked what the policy applies to. */
export const isMappable = (type: unknown, links: unknown): boolean =>
  MAPPABLE.has(type) || (isObject(links) && isObject(links.mappings))

/** What an org answers to a type that it does not have; the type is all that a first request says, so all that can be wrong. */
const NO_SUCH_TYPE: ReadonlySet<ErrorCode> = new Set(['okta_bad_request', 'okta_not_found'])

/** A page of the policies of a type. @throws AppError `okta_feature_off` where the org does not have the type */
export async function listPolicies(
  client: OktaClient,
  type: string,
  cursor: string | null,
  limit?: number,
): Promise<Page> {
  try {
    return await client.list('/api/v1/policies', { query: { type, limit }, cursor })
  } catch (error) {
    if (cursor !== null || !(error instanceof AppError) || !NO_SUCH_TYPE.has(error.code)) throw error
    throw new AppError('okta_feature_off', error.message, { cause: error, details: error.details })
  }
}

export const policies = stream<OktaClient, PolicyRow>({
  name: 'policies',
  entity: Policy,
  scopes: ['okta.policies.read'],
  bucket: '/api/v1',
  parents: { from: 'keys', column: 'type', keys: policyTypes },
  /** No limit is asked for: Okta sends every policy of a type then, and its next link is followed if there is one. */
  page: ({ client, cursor, parent }) => listPolicies(client, parent.key, cursor),
  normalize(item, { parent }) {
    const policy = OktaPolicy.parse(item)
    const type = policy.type ?? parent.key
    return {
      vendor_id: policy.id,
      type,
      name: policy.name?.trim() ? policy.name : policy.id,
      description: policy.description,
      status: policyStatus(policy.status),
      vendor_status: policy.status,
      priority: policy.priority,
      is_system: policy.system,
      resource_type: policy._embedded.resourceType,
      is_mappable: isMappable(type, policy._links),
      conditions: policy.conditions,
      settings: policy.settings,
      vendor_created_at: policy.created,
      last_updated_at: policy.lastUpdated,
    }
  },
  get: ({ client, vendorId }) => getPolicy(client, vendorId),
  refetch: { storedAs: 'policies', parents: null, column: 'type', parentId: (_, type) => type },
  /** Nothing else shows the rules and mappings that a policy was made with. */
  follows(before, { vendor_id: key, is_mappable }) {
    if (before !== null) return []
    const rules: Target = { kind: 'children', stream: 'policy_rules', key }
    return is_mappable ? [rules, { kind: 'children', stream: 'policy_mappings', key }] : [rules]
  },
})
