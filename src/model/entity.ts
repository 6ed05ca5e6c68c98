import { recordId } from '../ids.ts'
import { type Field, flag, id, nullable, text, time } from './fields.ts'

/** What every record has, whatever it is. */
export interface BaseRow {
  id: string
  vendor_id: string
  is_deleted: boolean
}

/** A row as a connector produces it: the store adds `id` (derived) and `is_deleted`. */
export type NewRow<Row extends BaseRow> = Omit<Row, 'id' | 'is_deleted'>

type OwnFields<Row extends BaseRow> = { readonly [K in Exclude<keyof Row, keyof BaseRow>]: Field<Row[K]> }

export interface Entity<Row extends BaseRow = BaseRow> {
  /** kebab-case singular: `group-membership`. */
  readonly name: string
  /** Table, plural: `group_memberships`. */
  readonly table: string
  /** What a record of this entity is, in a sentence. */
  readonly sentence: string
  /** Every column that answers show, in order, base fields included. */
  readonly fields: { readonly [K in keyof Row]: Field<Row[K]> }
  readonly columns: readonly string[]
  /** Records that are only ever added, such as log events: never changed, never reconciled, no change records. */
  readonly appendOnly: boolean
  /** Our id of the record that the IdP calls `vendorId`. */
  idOf(connectionId: string, vendorId: string): string
}

interface EntitySpec<Row extends BaseRow> {
  name: string
  table: string
  sentence: string
  appendOnly?: boolean
  fields: OwnFields<Row>
}

/**
 * Declares an entity. Generic over the row type, so `fields` must name every property of the row with its type and
 * nothing else.
 */
export function entity<Row extends BaseRow>(spec: EntitySpec<Row>): Entity<Row> {
  const base = {
    id: id('Our id: a UUID derived from the connection, the entity and `vendor_id`; the same on every sync.'),
    vendor_id: text('The id Okta knows it by; for a relation, the ids of both ends joined by a colon.'),
  }
  const fields = { ...base, ...spec.fields, is_deleted: flag('Whether it has vanished from Okta.') }
  return {
    name: spec.name,
    table: spec.table,
    sentence: spec.sentence,
    appendOnly: spec.appendOnly ?? false,
    // The three parts together have exactly the keys of Row; TypeScript cannot see it for a generic Row.
    fields: fields as unknown as Entity<Row>['fields'],
    columns: Object.keys(fields),
    idOf: (connectionId, vendorId) => recordId(connectionId, spec.name, vendorId),
  }
}

/** Times that most of Okta's objects carry. */
export const vendorTimes = {
  vendor_created_at: nullable(time('When it was created in Okta.')),
  last_updated_at: nullable(time("Okta's own time of its last update.")),
}

export interface VendorTimes {
  vendor_created_at: string | null
  last_updated_at: string | null
}
