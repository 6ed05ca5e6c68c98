import { isoNow } from '../../clock.ts'
import type { Page, Stream } from '../../connectors/connector.ts'
import { toAppError } from '../../errors.ts'
import { dropTargets, listTargetsOf } from '../../store/refetch-queue.ts'
import { readMarks, saveMark } from '../../store/stream-marks.ts'
import { eachPage } from '../each-page.ts'
import { clientFor, type JobContext, listingSettings } from '../job-context.ts'
import { laterMark, markOfListing } from './mark.ts'
import { overlapBefore } from './note-pages.ts'
import type { RoundCommits } from './round-commits.ts'
import type { RoundWrites } from './round-writes.ts'
import type { Troubles } from './troubles.ts'

const NO_PARENT = { key: '', row: {} }

/**
 * Lists what changed in each stream that can be asked so, from its mark minus an overlap, and moves the mark on at the
 * end of the listing. Deletions do not show there. A stream without a mark was never read completely: the next full sync
 * does that.
 */
export async function listChanged<Client>(
  job: JobContext<Client>,
  round: { commits: RoundCommits<Client>; writes: RoundWrites<Client>; troubles: Troubles },
): Promise<void> {
  const marks = await readMarks(job.db, job.connection.id)
  for (const stream of job.streams.values()) {
    const mark = marks.get(stream.name)
    const step = job.steps.get(stream.name)
    if (!stream.since || mark === undefined || !step || job.stopping.aborted) continue
    try {
      await listStream(stream, mark)
      round.troubles.none(stream.name, stream.name)
    } catch (thrown) {
      const error = toAppError(thrown)
      if (error.action === 'stop' || job.aborted.aborted) throw thrown
      round.troubles.note(stream.name, stream.name, error)
    }
  }

  async function listStream(stream: Stream<Client>, mark: string): Promise<void> {
    const { since } = stream
    const step = job.steps.get(stream.name)
    if (!since || !step) return
    const connectionId = job.connection.id
    const client = clientFor(stream, step, job)
    const settings = listingSettings(stream, job)
    const beganAt = isoNow(job.clock)
    // What the log names and this listing shows is read. Were the listing behind, the overlap brings it next time.
    const named = await listTargetsOf(job.db, connectionId, { kind: 'record', stream: stream.name, key: null })
    let seen: string | undefined
    await eachPage({
      from: null,
      ask: (cursor) => since.page({ client, cursor, parent: NO_PARENT, settings, since: overlapBefore(mark) }),
      keep: (page: Page) =>
        round.commits.commit(page.items.length, async (tx) => {
          const stored = await round.writes.storeItems(tx, {
            reader: stream,
            storedAs: stream,
            parent: NO_PARENT,
            items: page.items,
            isFirstOfParent: false,
          })
          seen = laterMark(stream, stored.records, seen)
          const keys = new Set(stored.records.map(({ row }) => row.vendor_id))
          await dropTargets(
            tx.tx,
            connectionId,
            named.filter(({ key }) => keys.has(key)),
          )
          if (page.next === null && !page.cutOff && seen !== undefined)
            await saveMark(tx.tx, { connectionId, stream: stream.name, mark: markOfListing(seen, beganAt) })
        }),
      isOver: () => job.stopping.aborted || job.aborted.aborted,
      isLost: ({ action }) => action === 'restart',
      onRestart: ({ code }) => job.log.warn({ stream: stream.name, code }, 'listing starts again from its first page'),
    })
  }
}
