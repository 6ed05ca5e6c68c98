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
 * Time left, from the slowest rate-limit bucket: the parents that are still to be listed (at one request each, a lower
 * bound) over the requests a minute that Rollcall allows itself there.
 */
export function estimateRemaining(steps: readonly StepProgress[], buckets: readonly BucketStatus[]): number | null {
  const left = new Map<string, number>()
  for (const step of steps) {
    if (step.state === 'ended' || !step.bucket || !step.parents) continue
    const requests = step.parents.total - step.parents.done
    left.set(step.bucket, (left.get(step.bucket) ?? 0) + requests)
  }
  let slowest: number | null = null
  for (const { bucket, perMinute } of buckets) {
    const requests = left.get(bucket)
    if (requests === undefined || !perMinute) continue
    slowest = Math.max(slowest ?? 0, (requests / perMinute) * 60_000)
  }
  return slowest
}
