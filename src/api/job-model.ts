import { z } from 'zod'
import type { PastJob, PastStep } from '../store/job-history.ts'
import { estimateError } from '../store/job-plan.ts'
import { JOB_MODES, JOB_TRIGGERS, STEP_OUTCOMES } from '../store/jobs.ts'
import { type Progress, readProgress } from './job-progress.ts'
import { JobPlanModel, jobPlanAnswer } from './plan-model.ts'
import { remedyFor } from './remedy.ts'
import { DATA_EXPORT_TYPES, type KnownResource } from './resources.ts'

/** A sync as the API shows it. The contract names the listing of jobs and nothing of its items: all of it is ours. */

export const JOB_STATUSES = ['PENDING', 'RUNNING', 'SUCCEEDED', 'PARTIAL', 'FAILED', 'TIMED_OUT', 'CANCELED'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

const JobError = z
  .object({
    code: z.string().describe('What kind of error it was.'),
    message: z.string().describe('What happened, in words.'),
    remedy: z.string().describe('What to do about it.'),
  })
  .meta({ id: 'JobError', description: 'What stopped a job before its end.' })

const DataExport = z
  .object({
    data_export_type: z.enum(DATA_EXPORT_TYPES).describe('The kind of data.'),
    resource: z.string().describe('The listing it was read from, such as `application_users`.'),
    state: z.enum(['waiting', 'running', 'ended']).describe('Where the reading is.'),
    outcome: z.enum(STEP_OUTCOMES).nullable().describe('How it ended; null until then.'),
    reason_code: z.string().nullable().describe('Why it is not complete: a code to branch on.'),
    reason: z.string().nullable().describe('Why it is not complete, in words.'),
    remedy: z.string().nullable().describe('What to do about it.'),
    rows: z.int().describe('Records read.'),
    created: z.int().describe('Records that are new.'),
    changed: z.int().describe('Records that differ from before.'),
    deleted: z.int().describe('Records that Okta no longer lists, marked as deleted.'),
    held_deletes: z.int().describe('Records that Okta no longer lists and that are kept until somebody confirms.'),
    rejected: z.int().describe('Items that could not become records, kept as received.'),
    pages: z.int().describe('Pages read.'),
    requests: z.int().describe('Requests made to Okta.'),
    rate_limited: z.int().describe('Requests that Okta answered with 429.'),
    parents: z
      .object({ done: z.int().describe('Read so far.'), total: z.int().describe('To be read.') })
      .nullable()
      .describe('Of a listing that is read once per parent: how many of them, while the job runs.'),
    bucket: z.string().nullable().describe("Okta's rate limit that its requests count against, while the job runs."),
    seconds: z.number().describe('Seconds worked on it.'),
    started_at: z.iso.datetime().nullable().describe('When its first page was stored.'),
    finished_at: z.iso.datetime().nullable().describe('When it ended.'),
  })
  .meta({ id: 'DataExport', description: 'One resource within one job.' })

const Bucket = z
  .object({
    bucket: z.string().describe('The path that the limit is on.'),
    limit: z.int().nullable().describe('Requests per window that Okta grants.'),
    remaining: z.int().nullable().describe('Requests left in this window.'),
    resets_in_seconds: z.number().nullable().describe('Seconds until the window ends.'),
    per_minute: z.number().nullable().describe('Requests a minute that Rollcall allows itself.'),
    used_share: z.number().nullable().describe('Part of the window that is used up, by anybody: 0 to 1.'),
  })
  .meta({ id: 'RateLimitBucket', description: "One of Okta's rate limits, as of the last heartbeat." })

export const JobSummary = z
  .object({
    id: z.uuid().describe('Its id.'),
    status: z.enum(JOB_STATUSES).describe('Where it is, or how it ended.'),
    mode: z
      .enum(JOB_MODES)
      .describe('`full` reads everything, `incremental` what has changed since the last sync, as far as Okta tells.'),
    trigger: z.enum(JOB_TRIGGERS).describe('Who asked for it.'),
    started_at: z.iso.datetime().nullable().describe('When it began; null while it waits for the first time.'),
    finished_at: z.iso.datetime().nullable().describe('When it ended; null until then.'),
    error: JobError.nullable().describe('What stopped it; a job that waits for its next try has one as well.'),
  })
  .meta({ id: 'JobSummary', description: 'A job in short.' })

export const JobModel = z
  .object({
    ...JobSummary.shape,
    connection_id: z.uuid().describe('The connection that it syncs.'),
    data_exports: z.array(DataExport).describe('How far each resource is, in the order in which they are read.'),
    attempts: z.int().describe('How often a worker took it up.'),
    created_at: z.iso.datetime().describe('When it was asked for.'),
    next_attempt_at: z.iso.datetime().nullable().describe('When a worker may take it; null: none by itself.'),
    cancel_requested_at: z.iso.datetime().nullable().describe('When somebody asked for its end.'),
    requests: z.int().describe('Requests made to Okta.'),
    rate_limited: z.int().describe('Requests that Okta answered with 429.'),
    seconds: z.number().describe('Seconds worked, over every worker that had it.'),
    eta_seconds: z.number().nullable().describe('Seconds left, as far as that can be told; null where it cannot.'),
    buckets: z.array(Bucket).describe("Okta's rate limits as the running job knows them."),
    plan: JobPlanModel.nullable().describe('What it was expected to take; null where nothing was known beforehand.'),
    estimate_error: z
      .number()
      .nullable()
      .describe(
        'How far off the plan was, as a part of the requests made: above 0 where they were more. Null until it has come to its end.',
      ),
  })
  .meta({ id: 'Job', description: 'One sync of one connection.' })

/** `interrupted` waits for its next try if it has one, and has failed for now if it has none. */
export function statusOf({ state, outcome: end, error_code, run_after }: PastJob): JobStatus {
  if (state === 'queued' || (state === 'interrupted' && run_after !== null)) return 'PENDING'
  if (state === 'running') return 'RUNNING'
  if (error_code === 'job_canceled') return 'CANCELED'
  if (error_code === 'job_stalled') return 'TIMED_OUT'
  if (state === 'interrupted' || error_code !== null) return 'FAILED'
  return end === 'complete' ? 'SUCCEEDED' : end === 'partial' ? 'PARTIAL' : 'FAILED'
}

/** Whether a job has come to its end, whatever that was. */
export const isOver = (status: JobStatus): boolean => status !== 'PENDING' && status !== 'RUNNING'

export function jobSummary(job: PastJob): z.infer<typeof JobSummary> {
  const status = statusOf(job)
  const { error_code: code, error_message: message } = job
  return {
    id: job.id,
    status,
    mode: job.mode,
    trigger: job.trigger,
    started_at: job.started_at,
    finished_at: isOver(status) ? job.ended_at : null,
    error: code === null ? null : { code, message: message ?? code, remedy: remedyFor(code) ?? '' },
  }
}

export function jobAnswer(
  job: PastJob,
  steps: readonly PastStep[],
  resources: readonly KnownResource[],
): z.infer<typeof JobModel> {
  const progress = readProgress(job.state === 'running' ? job.progress : null)
  const sum = (column: 'requests' | 'rate_limited') => steps.reduce((total, step) => total + step[column], 0)
  return {
    ...jobSummary(job),
    connection_id: job.connection_id,
    data_exports: resources.flatMap((resource) => {
      const step = steps.find(({ stream }) => stream === resource.name)
      return step ? [dataExport(resource, step, progress)] : []
    }),
    attempts: job.attempts,
    created_at: job.created_at,
    next_attempt_at: job.state === 'interrupted' ? job.run_after : null,
    cancel_requested_at: job.cancel_requested_at,
    requests: sum('requests'),
    rate_limited: sum('rate_limited'),
    seconds: job.seconds,
    eta_seconds: progress.etaMs === null ? null : Math.round(progress.etaMs / 1000),
    plan: job.plan && jobPlanAnswer(job.plan, steps),
    estimate_error: job.state === 'ended' && job.error_code === null ? estimateError(job.plan, sum('requests')) : null,
    buckets: progress.buckets.map((bucket) => ({
      bucket: bucket.bucket,
      limit: bucket.limit,
      remaining: bucket.remaining,
      resets_in_seconds: bucket.resetsInMs === null ? null : bucket.resetsInMs / 1000,
      per_minute: bucket.perMinute,
      used_share: bucket.limit && bucket.remaining !== null ? 1 - bucket.remaining / bucket.limit : null,
    })),
  }
}

function dataExport(resource: KnownResource, step: PastStep, progress: Progress): z.infer<typeof DataExport> {
  const live = progress.steps.find(({ stream }) => stream === resource.name)
  return {
    data_export_type: resource.dataExportType,
    resource: resource.name,
    state: step.state,
    outcome: step.outcome,
    reason_code: step.reason_code,
    reason: step.reason,
    remedy: remedyFor(step.reason_code),
    rows: step.rows_read,
    created: step.created,
    changed: step.changed,
    deleted: step.deleted,
    held_deletes: step.held_deletes,
    rejected: step.rejected,
    pages: step.pages,
    requests: step.requests,
    rate_limited: step.rate_limited,
    parents: live?.parents ?? null,
    bucket: live?.bucket ?? null,
    seconds: step.seconds,
    started_at: step.started_at,
    finished_at: step.ended_at,
  }
}
