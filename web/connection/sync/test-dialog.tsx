import './jobs.css'
import { dataOf, type Schema } from '../../../src/client/index.ts'
import { Button } from '../../../ui/button.tsx'
import { Mark } from '../../../ui/mark.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { formatCounted } from '../../../ui/numbers.ts'
import type { Tone } from '../../../ui/tone.ts'
import { api } from '../../session.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { useConnection } from '../context.tsx'
import { resourceWords } from '../words.ts'

type Row = Schema<'CheckRow'>

const OUTCOMES: Readonly<Record<Row['outcome'], { readonly tone: Tone; readonly text: string }>> = {
  ok: { tone: 'good', text: 'Can be read' },
  not_permitted: { tone: 'warn', text: 'Not permitted' },
  not_available: { tone: 'idle', text: 'Not available' },
  failed: { tone: 'bad', text: 'Failed' },
}
const ORDER = ['ok', 'failed', 'not_permitted', 'not_available'] as const

/** Tries the stored token on each API that a sync uses, and says what came of it. */
export function TestDialog({ onClose }: { readonly onClose: () => void }) {
  const { params, connectionId } = useConnection()
  const { data, error, isLoading, reload } = useAnswer(`test ${connectionId}`, (signal) =>
    dataOf(
      api.GET('/provisioning/organizations/{organization_id}/connections/{connection_id}/test', { params, signal }),
    ),
  )
  return (
    <Dialog title="Test of the stored token" onClose={onClose}>
      <div class="stack test" aria-live="polite">
        {isLoading && <Mark tone="busy">Asking Okta for one record of each kind</Mark>}
        {!isLoading && error && <Failure error={error} onRetry={reload} title="The test could not be made" />}
        {!isLoading && !error && data && <Result test={data} />}
      </div>
      {!isLoading && !error && (
        <div class="row end">
          <Button onClick={reload}>Test again</Button>
        </div>
      )}
    </Dialog>
  )
}

function Result({ test }: { readonly test: Schema<'ConnectionTest'> }) {
  const { check } = test
  const rows = check?.rows ?? []
  const bad = rows.filter(({ outcome }) => outcome === 'failed' || outcome === 'not_permitted')
  return (
    <>
      {check?.verdict === 'ok' && <Notice tone="good" title="The token can read everything that a sync reads" />}
      {check?.verdict === 'incomplete' && (
        <Notice tone="warn" title="A sync works, and leaves some of it out">
          <p>
            Cannot be read, or not all of it:{' '}
            {[...new Set(bad.map(({ resource }) => resourceWords(resource).toLowerCase()))].join(', ')}.
          </p>
        </Notice>
      )}
      {(!check || check.verdict === 'unusable') && (
        <Notice tone="bad" title="A sync would read nothing">
          {test.message && <p>{test.message}</p>}
        </Notice>
      )}
      {check && (
        <p class="muted">
          {ORDER.map((outcome) => ({ outcome, count: rows.filter((row) => row.outcome === outcome).length }))
            .filter(({ count }) => count > 0)
            .map(({ outcome, count }) => `${formatCounted(count, 'API')} ${OUTCOMES[outcome].text.toLowerCase()}`)
            .join(', ')}
          .
          {check.owner && (
            <>
              {' '}
              The token belongs to <bdi>{check.owner.login ?? check.owner.id}</bdi>, and dies with that user.
            </>
          )}
        </p>
      )}
      {check?.notes.map((note) => (
        <p key={note} class="small muted">
          {note}
        </p>
      ))}
      {bad.length > 0 && <Rows rows={bad} />}
      {rows.length > bad.length && (
        <details>
          <summary>{bad.length > 0 ? 'All others' : 'Each of them'}</summary>
          <Rows rows={rows.filter((row) => !bad.includes(row))} />
        </details>
      )}
    </>
  )
}

/** Rows by what is told of them: what one remedy mends is told once. */
function Rows({ rows }: { readonly rows: readonly Row[] }) {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const told = row.outcome === 'ok' ? 'ok' : [row.outcome, row.detail, row.remedy].join('\n')
    groups.set(told, [...(groups.get(told) ?? []), row])
  }
  return (
    <ul class="test-rows">
      {[...groups].map(([told, [first, ...others]]) => first && <Group key={told} first={first} others={others} />)}
    </ul>
  )
}

function Group({ first, others }: { readonly first: Row; readonly others: readonly Row[] }) {
  return (
    <li>
      <Mark tone={OUTCOMES[first.outcome].tone}>{OUTCOMES[first.outcome].text}</Mark>
      <p>{[first, ...others].map(({ family }) => family).join(', ')}</p>
      {first.outcome !== 'ok' && (
        <p class="small muted">
          {first.detail} {first.remedy}
        </p>
      )}
    </li>
  )
}
