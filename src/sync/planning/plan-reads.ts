import type { PlannedRequests } from '../../connectors/connector.ts'
import { lastFullSync } from '../../store/job-plan.ts'
import { liveRows } from '../../store/list.ts'
import type { Refetch } from '../incremental/plan-refetch.ts'
import { countRows, type Reader } from '../incremental/refetch.ts'
import type { JobContext } from '../job-context.ts'
import { pagesOf } from './plan-context.ts'

/**
 * What a round will take to read what its queue names: a request for each record, the pages of each listing by what is
 * stored of it, and for a whole stream what the last full sync took.
 */
export async function plannedReads<Client>(
  reads: readonly Refetch[],
  readers: ReadonlyMap<string, Reader<Client>>,
  job: JobContext<Client>,
): Promise<readonly PlannedRequests[]> {
  const planned: PlannedRequests[] = []
  for (const [name, reader] of readers) {
    const named = reads.filter(({ stream }) => stream === name)
    const { stream, storedAs } = reader
    const add = (bucket: string, requests: number) => planned.push({ stream: storedAs.name, bucket, requests })
    const records = named.filter(({ kind }) => kind === 'record').length
    if (records > 0) add(stream.recordBucket ?? stream.bucket, records)
    const listings = named.filter(({ kind }) => kind === 'children')
    if (listings.length > 0) add(stream.bucket, await pagesOfListings(listings, reader, job))
    if (named.some(({ kind }) => kind === 'stream')) add(stream.bucket, await requestsOfWhole(name, job))
  }
  return planned
}

async function requestsOfWhole<Client>(name: string, job: JobContext<Client>): Promise<number> {
  const last = await lastFullSync(job.db, job.connection.id)
  return Math.max(1, last?.steps.find(({ stream }) => stream === name)?.requests ?? 1)
}

async function pagesOfListings<Client>(
  listings: readonly Refetch[],
  { stream, storedAs }: Reader<Client>,
  job: JobContext<Client>,
): Promise<number> {
  const { refetch, pageSize } = stream
  const parentEntity = refetch?.parents == null ? undefined : job.streams.get(refetch.parents)?.entity
  if (!refetch || !parentEntity) return listings.length
  const idOf = ({ key }: Refetch) => refetch.parentId(job.connection.id, key)
  const parents = await liveRows(job.db, parentEntity, listings.map(idOf))
  const own = stream.name === storedAs.name && storedAs.parents?.from === 'stream' ? storedAs.parents : null
  let pages = 0
  for (const listing of listings) {
    const parent = parents.get(idOf(listing))
    const isNeeded = !own || !parent || own.needs(parent)
    const isCounted = pageSize !== undefined || (!isNeeded && own?.verifyEmpty === true)
    const rows = isCounted ? await countRows(listing.key, { stream, storedAs, job }) : 0
    // One whose parent has nothing to list is not asked for.
    if (isNeeded || (own?.verifyEmpty && rows > 0)) pages += pagesOf(stream, rows, job.settings)
  }
  return pages
}
