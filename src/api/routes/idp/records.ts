import { z } from 'zod'
import { AppError } from '../../../errors.ts'
import {
  countRecords,
  findRecord,
  listRecords,
  type RecordFilters,
  type RecordOrder,
  sortKeyOf,
} from '../../../store/records.ts'
import { type Endpoint, endpoint } from '../../endpoint.ts'
import { FRESHNESS_HEADERS, setFreshness } from '../../freshness.ts'
import { answerPage, MOST_PER_PAGE, type Paging, pageOf, pagingQuery } from '../../page.ts'
import { uuid } from '../../parameters.ts'
import { capitalized, componentName } from '../../records.ts'
import {
  includedEntities,
  includeFlags,
  includesAsked,
  includingSchema,
  mostIncluded,
  withIncluded,
} from './included.ts'
import { commonFilters, RECORD_LISTS, type RecordList } from './record-lists.ts'

const PAGING_DESCRIPTION = `By offset (\`count\`, \`items\`, \`total\`), or by cursor with \`enableCursor=true\` (\`items\`, \`next_cursor\`,
\`previous_cursor\`). A walk by cursor shows no record twice and loses none, whatever changes meanwhile; a cursor carries
the filters it was made with. Records that have vanished from Okta are among them, with \`is_deleted\`, unless
\`includeDeleted=false\`.`

/** The list and the get of every entity that has them. */
export const recordEndpoints: readonly Endpoint[] = RECORD_LISTS.flatMap((list) => [
  listEndpoint(list),
  getEndpoint(list),
])

function listEndpoint({ entity, plural, filters: ownFilters, order, note }: RecordList): Endpoint {
  const filters = { ...commonFilters, ...ownFilters }
  const flags = includeFlags(entity, plural)
  const query: z.ZodType<Paging & Record<string, unknown>> = z.object({
    ...pagingQuery,
    ...filters,
    ...(order && { order }),
    ...flags,
  })
  const own = [...Object.keys(filters), ...(order ? ['order'] : []), ...Object.keys(flags)]
  const narrowing = (said: RecordFilters): RecordFilters =>
    Object.fromEntries(
      ['updatedSince', 'includeDeleted', ...Object.keys(filters)].map((name) => [name, said[name] ?? null]),
    )
  const orderOf = (said: RecordFilters): RecordOrder => {
    if (!order) return 'id'
    return said.order === 'asc' ? 'published_at asc' : 'published_at desc'
  }
  const operationId = `list_idp_${plural}`
  const item = includingSchema(entity)
  return endpoint({
    method: 'get',
    path: `/v1/idp/${plural}`,
    operationId,
    tag: 'idp',
    summary: `List ${plural}`,
    description: [entity.sentence, note, PAGING_DESCRIPTION].filter(Boolean).join('\n\n'),
    access: 'connection',
    query,
    response: pageOf(item, `PageOf${componentName(entity)}`),
    headers: FRESHNESS_HEADERS,
    errors: ['cursor_invalid'],
    handle: async (call) => {
      const { db } = call.services
      const connectionId = call.connection.id
      // Before the records are read, so that it never says more of them than is so.
      await setFreshness(call, entity)
      let included: ReturnType<typeof includesAsked> = []
      const page = await answerPage(call, {
        paging: call.query,
        list: operationId,
        filters: Object.fromEntries(own.map((name) => [name, call.query[name]])) as RecordFilters,
        select: (window, said) => {
          included = includesAsked(entity, said)
          return listRecords(db, entity, {
            connectionId,
            filters: narrowing(said),
            window,
            order: orderOf(said),
            raw: said.raw,
          })
        },
        count: (said) => countRecords(db, entity, { connectionId, filters: narrowing(said) }),
        keyOf: sortKeyOf,
      })
      if (included.length === 0) return page
      await setFreshness(call, entity, ...includedEntities(included))
      const most = mostIncluded(call.query.limit)
      return { ...page, items: await withIncluded(db, included, page.items, { connectionId, most }) }
    },
  })
}

function getEndpoint({ entity, plural, singular }: RecordList): Endpoint {
  const title = entity.name.replaceAll('-', ' ')
  const query: z.ZodType<{ raw: boolean } & Record<string, unknown>> = z.object({
    raw: pagingQuery.raw,
    ...includeFlags(entity, plural),
  })
  const parameter = `${singular}_id`
  const params: z.ZodType<Record<string, string>> = z.object({ [parameter]: uuid(`Our id of the ${title}.`) })
  return endpoint({
    method: 'get',
    path: `/v1/idp/${plural}/{${parameter}}`,
    operationId: `get_idp_${singular}`,
    tag: 'idp',
    summary: `Get ${singular}`,
    description: `One ${title}, also when it has vanished from Okta.`,
    access: 'connection',
    params,
    query,
    response: includingSchema(entity),
    headers: FRESHNESS_HEADERS,
    errors: ['record_not_found'],
    handle: async (call) => {
      const { db } = call.services
      const connectionId = call.connection.id
      const included = includesAsked(entity, call.query)
      const id = call.params[parameter] ?? ''
      await setFreshness(call, entity, ...includedEntities(included))
      const record = await findRecord(db, entity, { connectionId, id, raw: call.query.raw })
      if (!record) throw new AppError('record_not_found', `${capitalized(title)} Not Found`)
      const [answer = record] = await withIncluded(db, included, [record], { connectionId, most: MOST_PER_PAGE })
      return answer
    },
  })
}
