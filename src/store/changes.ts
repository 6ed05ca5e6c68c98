import { AppError } from '../errors.ts'
import { withDetails } from './change-details.ts'
import { arrayLiteral } from './columns.ts'
import type { Db, Queryable } from './db.ts'

export const CHANGE_KINDS = ['created', 'updated', 'deleted'] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** A place in the order of changes: after the change that it names. Both are whole numbers as text, too large for JSON. */
export interface Place {
  /** The transaction that wrote the change. */
  readonly tx: string
  readonly seq: string
}

/** A change as it is stored. */
export interface StoredChange extends Place {
  readonly entity: string
  readonly kind: ChangeKind
  readonly record_id: string
  readonly job_id: string
  /** Names of the fields that changed; `raw` where only Okta's JSON beside them did. Empty unless `updated`. */
  readonly fields: readonly string[]
  /** Their values before; null unless `updated`, and for a change of before these values were kept. */
  readonly before: Readonly<Record<string, unknown>> | null
  /** ISO time. */
  readonly changed_at: string
}

/** A change with what a reader needs to make sense of it without a second request. */
export interface Change extends StoredChange {
  readonly vendor_id: string
  /** Values of the fields after this very change, which may have changed again since; null unless `updated`. */
  readonly after: Readonly<Record<string, unknown>> | null
  /** What the record belongs to, where it is a relation: `group_id`, `user_id` and their like; else null. */
  readonly relation: Readonly<Record<string, unknown>> | null
}

export interface ChangeFilters {
  /** Names of entities. */
  readonly entity?: readonly string[] | null
  readonly kind?: readonly ChangeKind[] | null
  readonly recordId?: readonly string[] | null
  /** ISO time: changed at or after it. */
  readonly since?: string | null
  /** ISO time: changed before it. */
  readonly until?: string | null
  readonly jobId?: string | null
}

export interface ChangePage {
  readonly changes: Change[]
  /** Where to go on: at once when there are more, else later. Nothing that is committed from now on is before it. */
  readonly next: Place
  readonly hasMore: boolean
}

/** Columns of a stored change, for a table `changes c`. */
export const CHANGE_COLUMNS =
  'c.tx::text as tx, c.seq::text as seq, c.entity, c.kind, c.record_id, c.job_id, c.fields, c.before, c.changed_at'

/**
 * A connection's changes in the order of the feed, after a place. Transactions that still run, and whatever is ordered
 * after the oldest of them, are not shown yet: a sequence gives its numbers out before the commit, so that a reader who
 * went by it alone would pass over a change whose transaction commits late, and never see it.
 * https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
 *
 * A page that is not full leads to the end of what can be shown, past what its filters left out.
 * @throws AppError `cursor_invalid` for a place of another copy of the database, which has counted on
 */
export function listChanges(
  db: Db,
  request: {
    readonly connectionId: string
    readonly filters: ChangeFilters
    /** Null: from the beginning. */
    readonly after: Place | null
    readonly limit: number
  },
): Promise<ChangePage> {
  const { connectionId, filters, after, limit } = request
  return db.transaction(async (tx) => {
    const horizon = await horizonOf(tx)
    if (after && BigInt(after.tx) > BigInt(horizon))
      throw new AppError('cursor_invalid', 'The place is not one of this database: it was restored. Begin anew.')
    const params: unknown[] = [connectionId, horizon]
    const bind = (value: unknown) => `$${params.push(value)}`
    const where = ['c.connection_id = $1', 'c.tx < $2::xid8', ...conditionsOf(filters, bind)]
    if (after) where.push(`(c.tx, c.seq) > (${bind(after.tx)}::xid8, ${bind(after.seq)}::bigint)`)
    const found = await tx.query<StoredChange>(
      `select ${CHANGE_COLUMNS} from changes c where ${where.join(' and ')} order by c.tx, c.seq limit ${bind(limit + 1)}`,
      params,
    )
    const page = found.slice(0, limit)
    const last = page.at(-1)
    const hasMore = found.length > limit
    const next = hasMore && last ? { tx: last.tx, seq: last.seq } : { tx: horizon, seq: '0' }
    return { changes: await withDetails(tx, connectionId, page), next, hasMore }
  }, 'snapshot')
}

/** What comes after a place, unfiltered: for whoever passes every change on and keeps the place with what was done. */
export const readChangesAfter = (
  db: Db,
  request: { readonly connectionId: string; readonly after: Place | null; readonly limit: number },
): Promise<ChangePage> => listChanges(db, { ...request, filters: {} })

/** The oldest transaction that may still run: all before it have ended, whatever becomes of it and of later ones. */
async function horizonOf(db: Queryable): Promise<string> {
  const [row] = await db.query<{ horizon: string }>('select pg_snapshot_xmin(pg_current_snapshot())::text as horizon')
  if (!row) throw new Error('a snapshot always has an xmin')
  return row.horizon
}

/** SQL conditions for a table `changes c`. */
export function conditionsOf(filters: ChangeFilters, bind: (value: unknown) => string): string[] {
  const { entity, kind, recordId, since, until, jobId } = filters
  return [
    ...(entity ? [`c.entity = any(${bind(entity)}::text[])`] : []),
    ...(kind ? [`c.kind = any(${bind(kind)}::text[])`] : []),
    ...(recordId ? [`c.record_id = any(${bind(arrayLiteral(recordId))}::uuid[])`] : []),
    ...(since ? [`c.changed_at >= ${bind(since)}::timestamptz`] : []),
    ...(until ? [`c.changed_at < ${bind(until)}::timestamptz`] : []),
    ...(jobId ? [`c.job_id = ${bind(jobId)}::uuid`] : []),
  ]
}
