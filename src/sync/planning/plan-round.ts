import type { PlannedRequests } from '../../connectors/connector.ts'
import { listTargets, QUEUED_AT_ONCE } from '../../store/refetch-queue.ts'
import { readMarks } from '../../store/stream-marks.ts'
import { oldReadings } from '../incremental/old-readings.ts'
import { placeOf } from '../incremental/plan-refetch.ts'
import { type PlanContext, plannedLog } from './plan-context.ts'

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
    const { name, entity, bucket } = stream
    const add = (requests: number) => requests > 0 && planned.push({ stream: name, bucket, requests })
    if (entity.appendOnly) add(await plannedLog(stream, context, true))
    if (stream.since && marks.has(name)) add(1)
    add(
      (await oldReadings(db, stream, streams, { connectionId: connection.id, now, days: settings.rereadDays })).length,
    )
    add([...waiting.values()].filter((line) => line.stream === name).length)
  }
  return planned
}
