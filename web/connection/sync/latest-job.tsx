import { useId, useState } from 'preact/hooks'
import { dataOf, type Schema } from '../../../src/client/index.ts'
import { Button } from '../../../ui/button.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { useMayWrite } from '../../layout/session.tsx'
import { api } from '../../session.ts'
import { Failure } from '../../ui/failure.tsx'
import { useAction } from '../../ui/use-action.ts'
import { type KnownConnection, useConnection } from '../context.tsx'
import { InviteDialog } from '../invite-dialog.tsx'
import { nameOf } from '../names.ts'
import { isUnfinished } from '../words.ts'
import { JobFacts, NoJob } from './job-facts.tsx'
import { TestDialog } from './test-dialog.tsx'

interface LatestJobProps {
  readonly connection: KnownConnection | null
  readonly job: Schema<'Job'> | null
  readonly isLost: boolean
  /** What the page says already is to be done. */
  readonly action: string | null
  onAsked(job: Schema<'Job'>): void
  onChanged(): void
}

const JOB = '/provisioning/organizations/{organization_id}/connections/{connection_id}/jobs/{job_id}/cancel'
const CONNECTION = '/provisioning/organizations/{organization_id}/connections/{connection_id}'

/** The sync that runs or ran last, and what can be done: its room stays the same, whether one runs or not. */
export function LatestJob({ connection, job, isLost, action, onAsked, onChanged }: LatestJobProps) {
  const { params, organizationId, connectionId } = useConnection()
  const mayWrite = useMayWrite()
  const [dialog, setDialog] = useState<'test' | 'token' | null>(null)
  const sync = useAction(async () => onAsked(await dataOf(api.POST(`${CONNECTION}/sync`, { params, body: {} }))))
  const cancel = useAction(async (id: string) => {
    await dataOf(api.POST(JOB, { params: { path: { ...params.path, job_id: id } }, body: {} }))
    onChanged()
  })
  const setState = useAction(async (state: 'ACTIVE' | 'PAUSED') => {
    const { error, response } = await api.PATCH(CONNECTION, { params, body: { state } })
    if (error !== undefined) await dataOf(Promise.resolve({ error, response }))
    onChanged()
  })
  const isOn = isUnfinished(job)
  const failed = sync.error ?? cancel.error ?? setState.error
  const isPaused = connection?.state === 'PAUSED'
  const wasRead = connection?.health?.resources.some(({ last_complete_at: at }) => at !== null) ?? false
  const hasToken = connection !== null && connection.state !== 'PENDING'
  const id = useId()

  return (
    <section class="card latest" aria-labelledby={id}>
      <header class="row apart">
        <h2 id={id}>{isOn ? 'Sync in progress' : 'Last sync'}</h2>
        <div class="row">
          <Button isDisabled={!hasToken} onClick={() => setDialog('test')}>
            Test now
          </Button>
          {mayWrite && (
            <>
              <Button isDisabled={!connection} onClick={() => setDialog('token')}>
                Update token
              </Button>
              <Button
                isDisabled={!hasToken}
                isBusy={setState.isBusy}
                onClick={() => void setState.run(isPaused ? 'ACTIVE' : 'PAUSED')}
              >
                {isPaused ? 'Resume' : 'Pause'}
              </Button>
              {job && isOn ? (
                <Button
                  isBusy={cancel.isBusy}
                  isDisabled={job.cancel_requested_at !== null}
                  onClick={() => void cancel.run(job.id)}
                >
                  Cancel
                </Button>
              ) : (
                <Button look="primary" isDisabled={!hasToken} isBusy={sync.isBusy} onClick={() => void sync.run()}>
                  Sync now
                </Button>
              )}
            </>
          )}
        </div>
      </header>
      {failed && <Failure error={failed} />}
      {job ? (
        <JobFacts job={job} isLost={isLost} nextSyncAt={connection?.next_sync_at ?? null} wasRead={wasRead} />
      ) : (
        <NoJob connection={connection} />
      )}
      {job?.error && job.status !== 'RUNNING' && job.status !== 'CANCELED' && (
        <Notice tone={job.status === 'PENDING' ? 'warn' : 'bad'}>
          <p>{job.error.message}</p>
          {!action?.includes(job.error.remedy) && <p>{job.error.remedy}</p>}
        </Notice>
      )}
      {dialog === 'test' && <TestDialog onClose={() => setDialog(null)} />}
      {dialog === 'token' && connection && (
        <InviteDialog
          organizationId={organizationId}
          target={{ connection_id: connectionId }}
          title={`Update the token of ${nameOf(connection)}`}
          onClose={() => {
            setDialog(null)
            onChanged()
          }}
        >
          The link opens a page that takes a new token for this org and checks what it may read. Send it to whoever
          administers Okta there, or open it yourself. They need no API key.
        </InviteDialog>
      )}
    </section>
  )
}
