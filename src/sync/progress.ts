import type { BucketStatus } from '../connectors/connector.ts'
import type { JobOutcome, Step } from '../store/jobs.ts'

/** What is known of a running job at one moment. */
export interface JobProgress {
  readonly jobId: string
  readonly resumed: boolean
  readonly elapsedMs: number
  readonly requests: number
  readonly rateLimited: number
  readonly steps: readonly StepProgress[]
  readonly buckets: readonly BucketStatus[]
  /** Milliseconds until everything is read, by what is left and the pace that Okta grants; null while unknown. */
  readonly etaMs: number | null
}

export interface StepProgress extends Omit<Step, 'checkpoint'> {
  /** Parents to be listed, where the step lists once per parent and they have been counted. */
  readonly parents: { readonly done: number; readonly total: number } | null
  /** The rate-limit bucket of its requests, once there was one. */
  readonly bucket: string | null
}

/** The end of a job, as `rollcall sync --json` prints it. */
export interface SyncResult {
  readonly connection_id: string
  readonly job_id: string
  readonly outcome: JobOutcome
  readonly resumed: boolean
  readonly seconds: number
  readonly requests: number
  readonly rate_limited: number
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string } | null
  readonly resources: Readonly<Record<string, ResourceResult>>
}

export interface ResourceResult {
  readonly outcome: NonNullable<Step['outcome']>
  readonly rows: number
  readonly created: number
  readonly changed: number
  readonly deleted: number
  readonly held_deletes: number
  readonly rejected: number
  readonly requests: number
  readonly seconds: number
  readonly reason_code: string | null
  readonly reason: string | null
  readonly remedy: string | null
}

/**
 * Time left, in milliseconds: the longest of what Okta's limits and our own speed so far allow. By limits, the parents
 * still to be listed in a bucket (one request each, a lower bound) over the requests a minute that Rollcall allows itself
 * there; by speed, what a step's parents have taken so far times those it has left. Null while nothing is known.
 */
export function estimateRemaining(steps: readonly StepProgress[], buckets: readonly BucketStatus[]): number | null {
  const left = new Map<string, number>()
  const estimates: number[] = []
  for (const { state, bucket, parents, seconds } of steps) {
    if (state === 'ended' || !parents) continue
    const remaining = parents.total - parents.done
    if (bucket) left.set(bucket, (left.get(bucket) ?? 0) + remaining)
    if (parents.done > 0) estimates.push((seconds / parents.done) * remaining * 1000)
  }
  for (const { bucket, perMinute } of buckets) {
    const requests = left.get(bucket)
    if (requests !== undefined && perMinute) estimates.push((requests / perMinute) * 60_000)
  }
  return estimates.length > 0 ? Math.max(...estimates) : null
}
