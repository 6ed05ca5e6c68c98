import type { Entity } from '../model/entity.ts'
import type { Presence } from './as-of.ts'

/** What a list is sorted by, most significant first, the id last. */
interface RelationKey {
  readonly sql: string
  /** What is always the same as `sql`: bounded as well, so that a walk of both sides starts at the place of the page. */
  readonly same?: string
  readonly type: 'uuid' | 'bigint' | 'text'
}

/**
 * The records of one entity that are related to a record of another, and how. SQL in which `t` is the related record,
 * `$1` the connection and `$2` the record it is asked of.
 */
export interface Relation {
  /** Of what it is asked; null: of the connection as a whole, so that there is no `$2`. */
  readonly parent: Entity | null
  /** What it lists. */
  readonly entity: Entity
  /** Entities whose records say who is related, and how: with `entity`, what an answer is made of. */
  readonly through: readonly Entity[]
  /** Tables and their joins, `t` among them. Whether it holds what has vanished is said by `vanished` or here. */
  from(includeDeleted: boolean): string
  readonly where: readonly string[]
  /** Conditions under which the relation or the record has vanished. */
  readonly vanished: readonly string[]
  /** Aliases of the records without which there is no relation, where it can be told as of a time; else none. */
  readonly told: readonly string[]
  /** That the relation or the record changed here at or after the time at this place, such as `$3`. */
  changedSince(place: string): string
  readonly keys: readonly RelationKey[]
  /** What a page `p` keeps of the relation beside `t.id`, for `joins` and `columns`. */
  readonly keeps: readonly string[]
  /** Joined to the records of one page only: what is dear to find out, of what is or was there. */
  joins(isThere: Presence): string
  /** Columns beside those of the record. */
  readonly columns: readonly string[]
}

const BY_ID: readonly RelationKey[] = [{ sql: 't.id', type: 'uuid' }]

/** What most relations have. */
export const PLAIN = {
  through: [],
  vanished: ['t.is_deleted'],
  keys: BY_ID,
  keeps: [],
  told: [],
  joins: () => '',
  columns: [],
  changedSince: (place: string) => `t.changed_at >= ${place}::timestamptz`,
} as const satisfies Partial<Relation>

/** Records that name their owner themselves: `column` is a column of theirs. */
export const owned = (parent: Entity, entity: Entity, column: string): Relation => ({
  ...PLAIN,
  parent,
  entity,
  from: () => `${entity.table} t`,
  where: ['t.connection_id = $1', `t.${column} = $2`],
})

/** A relation that is a record itself: `here` names what is asked of, `there` what is listed. */
export interface Edge {
  readonly relation: Entity
  readonly here: string
  readonly there: string
  /** Further conditions on the relation `e`. */
  readonly where?: readonly string[]
}

/** Records at the other end of an edge. Walked along the edge's index of both ends, from one page to the next. */
export const across = (
  parent: Entity,
  entity: Entity,
  { relation, here, there, where = [] }: Edge,
  columns: readonly string[],
): Relation => ({
  ...PLAIN,
  parent,
  entity,
  through: [relation],
  from: () => `${relation.table} e join ${entity.table} t on t.id = e.${there}`,
  where: ['e.connection_id = $1', 't.connection_id = $1', `e.${here} = $2`, ...where],
  vanished: ['e.is_deleted', 't.is_deleted'],
  told: ['e', 't'],
  // As one set of ids, each part out of an index: little is read where little changed.
  changedSince: (place) =>
    `e.${there} in (
       select ${there} from ${relation.table} where connection_id = $1 and ${here} = $2 and changed_at >= ${place}::timestamptz
       union all select id from ${entity.table} where connection_id = $1 and changed_at >= ${place}::timestamptz)`,
  keys: [{ sql: `e.${there}`, same: 't.id', type: 'uuid' }],
  keeps: ['e.id as edge_id'],
  joins: () => `join ${relation.table} e on e.id = p.edge_id`,
  columns: columns.map((column) => `e.${column} as edge_${column}`),
})

/** Records that several places name: `named` are their ids and how they are related, one row for each of them. */
export const gathered = (
  parent: Entity | null,
  entity: Entity,
  through: readonly Entity[],
  { named, on, keeps }: { named(includeDeleted: boolean): string; on: string; keeps: readonly string[] },
): Relation => ({
  ...PLAIN,
  parent,
  entity,
  through,
  from: (includeDeleted) => `(${named(includeDeleted)}) e join ${entity.table} t on ${on}`,
  where: ['t.connection_id = $1'],
  changedSince: (place) => `greatest(e.changed_at, t.changed_at) >= ${place}::timestamptz`,
  keeps: keeps.map((column) => `e.${column}`),
  columns: keeps.map((column) => `p.${column}`),
})
