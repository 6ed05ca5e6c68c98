import type { Queryable } from './db.ts'

/** The latest time of change seen in each stream that can be asked for what changed since, as ISO time. */
export async function readMarks(db: Queryable, connectionId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db.query<{ stream: string; mark: string }>(
    'select stream, mark from stream_marks where connection_id = $1',
    [connectionId],
  )
  return new Map(rows.map(({ stream, mark }) => [stream, mark]))
}

/** Moves a mark on; never back. */
export async function saveMark(
  tx: Queryable,
  { connectionId, stream, mark }: { readonly connectionId: string; readonly stream: string; readonly mark: string },
): Promise<void> {
  await tx.query(
    `insert into stream_marks as m (connection_id, stream, mark) values ($1, $2, $3)
     on conflict (connection_id, stream) do update set mark = greatest(m.mark, excluded.mark)`,
    [connectionId, stream, mark],
  )
}
