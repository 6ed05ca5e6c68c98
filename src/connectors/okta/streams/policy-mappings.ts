import { z } from 'zod'
import { AppError, type ErrorCode } from '../../../errors.ts'
import { Application } from '../../../model/application.ts'
import { Policy } from '../../../model/policy.ts'
import { PolicyMapping, type PolicyMappingRow } from '../../../model/policy-mapping.ts'
import { type Page, stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { listPolicyMappings } from '../reads.ts'
import { idInLink, looseId, vendorId } from '../wire.ts'

/** What a mapping maps to is said by its links alone. */
const OktaPolicyMapping = z.looseObject({ id: looseId })

/** Several types answer like this in place of an empty list. */
const NO_MAPPINGS: ReadonlySet<ErrorCode> = new Set(['okta_not_found', 'okta_feature_off', 'okta_bad_request'])

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Policy/#tag/Policy/operation/listPolicyMappings */
export const policyMappings = stream<OktaClient, PolicyMappingRow>({
  name: 'policy_mappings',
  entity: PolicyMapping,
  scopes: ['okta.policies.read'],
  bucket: '/api/v1',
  parents: { from: 'stream', stream: 'policies', column: 'policy_id', needs: (policy) => policy.is_mappable === true },
  page: ({ client, cursor, parent }) => listMappings(client, parent.key, cursor),
  normalize(item, { connectionId, parent }) {
    const mapping = OktaPolicyMapping.parse(item)
    const application = idInLink(mapping._links, 'application', 'apps')
    // Examples show the policy's own id as the mapping's, which would not tell two mappings apart.
    const own = mapping.id === parent.key ? null : mapping.id
    return {
      vendor_id: `${parent.key}:${vendorId.parse(own ?? application ?? mapping.id)}`,
      policy_id: Policy.idOf(connectionId, parent.key),
      policy_vendor_id: parent.key,
      mapping_vendor_id: own,
      application_id: application && Application.idOf(connectionId, application),
      application_vendor_id: application,
      authenticator_vendor_id: idInLink(mapping._links, 'authenticator', 'authenticators'),
    }
  },
  refetch: { storedAs: 'policy_mappings', parents: 'policies', column: 'policy_id', parentId: Policy.idOf },
  goesWith: { policy_id: 'policies', application_id: 'applications' },
})

/** A page of a policy's mappings; none where Okta has no such list for the policy's type. */
export async function listMappings(client: OktaClient, policyId: string, cursor: string | null): Promise<Page> {
  try {
    return await listPolicyMappings(client, policyId, cursor)
  } catch (error) {
    const hasNone = cursor === null && error instanceof AppError && NO_MAPPINGS.has(error.code)
    if (hasNone) return { items: [], next: null }
    throw error
  }
}
