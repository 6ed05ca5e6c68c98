import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { formatCount } from '../../ui/numbers.ts'
import { useConnection } from '../connection/context.tsx'
import { type Column, DataTable } from '../table/data-table.tsx'
import { type ListCall, type Listed, listPage, type Stretch } from '../table/list.ts'
import { readsOf, readWords } from '../table/reads.ts'
import { useMore } from '../table/use-more.ts'
import { Failure } from '../ui/failure.tsx'
import { useAnswer } from '../ui/use-answer.ts'

const FIRST = 10
const MORE = 50

/** Where the records of a section come from. */
export interface Source<Row, Place> {
  load(from: Place | null, signal: AbortSignal): Promise<Stretch<Row, Place>>
  /** How many there are: asked for only when there are more than are shown. */
  readonly count: ((signal: AbortSignal) => Promise<number | null>) | null
}

/** Which page of a list; none of its records where only their number is asked for. */
type PageOf = { readonly enableCursor?: true; readonly cursor?: string; readonly limit: number }

/**
 * Makes lists of the API, below the record that `inPath` names, into sources of sections. What belongs to a record that
 * has vanished is shown as it was: nothing else would be left. With `asOf` it is what belonged to it at that time.
 */
export function useRelated<Path extends Readonly<Record<string, string>>>(
  inPath: Path,
  isDeleted: boolean,
  asOf: string | null = null,
) {
  const { headers } = useConnection()
  const request = (page: PageOf, signal: AbortSignal) => ({
    params: { path: inPath, query: { ...page, ...(asOf === null ? { includeDeleted: isDeleted } : { asOf }) } },
    headers,
    signal,
  })
  return <Row,>(list: (options: ReturnType<typeof request>) => ListCall<Row>) => {
    const source: Source<Row, string> = {
      load: (cursor, signal) =>
        listPage(
          list(request(cursor === null ? { enableCursor: true, limit: FIRST } : { cursor, limit: MORE }, signal)),
        ),
      count: (signal) => listPage(list(request({ limit: 0 }, signal))).then(({ total }) => total),
    }
    return { scope: `${Object.values(inPath)} ${isDeleted} ${asOf}`, source }
  }
}

interface SectionProps<Row extends Listed, Place> {
  readonly title: string
  /** What is listed, within a sentence: `groups of this user`. */
  readonly things: string
  readonly resources: readonly string[]
  /** Names what is asked for: it is asked again when this changes. */
  readonly scope: string
  readonly source: Source<Row, Place>
  /** The same array as long as nothing about the columns changes. */
  readonly columns: readonly Column<Row>[]
  /** What it means that there are none, once all was read. */
  readonly none: string
  /** What one must know to read it right. */
  readonly note?: ComponentChildren
  /** What chooses among them. */
  readonly controls?: ComponentChildren
  readonly isGone?: (row: Row) => boolean
}

/** Records that belong to the one that the page is about, with a life of their own: what fails here fails alone. */
export function Section<Row extends Listed, Place>(props: SectionProps<Row, Place>) {
  const { title, things, resources, scope, source, columns, none, note, controls, isGone } = props
  const id = useId()
  const more = useMore(scope, (from: Place | null, signal) => source.load(from, signal))
  const { rows, freshness, error } = more
  const counted = useAnswer(more.hasMore && source.count ? scope : null, async (signal) => ({
    scope,
    total: (await source.count?.(signal)) ?? null,
  }))
  // None because none could be read is no number.
  const isCounted = rows !== null && !error && (rows.length > 0 || freshness?.outcome === 'complete')
  const total = !isCounted ? null : more.hasMore ? totalOf(counted.data, scope) : rows.length
  return (
    <section class="section" aria-labelledby={id}>
      <h3 id={id}>
        {title} {total !== null && <span class="muted number section-total">{formatCount(total)}</span>}
      </h3>
      {note && <p class="small muted">{note}</p>}
      {controls}
      {error ? (
        <Failure error={error} onRetry={more.reload} title={`The ${things} could not be loaded`} />
      ) : (
        <>
          {freshness && freshness.outcome !== 'complete' && (
            <Incomplete things={things} resources={resources} freshness={freshness} />
          )}
          {rows?.length === 0 ? (
            freshness?.outcome === 'complete' && <p class="muted section-none">{none}</p>
          ) : (
            <DataTable
              label={title}
              columns={columns}
              rows={rows}
              expected={3}
              isBusy={more.isLoading}
              {...(isGone && { isGone })}
            />
          )}
        </>
      )}
      {more.moreError && <Failure error={more.moreError} title={`No more ${things} could be loaded`} />}
      {more.hasMore && rows !== null && !error && (
        <div class="row">
          <Button isBusy={more.isLoadingMore} onClick={more.showMore}>
            Show more
          </Button>
          <span role="status" class="small muted number">
            {formatCount(rows.length)}
            {total !== null && ` of ${formatCount(total)}`}
          </span>
        </div>
      )}
    </section>
  )
}

const totalOf = (counted: { readonly scope: string; readonly total: number | null } | null, scope: string) =>
  counted?.scope === scope ? counted.total : null

interface IncompleteProps extends Pick<SectionProps<Listed, unknown>, 'things' | 'resources'> {
  readonly freshness: NonNullable<Stretch<unknown, unknown>['freshness']>
}

/** Says that what is shown is not all there is, and why. */
export function Incomplete({ things, resources, freshness }: IncompleteProps) {
  const { answer } = useConnection()
  const words = readWords(things, freshness, readsOf(answer.data, resources))
  if (!words) return null
  return (
    <Notice tone={words.tone} title={words.title}>
      {words.reason && <p class="small">{words.reason}</p>}
      {words.remedy && <p class="small">{words.remedy}</p>}
    </Notice>
  )
}
