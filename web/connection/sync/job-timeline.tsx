import type { Schema } from '../../../src/client/index.ts'
import { Mark } from '../../../ui/mark.tsx'
import { formatCount, formatCounted, formatTime } from '../../../ui/numbers.ts'
import { ScrollRegion } from '../../ui/scroll-region.tsx'
import { outcomeWords, resourceWords } from '../words.ts'
import { formatDuration, secondsBetween } from './durations.ts'

type Step = Schema<'DataExport'>

/** When each resource was read within a job, as bars on one axis of time, with what came of it. */
export function JobTimeline({ job }: { readonly job: Schema<'Job'> }) {
  const start = job.started_at
  const begun = job.data_exports.filter(({ started_at, finished_at }) => started_at ?? finished_at)
  if (start === null || begun.length === 0) return <p class="muted">It ended before any resource was read.</p>
  const isOver = job.finished_at !== null
  const now = Date.now()
  const length = Math.max(0.001, secondsBetween(start, job.finished_at, now))
  return (
    <ScrollRegion label="Timeline of the job">
      <table class="timeline small">
        <thead>
          <tr>
            <th scope="col">Resource</th>
            <th scope="col">
              <span class="visually-hidden">Time</span>
              <span class="timeline-axis muted number" aria-hidden="true">
                <time dateTime={start} title={formatTime(start)}>
                  0 s
                </time>
                <span>{formatDuration(length / 2)}</span>
                <span>{formatDuration(length)}</span>
              </span>
            </th>
            <th scope="col">Outcome</th>
            <th scope="col" class="end">
              Rows
            </th>
            <th scope="col" class="end">
              Changes
            </th>
            <th scope="col" class="end">
              Requests
            </th>
          </tr>
        </thead>
        <tbody>
          {job.data_exports.map((step) => (
            <tr key={step.resource}>
              <th scope="row">{resourceWords(step.resource)}</th>
              <td class="timeline-lane">
                <Bar step={step} start={start} length={length} now={now} isOver={isOver} />
              </td>
              <td>
                {step.outcome ? (
                  <Mark tone={outcomeWords(step.outcome).tone}>{outcomeWords(step.outcome).text}</Mark>
                ) : (
                  <Mark tone="idle">
                    {step.state !== 'running' ? 'Not begun' : isOver ? 'Not finished' : 'Being read'}
                  </Mark>
                )}
              </td>
              <td class="end number">{formatCount(step.rows)}</td>
              <td class="end number" title={changesOf(step)}>
                {formatCount(step.created + step.changed + step.deleted)}
              </td>
              <td class="end number">{formatCount(step.requests)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

interface BarProps {
  readonly step: Step
  readonly start: string
  /** Seconds of the whole axis. */
  readonly length: number
  readonly now: number
  /** The job has ended, be it before the step did. */
  readonly isOver: boolean
}

function Bar({ step, start, length, now, isOver }: BarProps) {
  // One page is stored at the same moment at which it ends.
  const from = step.started_at ?? step.finished_at
  if (from === null) return <span class="visually-hidden">Not begun</span>
  const before = Math.min(length, secondsBetween(start, from, now))
  const took = Math.min(length - before, secondsBetween(from, step.finished_at, now))
  const tone = step.outcome ? outcomeWords(step.outcome).tone : isOver ? 'warn' : 'busy'
  return (
    <>
      <span
        class={`timeline-bar ${tone}`}
        aria-hidden="true"
        style={{ left: `${(before / length) * 100}%`, width: `${(took / length) * 100}%` }}
      />
      <span class="visually-hidden">
        After {formatDuration(before)}, for {formatDuration(took)}
      </span>
    </>
  )
}

const changesOf = ({ created, changed, deleted }: Step): string =>
  `${formatCount(created)} created, ${formatCount(changed)} changed, ${formatCounted(deleted, 'delete')}`
