import { z } from 'zod'
import type { ResourceDescription } from '../../../connectors/connector.ts'
import type { Queryable } from '../../../store/db.ts'
import { type FirstReads, firstReadsOf, newestChanges } from '../../../store/newest-changes.ts'
import { answerHistory, changeFilters, HistoryModel } from '../../change-model.ts'
import { endpoint } from '../../endpoint.ts'
import { keysetQuery, readOn } from '../../keyset.ts'
import { flag } from '../../parameters.ts'

const LIST = 'list_newest_idp_changes'

/** What changed last: for people who look, where the feed is for programs that follow. */
export const newest = endpoint({
  method: 'get',
  path: '/v1/idp/changes/newest',
  operationId: LIST,
  tag: 'idp',
  summary: 'List newest changes',
  description: `Every record and relation that was created, updated or deleted, the newest first, with names: to be looked at. To follow what
changes, use \`/v1/idp/changes\`. What was there when it was first read is left out, for nobody made it then, and so is a membership of which
only the status of its user changed, which the user tells. Times are those
at which Rollcall saw it; changes are kept for 90 days unless set otherwise.`,
  access: 'connection',
  query: z.object({
    ...keysetQuery,
    ...changeFilters,
    includeFirstRead: flag('Also what was there when it was first read.'),
  }),
  response: HistoryModel,
  errors: ['cursor_invalid'],
  handle: async (call) => {
    const { db, connectors } = call.services
    const { id: connectionId, vendor } = call.connection
    const resources = connectors.find((connector) => connector.vendor === vendor)?.resources ?? []
    const { limit, cursor, ...filters } = call.query
    const { page, cursorTo } = await readOn(call, {
      list: LIST,
      cursor,
      filters,
      read: async (before, { includeFirstRead = false, ...said }) => {
        const firstReads = includeFirstRead ? null : await firstReadsByEntity(db, connectionId, resources)
        return newestChanges(db, { connectionId, filters: said, firstReads, before, limit })
      },
    })
    return answerHistory(page, cursorTo)
  },
})

/** The latest of the streams that feed an entity counts: they are read one after the other. */
async function firstReadsByEntity(
  db: Queryable,
  connectionId: string,
  resources: readonly ResourceDescription[],
): Promise<FirstReads> {
  const reads = await firstReadsOf(db, connectionId)
  const entities = [...new Set(resources.map(({ entity }) => entity))]
  return Object.fromEntries(
    entities.map((entity) => {
      const streams = resources.filter((resource) => resource.entity === entity).map(({ name }) => name)
      const ends = streams.flatMap((stream) => reads.get(stream) ?? []).sort()
      return [entity, streams.every((stream) => reads.has(stream)) ? (ends.at(-1) ?? null) : null]
    }),
  )
}
