import { entityByName } from '../model/index.ts'
import { endsOf } from './change-relations.ts'
import type { Change, StoredChange } from './changes.ts'
import { arrayLiteral, list } from './columns.ts'
import type { Queryable } from './db.ts'

/** Beside the fields: that only Okta's JSON changed, which is not kept. */
const RAW = 'raw'

type Row = Readonly<Record<string, unknown>> & { readonly id: string; readonly vendor_id: string }

/**
 * Changes with what their records are and belong to, and the values after them. All from one snapshot: `tx` is a
 * transaction of mode `snapshot`, in which the changes were read.
 */
export async function withDetails(
  tx: Queryable,
  connectionId: string,
  changes: readonly StoredChange[],
): Promise<Change[]> {
  if (changes.length === 0) return []
  const rows = await rowsOf(tx, connectionId, changes)
  const later = await laterValues(tx, changes)
  return changes.flatMap((change) => {
    const row = rows.get(change.record_id)
    // Rows stay until their connection goes, with all of its changes.
    if (!row) return []
    const ends = endsOf({ name: change.entity })
    return {
      ...change,
      vendor_id: row.vendor_id,
      after: change.kind === 'updated' ? valuesAfter(change, row, later.get(change.seq) ?? {}) : null,
      relation: ends.length > 0 ? Object.fromEntries(ends.map((end) => [end, row[end]])) : null,
    }
  })
}

/** The records as they are now. */
async function rowsOf(
  tx: Queryable,
  connectionId: string,
  changes: readonly StoredChange[],
): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>()
  for (const name of new Set(changes.map(({ entity }) => entity))) {
    const entity = entityByName(name)
    if (!entity) continue
    const ofEntity = changes.filter((change) => change.entity === name)
    const updated = ofEntity.filter(({ kind }) => kind === 'updated').flatMap(({ fields }) => fields)
    // Only what is told of them: a record of its own may be wide.
    const told = new Set(['id', 'vendor_id', ...endsOf(entity), ...updated])
    const columns = entity.columns.filter((column) => told.has(column))
    const found = await tx.query<Row>(
      `select ${list(columns)} from ${entity.table} where connection_id = $1 and id = any($2::uuid[])`,
      [connectionId, arrayLiteral([...new Set(ofEntity.map(({ record_id }) => record_id))])],
    )
    for (const row of found) rows.set(row.id, row)
  }
  return rows
}

/** For each change, by its seq: what the next change of the same field found there; null where that was not kept. */
type LaterValues = Readonly<Record<string, { readonly value: unknown } | null>>

async function laterValues(tx: Queryable, changes: readonly StoredChange[]): Promise<Map<string, LaterValues>> {
  const updated = changes.filter(({ kind }) => kind === 'updated')
  if (updated.length === 0) return new Map()
  const rows = await tx.query<{ seq: string; found: LaterValues }>(
    `select c.seq::text as seq, jsonb_object_agg(f.name, n.found) as found
       from changes c
      cross join unnest(c.fields) f(name)
      cross join lateral (
        select case when l.before is null then 'null' else jsonb_build_object('value', l.before -> f.name) end as found
          from changes l
         where l.record_id = c.record_id and (l.tx, l.seq) > (c.tx, c.seq) and f.name = any(l.fields)
         order by l.tx, l.seq limit 1) n
      where c.seq = any($1::bigint[]) group by c.seq`,
    [updated.map(({ seq }) => seq)],
  )
  return new Map(rows.map(({ seq, found }) => [seq, found]))
}

/**
 * The fields' values right after a change: what the next change of the same field found, or what is there now. A value
 * that the next change did not keep is left out.
 */
function valuesAfter({ fields }: StoredChange, row: Row, later: LaterValues): Record<string, unknown> {
  const known = fields.filter((field) => field !== RAW && later[field] !== null)
  return Object.fromEntries(
    known.map((field) => {
      // It came back: that it went again is a change of another kind, which names no fields.
      if (field === 'is_deleted') return [field, false]
      const next = later[field]
      return [field, next ? next.value : row[field]]
    }),
  )
}
