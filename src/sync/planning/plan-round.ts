import type { PlannedRequests } from '../../connectors/connector.ts'
import { parentsDue } from '../../store/parent-reads.ts'
import { listTargets, QUEUED_AT_ONCE } from '../../store/refetch-queue.ts'
import { readMarks } from '../../store/stream-marks.ts'
import { placeOf } from '../incremental/plan-refetch.ts'
import { type PlanContext, plannedLog } from './plan-context.ts'

/** Parents whose reading has grown old that one round reads again. */
export const SLICE = 500

/**
 * What a round takes at least, before the log and the marks have told what has changed: to ask them, what waits in the
 * queue from before, and the slice of what nothing tells about.
 */
export async function planRound<Client>(context: PlanContext<Client>): Promise<readonly PlannedRequests[]> {
  const { db, connection, streams, settings, now } = context
  const marks = await readMarks(db, connection.id)
  const queue = await listTargets(db, connection.id, QUEUED_AT_ONCE)
  const waiting = new Map(queue.map((line) => [placeOf(line), line]))
  const planned: PlannedRequests[] = []
  for (const stream of streams) {
    const { name, entity, bucket, parents } = stream
    const add = (requests: number) => requests > 0 && planned.push({ stream: name, bucket, requests })
    if (entity.appendOnly) add(await plannedLog(stream, context, true))
    if (stream.since && marks.has(name)) add(1)
    const parent = parents?.from === 'stream' ? streams.find((one) => one.name === parents.stream)?.entity : undefined
    if (stream.background && parent) {
      const due = { connectionId: connection.id, stream: name, now, days: settings.rereadDays, limit: SLICE }
      add((await parentsDue(db, parent, due)).length)
    }
    add([...waiting.values()].filter((line) => line.stream === name).length)
  }
  return planned
}
