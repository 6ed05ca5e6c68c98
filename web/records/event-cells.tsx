import './events.css'
import type { Schema } from '../../src/client/index.ts'
import { formatCounted } from '../../ui/numbers.ts'
import type { Column } from '../table/data-table.tsx'
import { Moment, None, RecordLink, Status, Text } from './cells.tsx'
import type { Path } from './columns.tsx'

export type LogEvent = Schema<'LogEvent'>

/** Where a target of that type has a page. Okta's ids lead there as well as ours. */
const PAGES: Readonly<Record<string, string>> = {
  User: 'users',
  UserGroup: 'groups',
  AppInstance: 'applications',
  Policy: 'policies',
  PolicyEntity: 'policies',
}

export interface EventTarget {
  readonly id: string | null
  readonly type: string | null
  readonly name: string
}

/** What an event happened to, from Okta's JSON. */
export function targetsOf(event: LogEvent): readonly EventTarget[] {
  if (!Array.isArray(event.targets)) return []
  return (event.targets as unknown[]).flatMap((target) => {
    if (typeof target !== 'object' || target === null) return []
    const { id, type, displayName, alternateId } = target as Record<string, unknown>
    const name = [displayName, alternateId, id].find((text) => typeof text === 'string' && text.trim() !== '')
    return [
      {
        id: typeof id === 'string' ? id : null,
        type: typeof type === 'string' ? type : null,
        name: typeof name === 'string' ? name : 'Unnamed',
      },
    ]
  })
}

const actorName = (event: LogEvent): string | null =>
  [event.actor_name, event.actor_alternate_id, event.actor_vendor_id].find((name) => name?.trim()) ?? null

export function Actor({ event, path }: { readonly event: LogEvent; readonly path: Path }) {
  const name = actorName(event)
  if (name === null) return <None />
  if (event.actor_user_id) return <RecordLink href={path(`users/${event.actor_user_id}`)}>{name}</RecordLink>
  return <Text>{name}</Text>
}

export function Target({ target, path }: { readonly target: EventTarget; readonly path: Path }) {
  const page = target.type === null ? undefined : PAGES[target.type]
  if (page && target.id)
    return <RecordLink href={path(`${page}/${encodeURIComponent(target.id)}`)}>{target.name}</RecordLink>
  return <Text>{target.name}</Text>
}

function Targets({ event, path }: { readonly event: LogEvent; readonly path: Path }) {
  const [first, ...rest] = targetsOf(event)
  if (!first) return <None />
  return (
    <span title={rest.map(({ name }) => name).join(', ') || undefined}>
      <Target target={first} path={path} />
      {rest.length > 0 && ` and ${formatCounted(rest.length, 'other')}`}
    </span>
  )
}

/** The columns of log events. `onOpen` shows all of one event. */
export const eventColumns = (path: Path, onOpen: (event: LogEvent) => void): readonly Column<LogEvent>[] => [
  {
    key: 'time',
    label: 'Time',
    place: 'aside',
    width: 'moment',
    cell: (event) => <Moment at={event.published_at} to="second" />,
  },
  {
    key: 'event',
    label: 'Event',
    place: 'name',
    width: 'large',
    cell: (event) => (
      <button type="button" class="row-button" title={event.event_type ?? undefined} onClick={() => onOpen(event)}>
        <bdi>{event.display_message?.trim() || event.event_type || event.vendor_id}</bdi>
        <span class="small muted event-type"> {event.event_type}</span>
      </button>
    ),
  },
  { key: 'actor', label: 'Actor', place: 'below', cell: (event) => <Actor event={event} path={path} /> },
  { key: 'target', label: 'Target', place: 'widest', cell: (event) => <Targets event={event} path={path} /> },
  {
    key: 'outcome',
    label: 'Outcome',
    place: 'state',
    width: 'short',
    cell: (event) =>
      event.outcome === null ? (
        <None />
      ) : (
        <span title={event.outcome_reason ?? undefined}>
          <Status kind="outcome" status={event.outcome} />
        </span>
      ),
  },
]
