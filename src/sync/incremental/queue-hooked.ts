import { isoNow } from '../../clock.ts'
import { dropHookEvents, listHookEvents } from '../../store/event-hook-deliveries.ts'
import { underLease } from '../../store/lease.ts'
import { enqueueTargets } from '../../store/refetch-queue.ts'
import type { JobContext } from '../job-context.ts'

/**
 * Queues what event hooks have named and the log does not tell yet. Call it when the log was polled: what that has told
 * is queued, or was read, on its word.
 */
export async function queueHooked<Client>({ db, clock, lease, connection }: JobContext<Client>): Promise<void> {
  const { all, targets } = await listHookEvents(db, connection.id)
  if (all.length === 0) return
  await underLease(db, lease, async (tx) => {
    await enqueueTargets(tx, { connectionId: connection.id, at: isoNow(clock) }, targets)
    await dropHookEvents(tx, connection.id, all)
  })
}
