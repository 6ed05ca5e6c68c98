import type { Parents, PlannedRequests, Stream } from '../../connectors/connector.ts'
import { countByParent, lastFullSync } from '../../store/job-plan.ts'
import type { Step } from '../../store/jobs.ts'
import { countLive, listLiveKeys } from '../../store/list.ts'
import { readLately } from '../incremental/spare.ts'
import { hasScope, keptBy } from '../scope.ts'
import { type PlanContext, pagesOf, plannedLog } from './plan-context.ts'

const BATCH = 500

/**
 * What another full sync will take, by what is stored: pages of the rows that there are, a listing per parent that is
 * stored, and for the rest what the last full sync took. Nothing is asked of the vendor. Null: nothing is stored that
 * would tell.
 */
export async function planFull<Client>(
  context: PlanContext<Client> & { readonly isSparing: boolean },
): Promise<{ readonly planned: readonly PlannedRequests[]; readonly atLeast: boolean } | null> {
  const { db, connection, streams, settings } = context
  const last = await lastFullSync(db, connection.id)
  if (!last) return null
  const planned: PlannedRequests[] = []
  for (const stream of streams) {
    const step = last.steps.find((one) => one.stream === stream.name)
    planned.push(...(await requestsOf(stream, step, context)))
  }
  // What a narrower scope did not keep is not stored, and cannot be counted.
  const wasEverything = hasScope(last.job.settings, { groups: [], emailDomains: [], skipAppGroups: false })
  return { planned, atLeast: !wasEverything && !hasScope(last.job.settings, settings.scope) }
}

async function requestsOf<Client>(
  stream: Stream<Client>,
  step: Step | undefined,
  context: PlanContext<Client> & { readonly isSparing: boolean },
): Promise<readonly PlannedRequests[]> {
  const { parents, bucket } = stream
  const wasRead = step?.outcome === 'complete' || (step?.rows_read ?? 0) > 0
  // What may not be read, or is not there, is asked for again as often as the last time. So are parents that a listing
  // of its own names: who they are now is not stored.
  if (step && (!wasRead || parents?.from === 'listing')) return asLastTime(stream, step)
  const one = (requests: number) => [{ stream: stream.name, bucket, requests }]
  if (stream.entity.appendOnly) return one(await plannedLog(stream, context))
  if (!parents) return one(await pagesOfListing(stream, step, context))
  if (parents.from === 'keys') return one(parents.keys(context.facts).length)
  if (parents.from === 'listing') return [...one(0), { stream: stream.name, bucket: parents.bucket, requests: 1 }]
  const pages = await pagesOfParents(stream, parents, context)
  return one(pages + sideRequests(step))
}

/** A step of before it was kept which limit its requests drew on says how many they were. */
function asLastTime<Client>({ name, bucket }: Stream<Client>, step: Step): readonly PlannedRequests[] {
  const buckets = Object.entries(step.buckets)
  if (buckets.length === 0) return [{ stream: name, bucket, requests: Math.max(1, step.requests) }]
  return buckets.map(([each, requests]) => ({ stream: name, bucket: each, requests }))
}

async function pagesOfListing<Client>(
  stream: Stream<Client>,
  step: Step | undefined,
  context: PlanContext<Client>,
): Promise<number> {
  const { db, connection, settings } = context
  // A scope leaves out rows that were listed all the same.
  if (step && !keptBy(settings.scope).isEverything) return Math.max(1, step.pages)
  const rows = await countLive(db, stream.entity, { connectionId: connection.id, stream: stream.name, parent: null })
  return pagesOf(stream, rows, settings)
}

/** Requests beside those for pages, as many as the last time: a listing may ask further, such as for a role's targets. */
const sideRequests = (step: Step | undefined): number =>
  step ? Math.max(0, step.requests - step.rate_limited - step.pages) : 0

/** Pages of the children of every stored parent that will be asked for them. */
async function pagesOfParents<Client>(
  stream: Stream<Client>,
  parents: Extract<Parents<Client>, { from: 'stream' }>,
  { db, connection, streams, settings, now, isSparing }: PlanContext<Client> & { readonly isSparing: boolean },
): Promise<number> {
  const parent = streams.find(({ name }) => name === parents.stream)
  if (!parent) return 0
  const connectionId = connection.id
  const isCounted = stream.pageSize !== undefined || parents.verifyEmpty === true
  const children = isCounted
    ? await countByParent(db, stream.entity, { connectionId, stream: stream.name, column: parents.column })
    : new Map<string, number>()
  const isKept = keptRow(parent, settings.scope)
  const sync = { connectionId, startedAt: now, now, days: settings.rereadDays }
  let pages = 0
  for (let after = ''; ; ) {
    const rows = await listLiveKeys(db, parent.entity, { connectionId, stream: parents.stream, after, limit: BATCH })
    const toRead = rows.filter(
      (row) => isKept(row) && (parents.needs(row) || (parents.verifyEmpty && (children.get(row.id) ?? 0) > 0)),
    )
    const spared = isSparing ? new Set(await readLately(db, stream, toRead, sync)) : new Set()
    for (const row of toRead) if (!spared.has(row)) pages += pagesOf(stream, children.get(row.id) ?? 0, settings)
    const last = rows.at(-1)
    if (!last || rows.length < BATCH) return pages
    after = last.vendor_id
  }
}

/** What is stored may be more than a scope will keep. */
function keptRow<Client>(
  { entity }: Stream<Client>,
  scope: PlanContext<Client>['settings']['scope'],
): (row: object) => boolean {
  const kept = keptBy(scope)
  if (entity.name === 'group') return (row) => kept.group(row as Parameters<typeof kept.group>[0])
  if (entity.name === 'user') return (row) => kept.user(row as Parameters<typeof kept.user>[0])
  return () => true
}
