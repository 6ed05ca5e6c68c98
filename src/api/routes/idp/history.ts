import { z } from 'zod'
import { AppError } from '../../../errors.ts'
import { HAVE_RELATIONS } from '../../../store/change-relations.ts'
import { historyOf } from '../../../store/record-history.ts'
import { findRecord } from '../../../store/records.ts'
import { answerHistory, HistoryModel } from '../../change-model.ts'
import { type Endpoint, endpoint } from '../../endpoint.ts'
import { keysetQuery, readOn } from '../../keyset.ts'
import { flag, uuid } from '../../parameters.ts'
import { capitalized } from '../../records.ts'
import { RECORD_LISTS, type RecordList } from './record-lists.ts'

const includeRelations = flag(
  'Also what it gained and lost: memberships, application assignments, factors and role assignments that were created, deleted or came back.',
)
type Query = { limit: number; cursor: string | null; includeRelations?: boolean }

/** What happened to a record, for every entity that has a list and changes. */
export const histories: readonly Endpoint[] = RECORD_LISTS.filter(({ entity }) => !entity.appendOnly).map(
  historyEndpoint,
)

function historyEndpoint({ entity, plural, singular }: RecordList): Endpoint {
  const title = entity.name.replaceAll('-', ' ')
  const parameter = `${singular}_id`
  const params: z.ZodType<Record<string, string>> = z.object({ [parameter]: uuid(`Our id of the ${title}.`) })
  const query: z.ZodType<Query> = HAVE_RELATIONS.includes(entity)
    ? z.object({ ...keysetQuery, includeRelations })
    : z.object(keysetQuery)
  const operationId = `list_idp_${singular}_history`
  return endpoint({
    method: 'get',
    path: `/v1/idp/${plural}/{${parameter}}/history`,
    operationId,
    tag: 'idp',
    summary: `List history of ${/^[aeio]/.test(singular) ? 'an' : 'a'} ${title}`,
    description: `What happened to one ${title}, the newest first, with the values before and after each change. It goes back as far as
changes are kept, 90 days unless set otherwise; times are those at which Rollcall saw it.`,
    access: 'connection',
    params,
    query,
    response: HistoryModel,
    errors: ['record_not_found', 'cursor_invalid'],
    handle: async (call) => {
      const { db } = call.services
      const connectionId = call.connection.id
      const recordId = call.params[parameter] ?? ''
      if (!(await findRecord(db, entity, { connectionId, id: recordId, raw: false })))
        throw new AppError('record_not_found', `${capitalized(title)} Not Found`)
      const { limit, cursor, includeRelations = false } = call.query
      const { page, cursorTo } = await readOn(call, {
        list: `${operationId} ${recordId}`,
        cursor,
        filters: { includeRelations },
        read: (before, filters) => historyOf(db, entity, { connectionId, recordId, ...filters, before, limit }),
      })
      return answerHistory(page, cursorTo)
    },
  })
}
