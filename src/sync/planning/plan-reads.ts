import type { PlannedRequests } from '../../connectors/connector.ts'
import { lastFullSync } from '../../store/job-plan.ts'
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
  const whole = reads.some(({ kind }) => kind === 'stream') ? await lastFullSync(job.db, job.connection.id) : null
  const planned: PlannedRequests[] = []
  for (const { kind, stream: name, key } of reads) {
    const reader = readers.get(name)
    if (!reader) continue
    const { stream, storedAs } = reader
    const bucket = (kind === 'record' ? stream.recordBucket : undefined) ?? stream.bucket
    const step = whole?.steps.find((one) => one.stream === name)
    const requests =
      kind === 'stream'
        ? Math.max(1, step?.requests ?? 1)
        : kind === 'record' || stream.pageSize === undefined
          ? 1
          : pagesOf(stream, await countRows(key, { ...reader, job }), job.settings)
    planned.push({ stream: storedAs.name, bucket, requests })
  }
  return planned
}
