import { useState } from 'preact/hooks'
import { dataOf, type Schema } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useMayWrite } from '../layout/session.tsx'
import { api } from '../session.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Failure } from '../ui/failure.tsx'
import { useAction } from '../ui/use-action.ts'
import { SecretDialog } from './secret-dialog.tsx'
import type { Endpoint } from './words.ts'

const ONE = '/provisioning/organizations/{organization_id}/webhook-endpoints/{endpoint_id}'

interface EndpointActionsProps {
  readonly organizationId: string
  readonly endpoint: Endpoint
  onChanged(): void
  onDeleted(): void
}

/** What can be done with an endpoint: a test with its answer, a new secret, a pause, its end. */
export function EndpointActions({ organizationId, endpoint, onChanged, onDeleted }: EndpointActionsProps) {
  const params = { path: { organization_id: organizationId, endpoint_id: endpoint.id } }
  const mayWrite = useMayWrite()
  const [dialog, setDialog] = useState<'secret' | 'delete' | null>(null)
  const [attempt, setAttempt] = useState<Schema<'WebhookAttempt'> | null>(null)
  const test = useAction(async () => {
    setAttempt(null)
    setAttempt(await dataOf(api.POST(`${ONE}/test`, { params })))
  })
  const setState = useAction(async (state: Endpoint['state']) => {
    await dataOf(api.PATCH(ONE, { params, body: { state } }))
    onChanged()
  })
  const failed = test.error ?? setState.error
  if (!mayWrite) return null
  const isDisabled = endpoint.state === 'disabled'
  return (
    <>
      <div class="row">
        <Button isBusy={test.isBusy} onClick={() => void test.run()}>
          Send a test
        </Button>
        <Button isBusy={setState.isBusy} onClick={() => void setState.run(isDisabled ? 'active' : 'disabled')}>
          {isDisabled ? 'Enable' : 'Disable'}
        </Button>
        <Button onClick={() => setDialog('secret')}>New secret</Button>
        <Button look="quiet" onClick={() => setDialog('delete')}>
          Delete
        </Button>
      </div>
      {failed && <Failure error={failed} />}
      {attempt && <TestAnswer attempt={attempt} />}
      {dialog === 'secret' && <NewSecret params={params} onClose={() => setDialog(null)} />}
      {dialog === 'delete' && (
        <DeleteDialog endpoint={endpoint} params={params} onClose={() => setDialog(null)} onDeleted={onDeleted} />
      )}
    </>
  )
}

/** What came of a test, with the receiver's own words. */
function TestAnswer({ attempt }: { readonly attempt: Schema<'WebhookAttempt'> }) {
  const { is_delivered: isDelivered, status, answer, error_text: error, seconds } = attempt
  return (
    <Notice
      tone={isDelivered ? 'good' : 'bad'}
      title={isDelivered ? 'The test arrived' : 'The test did not arrive'}
      live
    >
      <p>
        {status === null
          ? error
          : `It answered ${status} ${seconds < 0.1 ? 'at once' : `within ${seconds.toFixed(1)} s`}.`}
        {status !== null && attempt.error !== null && attempt.error !== 'status' && ` ${error}`}
      </p>
      {answer.trim() !== '' && (
        <pre class="test-answer small">
          <bdi>{answer}</bdi>
        </pre>
      )}
    </Notice>
  )
}

interface OfEndpoint {
  readonly params: { readonly path: { readonly organization_id: string; readonly endpoint_id: string } }
  onClose(): void
}

function NewSecret({ params, onClose }: OfEndpoint) {
  const [secret, setSecret] = useState<string | null>(null)
  const rotate = useAction(async () => setSecret((await dataOf(api.POST(`${ONE}/rotate-secret`, { params }))).secret))
  if (secret !== null)
    return (
      <SecretDialog title="The new secret" secret={secret} onClose={onClose}>
        Give it to the receiver within 24 hours: until then messages are signed with the one before as well.
      </SecretDialog>
    )
  return (
    <Dialog title="Make a new secret?" onClose={onClose}>
      <p>
        For 24 hours messages are signed with the new secret and the one before, so that nothing is refused meanwhile.
      </p>
      {rotate.error && <Failure error={rotate.error} />}
      <div class="row end">
        <Button onClick={onClose}>Keep the old one</Button>
        <Button look="primary" isBusy={rotate.isBusy} onClick={() => void rotate.run()}>
          Make a new secret
        </Button>
      </div>
    </Dialog>
  )
}

function DeleteDialog({
  endpoint,
  params,
  onClose,
  onDeleted,
}: OfEndpoint & { readonly endpoint: Endpoint; onDeleted(): void }) {
  const remove = useAction(async () => {
    await dataOf(api.DELETE(ONE, { params }))
    onClose()
    onDeleted()
  })
  return (
    <Dialog title="Delete this endpoint?" onClose={onClose}>
      <p class="endpoint-url">
        <strong>
          <bdi>{endpoint.url}</bdi>
        </strong>{' '}
        is told nothing any more. What was on its way to it is gone with it.
      </p>
      {remove.error && <Failure error={remove.error} />}
      <div class="row end">
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" isBusy={remove.isBusy} onClick={() => void remove.run()}>
          Delete endpoint
        </Button>
      </div>
    </Dialog>
  )
}
