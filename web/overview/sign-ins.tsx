import { useMemo } from 'preact/hooks'
import { formatCount, formatCounted, formatTime } from '../../ui/numbers.ts'
import { useConnection } from '../connection/context.tsx'
import { TimeChart } from '../ui/chart.tsx'
import { Part } from './part.tsx'
import type { Overview } from './reading.ts'

const DAYS = 30

/** How many signed in, day by day, and how many could not. */
export function SignIns({ signIns }: { readonly signIns: Overview['sign_ins'] }) {
  const { path } = useConnection()
  const { days, held_since: since } = signIns
  const chart = useMemo(
    () => ({
      times: days.map(({ date }) => Date.parse(`${date}T00:00:00Z`) / 1000),
      series: [
        { name: 'Succeeded', values: days.map(({ successes }) => successes) },
        { name: 'Failed or denied', values: days.map(({ failures }) => failures), tone: 'bad' as const },
      ],
    }),
    [days],
  )
  const successes = days.reduce((sum, day) => sum + day.successes, 0)
  const failures = days.reduce((sum, day) => sum + day.failures, 0)
  return (
    <Part
      title="Sign-ins"
      reading={signIns}
      things={signIns.outcome === 'complete' ? `log events of the last ${DAYS} days` : 'log events'}
      isEmpty={days.length === 0}
      isWide
    >
      <div class="row apart">
        <p class="muted">
          {formatCounted(successes, 'sign-in')} to Okta succeeded and {formatCount(failures)} failed in{' '}
          {formatCounted(days.length, 'day')}, in UTC.
          {days.length < DAYS && since && ` The first event that is held is from ${formatTime(since)}.`}
        </p>
        <a class="small" href={`${path('logs')}?eventType=user.session.start`}>
          Sign-ins in the log
        </a>
      </div>
      <TimeChart label="Sign-ins to Okta by day" unit="sign-ins" height={220} kind="bars" {...chart} />
    </Part>
  )
}
