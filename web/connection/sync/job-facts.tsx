import type { ComponentChildren } from 'preact'
import type { Schema } from '../../../src/client/index.ts'
import { Mark } from '../../../ui/mark.tsx'
import { formatCount, formatCounted, formatSeconds } from '../../../ui/numbers.ts'
import { Ago, useNow } from '../../ui/time.tsx'
import type { KnownConnection } from '../context.tsx'
import { isUnfinished, jobWords, triggerWords } from '../words.ts'
import { formatDuration, secondsBetween } from './durations.ts'
import { SpentOfPlan, SyncCost } from './plan.tsx'

interface JobFactsProps {
  readonly job: Schema<'Job'>
  readonly isLost: boolean
  readonly nextSyncAt: string | null
  /** Something was read before: what a sync takes is known without asking Okta. */
  readonly wasRead: boolean
}

/** How far a job is or how it ended, what it cost, and when the next one is. */
export function JobFacts({ job, isLost, nextSyncAt, wasRead }: JobFactsProps) {
  const isOn = isUnfinished(job)
  const now = useNow(isOn ? 1_000 : 60_000)
  const { tone, text } = jobWords(job.status)
  const ended = job.data_exports.filter(({ state }) => state === 'ended').length
  const all = job.data_exports.length
  const seconds = job.started_at === null ? null : secondsBetween(job.started_at, job.finished_at, now)
  return (
    <>
      <div class="row apart latest-state">
        <span class="row" role="status">
          <Mark tone={tone}>{text}</Mark>
          {isOn && all > 0 && (
            <span class="muted">
              {ended} of {formatCounted(all, 'resource')} read
            </span>
          )}
          {job.cancel_requested_at && isOn && <span class="muted">Ends after the pages in flight.</span>}
        </span>
        {isLost && isOn ? (
          <span role="alert">
            <Mark tone="warn">The server does not answer: trying again</Mark>
          </span>
        ) : (
          <span class="muted small">
            {triggerWords(job.trigger)}
            {job.started_at && (
              <>
                , began <Ago at={job.started_at} />
              </>
            )}
          </span>
        )}
      </div>
      <progress
        class={isOn ? undefined : 'over'}
        aria-label="Resources read"
        aria-hidden={isOn ? undefined : 'true'}
        value={ended}
        max={Math.max(1, all)}
      />
      <dl class="job-facts">
        <Fact name="Requests to Okta">
          <SpentOfPlan job={job} isOn={isOn} />
        </Fact>
        <Fact name="Answered with 429" value={formatCount(job.rate_limited)} />
        <Fact name="Rows read" value={formatCount(job.data_exports.reduce((sum, { rows }) => sum + rows, 0))} />
        {isOn ? (
          <Fact name="Time left" value={timeLeft(job, now)} />
        ) : (
          <Fact name="Took" value={seconds === null ? 'Never began' : formatDuration(seconds)} />
        )}
        <Fact name="Next sync">{nextSyncAt ? <Ago at={nextSyncAt} /> : 'Not planned'}</Fact>
        {!isOn && wasRead && (
          <Fact name="A full sync now">
            <SyncCost until={job.finished_at} />
          </Fact>
        )}
      </dl>
    </>
  )
}

function timeLeft({ status, eta_seconds: eta, next_attempt_at: next }: Schema<'Job'>, now: number): string {
  if (status === 'PENDING')
    return next && Date.parse(next) > now
      ? `Next try in ${formatSeconds((Date.parse(next) - now) / 1000)}`
      : 'Begins soon'
  return eta === null ? 'Not known yet' : `About ${formatSeconds(eta)}`
}

interface FactProps {
  readonly name: string
  readonly value?: string
  readonly children?: ComponentChildren
}

const Fact = ({ name, value, children }: FactProps) => (
  <div>
    <dt class="small muted">{name}</dt>
    <dd class="number">{value ?? children}</dd>
  </div>
)

/** In place of a job: on its way, or none yet. */
export function NoJob({ connection }: { readonly connection: KnownConnection | null }) {
  if (!connection || connection.last_job) return <div class="latest-coming" aria-busy="true" />
  return (
    <p class="muted">
      {connection.state === 'PENDING'
        ? 'Nothing can be read before the connection has a token.'
        : 'This connection has not been synced yet.'}
    </p>
  )
}
