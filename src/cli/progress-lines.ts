import type { JobProgress, StepProgress } from '../sync/progress.ts'
import { rateLimits, spent, timeLeft } from './progress-table.ts'
import { count, counted, duration, words } from './wording.ts'

/** The end of a resource, for a reader who is no terminal. */
export function endedLine(step: StepProgress): string {
  const changes = [
    `${count(step.created)} created`,
    `${count(step.changed)} changed`,
    `${count(step.deleted)} deleted`,
  ].join(', ')
  const work = `${counted(step.requests, 'request')}, ${duration(step.seconds * 1000)}`
  const reason = step.reason === null ? '' : ` ${step.reason}`
  return `${step.stream}: ${words(step.outcome ?? '')}, ${counted(step.rows_read, 'row')} (${changes}), ${work}.${reason}`
}

/** How far it is, in one line. */
export function summaryLine(progress: JobProgress, sinceMs: number): string {
  const { steps } = progress
  const ended = steps.filter(({ state }) => state === 'ended').length
  const rows = steps.reduce((sum, step) => sum + step.rows_read, 0)
  const limits = rateLimits(progress.buckets)
  const facts = [
    `${ended} of ${counted(steps.length, 'resource')} read`,
    counted(rows, 'row'),
    `${spent(progress)} (${count(progress.rateLimited)} refused by a rate limit)`,
    ...(limits === '' ? [] : [`rate limits used: ${limits}`]),
    `${duration(progress.elapsedMs + sinceMs)} so far`,
    timeLeft(progress, sinceMs),
  ]
  return `… ${facts.filter((fact) => fact !== '').join(', ')}`
}

export const resumedLine = (steps: readonly StepProgress[]): string => {
  const ended = steps.filter(({ state }) => state === 'ended').length
  const rows = steps.reduce((sum, step) => sum + step.rows_read, 0)
  return `Resuming the sync that was stopped before its end: ${ended} of ${counted(steps.length, 'resource')} and ${counted(rows, 'row')} are already read.`
}
