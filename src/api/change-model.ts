import { z } from 'zod'
import { ENTITIES } from '../model/index.ts'
import { END_FIELDS } from '../store/change-relations.ts'
import { CHANGE_KINDS, type Change, type Place } from '../store/changes.ts'
import type { NamedChanges } from '../store/newest-changes.ts'
import { choices, moment, uuids } from './parameters.ts'
import { anyJson, recordShape } from './records.ts'

/** Names of the entities whose changes are kept. */
const CHANGING = ENTITIES.filter(({ appendOnly }) => !appendOnly).map(({ name }) => name)

/** Which changes a list shows. */
export const changeFilters = {
  entity: choices(CHANGING, 'Only changes of these kinds of records'),
  kind: choices(CHANGE_KINDS, 'Only changes of these kinds'),
  recordId: uuids('Only changes of these records.'),
  since: moment('Only what changed here at or after this time.'),
  until: moment('Only what changed here before this time.'),
}

const values = z.record(z.string(), anyJson).nullable()

const ends = Object.fromEntries(
  [...END_FIELDS].map(([name, entity]) => {
    const schema = recordShape(entity)[name]
    if (!schema) throw new Error(`a ${entity.name} has no ${name}`)
    return [name, schema.optional().describe(schema.description ?? '')]
  }),
)

/** A change as answers tell it. */
export const ChangeModel = z
  .object({
    id: z.string().describe('What this change is known by, the same in every answer: to tell what was seen already.'),
    changed_at: z.iso.datetime().describe('When Rollcall saw it, a moment before it was committed.'),
    entity: z.enum(CHANGING as [string, ...string[]]).describe('What kind of record changed.'),
    kind: z
      .enum(CHANGE_KINDS)
      .describe(
        '`created`: first seen. `deleted`: vanished from Okta. `updated`: all else; with `is_deleted` among `fields` it has come back.',
      ),
    record_id: z.uuid().describe('Our id of the record.'),
    vendor_id: z.string().describe('The id Okta knows it by; for a relation, the ids of both ends joined by a colon.'),
    fields: z
      .array(z.string())
      .describe('Names of the fields that changed; `raw` where only Okta’s JSON did. Empty unless `updated`.'),
    before: values.describe(
      'Values of these fields before, `raw` aside; null unless `updated`, and for changes of before these values were kept.',
    ),
    after: values.describe(
      'Values of these fields right after this change, `raw` aside: they may have changed again since. A value that is not known any more is left out. Null unless `updated`.',
    ),
    relation: z
      .object(ends)
      .nullable()
      .describe('What the record belongs to, or relates to what; null for one that stands by itself.'),
    job_id: z.uuid().describe('The sync that saw it.'),
  })
  .meta({ id: 'Change', description: 'A record that was created, updated or deleted.' })

/** A change as it is answered. */
export const answerChange = ({ tx, seq, ...change }: Change): z.output<typeof ChangeModel> => ({
  ...change,
  id: `${tx}-${seq}`,
  fields: [...change.fields],
  before: change.before && { ...change.before },
  after: change.after && { ...change.after },
  relation: change.relation && { ...change.relation },
})

/** Changes, the newest first. */
export const HistoryModel = z
  .object({
    items: z.array(ChangeModel).describe('The changes of this page.'),
    names: z
      .record(z.string(), z.string())
      .describe(
        'What the records of this page, and those that they relate, are called now, by our id. Factors have no name, and not every role has one.',
      ),
    next_cursor: z.string().nullable().describe('Leads to older changes; null at the end.'),
  })
  .meta({ id: 'History', description: 'One page of changes, the newest first.' })

/** A page of changes, the newest first, as it is answered. */
export const answerHistory = (
  { changes, names, next }: NamedChanges,
  cursorTo: (place: Place) => string,
): z.output<typeof HistoryModel> => ({
  items: changes.map(answerChange),
  names: { ...names },
  next_cursor: next && cursorTo(next),
})
