import { type AppError, ERRORS } from '../errors.ts'
import { estimateError, type SyncPlan, withSpent } from '../store/job-plan.ts'
import type { JobOutcome, Step } from '../store/jobs.ts'
import type { ResourceResult, SyncResult } from './progress.ts'

interface Ended {
  readonly connectionId: string
  readonly jobId: string
  readonly resumed: boolean
  readonly seconds: number
  readonly steps: readonly Step[]
  readonly order: readonly string[]
  readonly plan: SyncPlan | null
  /** What stopped the job before its end. */
  readonly error: AppError | null
}

export function resultOf(ended: Ended): SyncResult {
  const { error, plan } = ended
  const steps = [...ended.steps].sort((a, b) => ended.order.indexOf(a.stream) - ended.order.indexOf(b.stream))
  const requests = steps.reduce((sum, step) => sum + step.requests, 0)
  return {
    connection_id: ended.connectionId,
    job_id: ended.jobId,
    outcome: error ? 'failed' : jobOutcome(steps),
    resumed: ended.resumed,
    seconds: rounded(ended.seconds),
    requests,
    rate_limited: steps.reduce((sum, step) => sum + step.rate_limited, 0),
    plan: plan && withSpent(plan, steps),
    estimate_error: error ? null : estimateError(plan, requests),
    error: error && { code: error.code, message: error.message, remedy: error.remedy },
    resources: Object.fromEntries(steps.map((step) => [step.stream, resourceResult(step, error)])),
  }
}

/** A feature that the org does not have is not a gap; a refusal is. Nothing read at all is a failure. */
function jobOutcome(steps: readonly Step[]): JobOutcome {
  if (steps.every(({ outcome }) => outcome === 'complete' || outcome === 'not_available')) return 'complete'
  return steps.some(({ outcome, rows_read }) => outcome === 'complete' || rows_read > 0) ? 'partial' : 'failed'
}

function resourceResult(step: Step, error: AppError | null): ResourceResult {
  const reasonCode = step.outcome ? step.reason_code : (error?.code ?? null)
  return {
    outcome: step.outcome ?? (step.rows_read > 0 ? 'partial' : 'failed'),
    rows: step.rows_read,
    created: step.created,
    changed: step.changed,
    deleted: step.deleted,
    held_deletes: step.held_deletes,
    rejected: step.rejected,
    requests: step.requests,
    seconds: rounded(step.seconds),
    reason_code: reasonCode,
    reason: step.outcome ? step.reason : 'The sync was stopped before this was read to its end.',
    remedy: remedyOf(reasonCode),
  }
}

function remedyOf(code: string | null): string | null {
  if (code === 'deletes_held') return 'Run again with --confirm-deletes if the disappearance is right.'
  return code !== null && code in ERRORS ? ERRORS[code as keyof typeof ERRORS].remedy : null
}

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000
