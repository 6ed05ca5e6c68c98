import './page.css'
import { dataOf } from '../../src/client/index.ts'
import { formatCounted } from '../../ui/numbers.ts'
import { useConnection } from '../connection/context.tsx'
import { isUnfinished } from '../connection/words.ts'
import { roleWords, signOnWords, statusWords } from '../records/words.ts'
import { api } from '../session.ts'
import { Failure } from '../ui/failure.tsx'
import { Ago, useEvery } from '../ui/time.tsx'
import { useAnswer } from '../ui/use-answer.ts'
import { Headline } from './headline.tsx'
import { Mfa } from './mfa.tsx'
import { Missing } from './missing.tsx'
import { Part, PartBars } from './part.tsx'
import type { Overview } from './reading.ts'
import { SignIns } from './sign-ins.tsx'

/** What people look at first: what the org has in numbers, and what could not be read. */
export function OverviewPage() {
  const { connectionId, headers, answer } = useConnection()
  const job = answer.data?.last_job ?? null
  const isSyncing = isUnfinished(job)
  const { data, error, reload } = useAnswer(`${connectionId} ${job?.status}`, (signal) =>
    dataOf(api.GET('/idp/overview', { headers, signal })),
  )
  useEvery(isSyncing ? 5_000 : 60_000, reload)

  return (
    <div class="stack overview">
      {error && <Failure error={error} onRetry={reload} title="The overview could not be loaded" />}
      {(data || !error) && <Headline data={data && answer.data ? data : null} />}
      {data && answer.data && (
        <>
          <Missing resources={answer.data.health?.resources ?? []} />
          <div class="overview-grid">
            <UsersByStatus users={data.users} />
            <Mfa mfa={data.mfa} />
            <AdministratorsByRole administrators={data.administrators} />
            <ApplicationsBySignOn applications={data.applications} />
            <SignIns signIns={data.sign_ins} />
          </div>
          <Fresh data={data} />
        </>
      )}
    </div>
  )
}

function UsersByStatus({ users }: { readonly users: Overview['users'] }) {
  const { path } = useConnection()
  return (
    <Part title="Users by status" reading={users} things="users" isEmpty={users.count === 0}>
      <PartBars
        label="Users by status"
        items={[...users.by_status]
          .sort((a, b) => b.count - a.count)
          .map(({ status, count }) => ({
            key: status,
            label: statusWords('user', status).text,
            count,
            href: `${path('users')}?status=${status}`,
          }))}
      />
    </Part>
  )
}

function AdministratorsByRole({ administrators }: { readonly administrators: Overview['administrators'] }) {
  const { path } = useConnection()
  const { by_role: roles } = administrators
  return (
    <Part title="Administrators by role" reading={administrators} things="administrators" isEmpty={roles.length === 0}>
      <PartBars
        label="Users by admin role"
        total={null}
        items={roles.map(({ role_type: type, label, users, groups }) => ({
          key: `${type} ${label}`,
          label: roleWords(type, label),
          count: users,
          href: `${path('roles')}?type=${type}`,
          ...(groups > 0 && { note: `and ${formatCounted(groups, 'group')}` }),
        }))}
      />
    </Part>
  )
}

function ApplicationsBySignOn({ applications }: { readonly applications: Overview['applications'] }) {
  const { path } = useConnection()
  return (
    <Part
      title="Applications by sign-on"
      reading={applications}
      things="applications"
      isEmpty={applications.count === 0}
    >
      <PartBars
        label="Applications by sign-on"
        items={applications.by_sign_on_mode.map(({ sign_on_mode: mode, count }) => ({
          key: String(mode),
          label: signOnWords(mode) ?? 'No sign-on, such as directories',
          count,
          href: mode === null ? null : `${path('applications')}?type=${encodeURIComponent(mode)}`,
        }))}
      />
    </Part>
  )
}

/** Of when the numbers are, and what they leave out. */
function Fresh({ data }: { readonly data: Overview }) {
  const { path } = useConnection()
  const readings = Object.values(data)
  const isComplete = readings.every(({ outcome }) => outcome === 'complete')
  const oldest = readings
    .map(({ last_complete_at: at }) => at)
    .filter((at) => at !== null)
    .sort()[0]
  return (
    <p class="small muted">
      {oldest ? (
        <>
          {isComplete ? 'Everything here was read completely' : 'The oldest complete read here ended'}{' '}
          <Ago at={oldest} />.{' '}
        </>
      ) : (
        'Nothing here was read completely yet. '
      )}
      Records that have vanished from Okta are not counted. <a href={path('sync')}>Syncs and resources</a>
    </p>
  )
}
