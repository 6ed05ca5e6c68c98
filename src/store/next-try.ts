import { type AppError, ERRORS } from '../errors.ts'
import type { Job } from './jobs.ts'

/** Minutes until the next try, by how many there have been; the last one from then on. */
const BACKOFF_MINUTES = [1, 5, 15, 60]

/**
 * Milliseconds until a worker goes on with a job that an error interrupted; null where it must not do so by itself: a
 * person has to mend something first, or runs the job by hand. Then the next schedule or request goes on with it.
 */
export function nextTryInMs(error: AppError, job: Pick<Job, 'trigger' | 'attempts'>): number | null {
  if (job.trigger === 'command_line') return null
  if (error.code === 'job_interrupted') return 0
  if (error.code === 'credentials_unreadable') return null
  const { blame } = ERRORS[error.code]
  if (blame === 'admin' || blame === 'caller') return null
  const minutes = BACKOFF_MINUTES[Math.max(0, job.attempts - 1)] ?? BACKOFF_MINUTES.at(-1) ?? 0
  return minutes * 60_000
}
