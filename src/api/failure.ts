import type { z } from 'zod'
import { AppError, type ErrorCode, toAppError } from '../errors.ts'

/** One mistake in a request, in the shape that FastAPI gives it. https://fastapi.tiangolo.com/tutorial/handling-errors/ */
export interface Mistake {
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly type: string
}

/** A request that cannot be understood: answered with 422 and the list of its mistakes. */
export class InvalidRequest extends AppError {
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[], code: ErrorCode = 'invalid_request') {
    super(code, mistakes.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; '))
    this.mistakes = mistakes
  }
}

/** One mistake in one place of a request, such as `mistakeAt(['query', 'cursor'], 'cannot be read')`. */
export const mistakeAt = (loc: readonly (string | number)[], msg: string, type = 'value_error'): InvalidRequest =>
  new InvalidRequest([{ loc, msg, type }])

/** The body of an answer that failed. `detail` is text, or for a request that cannot be understood a list of mistakes. */
export interface FailureBody {
  readonly detail: string | readonly Mistake[]
  readonly code: ErrorCode
  readonly request_id: string
}

/** What is told about anything thrown. A throwable we do not know leaks no text. */
export function failureOf(thrown: unknown, requestId: string): { error: AppError; body: FailureBody } {
  const error = toAppError(thrown)
  const detail = error instanceof InvalidRequest ? error.mistakes : error.message
  return { error, body: { detail, code: error.code, request_id: requestId } }
}

/** Zod's issues about one part of a request as mistakes; values are never repeated. */
export function mistakesIn(part: string, issues: readonly z.core.$ZodIssue[]): Mistake[] {
  return issues.map((issue) => ({
    loc: [part, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))],
    msg: issue.message,
    type: isMissing(issue) ? 'missing' : issue.code,
  }))
}

const isMissing = (issue: z.core.$ZodIssue): boolean =>
  issue.code === 'invalid_type' && issue.message.includes('received undefined')
