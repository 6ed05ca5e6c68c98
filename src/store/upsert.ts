import type { BaseRow, Entity, NewRow } from '../model/entity.ts'
import { arrayLiteral, encode, fieldsOf, list } from './columns.ts'
import { contentHash } from './content-hash.ts'
import type { Queryable } from './db.ts'

/** One record read from the IdP, with its JSON as it may be stored. */
export interface Incoming {
  readonly row: NewRow<BaseRow>
  readonly raw: unknown
}

export interface UpsertContext {
  readonly connectionId: string
  readonly jobId: string
  readonly stream: string
  /** ISO time written as the moment of change. */
  readonly at: string
}

export interface UpsertCounts {
  /** Records that this job had not read before: listings shift while they are read and show some twice. */
  read: number
  created: number
  changed: number
}

/** A record on its way into its table. */
interface Candidate {
  id: string
  hash: string
  row: Readonly<Record<string, unknown>>
  raw: unknown
}

interface Stored {
  id: string
  content_hash: string
  is_deleted: boolean
}

/**
 * Writes records that are new or differ, says what changed, and marks all of them as seen by this job.
 *
 * Ids and hashes are compared first and only what differs is sent: an unchanged page costs one small query. When a page
 * names a record twice (listings shift while they are read), the later reading wins.
 */
export async function upsert(
  tx: Queryable,
  entity: Entity,
  incoming: readonly Incoming[],
  context: UpsertContext,
): Promise<UpsertCounts> {
  const candidates = new Map<string, Candidate>()
  for (const { row, raw } of incoming) {
    const id = entity.idOf(context.connectionId, row.vendor_id)
    candidates.delete(id)
    candidates.set(id, { id, hash: contentHash(row, raw), row: { ...row, id, is_deleted: false }, raw })
  }
  if (candidates.size === 0) return { read: 0, created: 0, changed: 0 }

  const stored = new Map(
    (
      await tx.query<Stored>(`select id, content_hash, is_deleted from ${entity.table} where id = any($1::uuid[])`, [
        arrayLiteral([...candidates.keys()]),
      ])
    ).map((row) => [row.id, row]),
  )
  const created = [...candidates.values()].filter(({ id }) => !stored.has(id))
  const changed = entity.appendOnly
    ? []
    : [...candidates.values()].filter(({ id, hash }) => {
        const known = stored.get(id)
        return known !== undefined && (known.content_hash !== hash || known.is_deleted)
      })

  let read = candidates.size
  if (!entity.appendOnly) {
    const differences = await differencesOf(tx, entity, changed)
    await recordChanges(tx, entity, 'created', created, context)
    await recordChanges(tx, entity, 'updated', changed, context, differences)
    read = await markSeen(tx, [...candidates.keys()], context)
  }
  await write(tx, entity, [...created, ...changed], context)
  return { read, created: created.length, changed: changed.length }
}

async function write(tx: Queryable, entity: Entity, candidates: readonly Candidate[], context: UpsertContext) {
  if (candidates.length === 0) return
  const fields = fieldsOf(entity)
  const columns = entity.columns
  const arrays = columns.map((column) => {
    const field = fields[column] ?? { kind: 'text' as const }
    return candidates.map(({ row }) => encode(row[column], field))
  })
  const raws = candidates.map(({ raw }) => JSON.stringify(raw))
  const hashes = candidates.map(({ hash }) => hash)
  const parameter = (index: number) => `$${index + 4}::text[]`
  const casts = columns.map((column, index) => `u.c${index}::${fields[column]?.column ?? 'text'}`)
  const updates = [...columns.filter((column) => column !== 'id'), 'stream', 'raw', 'content_hash', 'changed_at']
  await tx.query(
    `insert into ${entity.table}
       (${list(columns)}, connection_id, stream, raw, content_hash, first_seen_at, changed_at)
     select ${casts.join(', ')}, $1::uuid, $2::text, u.raw::json, u.hash, $3::timestamptz, $3::timestamptz
       from unnest(${[...arrays, raws, hashes].map((_, index) => parameter(index)).join(', ')})
         as u(${columns.map((_, index) => `c${index}`).join(', ')}, raw, hash)
     on conflict (id) do ${
       entity.appendOnly
         ? 'nothing'
         : `update set ${updates.map((column) => `"${column}" = excluded."${column}"`).join(', ')}, deleted_at = null`
     }`,
    [context.connectionId, context.stream, context.at, ...arrays, raws, hashes],
  )
}

