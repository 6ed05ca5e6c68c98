import './records.css'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { RollcallError } from '../../src/client/index.ts'
import { Icon } from '../../ui/icon.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useConnection } from '../connection/context.tsx'
import { usePageTitle } from '../layout/page-title.tsx'
import { type ListCall, type Listed, listPage } from '../table/list.ts'
import { Failure } from '../ui/failure.tsx'
import { type Answer, useAnswer } from '../ui/use-answer.ts'

/** Which kind of record a page is about. */
export interface RecordKind {
  /** Its part of the address: `users`. */
  readonly page: string
  /** The name of its list: `Users`. */
  readonly title: string
  /** Within a sentence: `user`. */
  readonly thing: string
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Asks a list for the record with an id of Okta's. */
type FindOptions = {
  readonly params: { readonly query: { vendorId: string; limit: number; excludeTotal: boolean } }
  readonly headers: { readonly 'X-CONNECTION-ID': string }
  readonly signal: AbortSignal
}

interface RecordByIdProps {
  readonly kind: RecordKind
  /** The last part of the address: our id, or Okta's, which leads to the address with ours. */
  readonly record: string | null
  /** The list of such records. */
  list(options: FindOptions): ListCall<{ readonly id: string }>
  children(id: string): ComponentChildren
}

/** Shows the record that the address names. */
export function RecordById({ kind, record, list, children }: RecordByIdProps) {
  if (record !== null && UUID.test(record)) return <>{children(record)}</>
  return <ByVendorId kind={kind} vendorId={record ?? ''} list={list} />
}

function ByVendorId({ kind, vendorId, list }: Pick<RecordByIdProps, 'kind' | 'list'> & { readonly vendorId: string }) {
  const { headers, path } = useConnection()
  const { route } = useLocation()
  const { data, error, reload } = useAnswer(vendorId, async (signal) => {
    const params = { query: { vendorId, limit: 1, excludeTotal: true } }
    const { rows } = await listPage(list({ params, headers, signal }))
    return { id: rows[0]?.id ?? null }
  })
  const address = data?.id ? path(`${kind.page}/${data.id}`) : null
  useEffect(() => {
    if (address !== null) route(address, true)
  }, [address, route])
  if (error) return <Failure error={error} onRetry={reload} title={`The ${kind.thing} could not be loaded`} />
  if (data?.id === null) return <NotThere kind={kind} id={vendorId} />
  return <div class="coming" aria-busy="true" />
}

function NotThere({ kind, id }: { readonly kind: RecordKind; readonly id: string }) {
  const { path } = useConnection()
  usePageTitle('Not found')
  return (
    <div class="nothing">
      <h2>There is no such {kind.thing} here</h2>
      <p class="muted">
        Rollcall has read none with the id <code>{id}</code>. It may belong to another connection, or the last sync may
        not have got to it.
      </p>
      <p>
        <a class="button" href={path(kind.page)}>
          All {kind.page}
        </a>
      </p>
    </div>
  )
}

interface RecordPageProps<Row> {
  readonly kind: RecordKind
  readonly id: string
  readonly answer: Answer<Row>
  name(record: NoInfer<Row>): string
  /** Its status, and what it is besides, beside and below its name. */
  status(record: NoInfer<Row>): ComponentChildren
  facts(record: NoInfer<Row>): ComponentChildren
  /** What belongs to it: loaded from the start, for it needs nothing but the id. */
  readonly children: ComponentChildren
}

/** One record: what it is called, how it is, its facts, and below them what belongs to it. */
export function RecordPage<Row extends Listed>(props: RecordPageProps<Row>) {
  const { kind, id, answer, name, status, facts, children } = props
  const { path } = useConnection()
  const record = answer.data
  usePageTitle(record && name(record))
  if (answer.error instanceof RollcallError && answer.error.code === 'record_not_found')
    return <NotThere kind={kind} id={id} />
  return (
    <article class="record">
      <header class="record-head">
        <p class="small">
          <a class="back" href={path(kind.page)}>
            <Icon name="back" />
            {kind.title}
          </a>
        </p>
        <div class="row record-title">
          <h2>{record ? <bdi>{name(record)}</bdi> : <span class="ghost" />}</h2>
          {record && status(record)}
        </div>
      </header>
      {record?.is_deleted && (
        <Notice tone="warn" title={`This ${kind.thing} is no longer in Okta`}>
          <p>What is shown is how it was when it was last read.</p>
        </Notice>
      )}
      {answer.error ? (
        <Failure error={answer.error} onRetry={answer.reload} title={`The ${kind.thing} could not be loaded`} />
      ) : (
        <div class="record-facts" aria-busy={record ? undefined : 'true'}>
          {record && facts(record)}
        </div>
      )}
      {/* Asked for at once, and shown below the facts when these are there: nothing is pushed away. */}
      <div class="record-body" hidden={!record && !answer.error}>
        {children}
      </div>
    </article>
  )
}
