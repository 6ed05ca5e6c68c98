import { generatePolicies, makePolicy, type Policy, policyTypes } from '../generate/policies.ts'
import { makeRule, type PolicyRule } from '../generate/policy-rules.ts'
import { hash } from '../random.ts'
import { iso, type World } from '../world.ts'
import type { Apps } from './apps.ts'

export type MappedType = 'ACCESS_POLICY' | 'PROFILE_ENROLLMENT'

/** Policies with their rules, and which of them each app uses. Few enough to be kept. */
export class Policies {
  readonly #world: World
  readonly #apps: Apps
  readonly #policies = new Map<number, Policy>()
  readonly #appPolicy = new Map<string, number>()
  /** Indexes of the generated policies of a kind, deleted ones included: a deletion moves only its own apps. */
  readonly #generated = new Map<MappedType, number[]>()
  readonly #ruleNumbers = new Map<number, number>()
  #end: number

  constructor(world: World, apps: Apps) {
    this.#world = world
    this.#apps = apps
    for (const [index, policy] of generatePolicies(world).entries()) this.#policies.set(index, policy)
    this.#end = this.#policies.size
    for (const type of ['ACCESS_POLICY', 'PROFILE_ENROLLMENT'] as const) {
      this.#generated.set(
        type,
        this.ofType(type).map(([index]) => index),
      )
    }
  }

  get types(): string[] {
    return policyTypes(this.#world)
  }

  all(): [number, Policy][] {
    return [...this.#policies]
  }

  get(index: number): Policy | undefined {
    return this.#policies.get(index)
  }

  indexOf(id: string): number | undefined {
    const index = this.#world.ids.policy.read(id) ?? this.#world.ids.classicPolicy.read(id)
    return index !== undefined && this.#policies.get(index)?.id === id ? index : undefined
  }

  ofType(type: string): [number, Policy][] {
    return this.all()
      .filter(([, policy]) => policy.type === type)
      .sort(([a, p], [b, q]) => p.priority - q.priority || a - b)
  }

  /** The policy of a kind that an app uses: the one it was given, else one by the app's number, else the system's. */
  ofApp(app: number, type: MappedType): number | undefined {
    if (!this.#apps.hasPolicies(app)) return undefined
    const given = this.#appPolicy.get(`${type} ${app}`)
    if (given !== undefined && this.#policies.has(given)) return given
    const chosen = this.#generatedChoice(app, type)
    if (chosen !== undefined && this.#policies.has(chosen)) return chosen
    const candidates = this.ofType(type)
    return (candidates.find(([, policy]) => policy.system) ?? candidates[0])?.[0]
  }

  /** Most apps share the system's enrolment policy. */
  #generatedChoice(app: number, type: MappedType): number | undefined {
    const indexes = this.#generated.get(type) ?? []
    if (type === 'PROFILE_ENROLLMENT' && app % 10 !== 3) return undefined
    return indexes[hash(this.#world.seed, 94, app) % Math.max(1, indexes.length)]
  }

  /** Apps using a policy, in index order. Other kinds than access and enrolment map to nothing. */
  appsOf(index: number): number[] {
    const type = this.#policies.get(index)?.type
    if (type !== 'ACCESS_POLICY' && type !== 'PROFILE_ENROLLMENT') return []
    return [...this.#apps.table.indexes()].filter((app) => this.ofApp(app, type) === index)
  }

  assign(app: number, type: MappedType, policy: number): void {
    this.#appPolicy.set(`${type} ${app}`, policy)
  }

  add(type: string, given: Partial<Policy> & { name: string }, now: number): number {
    const index = this.#end++
    const priority = this.ofType(type).length + 1
    const times = { created: iso(now), lastUpdated: iso(now) }
    this.#policies.set(index, makePolicy(this.#world, index, type, { priority, ...times, ...given }))
    return index
  }

  put(index: number, policy: Policy): void {
    this.#policies.set(index, policy)
  }

  delete(index: number): void {
    this.#policies.delete(index)
  }

  addRule(index: number, given: Partial<PolicyRule> & { name: string }, now: number): PolicyRule | undefined {
    const policy = this.#policies.get(index)
    if (!policy) return undefined
    const number = Math.max(this.#ruleNumbers.get(index) ?? 0, policy.rules.length)
    this.#ruleNumbers.set(index, number + 1)
    const times = { created: iso(now), lastUpdated: iso(now) }
    const rule = makeRule(this.#world, index, policy.type, number, { status: 'ACTIVE', ...times, ...given })
    this.#policies.set(index, { ...policy, rules: [rule, ...policy.rules] })
    return rule
  }

  deleteRule(index: number, ruleId: string): PolicyRule | undefined {
    const policy = this.#policies.get(index)
    const found = policy?.rules.find((rule) => rule.id === ruleId)
    if (!policy || !found) return undefined
    this.#ruleNumbers.set(index, Math.max(this.#ruleNumbers.get(index) ?? 0, policy.rules.length))
    this.#policies.set(index, { ...policy, rules: policy.rules.filter((rule) => rule !== found) })
    return found
  }
}
