import type { Page, ParentRef, Stream } from '../connectors/connector.ts'
import type { SyncScope } from '../model/scope.ts'
import { storable } from '../model/storable.ts'
import { type Connection, saveLogCursor } from '../store/connections.ts'
import type { Db } from '../store/db.ts'
import { type Step, saveStep } from '../store/jobs.ts'
import { type Lease, underLease } from '../store/lease.ts'
import { type Rejected, saveRejected } from '../store/rejected.ts'
import { type Incoming, upsert } from '../store/upsert.ts'
import { type Checkpoint, finished, movedOn, type SkippedParent, skipping } from './checkpoint.ts'
import { laterMark } from './incremental/mark.ts'
import { notePages, type PageNotes } from './incremental/note-pages.ts'
import { withinScope } from './scope.ts'

/** One page as it was listed, or a parent that could not be. */
export interface ListedPage {
  readonly parent: ParentRef
  readonly page: Page
  readonly skipped: SkippedParent | null
}

export interface SavePagesContext<Client> {
  readonly db: Db
  readonly stream: Stream<Client>
  readonly step: Step
  readonly checkpoint: Checkpoint
  readonly issued: readonly string[]
  readonly connection: Connection
  readonly lease: Lease
  readonly scope: SyncScope
  /** ISO time of this commit. */
  readonly at: string
  /** ISO time from which a log was read. */
  readonly logSince: string
  readonly notes: PageNotes
}

/** Saves pages: their records, changes, rejects, the step's counters and its checkpoint, all or nothing. */
export async function savePages<Client>(
  pages: readonly ListedPage[],
  context: SavePagesContext<Client>,
): Promise<{ step: Step; checkpoint: Checkpoint }> {
  const { stream, connection, lease, at } = context
  const { jobId } = lease
  const read = pages.map(({ parent, page }) => normalizePage(stream, connection.id, parent, page.items))
  const rejected = read.flatMap((one) => one.rejected)
  const place = pages.reduce((from, page) => advance(from, page, context.issued), context.checkpoint)
  const mark = laterMark(
    stream,
    read.flatMap((one) => one.records),
    place.mark,
  )
  const checkpoint = mark === undefined ? place : { ...place, mark }
  const step = await underLease(context.db, lease, async (tx) => {
    const records = await withinScope(
      tx,
      stream.entity,
      read.flatMap((one) => one.records),
      { scope: context.scope, connectionId: connection.id },
    )
    await notePages(tx, stream, { pages, records, isClean: rejected.length === 0 }, context.notes)
    const counts = await upsert(tx, stream.entity, records, {
      connectionId: connection.id,
      jobId,
      stream: stream.name,
      at,
    })
    await saveRejected(tx, rejected, { connectionId: connection.id, jobId, stream: stream.name, at })
    const log = pages.findLast(({ page }) => page.resumeFrom)
    if (log) await saveLogCursor(tx, connection.id, { cursor: log.page.resumeFrom ?? null, since: context.logSince })
    const step: Step = {
      ...context.step,
      checkpoint,
      rows_read: context.step.rows_read + counts.read,
      created: context.step.created + counts.created,
      changed: context.step.changed + counts.changed,
      rejected: context.step.rejected + rejected.length,
      pages: context.step.pages + pages.length,
    }
    await saveStep(tx, jobId, step, at)
    return step
  })
  return { step, checkpoint }
}

function advance(place: Checkpoint, { parent, page, skipped }: ListedPage, issued: readonly string[]): Checkpoint {
  const noted = skipped ? skipping(place, skipped) : place
  return page.next === null ? finished(noted, parent.key, issued) : movedOn(noted, parent.key, page.next)
}

/** Every item becomes a record or a reject: what came in is what is accounted for. */
export function normalizePage<Client>(
  stream: Stream<Client>,
  connectionId: string,
  parent: ParentRef,
  items: readonly unknown[],
): { records: Incoming[]; rejected: Rejected[] } {
  const records: Incoming[] = []
  const rejected: Rejected[] = []
  for (const item of items) {
    const raw = storable(sanitized(stream, item))
    try {
      records.push({ row: stream.normalize(item, { connectionId, parent }), raw })
    } catch (error) {
      rejected.push({ parentKey: parent.key, issues: issuesOf(error), raw })
    }
  }
  return { records, rejected }
}

function sanitized<Client>(stream: Stream<Client>, item: unknown): unknown {
  try {
    return stream.sanitize ? stream.sanitize(item) : item
  } catch {
    // What cannot even be cleaned of secrets is not kept.
    return null
  }
}

/** What was wrong with an item, by field; never its values. */
function issuesOf(error: unknown): string {
  if (error instanceof Error && 'issues' in error && Array.isArray(error.issues))
    return error.issues
      .map(
        ({ path, message }: { path?: unknown[]; message?: string }) =>
          `${(path ?? []).join('.') || 'record'}: ${message}`,
      )
      .join('; ')
  return 'record: could not be read'
}
