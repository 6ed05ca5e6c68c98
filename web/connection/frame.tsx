import './frame.css'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { RollcallError } from '../../src/client/index.ts'
import { Icon } from '../../ui/icon.tsx'
import { Mark } from '../../ui/mark.tsx'
import { NothingThere } from '../layout/nothing-there.tsx'
import { usePageTitle } from '../layout/page-title.tsx'
import { Failure } from '../ui/failure.tsx'
import { useEvery } from '../ui/time.tsx'
import { CompleteSince } from './complete-since.tsx'
import { useConnection } from './context.tsx'
import { healthWords, nextAction } from './health-words.ts'
import { hostOf, nameOf } from './names.ts'
import { Warnings } from './warnings.tsx'
import { type Connection, engineWords, isUnfinished } from './words.ts'

const TABS = [
  ['', 'Overview'],
  ['users', 'Users'],
  ['groups', 'Groups'],
  ['applications', 'Applications'],
  ['roles', 'Roles'],
  ['policies', 'Policies'],
  ['changes', 'Changes'],
  ['logs', 'Logs'],
  ['sync', 'Sync'],
] as const

interface FrameProps {
  /** The part of the address that says which page is shown. */
  readonly page: string
  readonly children: ComponentChildren
}

/** What surrounds each page of a connection: what it is, how it is, and the way to its other pages. */
export function ConnectionFrame({ page, children }: FrameProps) {
  const { answer, path } = useConnection()
  const { data, error, reload } = answer
  const isThere = !(error && isGone(error))
  const tab = TABS.find(([part]) => part === page)?.[1] ?? null
  usePageTitle(data ? nameOf(data) : null)
  usePageTitle(isThere ? tab : null)
  useEvery(data && isUnfinished(data.last_job) ? 5_000 : 60_000, reload)

  if (!isThere) return <Gone />
  if (error && !data) return <Failure error={error} onRetry={reload} title="The connection could not be loaded" />
  return (
    <div class="frame">
      <header class="frame-head" aria-busy={data ? undefined : 'true'}>
        <p class="small frame-where">
          <a href="/">Connections</a>
          <span class="muted" aria-hidden="true">
            {' / '}
          </span>
          {data ? (
            <bdi class="muted" title={data.organization_name ?? undefined}>
              {data.organization_name ?? 'Unnamed organization'}
            </bdi>
          ) : (
            <span class="ghost" />
          )}
        </p>
        <div class="row frame-title">
          <h1>{data ? <bdi>{nameOf(data)}</bdi> : <span class="ghost" />}</h1>
          {data && <Health connection={data} />}
          {data && page !== 'sync' && nextAction(data) !== null && (
            <a class="small" href={path('sync')}>
              What to do
            </a>
          )}
        </div>
        <p class="row small muted frame-facts">{data ? <Facts connection={data} /> : <span class="ghost" />}</p>
        {data && <Warnings connection={data} />}
      </header>
      <Tabs page={page} />
      <div class="frame-page">{children}</div>
    </div>
  )
}

/** Says how the connection is, and aloud when that changes while the page is open. */
function Health({ connection }: { readonly connection: Connection }) {
  const { tone, text } = healthWords(connection)
  return (
    <span role="status">
      <Mark tone={tone}>{text}</Mark>
    </span>
  )
}

function Facts({ connection }: { readonly connection: Connection }) {
  const { org, health } = connection
  const engine = engineWords(org?.engine ?? null)
  return (
    <>
      {org && (
        <a href={org.origin} target="_blank" rel="noreferrer">
          {hostOf(org.origin)} <Icon name="outside" />
          <span class="visually-hidden">(opens in a new tab)</span>
        </a>
      )}
      {engine && <span>{engine}</span>}
      <span>
        <CompleteSince health={health} />
      </span>
    </>
  )
}

function Tabs({ page }: { readonly page: string }) {
  const { path } = useConnection()
  const current = useRef<HTMLAnchorElement>(null)
  // On a narrow screen the current tab may be out of sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another current tab
  useLayoutEffect(() => {
    const tab = current.current
    const list = tab?.closest('.tabs')
    if (tab && list) list.scrollLeft = tab.offsetLeft - (list.clientWidth - tab.offsetWidth) / 2
  }, [page])
  return (
    <nav class="tabs" aria-label="Pages of this connection">
      <ul>
        {TABS.map(([part, name]) => (
          <li key={part}>
            <a
              href={path(part || undefined)}
              aria-current={part === page ? 'page' : undefined}
              ref={part === page ? current : null}
            >
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

const isGone = (error: Error): boolean =>
  error instanceof RollcallError &&
  // An id that is none is answered with 422.
  (error.status === 404 || error.status === 422 || error.code === 'organization_invalid')

/** A connection that is not there. */
const Gone = () => (
  <NothingThere
    title="No such connection"
    heading="There is no such connection"
    reason="It may have been deleted, or it belongs to another environment than that of the key you signed in with."
  />
)
