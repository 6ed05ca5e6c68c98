import { Mark } from '../../ui/mark.tsx'
import { formatCounted } from '../../ui/numbers.ts'
import { Ago } from '../ui/time.tsx'
import { EndpointActions } from './endpoint-actions.tsx'
import { type Endpoint, endpointWords, toldWords, webhooksPath } from './words.ts'

interface EndpointCardProps {
  readonly organizationId: string
  readonly endpoint: Endpoint
  onChanged(): void
}

/** An endpoint in the list: where it is, how it is doing, what it is told, and what can be done. */
export function EndpointCard({ organizationId, endpoint, onChanged }: EndpointCardProps) {
  const id = `endpoint-${endpoint.id}`
  return (
    <article class="card endpoint" aria-labelledby={id}>
      <header>
        <h2 id={id}>
          <a href={webhooksPath(organizationId, endpoint.id)}>
            <bdi>{endpoint.url}</bdi>
          </a>
        </h2>
        {endpoint.description && (
          <p class="muted">
            <bdi>{endpoint.description}</bdi>
          </p>
        )}
      </header>
      <EndpointState endpoint={endpoint} />
      <EndpointActions
        organizationId={organizationId}
        endpoint={endpoint}
        onChanged={onChanged}
        onDeleted={onChanged}
      />
    </article>
  )
}

/** How an endpoint is doing, in one line of facts. */
export function EndpointState({ endpoint }: { readonly endpoint: Endpoint }) {
  const { tone, text } = endpointWords(endpoint)
  const { pending, parked, last_delivered_at: lastAt, event_types: types } = endpoint
  return (
    <div class="row small endpoint-state">
      <Mark tone={tone}>{text}</Mark>
      {parked > 0 && <span>{formatCounted(parked, 'parked message')}</span>}
      {pending > 0 && <span class="muted">{formatCounted(pending, 'waiting message')}</span>}
      {lastAt && (
        <span class="muted">
          Last delivered <Ago at={lastAt} />
        </span>
      )}
      <span class="muted endpoint-told">Told: {toldWords(types)}</span>
    </div>
  )
}
