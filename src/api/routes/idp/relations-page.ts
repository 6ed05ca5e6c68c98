import type { Connection } from '../../../store/connections.ts'
import {
  countRelated,
  listRelated,
  type Relation,
  type RelationParent,
  relatedKeyOf,
} from '../../../store/relations.ts'
import { mistakeAt } from '../../failure.ts'
import { setFreshness } from '../../freshness.ts'
import { answerPage, type PageAnswer, type Paging, pagingQuery } from '../../page.ts'
import { flag, moment } from '../../parameters.ts'
import type { ApiServices } from '../../services.ts'
import { refuseUntold } from './as-of.ts'

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

/** As of when, for the lists of relations that can be told of another time than now. */
export const asOfQuery = {
  asOf: moment(
    'What was related at this time, as of when Rollcall saw it: by the syncs until then, not by when it happened in Okta. Who was there is told; the records, and what is said of how they are related, are as they are now. Changes are kept for 90 days unless set otherwise; before that, before the first sync and in the future it is a 422, which names since when it can be told. Not together with `includeDeleted` or `updatedSince`.',
  ),
}

/**
 * One page of a relation, as the store has it; the headers that say how fresh it is are set.
 * @throws AppError `invalid_request` for `asOf` where it cannot be told
 */
export async function answerRelated(
  call: {
    readonly services: ApiServices
    readonly connection: Pick<Connection, 'id' | 'vendor'>
    readonly query: Paging & { readonly asOf?: string | null }
    setHeader(name: string, value: string | null): void
  },
  { relation, parent, list }: { relation: Relation; parent: RelationParent | null; list: string },
): Promise<PageAnswer> {
  const { db } = call.services
  const connectionId = call.connection.id
  const { asOf = null, includeDeleted, updatedSince } = call.query
  if (asOf !== null && (includeDeleted || updatedSince !== null))
    throw mistakeAt(['query', 'asOf'], 'cannot be sent together with includeDeleted or updatedSince')
  // Before the records are read, so that it never says more of them than is so.
  await setFreshness(call, relation.entity, ...relation.through)
  return answerPage<{ asOf: string | null }>(call, {
    paging: call.query,
    list: parent === null ? list : `${list} ${parent.id}`,
    filters: { asOf },
    defaults: { includeDeleted: false },
    select: async (window, { raw, ...filters }) => {
      await refuseUntold(call, relation, filters.asOf)
      return [...(await listRelated(db, relation, { connectionId, parent, filters, window, raw }))]
    },
    count: (filters) => countRelated(db, relation, { connectionId, parent, filters }),
    keyOf: relatedKeyOf,
  })
}
