import type { Schema } from '../../src/client/index.ts'
import { formatTime } from '../../ui/numbers.ts'
import { withoutOverrides } from '../records/names.ts'
import { readable, type StatusKind, statusWords } from '../records/words.ts'

type Change = Pick<Schema<'Change'>, 'entity' | 'kind' | 'fields' | 'before' | 'after'>

/** A field that changed, in words. */
export interface FieldChange {
  /** As the API names it. */
  readonly field: string
  readonly label: string
  /** Null: not known, since it was not kept. */
  readonly before: string | null
  readonly after: string | null
}

/** What says no more than another field that changed with it, and what is only Okta's own bookkeeping. */
const SAID_BY: Readonly<Record<string, string>> = {
  vendor_status: 'status',
  status_changed_at: 'status',
  is_enabled: 'status',
  activated_at: 'status',
  deactivated_at: 'status',
  vendor_role_type: 'role_type',
  last_membership_updated_at: 'users_count',
  via_group_vendor_id: 'via_group_id',
}
const BOOKKEEPING = new Set([
  'raw',
  'is_deleted',
  'last_updated_at',
  'last_membership_updated_at',
  'users_count',
  'applications_count',
])

const LABELS: Readonly<Record<string, string>> = {
  last_login_at: 'Last sign-in',
  username: 'Login',
  via: 'Comes',
  via_group_id: 'Through the group',
  users_count: 'Members, as Okta counts',
  applications_count: 'Applications, as Okta counts',
  last_membership_updated_at: 'Members changed',
  last_updated_at: 'Last updated',
  vendor_status: 'Okta’s status',
  is_enabled: 'Enabled',
}
const STATUS_KINDS: Readonly<Record<string, StatusKind>> = {
  user: 'user',
  application: 'application',
  factor: 'factor',
  policy: 'policy',
  'policy-rule': 'policy',
  'role-assignment': 'role',
}

/** The fields of an update that tell something, status first; where bookkeeping alone changed, that. */
export function fieldChanges({ entity, kind, fields, before, after }: Change): readonly FieldChange[] {
  if (kind !== 'updated') return []
  const known = fields.filter((field) => field !== 'raw' && field !== 'is_deleted')
  const telling = known.filter((field) => !BOOKKEEPING.has(field) && !fields.includes(SAID_BY[field] ?? ''))
  const shown = telling.length > 0 ? telling : known.filter((field) => !fields.includes(SAID_BY[field] ?? ''))
  const [first, rest] = [shown.filter((field) => field === 'status'), shown.filter((field) => field !== 'status')]
  return [...first, ...rest].flatMap((field): FieldChange[] => {
    const [was, is] = [before?.[field], after?.[field]]
    // One attribute at a time: the whole of them would hide which.
    if (isObject(was) && isObject(is)) return attributeChanges(was, is)
    const words = (value: unknown) => (value === undefined ? null : valueWords(value, { entity, field }))
    return [{ field, label: LABELS[field] ?? labelOf(field), before: words(was), after: words(is) }]
  })
}

function attributeChanges(before: Attributes, after: Attributes): FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({
      field: name,
      label: withoutOverrides(name),
      before: valueWords(before[name]),
      after: valueWords(after[name]),
    }))
}

/** `password_changed_at` is Password changed. */
const labelOf = (field: string): string => readable(field.replace(/_at$/, ''))

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
/** Longer values are cut: the record's own page has all of it. */
const LONGEST = 200

/** A value as people read it: `none`, `yes`, a time, a status in words, anything else as it is. */
export function valueWords(value: unknown, of?: { readonly entity: string; readonly field: string }): string {
  if (value === null || value === undefined || value === '') return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  const kind = of?.field === 'status' ? STATUS_KINDS[of.entity] : undefined
  if (typeof value === 'string' && kind) return statusWords(kind, value).text
  if (typeof value === 'string') return ISO.test(value) ? formatTime(value) : cut(withoutOverrides(value))
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return value.length === 0 ? 'none' : cut(withoutOverrides(value.join(', ')))
  return cut(JSON.stringify(value))
}

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text)

type Attributes = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Attributes =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
