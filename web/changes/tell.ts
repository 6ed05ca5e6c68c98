import type { Schema } from '../../src/client/index.ts'
import { withoutOverrides } from '../records/names.ts'
import { authenticatorWords, readable, roleWords } from '../records/words.ts'
import { type FieldChange, fieldChanges } from './fields.ts'

export type Change = Schema<'Change'>
export type Names = Readonly<Record<string, string>>

/** Words, or the name of a record with its page: `users/…`. */
export type Part = string | { readonly name: string; readonly page: string | null }

/** A change as people read it. */
export interface Told {
  /** Whom or what it is about. */
  readonly about: Part
  /** What happened: `Joined`, then the group. */
  readonly what: readonly Part[]
  /** The fields that changed, with their values in words. */
  readonly fields: readonly FieldChange[]
}

const NEW: Readonly<Record<string, string>> = {
  user: 'New user',
  group: 'New group',
  application: 'New application',
  policy: 'New policy',
}

/** What a record that came, went or came back did, around the name of what it relates to. */
type Verbs = readonly [came: string, went: string, back: string, changed: string]
const MEMBERSHIP: Verbs = ['Joined', 'Left', 'Is back in', 'Membership changed in']
const ASSIGNMENT: Verbs = ['Was given', 'No longer has', 'Has again', 'Assignment changed:']
const FACTOR: Verbs = ['Enrolled', 'No longer has the factor', 'Has the factor again', 'Factor changed:']
const ROLE: Verbs = ['Was granted the role', 'No longer holds the role', 'Holds again the role', 'Role changed:']
const RULE: Verbs = ['New rule', 'Rule is gone:', 'Rule is back:', 'Rule changed:']
const MAPPING: Verbs = ['Applies to', 'No longer applies to', 'Applies again to', 'Mapping changed:']

/** Tells a change in words. `names` says what records are called, by their ids. */
export function tell(change: Change, names: Names): Told {
  const { entity, record_id: id, vendor_id: vendorId, relation } = change
  const fields = fieldChanges(change)
  const named = (page: string | null, of: string | null | undefined, otherwise: string | null | undefined): Part => ({
    name: withoutOverrides((of && names[of]) || otherwise || 'Unknown'),
    page: page !== null && of ? `${page}/${of}` : null,
  })
  const user = () => named('users', relation?.user_id, relation?.user_vendor_id)
  const application = () => named('applications', relation?.application_id, relation?.application_vendor_id)
  const policy = () => named('policies', relation?.policy_id, relation?.policy_vendor_id)
  const principal = () => {
    const page = relation?.principal_type === 'user' ? 'users' : relation?.principal_type === 'group' ? 'groups' : null
    return named(page, relation?.principal_id, relation?.principal_vendor_id)
  }
  switch (entity) {
    case 'group-membership':
      return {
        about: user(),
        what: [verb(change, MEMBERSHIP), named('groups', relation?.group_id, relation?.group_vendor_id)],
        fields,
      }
    case 'application-assignment':
      return { about: principal(), what: [verb(change, ASSIGNMENT), application()], fields }
    case 'factor': {
      const name = authenticatorWords(relation?.authenticator ?? 'unknown', relation?.factor_type ?? null)
      return { about: user(), what: [verb(change, FACTOR), { name, page: null }], fields }
    }
    case 'role-assignment': {
      const name = roleWords(relation?.role_type ?? 'unknown', names[id] ?? null)
      return { about: principal(), what: [verb(change, ROLE), { name, page: null }], fields }
    }
    case 'policy-rule':
      return { about: policy(), what: [verb(change, RULE), named(null, id, vendorId)], fields }
    case 'policy-mapping':
      return { about: policy(), what: [verb(change, MAPPING), application()], fields }
    default:
      return { about: named(PAGES[entity] ?? null, id, vendorId), what: ofItself(change, fields), fields }
  }
}

const PAGES: Readonly<Record<string, string>> = {
  user: 'users',
  group: 'groups',
  application: 'applications',
  policy: 'policies',
}

/** Whether a record that had vanished from Okta is there again. */
export const isBack = ({ kind, fields }: Pick<Change, 'kind' | 'fields'>): boolean =>
  kind === 'updated' && fields.includes('is_deleted')

function verb(change: Change, [came, went, back, changed]: Verbs): string {
  if (change.kind === 'created') return came
  if (change.kind === 'deleted') return went
  return isBack(change) ? back : changed
}

function ofItself(change: Change, fields: readonly FieldChange[]): readonly Part[] {
  if (change.kind === 'created') return [NEW[change.entity] ?? `New ${readable(change.entity).toLowerCase()}`]
  if (change.kind === 'deleted') return ['No longer in Okta']
  if (isBack(change)) return ['Back in Okta']
  // What changed is told by the fields.
  return fields.length > 0 ? [] : ['Only details that Okta keeps for itself changed']
}

/** `Ada Lovelace joined Analysts`: a change as one line, for titles and for who hears it. */
export const asLine = ({ about, what }: Told): string => [about, ...what].map(textOf).join(' ')

export const textOf = (part: Part): string => (typeof part === 'string' ? part : part.name)
