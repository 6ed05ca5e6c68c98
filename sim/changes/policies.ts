import { type LogTarget, target } from '../generate/log-events.ts'
import type { Policy } from '../generate/policies.ts'
import type { PolicyRule } from '../generate/policy-rules.ts'
import { iso } from '../world.ts'
import { PeopleChanges } from './people.ts'

/** The System Log names some policy types in words of its own. */
const LOG_NAMES: Record<string, string> = {
  MFA_ENROLL: 'OktaMfaEnroll',
  PASSWORD: 'Password',
  OKTA_SIGN_ON: 'OktaSignOn',
  IDP_DISCOVERY: 'IdpDiscovery',
}

/** Changes to policies, their rules and the apps they apply to. */
export class PolicyChanges extends PeopleChanges {
  addPolicy(given: Partial<Omit<Policy, 'id'>> & { type: string; name: string }): Policy {
    const index = this.state.policies.add(given.type, given, this.now())
    this.log('policy.lifecycle.create', [this.#policyTarget(index)])
    return this.#policy(index)
  }

  updatePolicy(id: string, change: Partial<Omit<Policy, 'id' | 'rules'>>): Policy {
    const index = this.policyIndex(id)
    const before = this.#policy(index)
    this.state.policies.put(index, { ...before, ...change, lastUpdated: iso(this.now()) })
    const status = change.status ?? before.status
    const verb = status === before.status ? 'update' : status === 'ACTIVE' ? 'activate' : 'deactivate'
    this.log(`policy.lifecycle.${verb}`, [this.#policyTarget(index)])
    return this.#policy(index)
  }

  deletePolicy(id: string): void {
    const index = this.policyIndex(id)
    const policy = this.#policyTarget(index)
    this.state.policies.delete(index)
    this.log('policy.lifecycle.delete', [policy])
  }

  addRule(policyId: string, given: Partial<Omit<PolicyRule, 'id'>> & { name: string }): PolicyRule {
    const index = this.policyIndex(policyId)
    const rule = this.state.policies.addRule(index, given, this.now())
    if (!rule) throw new Error(`The simulated org has no policy ${policyId}`)
    this.log('policy.rule.add', [target('PolicyRule', rule.id, rule.name), this.#policyTarget(index)])
    return rule
  }

  deleteRule(policyId: string, ruleId: string): void {
    const index = this.policyIndex(policyId)
    const rule = this.state.policies.deleteRule(index, ruleId)
    if (rule) this.log('policy.rule.delete', [target('PolicyRule', rule.id, rule.name), this.#policyTarget(index)])
  }

  /** Lets an app use an ACCESS_POLICY or PROFILE_ENROLLMENT policy. */
  mapPolicy(appId: string, policyId: string): void {
    const [app, index] = [this.appIndex(appId), this.policyIndex(policyId)]
    const type = this.#policy(index).type
    if (type !== 'ACCESS_POLICY' && type !== 'PROFILE_ENROLLMENT') throw new Error(`${type} is not mapped to apps`)
    this.state.policies.assign(app, type, index)
    this.log('policy.mapping.create', [this.#policyTarget(index), this.appTarget(app)])
  }

  #policyTarget(index: number): LogTarget {
    const policy = this.#policy(index)
    const detailEntry = { policyType: LOG_NAMES[policy.type] ?? policy.type }
    return { ...target('PolicyEntity', policy.id, policy.name, 'unknown'), detailEntry }
  }

  #policy(index: number): Policy {
    const policy = this.state.policies.get(index)
    if (!policy) throw new Error(`The simulated org has no policy number ${index}`)
    return policy
  }
}
