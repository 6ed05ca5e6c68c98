import { Button } from '../../ui/button.tsx'
import type { Estimate, Job, Progress } from '../answers.ts'
import type { OnrampServer } from '../server.ts'
import { useSurroundings } from './context.ts'
import { Screen, TroubleNotice } from './screen.tsx'
import { SyncEnd } from './sync-end.tsx'
import { SyncOverall } from './sync-overall.tsx'
import { SyncResources } from './sync-resources.tsx'
import { isOver, useProgress } from './use-progress.ts'

interface SyncStepProps {
  readonly server: OnrampServer
  readonly connectionId: string
  readonly estimate: Estimate | null
  onDone(): void
}

/** The sync as it goes on, to its end. Nobody has to stay for it. */
export function SyncStep({ server, connectionId, estimate, onDone }: SyncStepProps) {
  const { variant, close } = useSurroundings()
  const { progress, isLost, trouble } = useProgress(server, connectionId)
  const job = progress?.job ?? null
  const isDone = isOver(job)
  const end = () => {
    if (variant === 'page') onDone()
    close()
  }
  return (
    <Screen
      key={isDone ? 'end' : 'way'}
      title={titleOf(job)}
      intro={introOf(progress, isDone)}
      actions={
        isDone || trouble ? (
          <Button look="primary" onClick={end}>
            Done
          </Button>
        ) : (
          variant === 'dialog' && <Button onClick={close}>Close, and let it go on</Button>
        )
      }
    >
      {trouble && <TroubleNotice trouble={{ ...trouble, message: NOT_FOLLOWED }} />}
      {job && isDone ? <SyncEnd job={job} /> : <SyncOverall job={job} estimate={estimate} isLost={isLost} />}
      <SyncResources job={job} />
    </Screen>
  )
}

const NOT_FOLLOWED =
  'This page may not follow the sync any longer, for the link has run out. The sync goes on without it.'

const TITLES: Readonly<Record<Job['status'], string>> = {
  PENDING: 'Connected',
  RUNNING: 'Connected: the sync is running',
  SUCCEEDED: 'Connected, and everything is read',
  PARTIAL: 'Connected, with gaps',
  FAILED: 'Connected, but the sync failed',
  TIMED_OUT: 'Connected, but the sync got stuck',
  CANCELED: 'Connected; the sync was stopped',
}

const titleOf = (job: Job | null): string => (job === null ? 'Connected' : TITLES[job.status])

function introOf(progress: Progress | null, isDone: boolean): string {
  const org = progress?.org
  const name = org ? (org.name ?? new URL(org.origin).host) : 'your org'
  if (progress?.state === 'DELETED') return 'This connection was removed in the meantime.'
  const status = progress?.job?.status
  if (isDone && status !== 'SUCCEEDED' && status !== 'PARTIAL') return `${org ? name : 'Your org'} is connected.`
  if (isDone) return `The data of ${name} is kept up to date from now on.`
  return `Rollcall reads ${name}. You may close this page: it goes on without it.`
}
