import type { RandomOrg, StoredRow } from './random-org.ts'

interface Told {
  readonly kind: 'created' | 'updated' | 'deleted'
  readonly record_id: string
  readonly fields: readonly string[]
  readonly before: Readonly<Record<string, unknown>> | null
}

/**
 * What was stored before the changes of the feed, which are taken back one by one from the newest on: where the feed has
 * left one out, or told one twice, that leads elsewhere.
 */
export async function undone(
  org: RandomOrg,
  rows: ReadonlyMap<string, StoredRow>,
): Promise<ReadonlyMap<string, StoredRow>> {
  const changes = await org.db.query<Told>(
    `select kind, record_id, fields, before from changes c
      where not exists (select from copies.changes k where k.seq = c.seq) order by tx desc, seq desc`,
  )
  const before = new Map(rows)
  for (const { kind, record_id: id, fields, before: values } of changes) {
    const row = before.get(id)
    if (!row) throw new Error(`the feed tells of ${id}, ${kind}, which is not stored`)
    const isRepeated =
      kind === 'deleted' ? !row.is_deleted : row.is_deleted || (kind === 'updated' && isSame(row, fields, values))
    if (isRepeated) throw new Error(`the feed tells that ${row.vendor_id} was ${kind}, which it was not`)
    if (kind === 'created') before.delete(id)
    else if (kind === 'deleted') before.set(id, { ...row, is_deleted: false })
    else before.set(id, { ...row, ...values })
  }
  return before
}

/** `raw` alone stands for what only Okta's own JSON shows. */
const isSame = (row: StoredRow, fields: readonly string[], values: Told['before']): boolean =>
  fields.join() !== 'raw' && fields.every((field) => JSON.stringify(row[field]) === JSON.stringify(values?.[field]))
