import type { Queryable } from './db.ts'

/** An item that could not become a record: kept as received, with what was wrong. Never dropped, never fatal. */
export interface Rejected {
  readonly parentKey: string
  readonly issues: string
  readonly raw: unknown
}

export async function saveRejected(
  tx: Queryable,
  rejected: readonly Rejected[],
  context: { connectionId: string; jobId: string; stream: string; at: string },
): Promise<void> {
  if (rejected.length === 0) return
  await tx.query(
    `insert into rejected_records (connection_id, job_id, stream, rejected_at, parent_key, issues, raw)
     select $1, $2, $3, $4, u.parent_key, u.issues, u.raw::json
       from unnest($5::text[], $6::text[], $7::text[]) as u(parent_key, issues, raw)`,
    [
      context.connectionId,
      context.jobId,
      context.stream,
      context.at,
      rejected.map(({ parentKey }) => parentKey),
      rejected.map(({ issues }) => issues),
      rejected.map(({ raw }) => JSON.stringify(raw) ?? 'null'),
    ],
  )
}

/** A stream's earlier rejects, forgotten when a new listing of it begins. */
export const clearRejected = (tx: Queryable, connectionId: string, stream: string) =>
  tx.query('delete from rejected_records where connection_id = $1 and stream = $2', [connectionId, stream])

/**
 * Forgets rejects that are about to be told again: those of one parent whose listing is read anew, and these very items
 * wherever they came up.
 */
export async function forgetRejected(
  tx: Queryable,
  of: { connectionId: string; stream: string; parentKey: string | null; items: readonly unknown[] },
): Promise<void> {
  await tx.query(
    `delete from rejected_records where connection_id = $1 and stream = $2
        and (parent_key = $3 or raw::text = any($4::text[]))`,
    [of.connectionId, of.stream, of.parentKey, of.items.map((item) => JSON.stringify(item) ?? 'null')],
  )
}
