import { useLocation } from 'preact-iso'
import { dataOf, RollcallError } from '../../src/client/index.ts'
import { Icon } from '../../ui/icon.tsx'
import { usePageTitle } from '../layout/page-title.tsx'
import { api } from '../session.ts'
import { Failure } from '../ui/failure.tsx'
import { useEvery } from '../ui/time.tsx'
import { useAnswer } from '../ui/use-answer.ts'
import { Deliveries } from './deliveries.tsx'
import { EndpointActions } from './endpoint-actions.tsx'
import { EndpointState } from './endpoint-card.tsx'
import { webhooksPath } from './words.ts'

interface EndpointPageProps {
  readonly organizationId: string
  readonly endpointId: string
}

/** One endpoint, and every message to it that is kept. */
export function EndpointPage({ organizationId, endpointId }: EndpointPageProps) {
  const { route } = useLocation()
  const { data, error, reload } = useAnswer(endpointId, (signal) =>
    dataOf(
      api.GET('/provisioning/organizations/{organization_id}/webhook-endpoints/{endpoint_id}', {
        params: { path: { organization_id: organizationId, endpoint_id: endpointId } },
        signal,
      }),
    ),
  )
  usePageTitle(data?.url ?? null)
  useEvery(10_000, reload)
  const back = (
    <p class="small">
      <a class="back" href={webhooksPath(organizationId)}>
        <Icon name="back" />
        Webhooks
      </a>
    </p>
  )
  if (error instanceof RollcallError && (error.status === 404 || error.status === 422))
    return (
      <>
        {back}
        <h1>There is no such endpoint</h1>
        <p class="muted">It may have been deleted, and what was on its way to it with it.</p>
      </>
    )
  if (error && !data) return <Failure error={error} onRetry={reload} title="The endpoint could not be loaded" />
  return (
    <>
      <header class="endpoint-head" aria-busy={data ? undefined : 'true'}>
        {back}
        <h1 class="endpoint-url">{data ? <bdi>{data.url}</bdi> : <span class="ghost" />}</h1>
        {data?.description && (
          <p class="muted">
            <bdi>{data.description}</bdi>
          </p>
        )}
        {data && (
          <>
            <EndpointState endpoint={data} />
            <EndpointActions
              organizationId={organizationId}
              endpoint={data}
              onChanged={reload}
              onDeleted={() => route(webhooksPath(organizationId), true)}
            />
          </>
        )}
      </header>
      <Deliveries organizationId={organizationId} endpointId={endpointId} onRetried={reload} />
    </>
  )
}
