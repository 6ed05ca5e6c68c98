import { formatCount, formatCounted, formatShare } from '../../ui/numbers.ts'
import { authenticatorWords } from '../records/words.ts'
import { Part, PartBars } from './part.tsx'
import type { Overview } from './reading.ts'

/** Who is enrolled for MFA, as far as Okta shows it to Rollcall. */
export function Mfa({ mfa }: { readonly mfa: Overview['mfa'] }) {
  const { active_users: active, with_active_factor: enrolled, without_factor: others } = mfa
  const isNobody = mfa.outcome === 'complete' && active === 0
  const isUnknown = mfa.outcome !== 'complete' && enrolled === 0
  return (
    <Part
      title="MFA enrollment"
      reading={mfa}
      things={isNobody ? 'active users' : 'factors'}
      isEmpty={active === 0 || isUnknown}
    >
      <p class="overview-share">
        <strong class="number">{formatShare(active === 0 ? 0 : enrolled / active)}</strong>{' '}
        <span>
          of {formatCounted(active, 'active user')} {active === 1 ? 'has' : 'have'} a factor that Okta shows.{' '}
          <span class="muted">{formatCount(others)} without.</span>
        </span>
      </p>
      <PartBars
        label="Active users by authenticator"
        total={active}
        most={4}
        items={mfa.by_authenticator.map(({ authenticator, users }) => ({
          key: authenticator,
          label: authenticatorWords(authenticator, null),
          count: users,
        }))}
      />
      <p class="small muted overview-caveat">
        Okta leaves out enrollments that policy does not allow, or not from the network zone that Rollcall asks from.
        Who has none here may still have one.
      </p>
    </Part>
  )
}
