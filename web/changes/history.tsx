import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import type { Schema } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { useConnection } from '../connection/context.tsx'
import { useMore } from '../table/use-more.ts'
import { Failure } from '../ui/failure.tsx'
import { ChangeTable } from './change-table.tsx'

const FIRST = 10
const MORE = 50

export interface HistoryQuery {
  readonly limit: number
  readonly cursor?: string
}

interface HistoryProps {
  /** The record that it is the history of. */
  readonly id: string
  /** What it is called within a sentence: `user`. */
  readonly thing: string
  readonly note?: ComponentChildren
  load(query: HistoryQuery, signal: AbortSignal): Promise<Schema<'History'>>
}

/** What happened to a record, the newest first, as a section of its page. */
export function History({ id, thing, note, load }: HistoryProps) {
  const { path } = useConnection()
  const title = useId()
  const more = useMore(`history ${id}`, async (cursor: string | null, signal) => {
    const {
      items,
      names,
      next_cursor: next,
    } = await load({ limit: cursor === null ? FIRST : MORE, ...(cursor !== null && { cursor }) }, signal)
    return { rows: items.map((change) => ({ id: change.id, change, names })), next, freshness: null }
  })
  const { rows } = more
  const names = Object.assign({}, ...(rows ?? []).map((row) => row.names)) as Record<string, string>
  return (
    <section class="section history" aria-labelledby={title}>
      <h3 id={title}>History</h3>
      <p class="small muted">{note ?? 'What Rollcall saw change, when it saw it.'}</p>
      {more.error ? (
        <Failure error={more.error} onRetry={more.reload} title={`The history of this ${thing} could not be loaded`} />
      ) : rows === null ? (
        <div class="changes changes-coming" aria-busy="true" />
      ) : rows.length === 0 ? (
        <p class="muted section-none">No change of this {thing} is kept any more.</p>
      ) : (
        <ChangeTable label="History" changes={rows.map(({ change }) => change)} names={names} path={path} of={id} />
      )}
      {more.moreError && <Failure error={more.moreError} title="No older changes could be loaded" />}
      {more.hasMore && rows !== null && !more.error && (
        <div class="row">
          <Button isBusy={more.isLoadingMore} onClick={more.showMore}>
            Show older changes
          </Button>
        </div>
      )}
    </section>
  )
}
