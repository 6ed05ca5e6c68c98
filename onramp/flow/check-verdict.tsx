import { useMemo } from 'preact/hooks'
import { Notice } from '../../ui/notice.tsx'
import type { CheckRow, ConnectionTest, Estimate } from '../answers.ts'
import { sentenceOn, trouble } from '../trouble.ts'
import { capitalized, countsInWords, estimateInWords, inWords, isLimited, missingInWords } from '../words.ts'
import { useShown } from './context.ts'

interface CheckVerdictProps {
  readonly result: ConnectionTest | null
  readonly rows: readonly CheckRow[]
  readonly estimate: Estimate | 'failed' | null
  /** Whether nothing has been read yet. */
  readonly isFirst: boolean
}

/** What follows from the check: whose token it is, what will be missing, and what the first sync takes. */
export function CheckVerdict({ result, rows, estimate, isFirst }: CheckVerdictProps) {
  const owner = result?.check?.owner
  return (
    <div class="verdict" aria-live="polite">
      {result?.is_valid && <Gaps rows={rows} />}
      {owner && (
        <p class="small">
          This token belongs to <strong>{owner.login ?? owner.id}</strong> and stops working when that user is
          deactivated.
        </p>
      )}
      {notesIn(result, rows).map((note) => (
        <p key={note} class="small muted">
          {note}
        </p>
      ))}
      {result?.is_valid && <Forecast estimate={estimate} isFirst={isFirst} />}
    </div>
  )
}

/** Without what is said elsewhere: as what to do about a row, or by the notice on rate limits. */
function notesIn(result: ConnectionTest | null, rows: readonly CheckRow[]): readonly string[] {
  if (rows.some(isLimited)) return []
  const said = new Set(rows.map(({ remedy }) => remedy))
  return (result?.check?.notes ?? []).filter((note) => !said.has(note))
}

/** Why nothing can be read, and what to do. */
export function Unusable({ result }: { readonly result: ConnectionTest }) {
  const shown = useMemo(() => {
    const { code, message } = result
    return trouble(code ?? 'unknown', sentenceOn(code ?? '') ?? message ?? 'The token could not be used.')
  }, [result])
  useShown(shown)
  return (
    <Notice
      tone="bad"
      live
      title={result.check ? 'Nothing can be read with this token' : 'The check could not be made'}
    >
      <p>{shown.message}</p>
    </Notice>
  )
}

function Gaps({ rows }: { readonly rows: readonly CheckRow[] }) {
  const missing = missingInWords(rows)
  const isHeldUp = rows.some(isLimited)
  return (
    <>
      {missing.length > 0 && (
        <Notice tone="warn" title="You can connect with gaps">
          <p>
            {capitalized(inWords(missing))} will be missing. Everything else is read, and what is missing is read as
            soon as the token may.
          </p>
        </Notice>
      )}
      {isHeldUp && (
        <Notice tone="warn" title="Okta is busy with other requests">
          <p>
            The token is valid, but the rate limits of your org are used up for now. Check again in a minute, or
            connect: the sync waits for its turn.
          </p>
        </Notice>
      )}
    </>
  )
}

/** What the sync takes. Its place is there before it is known. */
function Forecast({ estimate, isFirst }: Pick<CheckVerdictProps, 'estimate' | 'isFirst'>) {
  if (estimate === null) return <p class="forecast small muted">Counting what there is to be read.</p>
  if (estimate === 'failed')
    return <p class="forecast small muted">How long the sync takes will show once it has begun.</p>
  const counts = countsInWords(estimate)
  return (
    <p class="forecast small">
      <strong>The {isFirst ? 'first' : 'next'} sync</strong>
      {counts && <> reads {counts} and what belongs to them</>}. {estimateInWords(estimate)}
    </p>
  )
}
