import type { ComponentChildren } from 'preact'
import { Button } from '../../ui/button.tsx'
import { CopyField } from '../ui/copy-field.tsx'
import { Dialog } from '../ui/dialog.tsx'

interface SecretDialogProps {
  readonly title: string
  readonly secret: string
  readonly children: ComponentChildren
  onClose(): void
}

/** Shows a secret, this once: it is in no address and no storage, and gone with the dialog. */
export function SecretDialog({ title, secret, children, onClose }: SecretDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      <CopyField label="Secret" text={secret} />
      <p class="muted small">It is not shown again. A new one can be made at any time.</p>
      <div class="row end">
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  )
}
