import { useId } from 'preact/hooks'
import type { Schema } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { Mark } from '../../ui/mark.tsx'
import { formatCount } from '../../ui/numbers.ts'
import { useConnection } from '../connection/context.tsx'
import { api } from '../session.ts'
import { listPage } from '../table/list.ts'
import { useMore } from '../table/use-more.ts'
import { Failure } from '../ui/failure.tsx'
import { Status, Text } from './cells.tsx'
import { Json } from './raw-json.tsx'
import { Incomplete } from './section.tsx'

type Rule = Schema<'PolicyRule'>

const RESOURCES = ['policy_rules'] as const

/** The rules of a policy in the order in which Okta tries them: the first whose conditions hold decides. */
export function PolicyRules({ id, includeDeleted }: { readonly id: string; readonly includeDeleted: boolean }) {
  const { headers } = useConnection()
  const heading = useId()
  const more = useMore<Rule, string>(`${id} ${includeDeleted}`, (cursor, signal) =>
    listPage(
      api.GET('/idp/policies/{policy_id}/rules', {
        params: {
          path: { policy_id: id },
          query: { ...(cursor === null ? { enableCursor: true } : { cursor }), limit: 50, includeDeleted },
        },
        headers,
        signal,
      }),
    ),
  )
  const { rows, error, freshness } = more
  const isIncomplete = freshness !== null && freshness.outcome !== 'complete'
  return (
    <section class="section" aria-labelledby={heading}>
      <h3 id={heading}>
        Rules {rows && !more.hasMore && <span class="muted number section-total">{formatCount(rows.length)}</span>}
      </h3>
      <p class="small muted">In the order in which Okta tries them. The first whose conditions hold decides.</p>
      {isIncomplete && <Incomplete things="rules" resources={RESOURCES} freshness={freshness} />}
      {error ? (
        <Failure error={error} onRetry={more.reload} title="The rules could not be loaded" />
      ) : rows === null ? (
        <div class="rule-list coming-rules" aria-busy="true" />
      ) : rows.length === 0 ? (
        !isIncomplete && <p class="muted section-none">This policy has no rules, and so does nothing.</p>
      ) : (
        <ol class="rule-list">
          {rows.map((rule, place) => (
            <li key={rule.id}>
              <RuleItem rule={rule} place={place + 1} isOpen={rows.length <= 3} />
            </li>
          ))}
        </ol>
      )}
      {more.moreError && <Failure error={more.moreError} title="No more rules could be loaded" />}
      {more.hasMore && !error && (
        <div>
          <Button isBusy={more.isLoadingMore} onClick={more.showMore}>
            Show more
          </Button>
        </div>
      )}
    </section>
  )
}

interface RuleItemProps {
  readonly rule: Rule
  readonly place: number
  readonly isOpen: boolean
}

function RuleItem({ rule, place, isOpen }: RuleItemProps) {
  const name = rule.name.trim() || rule.vendor_id
  return (
    <details class={`rule${rule.is_deleted ? ' gone' : ''}`} open={isOpen}>
      <summary>
        <span class="number muted rule-place">{place}</span>
        <span class="rule-name">
          <Text>{name}</Text>
        </span>
        {rule.is_system && <span class="small muted">By Okta</span>}
        {rule.is_deleted ? (
          <Mark tone="idle">No longer in Okta</Mark>
        ) : (
          <Status kind="policy" status={rule.status} vendorStatus={rule.vendor_status} />
        )}
      </summary>
      <div class="rule-parts">
        <div>
          <h4 class="small muted">Conditions</h4>
          {rule.conditions === null ? (
            <p>None: it always applies.</p>
          ) : (
            <Json label={`Conditions of ${name}`} value={rule.conditions} />
          )}
        </div>
        <div>
          <h4 class="small muted">Actions</h4>
          {rule.actions === null ? <p>None.</p> : <Json label={`Actions of ${name}`} value={rule.actions} />}
        </div>
      </div>
    </details>
  )
}
