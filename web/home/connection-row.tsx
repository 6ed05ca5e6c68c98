import { Mark } from '../../ui/mark.tsx'
import { formatCounted } from '../../ui/numbers.ts'
import { CompleteSince } from '../connection/complete-since.tsx'
import { connectionPath } from '../connection/context.tsx'
import { healthWords, nextAction } from '../connection/health-words.ts'
import { hostOf, nameOf } from '../connection/names.ts'
import { Warnings } from '../connection/warnings.tsx'
import { type Connection, isUnfinished, vendorWords } from '../connection/words.ts'
import { Ago } from '../ui/time.tsx'

/** A connection in the list: what it is, how it is, what to do, and how fresh its data is. */
export function ConnectionRow({ connection }: { readonly connection: Connection }) {
  const { tone, text } = healthWords(connection)
  const path = connectionPath(connection.organization_id, connection.id)
  const action = nextAction(connection)
  const facts = [
    vendorWords(connection.vendor),
    connection.org?.name ? hostOf(connection.org.origin) : null,
    connection.identifier === nameOf(connection) ? null : connection.identifier,
  ]
  return (
    <li class="connection-row">
      <div class="connection-what">
        <a href={path}>
          <bdi>{nameOf(connection)}</bdi>
        </a>
        <div class="small muted">
          {facts
            .filter((fact) => fact !== null)
            .map((fact, index) => (
              <span key={fact}>
                {index > 0 && ' · '}
                <bdi>{fact}</bdi>
              </span>
            ))}
        </div>
      </div>
      <div class="connection-how">
        <Mark tone={tone}>{text}</Mark>
        {action && <p class="small">{action}</p>}
        <Warnings connection={connection} isBrief />
        {connection.held_deletes > 0 && (
          <p class="small">
            <a href={`${path}/sync`}>{formatCounted(connection.held_deletes, 'held delete')}</a>
          </p>
        )}
      </div>
      <div class="connection-when small">
        <Freshness connection={connection} />
      </div>
    </li>
  )
}

function Freshness({ connection }: { readonly connection: Connection }) {
  const { health, last_job: job, next_sync_at: next, state } = connection
  return (
    <>
      <div>
        <CompleteSince health={health} />
      </div>
      <div class="muted">
        {isUnfinished(job) ? (
          job?.status === 'RUNNING' ? (
            'Syncing now'
          ) : (
            'A sync is waiting'
          )
        ) : (
          <>
            {job?.finished_at && (
              <>
                Last sync <Ago at={job.finished_at} />
              </>
            )}
            {job?.finished_at && next && ', next '}
            {!job?.finished_at && next && 'Next sync '}
            {next && <Ago at={next} />}
            {state === 'PAUSED' && !job?.finished_at && 'No sync while paused'}
          </>
        )}
      </div>
    </>
  )
}
