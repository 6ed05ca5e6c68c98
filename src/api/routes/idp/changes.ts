import { z } from 'zod'
import { listChanges } from '../../../store/changes.ts'
import { hasMissed } from '../../../store/old-changes.ts'
import { answerChange, ChangeModel, changeFilters } from '../../change-model.ts'
import { cursorInvalid } from '../../cursor.ts'
import { endpoint } from '../../endpoint.ts'
import { keysetQuery, readOn } from '../../keyset.ts'

const LIST = 'list_idp_changes'

/** Everything that changed, in one order that can be followed. */
export const changes = endpoint({
  method: 'get',
  path: '/v1/idp/changes',
  operationId: LIST,
  tag: 'idp',
  summary: 'List changes',
  description: `Every record and relation that was created, updated or deleted, the oldest first: a feed to follow. \`next_cursor\` is always
there, also with an empty page. Go on from it at once while \`has_more\` is true, and later when it is false; keep it where
you keep what you made of the changes. Who follows it that way sees every change once, and those of one record in their
order. Only what can no longer be overtaken is shown: a change appears when all transactions that began before its own
have ended, mostly within a second.

Changes are kept for 90 days unless set otherwise (\`ROLLCALL_CHANGES_DAYS\`); a cursor after which some were thrown away is
refused: ask without one for what is left, and read the records themselves. Times are those at which Rollcall saw it, not
those at which it happened in Okta. Log events are not among them; \`/v1/idp/logs\` lists those.`,
  access: 'connection',
  query: z.object({
    ...keysetQuery,
    ...changeFilters,
  }),
  response: z
    .object({
      items: z.array(ChangeModel).describe('The changes of this page.'),
      next_cursor: z.string().describe('Where to go on, now or later; never null.'),
      has_more: z.boolean().describe('Whether there is more to read at once.'),
    })
    .meta({ id: 'ChangeFeed', description: 'One page of the feed of changes.' }),
  errors: ['cursor_invalid'],
  handle: async (call) => {
    const { limit, cursor, ...filters } = call.query
    const { page, cursorTo } = await readOn(call, {
      list: LIST,
      cursor,
      filters,
      read: async (after, said) => {
        const { db } = call.services
        const connectionId = call.connection.id
        const page = await listChanges(db, { connectionId, filters: said, after, limit })
        // Asked afterwards, so that nothing goes in between.
        if (after && (await hasMissed(db, { connectionId, after })))
          throw cursorInvalid('is too old: changes after it were thrown away')
        return page
      },
    })
    return { items: page.changes.map(answerChange), next_cursor: cursorTo(page.next), has_more: page.hasMore }
  },
})
