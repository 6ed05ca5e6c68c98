import type { Stream } from '../../connectors/connector.ts'
import { noteFullSync } from '../../store/connections.ts'
import type { Queryable } from '../../store/db.ts'
import type { Step } from '../../store/jobs.ts'
import { dropTargetsBefore } from '../../store/refetch-queue.ts'
import { saveMark } from '../../store/stream-marks.ts'
import { readCheckpoint } from '../checkpoint.ts'
import type { JobContext } from '../job-context.ts'
import { markOfListing } from './mark.ts'
import { isRemembered, overlapBefore } from './note-pages.ts'

/**
 * After a stream was read to its end: changes are listed from here on, and what was to be read again has been. In the
 * transaction that ends the step.
 */
export async function settleStream<Client>(
  tx: Queryable,
  stream: Stream<Client>,
  step: Step,
  { connection, connector, mode, startedAt, isSparing }: JobContext<Client>,
): Promise<void> {
  const { mark } = readCheckpoint(step.checkpoint)
  if (mark !== undefined)
    await saveMark(tx, { connectionId: connection.id, stream: stream.name, mark: markOfListing(mark, startedAt) })
  if (mode !== 'full' || stream.entity.appendOnly) return
  // Of what is spared nobody can say that it was read.
  if (isSparing && isRemembered(stream)) return
  const sideways = connector.sideways.filter(({ refetch }) => refetch?.storedAs === stream.name)
  await dropTargetsBefore(tx, {
    connectionId: connection.id,
    streams: [stream.name, ...sideways.map(({ name }) => name)],
    before: overlapBefore(startedAt),
  })
}

/** Gaps that another full sync would find as they are, unless somebody mends them. */
const LASTING: ReadonlySet<Step['reason_code']> = new Set([
  null,
  'deletes_held',
  'okta_scope_missing',
  'okta_feature_off',
  'okta_not_found',
])

/** Notes the end of a full sync, and whether incremental ones may build on it: they may where every user is known. */
export async function settleJob<Client>(
  tx: Queryable,
  steps: ReadonlyMap<string, Step>,
  { connectionId, streams, at }: { connectionId: string; streams: readonly Stream<Client>[]; at: string },
): Promise<void> {
  const needed = streams.filter(({ since, neverEmpty }) => since && neverEmpty)
  await noteFullSync(tx, connectionId, {
    at,
    canBuildOn: needed.every(({ name }) => steps.get(name)?.outcome === 'complete'),
    isLasting: [...steps.values()].every(({ reason_code: code }) => LASTING.has(code)),
  })
}
