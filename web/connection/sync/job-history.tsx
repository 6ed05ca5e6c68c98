import './jobs.css'
import { useId } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { dataOf, type Schema } from '../../../src/client/index.ts'
import { Icon } from '../../../ui/icon.tsx'
import { Mark } from '../../../ui/mark.tsx'
import { formatCounted } from '../../../ui/numbers.ts'
import { api } from '../../session.ts'
import { Failure } from '../../ui/failure.tsx'
import { OffsetPager, offsetIn } from '../../ui/offset-pager.tsx'
import { Ago } from '../../ui/time.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { useConnection } from '../context.tsx'
import { jobWords, triggerWords } from '../words.ts'
import { formatDuration, secondsBetween } from './durations.ts'
import { JobTimeline } from './job-timeline.tsx'
import { PlanTable, requestsInLine } from './plan.tsx'

const JOBS_A_PAGE = 10

interface JobHistoryProps {
  /** Names the newest job and its state: the list is read anew when that changes. */
  readonly latest: string | null
  /** The newest job as the page knows it, which may be later than the list. */
  readonly current: Schema<'Job'> | null
}

/** All jobs, the newest first, each with its timeline. */
export function JobHistory({ latest, current }: JobHistoryProps) {
  const { params, connectionId } = useConnection()
  const { query } = useLocation()
  const offset = offsetIn(query.jobs)
  const { data, error, reload } = useAnswer(`${connectionId} ${offset} ${latest}`, (signal) =>
    dataOf(
      api.GET('/provisioning/organizations/{organization_id}/connections/{connection_id}/jobs', {
        params: { ...params, query: { limit: JOBS_A_PAGE, offset } },
        signal,
      }),
    ),
  )
  const id = useId()
  return (
    <section class="stack tight" aria-labelledby={id}>
      <h2 id={id}>Job history</h2>
      {error && <Failure error={error} onRetry={reload} title="The jobs could not be loaded" />}
      {!data && !error && <div class="card jobs-coming" aria-busy="true" />}
      {data?.items.length === 0 && (
        <p class="muted">{offset > 0 ? 'There are no jobs this far back.' : 'No sync has run yet.'}</p>
      )}
      {data && data.items.length > 0 && (
        <div class="card jobs">
          {data.items.map((job) => (
            <JobItem key={job.id} job={job.id === current?.id ? current : job} />
          ))}
        </div>
      )}
      {data && <OffsetPager of="jobs" name="jobs" offset={offset} limit={JOBS_A_PAGE} total={data.total ?? 0} />}
    </section>
  )
}

function JobItem({ job }: { readonly job: Schema<'Job'> }) {
  const { tone, text } = jobWords(job.status)
  const changes = job.data_exports.reduce((sum, { created, changed, deleted }) => sum + created + changed + deleted, 0)
  return (
    <details class="job">
      <summary>
        <Icon name="next" />
        <span class="job-status">
          <Mark tone={tone}>{text}</Mark>
        </span>
        <span class="job-when">
          <Ago at={job.started_at ?? job.created_at} /> <span class="muted small">{triggerWords(job.trigger)}</span>
        </span>
        <span class="job-sums small muted number">
          {requestsInLine(job)}, {formatCounted(changes, 'change')}
          {job.started_at && job.finished_at && (
            <>, {formatDuration(secondsBetween(job.started_at, job.finished_at, 0))}</>
          )}
        </span>
      </summary>
      <div class="job-more stack tight">
        {job.error && (
          <p>
            <strong>{job.error.message}</strong> {job.error.remedy}
          </p>
        )}
        {job.attempts > 1 && (
          <p class="muted small">Taken up {formatCounted(job.attempts, 'time')}: it went on where it had stopped.</p>
        )}
        <JobTimeline job={job} />
        <PlanTable job={job} />
      </div>
    </details>
  )
}
