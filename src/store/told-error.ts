import type { ErrorCode } from '../errors.ts'

/** Ends that tell nothing about a connection: somebody or something on our side ended the sync. */
export const SILENT_ENDS: readonly ErrorCode[] = ['job_canceled', 'job_interrupted', 'job_superseded']

const NOT_SILENT = `error_code not in (${SILENT_ENDS.map((code) => `'${code}'`).join(', ')})`

/**
 * Of an `update` that is about to overwrite how a sync's last try ended: the error that told something about its
 * connection is kept, so that health goes on showing it while the next try runs.
 */
export const KEEP_TOLD_ERROR = `
  last_error_code = case when ${NOT_SILENT} then error_code else last_error_code end,
  last_error_message = case when ${NOT_SILENT} then error_message else last_error_message end,
  last_error_at = case when ${NOT_SILENT} then ended_at else last_error_at end`

/** As `KEEP_TOLD_ERROR`, where the sync ends with this error: one that tells something leaves none before it. */
export const toldErrorBefore = (code: ErrorCode | null): string =>
  code !== null && SILENT_ENDS.includes(code)
    ? KEEP_TOLD_ERROR
    : 'last_error_code = null, last_error_message = null, last_error_at = null'

interface Ended {
  readonly outcome: string | null
  readonly error_code: ErrorCode | null
  readonly error_message: string | null
  readonly ended_at: string | null
}
export interface LastError {
  last_error_code: ErrorCode | null
  last_error_message: string | null
  last_error_at: string | null
}

/** The sync as it is told about: as it ended, or else as its last try did that told something. */
export function asTold<T extends Ended>({ last_error_code, last_error_message, last_error_at, ...job }: T & LastError) {
  const says = job.outcome !== null && (job.error_code === null || !SILENT_ENDS.includes(job.error_code))
  if (says || last_error_code === null) return job
  return {
    ...job,
    outcome: 'failed' as const,
    error_code: last_error_code,
    error_message: last_error_message,
    ended_at: last_error_at,
  }
}