/** In what a record differs from what is stored. */
interface Difference {
  /** Names of the fields; `raw` when only Okta's JSON beside them differs. */
  readonly fields: readonly string[]
  /** Their stored values; nothing for `raw`, which holds what answers show only to those who ask. */
  readonly before: Readonly<Record<string, unknown>>
}

async function differencesOf(tx: Queryable, entity: Entity, changed: readonly Candidate[]): Promise<Difference[]> {
  if (changed.length === 0) return []
  const fields = fieldsOf(entity)
  const before = new Map(
    (
      await tx.query<BaseRow & Record<string, unknown>>(
        `select ${list(entity.columns)} from ${entity.table} where id = any($1::uuid[])`,
        [arrayLiteral(changed.map(({ id }) => id))],
      )
    ).map((row) => [row.id, row]),
  )
  return changed.map(({ id, row }) => {
    const old = before.get(id)
    const differing = entity.columns.filter((column) => {
      const field = fields[column] ?? { kind: 'text' as const }
      return comparable(old?.[column], field.kind) !== comparable(row[column], field.kind)
    })
    return {
      fields: differing.length > 0 ? differing : ['raw'],
      before: Object.fromEntries(differing.map((column) => [column, old?.[column] ?? null])),
    }
  })
}

/** A value as text that is equal exactly when the value is: PostgreSQL's jsonb does not keep the order of keys. */
function comparable(value: unknown, kind: string): string {
  if (value === null || value === undefined) return 'null'
  if (kind === 'time') return new Date(String(value)).toISOString()
  return contentHash({ value }, null)
}

/**
 * Notes that records were created, updated or deleted, in the transaction that does it. `differences`, one for each
 * record, belong to updates alone. Two transactions that change one record must not overlap: changes are ordered by their
 * transactions, and each of these has its place from its first write on.
 */
export async function recordChanges(
  tx: Queryable,
  entity: Entity,
  kind: 'created' | 'updated' | 'deleted',
  records: readonly { id: string }[],
  context: Pick<UpsertContext, 'connectionId' | 'jobId' | 'at'>,
  differences?: readonly Difference[],
): Promise<void> {
  if (records.length === 0) return
  await tx.query(
    `insert into changes (connection_id, job_id, entity, kind, changed_at, record_id, fields, before)
     select $1, $2, $3, $4, $5, u.id, u.fields::text[], u.before::jsonb
       from unnest($6::uuid[], $7::text[], $8::text[]) as u(id, fields, before)`,
    [
      context.connectionId,
      context.jobId,
      entity.name,
      kind,
      context.at,
      arrayLiteral(records.map(({ id }) => id)),
      records.map((_, index) => arrayLiteral(differences?.[index]?.fields ?? [])),
      records.map((_, index) => (differences ? JSON.stringify(differences[index]?.before ?? {}) : null)),
    ],
  )
}

/**
 * Notes which records a listing has shown. A narrow table of its own: stamping the record itself would rewrite every
 * unchanged row, JSON and all, on every sync. Resolves to how many it shows for the first time.
 */
async function markSeen(tx: Queryable, ids: readonly string[], context: UpsertContext): Promise<number> {
  const [row] = await tx.query<{ first: number }>(
    `with noted as (
       insert into sync_seen (job_id, stream, record_id) select $1, $2, unnest($3::uuid[])
       on conflict do nothing returning 1)
     select count(*) as first from noted`,
    [context.jobId, context.stream, arrayLiteral(ids)],
  )
  return row?.first ?? 0
}
