import { z } from 'zod'
import { AppError } from '../../../errors.ts'
import { Policy } from '../../../model/policy.ts'
import { PolicyRule, type PolicyRuleRow } from '../../../model/policy-rule.ts'
import { stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { listPolicyRules } from '../reads.ts'
import { isObject, jsonObjectOrNull, looseFlag, looseInteger, looseText, looseTime, vendorId } from '../wire.ts'
import { policyStatus } from './policies.ts'

/**
 * Conditions and actions are stored as received: each rule type has its own, and values of several spellings.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Policy/#tag/Policy/operation/listPolicyRules
 */
const OktaPolicyRule = z.looseObject({
  id: vendorId,
  type: looseText,
  name: looseText,
  status: looseText,
  priority: looseInteger,
  system: looseFlag,
  created: looseTime,
  lastUpdated: looseTime,
  conditions: jsonObjectOrNull,
  actions: jsonObjectOrNull,
})

/** A rule as received, with its place in the listing: priorities alone do not order them. */
interface RuleItem {
  readonly rule: unknown
  readonly position: number | null
}

/** Far beyond what Okta allows in one policy. Cursors with a count differ always, so no repeated one shows a loop. */
const MAX_RULES = 2_000

export const policyRules = stream<OktaClient, PolicyRuleRow>({
  name: 'policy_rules',
  entity: PolicyRule,
  scopes: ['okta.policies.read'],
  bucket: '/api/v1',
  parents: { from: 'stream', stream: 'policies', column: 'policy_id', needs: () => true },
  /** Were the rules to come in several pages, the number of rules so far travels in the cursor. */
  async page({ client, cursor, parent }) {
    const { before, place } = parseCursor(cursor)
    const page = await listPolicyRules(client, parent.key, place)
    if (before > MAX_RULES) throw new AppError('paging_loop', 'The rules of a policy go on without an end.')
    const items: RuleItem[] = page.items.map((rule, index) => ({ rule, position: before + index }))
    return { ...page, items, next: page.next === null ? null : `${before + items.length}@${page.next}` }
  },
  normalize(item, { connectionId, parent }) {
    const { rule: received, position } = unwrap(item)
    const rule = OktaPolicyRule.parse(received)
    return {
      vendor_id: `${parent.key}:${rule.id}`,
      policy_id: Policy.idOf(connectionId, parent.key),
      policy_vendor_id: parent.key,
      type: rule.type,
      name: rule.name?.trim() ? rule.name : rule.id,
      status: policyStatus(rule.status),
      vendor_status: rule.status,
      position,
      priority: rule.priority,
      is_system: rule.system,
      conditions: rule.conditions,
      actions: rule.actions,
      vendor_created_at: rule.created,
      last_updated_at: rule.lastUpdated,
    }
  },
  sanitize: (item) => unwrap(item).rule,
  refetch: { storedAs: 'policy_rules', parents: 'policies', column: 'policy_id', parentId: Policy.idOf },
  goesWith: { policy_id: 'policies' },
})

function parseCursor(cursor: string | null): { before: number; place: string | null } {
  const match = /^(\d+)@(.*)$/s.exec(cursor ?? '')
  return match ? { before: Number(match[1]), place: match[2] ?? null } : { before: 0, place: cursor }
}

const unwrap = (item: unknown): RuleItem =>
  isObject(item) && 'rule' in item && 'position' in item
    ? { rule: item.rule, position: looseInteger.parse(item.position) }
    : { rule: item, position: null }
