import '../records/records.css'
import '../table/list-view.css'
import './webhooks.css'
import { useState } from 'preact/hooks'
import { dataOf, RollcallError } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { formatCount } from '../../ui/numbers.ts'
import { NothingThere } from '../layout/nothing-there.tsx'
import { usePageTitle } from '../layout/page-title.tsx'
import { useMayWrite } from '../layout/session.tsx'
import { api } from '../session.ts'
import { Failure } from '../ui/failure.tsx'
import { useEvery } from '../ui/time.tsx'
import { useAnswer } from '../ui/use-answer.ts'
import { CreateDialog } from './create-dialog.tsx'
import { EndpointCard } from './endpoint-card.tsx'
import { EndpointPage } from './endpoint-page.tsx'
import { SecretDialog } from './secret-dialog.tsx'

const MOST = 100

interface WebhooksPageProps {
  readonly organization: string
  readonly endpoint?: string
}

/** Where an organization is told what happens: all of its endpoints, or one with its deliveries. */
export function WebhooksPage({ organization, endpoint }: WebhooksPageProps) {
  const known = useAnswer(organization, (signal) =>
    dataOf(
      api.GET('/provisioning/organizations/{organization_id}', {
        params: { path: { organization_id: organization } },
        signal,
      }),
    ),
  )
  usePageTitle(known.data && (known.data.name || 'Unnamed organization'))
  usePageTitle('Webhooks')
  if (known.error) return isGone(known.error) ? <Gone /> : <Failure error={known.error} onRetry={known.reload} />
  return (
    <div class="stack webhooks">
      <p class="small webhooks-where">
        <a href="/">Connections</a>
        <span class="muted" aria-hidden="true">
          {' / '}
        </span>
        {known.data ? <bdi class="muted">{known.data.name || 'Unnamed organization'}</bdi> : <span class="ghost" />}
      </p>
      {endpoint === undefined ? (
        <Endpoints key={organization} organizationId={organization} />
      ) : (
        <EndpointPage key={endpoint} organizationId={organization} endpointId={endpoint} />
      )}
    </div>
  )
}

const isGone = (error: Error): boolean =>
  error instanceof RollcallError &&
  (error.status === 404 || error.status === 422 || error.code === 'organization_invalid')

const Gone = () => (
  <NothingThere
    title="No such organization"
    heading="There is no such organization"
    reason="It may belong to another environment than that of the key you signed in with."
  />
)

function Endpoints({ organizationId }: { readonly organizationId: string }) {
  const mayWrite = useMayWrite()
  const [isNew, setNew] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const { data, error, reload } = useAnswer(organizationId, (signal) =>
    dataOf(
      api.GET('/provisioning/organizations/{organization_id}/webhook-endpoints', {
        params: { path: { organization_id: organizationId }, query: { limit: MOST } },
        signal,
      }),
    ),
  )
  useEvery(10_000, reload)
  return (
    <>
      <header class="row apart">
        <h1>
          Webhooks{' '}
          {data && data.items.length > 0 && (
            <span class="muted number webhooks-count">{formatCount(data.items.length)}</span>
          )}
        </h1>
        {mayWrite && (
          <Button look={data?.items.length === 0 ? 'primary' : 'plain'} onClick={() => setNew(true)}>
            New endpoint
          </Button>
        )}
      </header>
      <p class="muted webhooks-what">
        An endpoint is an address that Rollcall posts to, signed, within seconds of what happens in any connection of
        this organization.
      </p>
      {error && <Failure error={error} onRetry={reload} title="The endpoints could not be loaded" />}
      {!data && !error && <div class="card webhooks-coming" aria-busy="true" />}
      {data?.items.length === 0 && (
        <div class="nothing">
          <h2>No endpoint yet</h2>
          <p class="muted">
            What happens before there is one is not sent afterwards: changes are in the feed all the same.
          </p>
        </div>
      )}
      {data?.items.map((endpoint) => (
        <EndpointCard key={endpoint.id} organizationId={organizationId} endpoint={endpoint} onChanged={reload} />
      ))}
      {isNew && (
        <CreateDialog
          organizationId={organizationId}
          onClose={() => setNew(false)}
          onCreated={({ secret: made }) => {
            setNew(false)
            setSecret(made)
            reload()
          }}
        />
      )}
      {secret !== null && (
        <SecretDialog title="The endpoint is made" secret={secret} onClose={() => setSecret(null)}>
          From now on it is told what happens. Give this secret to the receiver, which verifies every message with it.
        </SecretDialog>
      )}
    </>
  )
}
