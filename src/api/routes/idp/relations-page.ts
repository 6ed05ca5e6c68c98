import type { Connection } from '../../../store/connections.ts'
import {
  countRelated,
  listRelated,
  type Relation,
  type RelationParent,
  relatedKeyOf,
} from '../../../store/relations.ts'
import { setFreshness } from '../../freshness.ts'
import { answerPage, type PageAnswer, type Paging, pagingQuery } from '../../page.ts'
import { flag, moment } from '../../parameters.ts'
import type { ApiServices } from '../../services.ts'

/** Query parameters of a list of related records. What is stale must not read as access: it is left out unless asked for. */
export const relatedQuery = {
  ...pagingQuery,
  updatedSince: moment(
    'Only records that changed here at or after this time, in themselves or in how they are related. With `includeDeleted=true` relations that have vanished since are among them. Not together with `cursor`, which remembers it.',
  ),
  includeDeleted: flag(
    'Whether relations and records that have vanished from Okta are among them, marked `is_deleted`; also those of a record that has vanished itself.',
  ),
}

/** One page of a relation, as the store has it; the headers that say how fresh it is are set. */
export async function answerRelated(
  call: {
    readonly services: ApiServices
    readonly connection: Pick<Connection, 'id' | 'vendor'>
    readonly query: Paging
    setHeader(name: string, value: string | null): void
  },
  { relation, parent, list }: { relation: Relation; parent: RelationParent | null; list: string },
): Promise<PageAnswer> {
  const { db } = call.services
  const connectionId = call.connection.id
  // Before the records are read, so that it never says more of them than is so.
  await setFreshness(call, relation.entity, ...relation.through)
  return answerPage<object>(call, {
    paging: call.query,
    list: parent === null ? list : `${list} ${parent.id}`,
    filters: {},
    defaults: { includeDeleted: false },
    select: (window, { updatedSince, includeDeleted, raw }) =>
      listRelated(db, relation, { connectionId, parent, filters: { updatedSince, includeDeleted }, window, raw }).then(
        (rows) => [...rows],
      ),
    count: ({ updatedSince, includeDeleted }) =>
      countRelated(db, relation, { connectionId, parent, filters: { updatedSince, includeDeleted } }),
    keyOf: relatedKeyOf,
  })
}
