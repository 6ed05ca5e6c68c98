import { Icon } from '../../ui/icon.tsx'
import { formatAgo, formatCount, formatSeconds } from '../../ui/numbers.ts'
import type { Estimate, Job } from '../answers.ts'
import { roundly } from '../words.ts'

interface SyncOverallProps {
  readonly job: Job | null
  readonly estimate: Estimate | null
  /** The line to the server is broken: what is shown is how it was. */
  readonly isLost: boolean
}

/** How far the sync is as a whole: requests, the time left, and what can be used already. */
export function SyncOverall({ job, estimate, isLost }: SyncOverallProps) {
  const requests = job?.requests ?? 0
  // An estimate is one: the bar is full when the sync has ended, not before.
  const share = estimate && estimate.requests > 0 ? Math.min(requests / estimate.requests, 0.98) : null
  return (
    <div class="overall">
      {share === null ? (
        <progress aria-label="Sync" />
      ) : (
        <progress aria-label="Sync" value={share} max={1} aria-valuetext={requestsInWords(requests, estimate)} />
      )}
      <div class="line small">
        <span>{requestsInWords(requests, estimate)}</span>
        <span class="muted">{timeInWords(job)}</span>
      </div>
      <div class="small ready" aria-live="polite">
        {isLost ? (
          <p class="mark warn">
            <Icon name="warn" />
            <span>Connection to the server lost; trying again. The sync itself goes on.</span>
          </p>
        ) : (
          <p class="muted">{readyInWords(job)}</p>
        )}
      </div>
    </div>
  )
}

function requestsInWords(requests: number, estimate: Estimate | null): string {
  const done = formatCount(requests)
  if (!estimate || requests > estimate.requests) return `${done} ${requests === 1 ? 'request' : 'requests'} so far`
  return `${done} of ${estimate.at_least ? 'at least' : 'about'} ${formatCount(roundly(estimate.requests))} requests`
}

function timeInWords(job: Job | null): string {
  if (job === null) return 'About to begin'
  if (job.status === 'PENDING') {
    if (job.error === null) return 'Waiting for its turn'
    return job.next_attempt_at === null ? 'Tries again soon' : `Tries again ${formatAgo(job.next_attempt_at)}`
  }
  return job.eta_seconds === null ? 'Time left not known yet' : `About ${formatSeconds(job.eta_seconds)} left`
}

function readyInWords(job: Job | null): string {
  if (job?.status === 'PENDING' && job.error) return `${job.error.message} Nothing is lost, and nothing has to be done.`
  const kinds = job?.data_exports ?? []
  const ready = kinds.filter(({ outcome }) => outcome === 'complete').length
  if (ready === 0) return 'Each kind of data can be used as soon as it is ready.'
  return `${ready} of ${kinds.length} kinds of data can be used already.`
}
