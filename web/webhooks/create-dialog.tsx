import { useState } from 'preact/hooks'
import { dataOf, type Schema } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { api } from '../session.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Failure } from '../ui/failure.tsx'
import { useAction } from '../ui/use-action.ts'
import { EventTypes } from './event-types.tsx'
import type { EventType } from './words.ts'

interface CreateDialogProps {
  readonly organizationId: string
  onCreated(endpoint: Schema<'WebhookEndpointWithSecret'>): void
  onClose(): void
}

/** Asks where to post to and what to tell, and makes an endpoint. */
export function CreateDialog({ organizationId, onCreated, onClose }: CreateDialogProps) {
  const [url, setUrl] = useState('')
  const [description, setDescription] = useState('')
  const [types, setTypes] = useState<readonly EventType[] | null>(null)
  const [problems, setProblems] = useState<{ readonly url?: string; readonly types?: string }>({})
  const create = useAction(async () => {
    const params = { path: { organization_id: organizationId } }
    const body = { url: url.trim(), description: description.trim() || null, event_types: [...(types ?? [])] }
    onCreated(
      await dataOf(api.POST('/provisioning/organizations/{organization_id}/webhook-endpoints', { params, body })),
    )
  })
  const submit = () => {
    const found = {
      ...(!URL.canParse(url.trim()) && { url: 'Enter an address, such as https://hooks.example.com/rollcall.' }),
      ...(types?.length === 0 && { types: 'Choose at least one, or everything.' }),
    }
    setProblems(found)
    if (Object.keys(found).length === 0) void create.run()
  }
  return (
    <Dialog title="New endpoint" onClose={onClose}>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <Field
          label="Address"
          hint="Where to post to: https, and reachable from the internet."
          value={url}
          error={problems.url}
          placeholder="https://hooks.example.com/rollcall"
          inputMode="url"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={2_000}
          required
          onInput={setUrl}
        />
        <Field
          label="Description"
          hint="Optional. What it is for."
          value={description}
          maxLength={255}
          autocomplete="off"
          onInput={setDescription}
        />
        <EventTypes chosen={types} problem={problems.types} onChange={setTypes} />
        {create.error && <Failure error={create.error} />}
        <div class="row end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={create.isBusy}>
            Make the endpoint
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
