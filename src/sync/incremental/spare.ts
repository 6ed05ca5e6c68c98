import { isoNow } from '../../clock.ts'
import type { Stream } from '../../connectors/connector.ts'
import type { Queryable } from '../../store/db.ts'
import { underLease } from '../../store/lease.ts'
import type { StoredRow } from '../../store/list.ts'
import { countAsSeen, goodReads } from '../../store/parent-reads.ts'
import type { JobContext } from '../job-context.ts'
import { isRemembered, OVERLAP_MS } from './note-pages.ts'

type Parent = StoredRow & { readonly id: string; readonly vendor_id: string }

/**
 * Of these parents those that were read lately, before this sync began, and have not moved since as far as the vendor
 * says. `startedAt`: ISO time.
 */
export async function readLately<Client>(
  db: Queryable,
  stream: Stream<Client>,
  parents: readonly Parent[],
  sync: { readonly connectionId: string; readonly startedAt: string; readonly now: string; readonly days: number },
): Promise<readonly Parent[]> {
  const { refetch } = stream
  if (!refetch || !isRemembered(stream) || parents.length === 0) return []
  const ids = parents.map(({ id }) => id)
  const reads = await goodReads(db, { ...sync, stream: stream.name, ids })
  return parents.filter((parent) => {
    const readAt = reads.get(parent.id)
    if (readAt === undefined || readAt >= sync.startedAt) return false
    const moved = refetch.movedAt?.(parent) ?? null
    return moved === null ? !refetch.movedAt : Date.parse(moved) < Date.parse(readAt) - OVERLAP_MS
  })
}

/**
 * Vendor ids of those parents that a sparing full sync does not read: they were read lately, and have not moved since as
 * far as the vendor says. What is stored of them counts as seen, durably, before the sync goes past them.
 */
export async function spared<Client>(
  stream: Stream<Client>,
  parents: readonly Parent[],
  job: JobContext<Client>,
): Promise<ReadonlySet<string>> {
  const { refetch } = stream
  if (!job.isSparing || !refetch) return new Set()
  // What this very job has read, before it was interrupted, its checkpoint knows.
  const good = await readLately(job.db, stream, parents, {
    connectionId: job.connection.id,
    startedAt: job.startedAt,
    now: isoNow(job.clock),
    days: job.settings.rereadDays,
  })
  if (good.length > 0)
    await underLease(job.db, job.lease, (tx) =>
      countAsSeen(tx, stream.entity, {
        jobId: job.jobId,
        stream: stream.name,
        column: refetch.column,
        parentIds: good.map(({ id }) => id),
      }),
    )
  return new Set(good.map(({ vendor_id }) => vendor_id))
}
