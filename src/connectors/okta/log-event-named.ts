import { policyTypes } from './streams/policies.ts'
import { isObject, looseId, looseText } from './wire.ts'

/** Whom and what an event names, by the types of its targets: never by their places. */
export interface Named {
  readonly users: readonly string[]
  readonly groups: readonly string[]
  readonly applications: readonly string[]
  readonly policies: readonly NamedPolicy[]
}

export interface NamedPolicy {
  readonly id: string
  /** As the API calls it; null where the event says nothing that could be told. */
  readonly type: string | null
  /** No policy, but a group rule, which the log counts among them. */
  readonly isGroupRule: boolean
}

/** Reads the targets of an event as received; what has no usable id is left out. */
export function namedBy({ target, actor }: Readonly<Record<string, unknown>>): Named {
  const targets = Array.isArray(target) ? target.filter(isObject) : []
  const ofType = (...types: readonly string[]) => targets.filter(({ type }) => types.some((one) => one === type))
  const idsOf = (...types: readonly string[]) =>
    ofType(...types)
      .map(({ id }) => looseId.parse(id))
      .filter((id) => id !== null)
  const users = idsOf('User')
  const actors = isObject(actor) && actor.type === 'User' ? [looseId.parse(actor.id)] : []
  return {
    // Who did something about themselves is at times named as the actor alone.
    users: targets.length > 0 ? users : actors.filter((id) => id !== null),
    groups: idsOf('UserGroup'),
    applications: idsOf('AppInstance', 'PublicClientApp'),
    policies: ofType('PolicyEntity', 'Policy').flatMap(namedPolicy),
  }
}

/** The log has words of its own for some types of policy. */
const TYPE_IN_LOG: Readonly<Record<string, string>> = {
  OktaMfaEnroll: 'MFA_ENROLL',
  Password: 'PASSWORD',
  OktaSignOn: 'OKTA_SIGN_ON',
  IdpDiscovery: 'IDP_DISCOVERY',
}

const TYPES: ReadonlySet<string> = new Set(policyTypes({ engine: null }))

function namedPolicy({ id: given, detailEntry }: Readonly<Record<string, unknown>>): NamedPolicy[] {
  const id = looseId.parse(given)
  if (id === null) return []
  const said = isObject(detailEntry) ? (looseText.parse(detailEntry.policyType) ?? '') : ''
  const type = Object.hasOwn(TYPE_IN_LOG, said) ? (TYPE_IN_LOG[said] ?? '') : said
  return [{ id, type: TYPES.has(type) ? type : null, isGroupRule: said === 'group_rule' }]
}
