import type { Stream } from '../../connectors/connector.ts'
import { noteFullSync } from '../../store/connections.ts'
import type { Queryable } from '../../store/db.ts'
import type { Step } from '../../store/jobs.ts'
import { listLeftBehind, markDeleted } from '../../store/reconcile.ts'
import { dropTargetsBefore } from '../../store/refetch-queue.ts'
import { saveMark } from '../../store/stream-marks.ts'
import { readCheckpoint } from '../checkpoint.ts'
import type { JobContext } from '../job-context.ts'
import { neededForRounds } from '../scope.ts'
import { markOfListing } from './mark.ts'
import { isRemembered, overlapBefore } from './note-pages.ts'

/** After a stream was read to its end: changes are listed from here on. In the transaction that ends the step. */
export async function settleStream<Client>(
  tx: Queryable,
  stream: Stream<Client>,
  step: Step,
  { connection, startedAt }: JobContext<Client>,
): Promise<void> {
  const { mark } = readCheckpoint(step.checkpoint)
  if (mark === undefined) return
  await saveMark(tx, { connectionId: connection.id, stream: stream.name, mark: markOfListing(mark, startedAt) })
}

/** Gaps that another full sync would find as they are, unless somebody mends them. */
const LASTING: ReadonlySet<Step['reason_code']> = new Set([
  null,
  'deletes_held',
  'okta_scope_missing',
  'okta_feature_off',
  'okta_not_found',
  'scope_matches_nothing',
])

/**
 * Notes the end of a full sync, and whether incremental ones may build on it: they may where every user is known, in the
 * scope that it was for. What was to be read again of what it has read to the end is done with.
 */
export async function settleJob<Client>(
  tx: Queryable,
  steps: ReadonlyMap<string, Step>,
  job: JobContext<Client>,
  at: string,
): Promise<void> {
  const { connection, connector, startedAt, isSparing, settings } = job
  const { streams, sideways } = connector
  const { scope } = settings
  const isComplete = (name: string) => steps.get(name)?.outcome === 'complete'
  await noteFullSync(tx, connection.id, {
    at,
    scope,
    canBuildOn: neededForRounds(streams, scope).every(isComplete),
    isLasting: [...steps.values()].every(({ reason_code: code }) => LASTING.has(code)),
  })
  await takeAlong(
    tx,
    streams.filter(({ name }) => !isComplete(name)),
    job,
    at,
  )
  // Of what is spared nobody can say that it was read.
  const read = streams.filter((stream) => isComplete(stream.name) && !(isSparing && isRemembered(stream)))
  const names = new Set(read.map(({ name }) => name))
  const listings = sideways.filter(({ refetch }) => refetch && names.has(refetch.storedAs))
  await dropTargetsBefore(tx, {
    connectionId: connection.id,
    streams: [...names, ...listings.map(({ name }) => name)],
    before: overlapBefore(startedAt),
  })
}

/**
 * What hangs on a record that is gone goes with it, although its own listing could not be read: that alone would leave it
 * behind until the next full sync. At the end of the job, when nobody else writes these records any more.
 */
async function takeAlong<Client>(
  tx: Queryable,
  unread: readonly Stream<Client>[],
  { connection, connector, jobId }: JobContext<Client>,
  at: string,
): Promise<void> {
  for (const { name: stream, entity, goesWith = {} } of unread) {
    for (const [column, of] of Object.entries(goesWith)) {
      const on = connector.streams.find(({ name }) => name === of)?.entity
      const left = on ? await listLeftBehind(tx, entity, { connectionId: connection.id, stream, column, on }) : []
      await markDeleted(tx, entity, left, { connectionId: connection.id, jobId, at })
    }
  }
}
