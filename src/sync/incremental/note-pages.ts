import type { ParentRef, Stream, Target } from '../../connectors/connector.ts'
import type { NewRow } from '../../model/entity.ts'
import { noteLogPoll } from '../../store/connections.ts'
import type { Queryable } from '../../store/db.ts'
import { liveIds, liveRows } from '../../store/list.ts'
import { noteParentReads } from '../../store/parent-reads.ts'
import { enqueueTargets, type WantedTarget } from '../../store/refetch-queue.ts'
import type { Incoming } from '../../store/upsert.ts'
import type { ListedPage } from '../commit-pages.ts'

/** What a job leaves for later rounds beside the records that it reads. */
export interface PageNotes {
  readonly connectionId: string
  /** ISO time of the commit. */
  readonly at: string
  targetsOf(event: unknown): readonly Target[]
  /**
   * ISO time; of a log's events only those published from then on say what has to be read again. Null: all of them, which
   * is so wherever something was stored before, since nothing else may come to read what they name.
   */
  readonly eventsFrom: string | null
  /**
   * Whether what follows from a changed record is to be read again. A sync that reads everything reads that as well, and
   * takes it out of the queue at its end; what it could not read stays.
   */
  readonly follows: boolean
  /** ISO time that stands for that of a change which nobody tells. */
  readonly changedBy: string
}

/** How old a change may be when its listing does not show it yet, in milliseconds: search indexes lag, clocks differ. */
export const OVERLAP_MS = 10 * 60_000

export const overlapBefore = (time: string): string => new Date(Date.parse(time) - OVERLAP_MS).toISOString()

/**
 * Notes what pages of a full listing mean for later rounds, in the transaction that is about to store their records: what
 * log events name, what follows from changed records, which parents were read to their end.
 */
export async function notePages<Client>(
  tx: Queryable,
  stream: Stream<Client>,
  read: { readonly pages: readonly ListedPage[]; readonly records: readonly Incoming[]; readonly isClean: boolean },
  notes: PageNotes,
): Promise<void> {
  const { pages, records } = read
  if (stream.entity.appendOnly) return noteEvents(tx, stream, records, notes)
  if (notes.follows) await enqueueTargets(tx, notes, await followsOf(tx, stream, records, notes))
  if (isRemembered(stream) && read.isClean)
    await noteParents(
      tx,
      stream,
      pages.filter(({ page, skipped }) => page.next === null && skipped === null).map(({ parent }) => parent),
      notes,
    )
}

/** Whether it is kept when a parent of this stream was read: where that spares reading it again. */
export const isRemembered = <Client>({ refetch, background, parents, name }: Stream<Client>): boolean =>
  refetch?.storedAs === name && parents?.from === 'stream' && (background === true || refetch.movedAt !== undefined)

export async function noteParents<Client>(
  tx: Queryable,
  { name, refetch }: Stream<Client>,
  parents: readonly ParentRef[],
  { connectionId, at }: { readonly connectionId: string; readonly at: string },
): Promise<void> {
  const ids = parents.flatMap(({ key }) => refetch?.parentId(connectionId, key) ?? [])
  await noteParentReads(tx, { connectionId, stream: name, at }, ids)
}

/** What has to be read again because these records are new or differ from what is stored; asked before they are. */
export async function followsOf<Client>(
  tx: Queryable,
  { entity, follows, since }: Stream<Client>,
  records: readonly Incoming[],
  { connectionId, changedBy }: Pick<PageNotes, 'connectionId' | 'changedBy'>,
): Promise<WantedTarget[]> {
  if (!follows || records.length === 0) return []
  const idOf = ({ row }: Incoming) => entity.idOf(connectionId, row.vendor_id)
  const before = await liveRows(tx, entity, records.map(idOf))
  return records.flatMap((record) => {
    const stored = before.get(idOf(record)) as unknown as NewRow<never> | undefined
    const row = record.row as NewRow<never>
    const changedAt = since?.markOf(row) ?? changedBy
    return follows(stored ?? null, row).map((target) => ({ ...target, changedAt }))
  })
}

/** Of events that were stored before, what they name was queued with them. */
async function noteEvents<Client>(
  tx: Queryable,
  { entity }: Stream<Client>,
  events: readonly Incoming[],
  { connectionId, at, targetsOf, eventsFrom }: PageNotes,
): Promise<void> {
  await noteLogPoll(tx, connectionId, { at, hasEvents: events.length > 0 })
  const telling = events
    .map(({ row, raw }) => ({ id: entity.idOf(connectionId, row.vendor_id), changedAt: publishedAt(row, at), raw }))
    .filter(({ changedAt }) => eventsFrom === null || Date.parse(changedAt) >= Date.parse(eventsFrom))
    .map(({ raw, ...event }) => ({ ...event, targets: targetsOf(raw) }))
    .filter(({ targets }) => targets.length > 0)
  const ids = telling.map(({ id }) => id)
  const known = await liveIds(tx, entity, ids)
  const fresh = telling.filter(({ id }) => !known.has(id))
  await enqueueTargets(
    tx,
    { connectionId, at },
    fresh.flatMap(({ targets, changedAt }) => targets.map((target) => ({ ...target, changedAt }))),
  )
}

/** ISO time; without one of its own it may have been published just now. */
function publishedAt(row: object, now: string): string {
  const time = 'published_at' in row ? Date.parse(String(row.published_at)) : Number.NaN
  return Number.isNaN(time) ? now : new Date(time).toISOString()
}
