import { useId, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { dataOf } from '../../../src/client/index.ts'
import { Button } from '../../../ui/button.tsx'
import { Field } from '../../../ui/field.tsx'
import { api } from '../../session.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { useAction } from '../../ui/use-action.ts'
import { type KnownConnection, useConnection } from '../context.tsx'
import { hostOf, nameOf } from '../names.ts'

/** The way to delete the connection, which asks for a word to be typed first. */
export function DeleteConnection({ connection }: { readonly connection: KnownConnection }) {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  return (
    <section class="row apart delete" aria-labelledby={id}>
      <div>
        <h2 id={id}>Delete this connection</h2>
        <p class="muted">Its token is removed and its syncs end. What was read is no longer served.</p>
      </div>
      <Button look="danger" onClick={() => setOpen(true)}>
        Delete connection
      </Button>
      {isOpen && <DeleteDialog connection={connection} onClose={() => setOpen(false)} />}
    </section>
  )
}

interface DeleteDialogProps {
  readonly connection: KnownConnection
  onClose(): void
}

function DeleteDialog({ connection, onClose }: DeleteDialogProps) {
  const { params } = useConnection()
  const { route } = useLocation()
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  // Names may be in any script and of any length; the address is always easy to type.
  const word = connection.org ? hostOf(connection.org.origin) : 'delete'
  const remove = useAction(async () => {
    const { error, response } = await api.DELETE(
      '/provisioning/organizations/{organization_id}/connections/{connection_id}',
      { params },
    )
    if (error !== undefined) await dataOf(Promise.resolve({ error, response }))
    route('/', true)
  })
  return (
    <Dialog title="Delete this connection?" onClose={onClose}>
      <p>
        <strong>
          <bdi>{nameOf(connection)}</bdi>
        </strong>{' '}
        is not synced any more, and its token is removed. Its data stays in the database and is no longer served,
        neither here nor over the API. This cannot be taken back.
      </p>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          const isRight = typed.trim() === word
          setProblem(isRight ? null : `Type ${word} exactly.`)
          if (isRight) void remove.run()
        }}
      >
        <Field
          label={`Type ${word} to confirm`}
          value={typed}
          error={problem}
          autocomplete="off"
          spellcheck={false}
          onInput={setTyped}
        />
        {remove.error && <Failure error={remove.error} />}
        <div class="row end">
          <Button onClick={onClose}>Keep it</Button>
          <Button type="submit" look="danger" isBusy={remove.isBusy}>
            Delete connection
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
