import { Icon } from '../../ui/icon.tsx'
import { Mark } from '../../ui/mark.tsx'
import type { CheckRow } from '../answers.ts'
import { isGap, isLimited, rowInWords, SCOPES, scopeInWords } from '../words.ts'

/** What the token may read: the six scopes, beneath each the APIs that were asked. */
export function CheckMatrix({ rows, isOver }: { readonly rows: readonly CheckRow[]; readonly isOver: boolean }) {
  return (
    <ul class="list" aria-label="What the token can read" aria-busy={!isOver}>
      {SCOPES.map(({ scope, name }) => (
        <ScopeItem
          key={scope}
          name={name}
          scope={scope}
          rows={rows.filter((row) => row.scope === scope)}
          isOver={isOver}
        />
      ))}
    </ul>
  )
}

interface ScopeItemProps {
  readonly name: string
  readonly scope: string
  readonly rows: readonly CheckRow[]
  readonly isOver: boolean
}

/** One scope. It opens by itself where something is to be done. */
function ScopeItem({ name, scope, rows, isOver }: ScopeItemProps) {
  const { tone, words } = scopeInWords(rows, isOver)
  // What a rate limit kept from being tried is said once, below: there is nothing to be done here.
  const gaps = rows.filter((row) => isGap(row) && !isLimited(row))
  const remedies = [...new Set(gaps.map(({ remedy }) => remedy).filter((remedy) => remedy !== null))]
  return (
    <li class="item">
      <details open={gaps.length > 0}>
        <summary>
          <Icon name="next" />
          <span class="name">
            {name} <code class="muted">{scope}</code>
          </span>
          <Mark tone={tone}>{words}</Mark>
        </summary>
        <ul class="rows small">
          {rows.map((row) => (
            <Row key={row.family} row={row} />
          ))}
          {rows.length === 0 && <li class="muted">{isOver ? 'Nothing was asked.' : 'Nothing was asked yet.'}</li>}
        </ul>
      </details>
      {remedies.length > 0 && (
        <div class="remedy small">
          <strong>What to do</strong>
          {remedies.map((remedy) => (
            <p key={remedy}>{remedy}</p>
          ))}
        </div>
      )}
    </li>
  )
}

function Row({ row }: { readonly row: CheckRow }) {
  const { tone, words } = rowInWords(row)
  // What Okta's support asks for, unless the sentence has it already.
  const reference = [row.status, row.error_code].filter((part) => part !== null && !row.detail.includes(`${part}`))
  return (
    <li>
      <div class="line">
        <span>{row.family}</span>
        <Mark tone={tone}>{words}</Mark>
      </div>
      {row.outcome !== 'ok' && (
        <p class="muted">
          {row.detail}
          {row.outcome === 'not_available' && ' Nothing has to be done.'}
          {reference.length > 0 && ` (Okta: ${reference.join(' ')})`}
        </p>
      )}
    </li>
  )
}
