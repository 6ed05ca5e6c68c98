import type { Entity } from '../model/entity.ts'
import type { Queryable } from './db.ts'
import { type StoredRow, withParsedRaw } from './list.ts'
import { conditionsOf, type RecordFilters } from './record-filters.ts'
import { partsOf, type RecordOrder, type RecordWindow, SORT_TIME } from './record-order.ts'

export type { RecordFilter, RecordFilters } from './record-filters.ts'
export { type RecordOrder, type RecordWindow, sortKeyOf } from './record-order.ts'

export interface RecordsRequest {
  readonly connectionId: string
  readonly filters: RecordFilters
  readonly window: RecordWindow
  /** By id, unless said otherwise. */
  readonly order?: RecordOrder
  /** Whether Okta's JSON comes along, as `raw`. */
  readonly raw: boolean
}

/** The records of one window of a list, in the order of the list whichever way the window looks. */
export async function listRecords(db: Queryable, entity: Entity, request: RecordsRequest): Promise<StoredRow[]> {
  const { window, order = 'id' } = request
  const rows: StoredRow[] = []
  let { offset } = window
  for (const part of partsOf(order, window)) {
    if (rows.length >= window.limit) break
    const params: unknown[] = []
    const bind = (value: unknown) => `$${params.push(value)}`
    const conditions = await conditionsOf(db, entity, request.connectionId, request.filters, params)
    const where = [...conditions, ...part.conditions(bind)].join(' and ')
    const page = `order by ${part.order} limit ${bind(window.limit - rows.length)}`
    const columns = columnsOf(entity, order, request.raw)
    const found = await db.query<StoredRow>(
      offset === 0
        ? `select ${columns} from ${entity.table} t where ${where} ${page}`
        : // Skipped rows are not read in full: their ids are in an index.
          `select ${columns} from (select t.id from ${entity.table} t where ${where} ${page} offset ${bind(offset)}) p
             join ${entity.table} t on t.id = p.id order by ${part.order}`,
      params,
      isPlain(request) ? 'reuse plan' : undefined,
    )
    rows.push(...found.map(withParsedRaw))
    if (offset > 0) offset = found.length > 0 ? 0 : await leftToSkip(db, entity, request, part.conditions, offset)
  }
  return window.direction === 'previous' ? rows.reverse() : rows
}

/** A page of everything: always the same statement, planned once. Filters are planned by what they are given. */
const isPlain = ({ filters, window }: RecordsRequest): boolean =>
  window.offset === 0 && Object.values(filters).every((value) => value === null || typeof value === 'boolean')

/** How many records match. */
export async function countRecords(
  db: Queryable,
  entity: Entity,
  { connectionId, filters }: Pick<RecordsRequest, 'connectionId' | 'filters'>,
): Promise<number> {
  const params: unknown[] = []
  return count(db, entity, await conditionsOf(db, entity, connectionId, filters, params), params)
}

/** One record of a connection, a vanished one as well; null when there is none of this id. */
export async function findRecord(
  db: Queryable,
  entity: Entity,
  { connectionId, id, raw }: { connectionId: string; id: string; raw: boolean },
): Promise<StoredRow | null> {
  const [row] = await db.query<StoredRow>(
    `select ${columnsOf(entity, 'id', raw)} from ${entity.table} t where t.connection_id = $1 and t.id = $2`,
    [connectionId, id],
  )
  return row ? withParsedRaw(row) : null
}

/** What remains of an offset that has gone past a whole part of a list. */
async function leftToSkip(
  db: Queryable,
  entity: Entity,
  { connectionId, filters }: RecordsRequest,
  partConditions: (bind: (value: unknown) => string) => string[],
  offset: number,
): Promise<number> {
  const params: unknown[] = []
  const conditions = await conditionsOf(db, entity, connectionId, filters, params)
  conditions.push(...partConditions((value) => `$${params.push(value)}`))
  return offset - (await count(db, entity, conditions, params))
}

async function count(db: Queryable, entity: Entity, conditions: readonly string[], params: readonly unknown[]) {
  const [row] = await db.query<{ total: number }>(
    `select count(*) as total from ${entity.table} t where ${conditions.join(' and ')}`,
    params,
  )
  return row?.total ?? 0
}

const columnsOf = (entity: Entity, order: RecordOrder, raw: boolean): string =>
  [
    ...entity.columns.map((column) => `t."${column}"`),
    ...(order === 'id' ? [] : [SORT_TIME]),
    ...(raw ? ['t.raw'] : []),
  ].join(', ')
