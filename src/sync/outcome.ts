import type { Parents } from '../connectors/connector.ts'
import type { AppError, ErrorCode } from '../errors.ts'
import type { Step, StepOutcome } from '../store/jobs.ts'
import type { Checkpoint, SkippedParent } from './checkpoint.ts'

export interface StepEnd {
  readonly outcome: StepOutcome
  readonly reason_code: Step['reason_code']
  readonly reason: string | null
}

const COMPLETE: StepEnd = { outcome: 'complete', reason_code: null, reason: null }

/** The outcome that an error gives to what it ended; `some` says whether anything had been read before. */
export function outcomeOf(code: string, some: boolean): StepOutcome {
  if (code === 'okta_scope_missing') return some ? 'partial' : 'not_permitted'
  if (code === 'okta_feature_off') return some ? 'partial' : 'not_available'
  return some ? 'partial' : 'failed'
}

/** The end of a whole listing that an error broke off. */
export const brokenOff = (error: AppError, some: boolean): StepEnd => ({
  outcome: error.code === 'okta_not_found' && !some ? 'not_available' : outcomeOf(error.code, some),
  reason_code: error.code,
  reason: error.message,
})

/** Of several gaps, one of another kind is told about first: what to do about it is worth more than "nothing". */
const NOBODY_CAN_MEND: ReadonlySet<string> = new Set<ErrorCode>(['okta_not_found', 'okta_feature_off'])

/** The end of a listing that ran to its last parent. */
export function listedToTheEnd(
  step: Step,
  checkpoint: Checkpoint,
  parents: Parents<never>['from'] | undefined,
  neverEmpty: boolean,
): StepEnd {
  if (neverEmpty && step.rows_read === 0 && step.rejected === 0 && checkpoint.skipped.length === 0)
    return {
      outcome: 'failed',
      reason_code: 'okta_suspicious_empty',
      reason: `Okta listed no ${step.stream} at all, although an org always has one. Nothing was deleted.`,
    }
  // A policy type that the org does not have is not a gap, unless it has none of them.
  const { skipped, parentsDone } = checkpoint
  const lacking = parents === 'keys' ? skipped.filter(({ code }) => code === 'okta_feature_off') : []
  const hasNone = lacking.length > 0 && lacking.length >= parentsDone
  const gaps = hasNone ? lacking : skipped.filter((gap) => !lacking.includes(gap))
  const worst = gaps.find(({ code }) => !NOBODY_CAN_MEND.has(code)) ?? gaps[0]
  if (worst) return withGaps(worst, gaps.length, parentsDone - (hasNone ? 0 : lacking.length), step.rows_read > 0)
  if (step.rejected > 0)
    return {
      outcome: 'partial',
      reason_code: null,
      reason: `${step.rejected === 1 ? '1 record could not be read and is' : `${step.rejected} records could not be read and are`} kept in rejected_records.`,
    }
  return COMPLETE
}

/** A gap without a key is one in the listing itself, or in that of the parents. */
function withGaps(worst: SkippedParent, gaps: number, parentsDone: number, some: boolean): StepEnd {
  const all = gaps >= parentsDone
  return {
    outcome: outcomeOf(worst.code, some || !all),
    reason_code: worst.code as ErrorCode,
    reason:
      all || worst.key === ''
        ? worst.reason
        : `${gaps} of ${parentsDone} could not be read, such as ${worst.key}: ${worst.reason}`,
  }
}

/**
 * A child listing is no more complete than the listing of its parents. Children of a parent whose deletion is held back
 * stay with it, unless they cannot be judged by their parents.
 */
export function boundByParents(end: StepEnd, parents: Step, { isJudgedWhole = false } = {}): StepEnd {
  if (end.outcome !== 'complete' || parents.outcome === 'complete') return end
  const held = parents.reason_code === 'deletes_held'
  if (held && !isJudgedWhole) return end
  const nothing = parents.rows_read === 0
  return {
    outcome: nothing && parents.outcome ? parents.outcome : 'partial',
    reason_code: parents.reason_code,
    reason: held
      ? `The ${parents.stream} it is read by are about to be deleted, which waits for a yes.`
      : `The ${parents.stream} it belongs to were not read completely.`,
  }
}
