import { isoNow } from '../clock.ts'
import type { Stream } from '../connectors/connector.ts'
import { isEverything, type SyncScope } from '../model/scope.ts'
import { type Step, saveStep } from '../store/jobs.ts'
import { underLease } from '../store/lease.ts'
import { type ReconcileContext, reconcile } from '../store/reconcile.ts'
import { readCheckpoint } from './checkpoint.ts'
import { settleStream } from './incremental/after-full.ts'
import type { JobContext } from './job-context.ts'
import { boundByParents, type StepEnd } from './outcome.ts'

/**
 * Ends a step. Only a complete, clean listing may delete, and never past the limit without a person's yes; the
 * tombstones and the step's end are one transaction.
 */
export async function finishStep<Client>(
  stream: Stream<Client>,
  step: Step,
  listed: StepEnd,
  job: JobContext<Client>,
): Promise<void> {
  const parentStep = stream.parents?.from === 'stream' ? job.steps.get(stream.parents.stream) : undefined
  const end = parentStep ? boundByParents(listed, parentStep, { isJudgedWhole: isJudgedWhole(stream) }) : listed
  const at = isoNow(job.clock)
  const ended = await underLease(job.db, job.lease, async (tx) => {
    const mayDelete = end.outcome === 'complete' && !stream.entity.appendOnly
    const { deleted, held } = mayDelete
      ? await reconcile(tx, stream.entity, reconcileContext(stream, step, at, job))
      : { deleted: 0, held: 0 }
    const final: Step = {
      ...step,
      ...(held > 0 ? deletesHeld(held, job.settings.scope) : end),
      state: 'ended',
      deleted: step.deleted + deleted,
      held_deletes: held,
    }
    if (end.outcome === 'complete') await settleStream(tx, stream, step, job)
    await saveStep(tx, job.jobId, final, at)
    return final
  })
  Object.assign(step, ended)
  job.log.info(
    { stream: step.stream, outcome: step.outcome, code: step.reason_code, rows: step.rows_read, deleted: step.deleted },
    'step ended',
  )
  job.onProgress(stream.name)
}

function reconcileContext<Client>(
  stream: Stream<Client>,
  step: Step,
  at: string,
  job: JobContext<Client>,
): ReconcileContext {
  const { parents } = stream
  const { deleteShare, deleteAtLeast, confirmDeletes } = job.settings
  const judgedBy = parentsToJudgeBy(stream, job)
  return {
    connectionId: job.connection.id,
    jobId: job.jobId,
    stream: stream.name,
    at,
    rowsRead: step.rows_read,
    // A group may lose its last member. An org never loses its last group, application, policy or administrator: a
    // listing that shows nothing at all where something was is no clean-up, however small the org.
    limit: confirmDeletes
      ? null
      : { share: deleteShare, atLeast: parents?.from === 'stream' || step.rows_read > 0 ? deleteAtLeast : 1 },
    ...(judgedBy && { parents: judgedBy }),
    ...(parents?.from === 'keys' && {
      untouched: { column: parents.column, keys: readCheckpoint(step.checkpoint).skipped.map(({ key }) => key) },
    }),
  }
}

/**
 * The stored parents without which a record is not judged, and with which it goes. Under a scope also those that a listing
 * of its own names: who is left out of it takes along what hangs on them, and has been read before.
 */
function parentsToJudgeBy<Client>(
  { parents, refetch }: Stream<Client>,
  { streams, settings }: JobContext<Client>,
): ReconcileContext['parents'] {
  const isScoped = !isEverything(settings.scope)
  const [stream, column] =
    parents?.from === 'stream'
      ? [parents.stream, parents.column]
      : parents?.from === 'listing' && isScoped
        ? [refetch?.parents ?? null, refetch?.column ?? null]
        : [null, null]
  const entity = stream === null ? undefined : streams.get(stream)?.entity
  return entity && stream !== null && column !== null ? { table: entity.table, stream, column } : undefined
}

/** Whether no record belongs to one parent alone, so that none can be judged by its parent. */
const isJudgedWhole = <Client>({ parents }: Stream<Client>): boolean =>
  parents?.from === 'stream' && parents.column === null

/** What a scope leaves out is not gone from Okta, and goes here all the same. */
export function deletesHeld(held: number, scope: SyncScope): StepEnd {
  const [are, they] = held === 1 ? ['record is', 'it is'] : ['records are', 'they are']
  const gone = isEverything(scope) ? "gone from Okta's listing" : "gone from Okta's listing or outside the scope"
  return {
    outcome: 'partial',
    reason_code: 'deletes_held',
    reason: `${held} ${are} ${gone}, more than may be deleted unasked; ${they} kept.`,
  }
}
