import { useMemo, useState } from 'preact/hooks'
import { useConnection } from '../connection/context.tsx'
import { api } from '../session.ts'
import { Choices } from '../table/choices.tsx'
import { DayField } from '../table/day-field.tsx'
import { momentOf } from '../table/days.ts'
import { listPage } from '../table/list.ts'
import { ListView } from '../table/list-view.tsx'
import { SearchField } from '../table/search-field.tsx'
import { ActorField } from './actor-field.tsx'
import { eventColumns, type LogEvent } from './event-cells.tsx'
import { EventDialog } from './event-dialog.tsx'
import { statusChoices } from './words.ts'

const FILTERS = ['since', 'until', 'eventType', 'outcome', 'actorId', 'targetId'] as const
const OUTCOMES = statusChoices('outcome')
/** Those that people look for most; any other can be typed. */
const EVENT_TYPES = [
  'user.session.start',
  'user.session.end',
  'user.authentication.sso',
  'user.authentication.auth_via_mfa',
  'user.account.lock',
  'user.account.privilege.grant',
  'user.account.reset_password',
  'user.account.update_password',
  'user.account.update_profile',
  'user.lifecycle.create',
  'user.lifecycle.activate',
  'user.lifecycle.suspend',
  'user.lifecycle.deactivate',
  'user.mfa.factor.activate',
  'user.mfa.factor.deactivate',
  'group.user_membership.add',
  'group.user_membership.remove',
  'group.privilege.grant',
  'application.user_membership.add',
  'application.user_membership.remove',
  'application.lifecycle.update',
  'policy.lifecycle.update',
  'policy.rule.update',
  'policy.evaluate_sign_on',
  'system.api_token.create',
  'system.api_token.revoke',
  'system.import.complete',
  'security.threat.detected',
]

/** The System Log, newest first. */
export function LogsPage() {
  const { connectionId, headers, path } = useConnection()
  const [open, setOpen] = useState<LogEvent | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the connection only
  const columns = useMemo(() => eventColumns(path, setOpen), [connectionId])
  return (
    <>
      <ListView
        title="Logs"
        things="log events"
        resources={['log_events']}
        filters={FILTERS}
        columns={columns}
        search={null}
        canBeDeleted={false}
        load={(query, signal) => {
          const moments = { since: momentOf(query.since, 'since'), until: momentOf(query.until, 'until') }
          return listPage(api.GET('/idp/logs', { params: { query: { ...query, ...moments } }, headers, signal }))
        }}
        controls={({ filters, change }) => (
          <>
            <SearchField
              label="Event type"
              placeholder="Event type: user.session.start"
              value={filters.eventType ?? ''}
              suggestions={EVENT_TYPES}
              onSearch={(eventType) => change({ eventType }, 'replace')}
            />
            <ActorField label="Actor" value={filters.actorId ?? ''} onChange={(actorId) => change({ actorId })} />
            {filters.targetId && (
              <ActorField label="Target" value={filters.targetId} onChange={(targetId) => change({ targetId })} />
            )}
            <Choices
              label="Outcome"
              choices={OUTCOMES}
              value={filters.outcome ?? ''}
              onChange={(outcome) => change({ outcome })}
            />
            <DayField label="From" value={filters.since ?? ''} onChange={(since) => change({ since })} />
            <DayField label="To" value={filters.until ?? ''} onChange={(until) => change({ until })} />
          </>
        )}
      />
      <EventDialog event={open} onClose={() => setOpen(null)} />
    </>
  )
}
