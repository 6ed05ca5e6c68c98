import './page.css'
import { useCallback, useState } from 'preact/hooks'
import { dataOf, type Schema } from '../../../src/client/index.ts'
import { Notice } from '../../../ui/notice.tsx'
import { useMayWrite } from '../../layout/session.tsx'
import { api } from '../../session.ts'
import { useAnswer } from '../../ui/use-answer.ts'
import { useConnection } from '../context.tsx'
import { healthWords, nextAction } from '../health-words.ts'
import { isUnfinished } from '../words.ts'
import { DeleteConnection } from './delete-connection.tsx'
import { HeldDeletes } from './held-deletes.tsx'
import { JobHistory } from './job-history.tsx'
import { LatestJob } from './latest-job.tsx'
import { RequestsChart } from './requests-chart.tsx'
import { ResourceTable } from './resource-table.tsx'
import { useLiveJob } from './use-live-job.ts'

/** How the connection is read: what to do, the sync that runs, each resource, requests over time, and past jobs. */
export function SyncPage() {
  const { params, answer } = useConnection()
  const { data: connection, reload } = answer
  const mayWrite = useMayWrite()
  /** A job that was asked for here, until the connection tells of it as well. */
  const [asked, setAsked] = useState<Schema<'Job'> | null>(null)
  const summary = connection?.last_job ?? null
  const isOn = isUnfinished(summary) || isUnfinished(asked)
  const { job: liveJob, isLost } = useLiveJob(isOn, () => {
    setAsked(null)
    reload()
  })
  // One that waits is followed; one that has ended is read once.
  const known = useAnswer(summary && `${summary.id} ${summary.status}`, (signal) =>
    dataOf(
      api.GET('/provisioning/organizations/{organization_id}/connections/{connection_id}/jobs/{job_id}', {
        params: { path: { ...params.path, job_id: summary?.id ?? '' } },
        signal,
      }),
    ),
  )
  const onAsked = useCallback(
    (job: Schema<'Job'>) => {
      setAsked(job)
      reload()
    },
    [reload],
  )
  const job = newest(isOn ? liveJob : null, asked, known.data)
  // Where nothing but held deletes asks for somebody, they are told of once.
  const isOnlyHeld = connection?.health?.name === 'HEALTHY' && connection.held_deletes > 0
  const action = connection && !isOnlyHeld ? nextAction(connection) : null

  return (
    // Asked for at once, and shown when it is known what there is to do: that is on top, and pushes nothing away then.
    <div class="stack sync" hidden={connection === null}>
      <div class="sync-action">
        {connection && action && (
          <Notice tone={healthWords(connection).tone === 'bad' ? 'bad' : 'warn'} title="What to do next">
            <p>{action}</p>
          </Notice>
        )}
        {connection && connection.held_deletes > 0 && (
          <HeldDeletes connection={connection} job={job} onAsked={onAsked} />
        )}
        {!mayWrite && (
          <p class="muted small">
            You are signed in with a read-only key: to sync, pause or delete, sign in with a key with full access.
          </p>
        )}
      </div>
      <LatestJob
        connection={connection}
        job={job}
        isLost={isLost}
        action={action}
        onAsked={onAsked}
        onChanged={reload}
      />
      <ResourceTable health={connection?.health ?? null} job={job} isLoading={connection === null} />
      <RequestsChart until={summary?.finished_at ?? null} />
      <JobHistory latest={summary && `${summary.id} ${summary.status}`} current={job} />
      {connection && mayWrite && <DeleteConnection connection={connection} />}
    </div>
  )
}

/** The job that began last: what the server tells as it runs before what was read earlier. */
function newest(...jobs: readonly (Schema<'Job'> | null)[]): Schema<'Job'> | null {
  return jobs.reduce((best, job) => (best === null || (job && job.created_at > best.created_at) ? job : best), null)
}
