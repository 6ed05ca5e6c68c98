import { useMemo } from 'preact/hooks'
import { Notice } from '../../ui/notice.tsx'
import { formatCounted, formatSeconds } from '../../ui/numbers.ts'
import type { DataExport, Job } from '../answers.ts'
import { trouble } from '../trouble.ts'
import { capitalized, inWords, resourceInWords } from '../words.ts'
import { useShown } from './context.ts'

/** How the sync ended: what was read, what is missing and why, and what to do. */
export function SyncEnd({ job }: { readonly job: Job }) {
  return (
    <div class="end">
      {job.status === 'SUCCEEDED' || job.status === 'PARTIAL' ? <Total job={job} /> : <Stopped job={job} />}
      <Gaps exports={job.data_exports} />
    </div>
  )
}

function Total({ job }: { readonly job: Job }) {
  const records = job.data_exports.reduce((sum, { rows }) => sum + rows, 0)
  return (
    <Notice tone="good" live title={`${formatCounted(records, 'record')} read`}>
      <p>
        With {formatCounted(job.requests, 'request')}
        {job.seconds > 0 && <>, in {formatSeconds(job.seconds)}</>}.
      </p>
    </Notice>
  )
}

const REMEDIES: Readonly<Record<string, string>> = {
  CANCELED: 'Somebody stopped this sync. What was read is kept, and the next one goes on from there.',
  TIMED_OUT: 'Nothing has to be done: the next sync goes on where this one got stuck.',
  FAILED: 'Nothing has to be done now: the sync is tried again on schedule.',
}

function Stopped({ job }: { readonly job: Job }) {
  const { error, status } = job
  const isRejected = error?.code === 'okta_token_rejected'
  const shown = useMemo(
    () => trouble(error?.code ?? status.toLowerCase(), error?.message ?? 'The sync ended before everything was read.'),
    [error, status],
  )
  useShown(shown)
  return (
    <Notice tone={status === 'CANCELED' ? 'warn' : 'bad'} live title={shown.message}>
      {isRejected ? (
        <p>
          Okta no longer accepts the token. Create a new one, and ask whoever sent the link for another to enter it
          with.
        </p>
      ) : (
        <p>{REMEDIES[status]}</p>
      )}
    </Notice>
  )
}

/** What is missing, with what to do about it said once. What the org does not have is not missing. */
function Gaps({ exports }: { readonly exports: readonly DataExport[] }) {
  const gaps = exports.filter(
    ({ outcome }) => outcome !== null && outcome !== 'complete' && outcome !== 'not_available',
  )
  if (gaps.length === 0) return null
  const remedies = [...new Set(gaps.map(({ remedy, reason }) => remedy ?? reason ?? ''))]
  return (
    <Notice tone="warn" title="Not everything could be read">
      {remedies.map((remedy) => {
        const names = gaps.filter((gap) => (gap.remedy ?? gap.reason ?? '') === remedy)
        return (
          <p key={remedy}>
            <strong>{capitalized(inWords(names.map(({ resource }) => resourceInWords(resource))))}</strong>
            {remedy && <>: {remedy}</>}
          </p>
        )
      })}
    </Notice>
  )
}
