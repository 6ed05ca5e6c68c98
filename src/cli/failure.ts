import type { AppError } from '../errors.ts'
import type { Output } from './output.ts'
import type { Secrets } from './redact.ts'

export interface FailureOptions {
  readonly output: Output
  readonly secrets: Secrets
  readonly isJson: boolean
  /** Shows where it came from: for whoever mends Rollcall, at ROLLCALL_LOG=debug. */
  readonly isDebug: boolean
}

/** Tells what went wrong and what to do about it, in a sentence each; with --json also as the object on stdout. */
export function reportFailure(error: AppError, { output, secrets, isJson, isDebug }: FailureOptions): void {
  const message = secrets.redact(error.message)
  const { remedy } = error
  // Several lines are a list; what to do comes below it.
  const gap = message.includes('\n') ? '\n' : ' '
  // What says the same twice is said once.
  const isSaid = message.includes(remedy.replace(/\.$/, ''))
  output.note(`${output.paintNotes('red', 'Error:')} ${message}${isSaid ? '' : gap + remedy}`)
  if (isDebug) output.note(secrets.redact(traceOf(error)))
  else if (error.code === 'internal_error') output.note('ROLLCALL_LOG=debug shows where.')
  if (isJson) output.print(JSON.stringify({ error: { code: error.code, message, remedy } }))
}

function traceOf(error: Error): string {
  const { cause, stack } = error
  const rest = cause === undefined ? '' : `\ncaused by ${cause instanceof Error ? traceOf(cause) : String(cause)}`
  return `${stack ?? error.message}${rest}`
}
