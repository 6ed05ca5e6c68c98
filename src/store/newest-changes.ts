import { GroupMembership } from '../model/group-membership.ts'
import { withDetails } from './change-details.ts'
import {
  CHANGE_COLUMNS,
  type Change,
  type ChangeFilters,
  conditionsOf,
  type Place,
  type StoredChange,
} from './changes.ts'
import type { Db, Queryable } from './db.ts'
import { namesIn } from './record-names.ts'

/** Changes, the newest first, with what the records in them are called by their ids. */
export interface NamedChanges {
  readonly changes: Change[]
  readonly names: Readonly<Record<string, string>>
  /** Leads to older ones; null at the end. */
  readonly next: Place | null
}

/** By entity: the ISO time up to which records were read for the first time; null where that has not ended yet. */
export type FirstReads = Readonly<Record<string, string | null>>

/**
 * A connection's changes, the newest first, before a place. With `firstReads` without what was there when it was first
 * read: records are created then that nobody made. Shows what is committed: for a glance, not to be followed.
 */
export function newestChanges(
  db: Db,
  request: {
    readonly connectionId: string
    readonly filters: ChangeFilters
    readonly firstReads: FirstReads | null
    readonly before: Place | null
    readonly limit: number
  },
): Promise<NamedChanges> {
  const { connectionId, filters, firstReads, before, limit } = request
  return db.transaction(async (tx) => {
    const params: unknown[] = [connectionId]
    const bind = (value: unknown) => `$${params.push(value)}`
    const where = ['c.connection_id = $1', NOT_SAID_TWICE, ...conditionsOf(filters, bind)]
    if (before) where.push(`(c.tx, c.seq) < (${bind(before.tx)}::xid8, ${bind(before.seq)}::bigint)`)
    if (firstReads) where.push(...sinceFirstReads(firstReads, bind))
    const found = await tx.query<StoredChange>(
      `select ${CHANGE_COLUMNS} from changes c where ${where.join(' and ')}
        order by c.tx desc, c.seq desc limit ${bind(limit + 1)}`,
      params,
    )
    return namedPage(tx, connectionId, found, limit)
  }, 'snapshot')
}

/** A membership carries the status of its user: that changes with the user, which tells it. */
const NOT_SAID_TWICE = `not (c.entity = '${GroupMembership.name}' and c.kind = 'updated' and not 'is_deleted' = any(c.fields))`

/** One page out of one more change than it holds, the newest first. */
export async function namedPage(
  tx: Queryable,
  connectionId: string,
  found: readonly StoredChange[],
  limit: number,
): Promise<NamedChanges> {
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const next = found.length > limit && last ? { tx: last.tx, seq: last.seq } : null
  const changes = await withDetails(tx, connectionId, page)
  return { changes, names: await namesIn(tx, connectionId, changes), next }
}

function sinceFirstReads(firstReads: FirstReads, bind: (value: unknown) => string): string[] {
  const ends = Object.fromEntries(Object.entries(firstReads).map(([entity, at]) => [entity, at ?? 'infinity']))
  const earliest = Object.values(ends).sort()[0] ?? 'infinity'
  return [
    // By this alone a large first sync is not looked through.
    `c.changed_at > ${bind(earliest)}::timestamptz`,
    `(c.kind <> 'created' or c.changed_at > coalesce(${bind(JSON.stringify(ends))}::jsonb ->> c.entity, 'infinity')::timestamptz)`,
  ]
}

/**
 * When each stream was first read, as ISO time: null for one that could never be read, such as for want of a right. Those
 * whose first reading has not ended yet are missing.
 */
export async function firstReadsOf(db: Queryable, connectionId: string): Promise<ReadonlyMap<string, string | null>> {
  const rows = await db.query<{ stream: string; at: string | null }>(
    `select s.stream, min(s.ended_at) filter (where s.outcome in ('complete', 'partial')) as at
       from sync_jobs j join sync_steps s on s.job_id = j.id
      where j.connection_id = $1 and j.mode = 'full' and s.state = 'ended' and s.outcome <> 'failed'
      group by s.stream`,
    [connectionId],
  )
  return new Map(rows.map(({ stream, at }) => [stream, at]))
}
