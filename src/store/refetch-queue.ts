import { storableText } from '../model/storable.ts'
import type { Queryable } from './db.ts'

/** One line of what a connection has to read again. */
export interface QueuedTarget {
  readonly kind: 'record' | 'children' | 'stream'
  readonly stream: string
  /** The record's vendor id, or the parent's key; empty for a whole stream. */
  readonly key: string
  /** The listing that makes it needless where it is read anyway; both empty: none. */
  readonly shown_by_stream: string
  readonly shown_by_key: string
  /** Needless where the parent has so many live rows; null: never. */
  readonly unless_rows: number | null
  /** Grows whenever it is named again. */
  readonly seq: number
  /** Rounds that have tried and failed. */
  readonly attempts: number
}

/** What somebody asks for: as a `Target` of the connector says it. */
export interface WantedTarget {
  readonly kind: QueuedTarget['kind']
  readonly stream: string
  readonly key?: string
  readonly shownBy?: { readonly stream: string; readonly key: string }
  readonly unlessRows?: number
  /** ISO time at which it changed, where that is known: a full sync that began well after it has read it. Default: now. */
  readonly changedAt?: string
}

/** Lines of the queue that a round looks at together; the others wait for their turn. */
export const QUEUED_AT_ONCE = 20_000

const COLUMNS = 'kind, stream, key, shown_by_stream, shown_by_key, unless_rows, seq, attempts'
const IDENTITY = ['kind', 'stream', 'key', 'shown_by_stream', 'shown_by_key'] as const
const NAMED = `connection_id, ${IDENTITY.join(', ')}`

/**
 * Queues what has to be read again, in the transaction that stores the reason. What is queued already is named anew:
 * whoever is reading it at this moment leaves it in the queue. One that must be read stays one that must.
 */
export async function enqueueTargets(
  tx: Queryable,
  { connectionId, at }: { readonly connectionId: string; readonly at: string },
  targets: readonly WantedTarget[],
): Promise<void> {
  const rows = new Map<string, readonly (string | number | null)[]>()
  for (const { kind, stream, key = '', shownBy, unlessRows = null, changedAt } of targets.filter(isKept)) {
    const row = [kind, stream, key, shownBy?.stream ?? '', shownBy?.key ?? '']
    const before = rows.get(row.join('\n'))?.at(-1) ?? ''
    const since = changedAt !== undefined && changedAt < at ? changedAt : at
    rows.set(row.join('\n'), [...row, unlessRows, String(before) > since ? before : since])
  }
  if (rows.size === 0) return
  const columns = [0, 1, 2, 3, 4, 5, 6].map((column) => [...rows.values()].map((row) => row[column]))
  await tx.query(
    `insert into refetch_queue as q (${NAMED}, unless_rows, requested_at)
     select $1, u.* from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::timestamptz[]) u
     on conflict (${NAMED}) do update
        set seq = default, attempts = 0, requested_at = greatest(q.requested_at, excluded.requested_at),
            unless_rows = case when q.unless_rows is not null then excluded.unless_rows end`,
    [connectionId, ...columns],
  )
}

/** No vendor's id is longer, nor two of them joined; and an index holds no text of any length. */
const LONGEST_KEY = 500

/** Whether the keys may be those of something: what a log says may be anything. */
const isKept = ({ key = '', shownBy }: WantedTarget): boolean =>
  [key, shownBy?.key ?? ''].every((text) => text.length <= LONGEST_KEY && storableText(text) === text)

/** What is queued, the longest waiting first. */
export const listTargets = (db: Queryable, connectionId: string, limit: number): Promise<QueuedTarget[]> =>
  db.query<QueuedTarget>(`select ${COLUMNS} from refetch_queue where connection_id = $1 order by seq limit $2`, [
    connectionId,
    limit,
  ])

/** What is queued of a stream, of one kind: of one record or listing, or of all where `key` is null. */
export const listTargetsOf = (
  db: Queryable,
  connectionId: string,
  { kind, stream, key }: Pick<QueuedTarget, 'kind' | 'stream'> & { readonly key: string | null },
): Promise<QueuedTarget[]> =>
  db.query<QueuedTarget>(
    `select ${COLUMNS} from refetch_queue
      where connection_id = $1 and kind = $2 and stream = $3 and ($4::text is null or key = $4)`,
    [connectionId, kind, stream, key],
  )

/** Takes out what has been read, in the transaction that keeps what was read; not what was named again since. */
export async function dropTargets(
  tx: Queryable,
  connectionId: string,
  targets: readonly QueuedTarget[],
): Promise<void> {
  if (targets.length === 0) return
  await tx.query(`delete from refetch_queue q using ${given(2)} where ${matching} and q.seq = u.seq`, [
    connectionId,
    ...valuesOf(targets),
  ])
}

/** Notes that a round could not read these, and gives up those that `most` rounds could not. Resolves to how many. */
export async function ageTargets(
  tx: Queryable,
  connectionId: string,
  targets: readonly QueuedTarget[],
  most: number,
): Promise<number> {
  if (targets.length === 0) return 0
  await tx.query(
    `update refetch_queue q set attempts = q.attempts + 1 from ${given(2)} where ${matching} and q.seq = u.seq`,
    [connectionId, ...valuesOf(targets)],
  )
  const rows = await tx.query(
    'delete from refetch_queue where connection_id = $1 and attempts >= $2 returning true as is_gone',
    [connectionId, most],
  )
  return rows.length
}

/** Takes out what changed in these streams until a time, or was asked for: a full sync has read all of it since. */
export async function dropTargetsBefore(
  tx: Queryable,
  { connectionId, streams, before }: { connectionId: string; streams: readonly string[]; before: string },
): Promise<void> {
  await tx.query(
    'delete from refetch_queue where connection_id = $1 and stream = any($2::text[]) and requested_at <= $3',
    [connectionId, streams, before],
  )
}

const given = (first: number): string =>
  `unnest(${IDENTITY.map((_, index) => `$${first + index}::text[]`).join(', ')}, $${first + IDENTITY.length}::bigint[])
     as u(${IDENTITY.join(', ')}, seq)`
const matching = `q.connection_id = $1 and ${IDENTITY.map((column) => `q.${column} = u.${column}`).join(' and ')}`
const valuesOf = (targets: readonly QueuedTarget[]): unknown[][] => [
  ...IDENTITY.map((column) => targets.map((target) => target[column])),
  targets.map(({ seq }) => seq),
]
