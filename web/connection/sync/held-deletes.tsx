import { useState } from 'preact/hooks'
import { dataOf, type Schema } from '../../../src/client/index.ts'
import { Button } from '../../../ui/button.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { formatCount, formatCounted } from '../../../ui/numbers.ts'
import { useMayWrite } from '../../layout/session.tsx'
import { api } from '../../session.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { useAction } from '../../ui/use-action.ts'
import { type KnownConnection, useConnection } from '../context.tsx'
import { resourceWords } from '../words.ts'

interface HeldDeletesProps {
  readonly connection: KnownConnection
  readonly job: Schema<'Job'> | null
  onAsked(job: Schema<'Job'>): void
}

/** Records that Okta no longer lists and that are kept until a person says yes. */
export function HeldDeletes({ connection, job, onAsked }: HeldDeletesProps) {
  const { params } = useConnection()
  const mayWrite = useMayWrite()
  const [isOpen, setOpen] = useState(false)
  const held = connection.health?.resources.filter(({ held_deletes }) => held_deletes > 0) ?? []
  const isRunning = job?.status === 'RUNNING'
  const confirm = useAction(async () => {
    onAsked(
      await dataOf(
        api.POST('/provisioning/organizations/{organization_id}/connections/{connection_id}/confirm-deletes', {
          params,
          body: {},
        }),
      ),
    )
    setOpen(false)
  })
  return (
    <>
      <Notice tone="warn" title={formatCounted(connection.held_deletes, 'held delete')}>
        <p>
          Okta no longer lists everything that it listed before:{' '}
          {held
            .map(
              ({ resource, held_deletes }) => `${resourceWords(resource).toLowerCase()} (${formatCount(held_deletes)})`,
            )
            .join(', ')}
          . So many at once can be a mistake, so they are kept until somebody confirms.
        </p>
        {mayWrite && (
          <p>
            <Button onClick={() => setOpen(true)}>Look and confirm</Button>
          </p>
        )}
      </Notice>
      {isOpen && (
        <Dialog title="Confirm held deletes" onClose={() => setOpen(false)}>
          <p>These records were read earlier, and Okta did not list them the last time:</p>
          <table class="held">
            <thead>
              <tr>
                <th scope="col">Resource</th>
                <th scope="col" class="end">
                  Would vanish
                </th>
                <th scope="col" class="end">
                  Listed now
                </th>
              </tr>
            </thead>
            <tbody>
              {held.map(({ resource, held_deletes, rows }) => (
                <tr key={resource}>
                  <th scope="row">{resourceWords(resource)}</th>
                  <td class="end number">{formatCount(held_deletes)}</td>
                  <td class="end number">{formatCount(rows)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p>
            Is it a mistake? A token that suddenly sees less looks the same: test the token first. If you confirm, a
            sync begins and marks as deleted whatever Okta does not list then, however much it is. The rows are kept,
            marked as deleted.
          </p>
          {isRunning && (
            <Notice tone="info">
              <p>A sync is running right now. Confirm when it has ended.</p>
            </Notice>
          )}
          {confirm.error && <Failure error={confirm.error} />}
          <div class="row end">
            <Button onClick={() => setOpen(false)}>Keep them</Button>
            <Button look="danger" isBusy={confirm.isBusy} isDisabled={isRunning} onClick={() => void confirm.run()}>
              Mark {formatCounted(connection.held_deletes, 'record')} as deleted
            </Button>
          </div>
        </Dialog>
      )}
    </>
  )
}
