import type { BucketStatus } from '../connectors/connector.ts'
import type { PlanSpent, SyncPlan } from '../store/job-plan.ts'
import type { JobMode, JobOutcome, Step } from '../store/jobs.ts'

/** What is known of a running job at one moment. */
export interface JobProgress {
  readonly jobId: string
  readonly mode: JobMode
  readonly resumed: boolean
  readonly elapsedMs: number
  readonly requests: number
  readonly rateLimited: number
  readonly steps: readonly StepProgress[]
  readonly buckets: readonly BucketStatus[]
  /** What it was expected to take; null where nothing is known. */
  readonly plan: SyncPlan | null
  /** Milliseconds until everything is read, by what is left and the pace that Okta grants; null while unknown. */
  readonly etaMs: number | null
}

export interface StepProgress extends Omit<Step, 'checkpoint'> {
  /** Parents to be listed, where the step lists once per parent and they have been counted. */
  readonly parents: { readonly done: number; readonly total: number } | null
  /** The rate limit that its pages draw on. */
  readonly bucket: string
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
  /** What it was expected to take and took, by rate limit; null where nothing was known beforehand. */
  readonly plan: PlanSpent | null
  /** How far off the plan was, as a part of the requests: above 0 where they were more. Null where it was stopped. */
  readonly estimate_error: number | null
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
 * Time left, in milliseconds: the longest of what the vendor's limits and our own speed so far allow. By limits, what is
 * left in a bucket over the requests a minute that Rollcall allows itself there: the parents still to be listed, one
 * request each, and of what has not been counted yet, what was planned. By speed, what a step's parents have taken so far
 * times those it has left. Null while nothing is known.
 */
export function estimateRemaining(
  steps: readonly StepProgress[],
  buckets: readonly BucketStatus[],
  plan: SyncPlan | null = null,
): number | null {
  const left = new Map<string, number>()
  const estimates: number[] = []
  for (const step of steps) {
    const { state, parents, seconds, bucket } = step
    if (state === 'ended') continue
    const planned = plan?.resources[step.stream]
    if (!parents && planned === undefined) continue
    const remaining = parents ? parents.total - parents.done : Math.max(0, (planned ?? 0) - step.requests)
    left.set(bucket, (left.get(bucket) ?? 0) + remaining)
    if (parents && parents.done > 0) estimates.push((seconds / parents.done) * remaining * 1000)
  }
  for (const { bucket, perMinute } of buckets) {
    const requests = left.get(bucket)
    if (requests !== undefined && perMinute) estimates.push((requests / perMinute) * 60_000)
  }
  return estimates.length > 0 ? Math.max(...estimates) : null
}
