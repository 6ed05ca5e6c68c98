import { useEffect, useRef } from 'preact/hooks'
import { dataOf } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useConnection } from '../connection/context.tsx'
import { api } from '../session.ts'
import { Moment, Status, Text } from './cells.tsx'
import { Actor, type LogEvent, Target, targetsOf } from './event-cells.tsx'
import { Facts } from './facts.tsx'
import { RawJson } from './raw-json.tsx'

interface EventDialogProps {
  /** Null: closed. */
  readonly event: LogEvent | null
  onClose(): void
}

/** All that is known of one log event, over the page it was opened from. */
export function EventDialog({ event, onClose }: EventDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const { path } = useConnection()
  useEffect(() => {
    if (event && !dialog.current?.open) dialog.current?.showModal()
    if (!event) dialog.current?.close()
  }, [event])
  return (
    <dialog ref={dialog} class="event-dialog" aria-labelledby="event-title" onClose={onClose} closedby="any">
      {event && (
        <div class="event-content">
          <div class="row apart">
            <h2 id="event-title">{event.display_message?.trim() || event.event_type || 'Log event'}</h2>
            <Button look="quiet" aria-label="Close" onClick={onClose}>
              <Icon name="close" />
            </Button>
          </div>
          <EventFacts event={event} path={path} />
          <EventJson key={event.id} event={event} />
        </div>
      )}
    </dialog>
  )
}

function EventFacts({ event, path }: { readonly event: LogEvent; readonly path: (page?: string) => string }) {
  const place = [event.client_city, event.client_country].filter(Boolean).join(', ')
  return (
    <Facts
      facts={{
        Time: <Moment at={event.published_at} to="second" />,
        'Event type': event.event_type && <code>{event.event_type}</code>,
        Outcome: event.outcome && <Status kind="outcome" status={event.outcome} />,
        Reason: event.outcome_reason && <Text>{event.outcome_reason}</Text>,
        Actor: <Actor event={event} path={path} />,
        Targets: event.targets !== null && (
          <ul class="plain-list">
            {targetsOf(event).map((target) => (
              <li key={`${target.type} ${target.id} ${target.name}`}>
                <Target target={target} path={path} /> <span class="muted small">{target.type}</span>
              </li>
            ))}
          </ul>
        ),
        Address: event.client_ip && <code>{event.client_ip}</code>,
        'Place, as Okta takes it': place,
        'Network zone': event.client_zone,
        Client: [event.client_device, event.client_user_agent].filter(Boolean).join(', '),
        Severity: event.severity,
      }}
    />
  )
}

function EventJson({ event }: { readonly event: LogEvent }) {
  const { headers } = useConnection()
  return (
    <RawJson
      id={event.id}
      load={(signal) =>
        dataOf(
          api.GET('/idp/logs/{log_id}', {
            params: { path: { log_id: event.id }, query: { raw: true } },
            headers,
            signal,
          }),
        )
      }
    />
  )
}
