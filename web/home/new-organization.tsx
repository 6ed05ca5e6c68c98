import { useState } from 'preact/hooks'
import { dataOf, type Schema } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { api } from '../session.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Failure } from '../ui/failure.tsx'
import { useAction } from '../ui/use-action.ts'

interface NewOrganizationProps {
  onCreated(organization: Schema<'Organization'>): void
  onClose(): void
}

/** Asks for the name and the identifier of an organization, and makes it. */
export function NewOrganization({ onCreated, onClose }: NewOrganizationProps) {
  const [name, setName] = useState('')
  const [identifier, setIdentifier] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const create = useAction(async () => {
    const body = { name: name.trim(), identifier: identifier.trim() || null }
    onCreated(await dataOf(api.POST('/provisioning/organizations', { body })))
  })
  return (
    <Dialog title="New organization" onClose={onClose}>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setProblem(name.trim() === '' ? 'Give it a name, such as Acme.' : null)
          if (name.trim() !== '') void create.run()
        }}
      >
        <Field
          label="Name"
          value={name}
          error={problem}
          maxLength={255}
          autocomplete="off"
          required
          onInput={setName}
        />
        <Field
          label="Identifier"
          hint="Optional. Your own reference, such as the customer’s number: you can find it by that."
          value={identifier}
          maxLength={255}
          autocomplete="off"
          spellcheck={false}
          onInput={setIdentifier}
        />
        {create.error && <Failure error={create.error} />}
        <div class="row end">
          <Button look="primary" type="submit" isBusy={create.isBusy}>
            Make the organization
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
