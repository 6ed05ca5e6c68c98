import { useState } from 'preact/hooks'
import { dataOf, type Schema } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { formatTime } from '../../ui/numbers.ts'
import { api } from '../session.ts'
import { CopyField } from '../ui/copy-field.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Failure } from '../ui/failure.tsx'
import { useAction } from '../ui/use-action.ts'

const VALIDITIES = [
  { seconds: 1_800, words: '30 minutes' },
  { seconds: 86_400, words: '1 day' },
  { seconds: 604_800, words: '7 days' },
] as const

interface InviteDialogProps {
  readonly organizationId: string
  /** What the link is for: a new connection to a vendor, or a new token of one that there is. */
  readonly target: { readonly vendor: string } | { readonly connection_id: string }
  readonly title: string
  /** What the link does, for whoever makes it. */
  readonly children: string
  onClose(): void
}

/** Makes a link that lets somebody without an API key connect one org, or update its token, once. It is shown once. */
export function InviteDialog({ organizationId, target, title, children, onClose }: InviteDialogProps) {
  const [seconds, setSeconds] = useState<number>(VALIDITIES[0].seconds)
  const [invite, setInvite] = useState<Schema<'InviteToken'> | null>(null)
  const make = useAction(async () => {
    const params = { path: { organization_id: organizationId } }
    const body = { ...target, expiry_secs: seconds }
    setInvite(
      await dataOf(
        api.POST('/provisioning/organizations/{organization_id}/connection-invite-tokens', { params, body }),
      ),
    )
  })
  return (
    <Dialog title={title} onClose={onClose}>
      {invite ? (
        <Invite invite={invite} />
      ) : (
        <>
          <p>{children}</p>
          <fieldset>
            <legend>The link can be used for</legend>
            {VALIDITIES.map(({ seconds: value, words }) => (
              <label key={value} class="choice">
                <input type="radio" name="validity" checked={seconds === value} onChange={() => setSeconds(value)} />
                {words}
              </label>
            ))}
          </fieldset>
          {make.error && <Failure error={make.error} />}
          <div class="row end">
            <Button look="primary" isBusy={make.isBusy} onClick={() => void make.run()}>
              Make the link
            </Button>
          </div>
        </>
      )}
    </Dialog>
  )
}

function Invite({ invite }: { readonly invite: Schema<'InviteToken'> }) {
  return (
    <>
      <CopyField label="Link" text={invite.url} />
      <p class="muted small">
        It works once, until <time dateTime={invite.expires_at}>{formatTime(invite.expires_at)}</time>, and is not shown
        again. Whoever has it can connect an org here: send it to the right person only.
      </p>
      <div class="row end">
        <a class="button primary" href={invite.url} target="_blank" rel="noreferrer">
          Open
          <Icon name="outside" />
          <span class="visually-hidden">(opens in a new tab)</span>
        </a>
      </div>
    </>
  )
}
