import type { Page, Parents } from '../../connectors/connector.ts'
import type { AppError } from '../../errors.ts'
import { listLiveIds, listLiveKeys } from '../../store/list.ts'
import { dropTargets, enqueueTargets, type QueuedTarget } from '../../store/refetch-queue.ts'
import { eachPage } from '../each-page.ts'
import type { ReadContext } from './refetch.ts'

const NO_PARENT = { key: '', row: {} }
const BATCH = 500

/**
 * A whole stream that is listed once per parent: each parent is queued by itself. Where a listing of its own names the
 * parents, those that it does not name have nothing any more.
 */
export async function expand<Client>(lines: readonly QueuedTarget[], context: ReadContext<Client>): Promise<void> {
  const { stream, job, commits, writes } = context
  const { parents, refetch } = stream
  if (!parents || !refetch) return
  const connectionId = job.connection.id
  const { keys, isComplete, cutOff } = await parentKeys(parents, context)
  await commits.commit(keys.length, async (round) => {
    const children = keys.map((key) => ({ kind: 'children' as const, stream: stream.name, key }))
    await enqueueTargets(round.tx, { connectionId, at: round.at }, children)
    if (!isComplete) return
    if (parents.from === 'listing') {
      const kept = new Set<string>()
      for (const key of keys) {
        const parent = { column: refetch.column, id: refetch.parentId(connectionId, key) }
        const rows = await listLiveIds(round.tx, stream.entity, { connectionId, stream: stream.name, parent })
        for (const { id } of rows) kept.add(id)
      }
      await writes.markUnshown(round, stream, null, kept, keys.length === 0)
    }
    await dropTargets(round.tx, connectionId, lines)
  })
  if (cutOff) throw cutOff
}

async function parentKeys<Client>(
  parents: Parents<Client>,
  context: ReadContext<Client>,
): Promise<{ keys: readonly string[]; isComplete: boolean; cutOff: AppError | undefined }> {
  const complete = { isComplete: true, cutOff: undefined }
  if (parents.from === 'keys') return { ...complete, keys: parents.keys(context.job.facts) }
  if (parents.from === 'stream') return { ...complete, keys: await storedParents(parents, context) }
  const keys = new Set<string>()
  let last: Page = { items: [], next: null }
  const { client, job } = context
  await eachPage({
    from: null,
    ask: (cursor) =>
      parents.page({
        client,
        cursor,
        parent: NO_PARENT,
        settings: { logDays: job.settings.logDays, now: job.clock.now() },
      }),
    keep: async (page) => {
      last = page
      for (const item of page.items) {
        const key = parents.keyOf(item)
        if (key !== null) keys.add(key)
      }
    },
    isOver: () => job.aborted.aborted,
    isLost: ({ action }) => action === 'restart',
    onRestart: () => keys.clear(),
  })
  return { keys: [...keys], isComplete: last.next === null && !last.cutOff, cutOff: last.cutOff }
}

async function storedParents<Client>(
  parents: Extract<Parents<Client>, { from: 'stream' }>,
  { job }: ReadContext<Client>,
): Promise<string[]> {
  const entity = job.streams.get(parents.stream)?.entity
  const keys: string[] = []
  if (!entity) return keys
  for (let after = ''; ; ) {
    const rows = await listLiveKeys(job.db, entity, {
      connectionId: job.connection.id,
      stream: parents.stream,
      after,
      limit: BATCH,
    })
    for (const row of rows) if (parents.needs(row) || parents.verifyEmpty) keys.push(row.vendor_id)
    const last = rows.at(-1)
    if (!last || rows.length < BATCH) return keys
    after = last.vendor_id
  }
}
