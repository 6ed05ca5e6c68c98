import { isThere, type Presence, wasThere } from './as-of.ts'
import type { Queryable } from './db.ts'
import { type StoredRow, withParsedRaw } from './list.ts'
import type { RecordWindow } from './record-order.ts'
import type { Relation } from './relation.ts'

export type { Relation } from './relation.ts'

/** Whose related records are asked for. */
export interface RelationParent {
  readonly id: string
  /** Whether it has vanished: nothing is related to it any more then. */
  readonly is_deleted: boolean
}

export interface RelatedRequest {
  readonly connectionId: string
  /** Null for a relation without one. */
  readonly parent: RelationParent | null
  readonly filters: {
    /** ISO time: only what changed here since, in the record or in how it is related. */
    readonly updatedSince: string | null
    /** Whether relations and records that have vanished are among them. */
    readonly includeDeleted: boolean
    /** ISO time: what was related then, the record that is asked of with it; the relation must be one that is `told`. */
    readonly asOf?: string | null
    /** Only this record. */
    readonly id?: string
  }
  readonly window: RecordWindow
  /** Whether Okta's JSON of the records comes along, as `raw`. */
  readonly raw: boolean
}

/** The record whose relations are asked for; null when the connection has none of this id. */
export async function findRelationParent(
  db: Queryable,
  { parent }: Relation,
  { connectionId, id }: { connectionId: string; id: string },
): Promise<RelationParent | null> {
  if (parent === null) throw new Error('a relation of the whole connection has no parent')
  const [row] = await db.query<RelationParent>(
    `select id, is_deleted from ${parent.table} where connection_id = $1 and id = $2`,
    [connectionId, id],
  )
  return row ?? null
}

/**
 * The related records of one window, in the order of the list whichever way the window looks. Only as much of the
 * relation is read as the page needs; what is dear to find out about each record is found out for the page alone.
 */
export async function listRelated(db: Queryable, relation: Relation, request: RelatedRequest): Promise<StoredRow[]> {
  const { window, raw } = request
  if (isOver(request)) return []
  const { entity, keys, keeps } = relation
  const params: unknown[] = []
  const bind = (value: unknown) => `$${params.push(value)}`
  const { conditions, presence } = narrowed(relation, request, bind)
  const isForward = window.direction === 'next'
  if (window.from !== null) {
    const places = keys.map(({ type }, place) => `${bind(window.from?.[place])}::${type}`)
    const beyond = (columns: readonly string[]) => `(${columns}) ${isForward ? '>' : '<'} (${places})`
    conditions.push(beyond(keys.map(({ sql }) => sql)))
    if (keys.some(({ same }) => same)) conditions.push(beyond(keys.map(({ sql, same }) => same ?? sql)))
  }
  const order = (names: readonly string[]) => names.map((name) => (isForward ? name : `${name} desc`)).join(', ')
  const kept = ['t.id', ...keeps, ...keys.map(({ sql }, place) => `${sql} as key_${place}`)]
  const page = `select ${kept} from ${relation.from(request.filters.includeDeleted)}
      where ${conditions.join(' and ')}
      order by ${order(keys.map(({ sql }) => sql))} limit ${bind(window.limit)} offset ${bind(window.offset)}`
  const pageKeys = keys.map((_, place) => `p.key_${place}`)
  const columns = [
    ...entity.columns.map((column) => `t."${column}"`),
    ...(raw ? ['t.raw'] : []),
    ...relation.columns,
    `array[${pageKeys.map((key) => `${key}::text`)}] as sort_key`,
  ]
  const rows = await db.query<StoredRow>(
    `select ${columns} from (${page}) p join ${entity.table} t on t.id = p.id ${relation.joins(presence)}
      order by ${order(pageKeys)}`,
    params,
  )
  const found = rows.map(withParsedRaw)
  return isForward ? found : found.reverse()
}

/** How many records are related. */
export async function countRelated(
  db: Queryable,
  relation: Relation,
  request: Pick<RelatedRequest, 'connectionId' | 'parent' | 'filters'>,
): Promise<number> {
  if (isOver(request)) return 0
  const params: unknown[] = []
  const { conditions } = narrowed(relation, request, (value) => `$${params.push(value)}`)
  const [row] = await db.query<{ total: number }>(
    `select count(*) as total from ${relation.from(request.filters.includeDeleted)} where ${conditions.join(' and ')}`,
    params,
  )
  return row?.total ?? 0
}

/** What a record that `listRelated` gave is sorted by. */
export const relatedKeyOf = ({ sort_key: key }: StoredRow): readonly (string | null)[] => key as (string | null)[]

/** Relations of a record that has vanished are as stale as those that have vanished themselves. */
const isOver = ({ parent, filters }: Pick<RelatedRequest, 'parent' | 'filters'>): boolean =>
  parent?.is_deleted === true && !filters.includeDeleted && !filters.asOf

/** What is asked for as SQL, and what is taken to be there by it. */
function narrowed(
  relation: Relation,
  { connectionId, parent, filters }: Pick<RelatedRequest, 'connectionId' | 'parent' | 'filters'>,
  bind: (value: unknown) => string,
): { conditions: string[]; presence: Presence } {
  bind(connectionId)
  if (parent !== null) bind(parent.id)
  const presence = filters.asOf ? wasThere(bind(filters.asOf)) : isThere
  const conditions = [
    ...relation.where,
    ...(filters.asOf ? presentThen(relation, presence) : []),
    ...(filters.asOf || filters.includeDeleted ? [] : relation.vanished.map((condition) => `not ${condition}`)),
    ...(filters.id === undefined ? [] : [`t.id = ${bind(filters.id)}`]),
    ...(filters.updatedSince === null ? [] : [relation.changedSince(bind(filters.updatedSince))]),
  ]
  return { conditions, presence }
}

function presentThen({ parent, told }: Relation, presence: Presence): string[] {
  if (parent === null || told.length === 0) throw new Error('this relation cannot be told as of a time')
  return [`exists (select from ${parent.table} p where p.id = $2 and ${presence('p')})`, ...told.map(presence)]
}
