import type { Entity } from '../model/entity.ts'
import { relationsOf } from './change-relations.ts'
import { CHANGE_COLUMNS, type Place, type StoredChange } from './changes.ts'
import type { Db } from './db.ts'
import { type NamedChanges, namedPage } from './newest-changes.ts'

/**
 * What happened to one record, the newest first, before a place. With `includeRelations` also what it gained and lost:
 * its relations that were created, deleted or came back. Shows what is committed, like the record itself.
 */
export function historyOf(
  db: Db,
  entity: Entity,
  request: {
    readonly connectionId: string
    readonly recordId: string
    readonly includeRelations: boolean
    readonly before: Place | null
    readonly limit: number
  },
): Promise<NamedChanges> {
  const { connectionId, recordId, before, limit } = request
  return db.transaction(async (tx) => {
    const params: unknown[] = [connectionId, recordId, limit + 1]
    const place = before
      ? `and (c.tx, c.seq) < ($${params.push(before.tx)}::xid8, $${params.push(before.seq)}::bigint)`
      : ''
    const newest = (condition: string) =>
      `(select c.* from changes c where c.connection_id = $1 and ${condition} ${place}
         order by c.tx desc, c.seq desc limit $3)`
    const relations = request.includeRelations ? relationsOf(entity, { connection: '$1', record: '$2' }) : []
    const gainedOrLost = `c.record_id = any(array(${relations.join(' union all ')}))
         and (c.kind <> 'updated' or 'is_deleted' = any(c.fields))`
    const parts = [newest('c.record_id = $2'), ...(relations.length > 0 ? [newest(gainedOrLost)] : [])]
    const found = await tx.query<StoredChange>(
      `select ${CHANGE_COLUMNS} from (${parts.join(' union all ')}) c order by c.tx desc, c.seq desc limit $3`,
      params,
    )
    return namedPage(tx, connectionId, found, limit)
  }, 'snapshot')
}
