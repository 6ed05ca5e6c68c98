import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Notice } from '../../ui/notice.tsx'
import { type Trouble, trouble } from '../trouble.ts'
import { useShown, useSurroundings } from './context.ts'
import { Screen, TroubleNotice } from './screen.tsx'

/** While the server is asked what the link is for: the place of what will be there. */
export function Loading() {
  return (
    <div class="screen" aria-busy="true">
      <div class="content">
        <p class="head visually-hidden" id="title" role="status">
          Opening the link
        </p>
        <div class="ghost title" />
        <div class="ghost" />
        <div class="ghost short" />
        <div class="ghost field" />
      </div>
    </div>
  )
}

const REFUSED = trouble('invite_token_invalid', 'This link cannot be used any more.', 401)

/** The link is of no use any more, or never was. */
export function Refused() {
  useShown(REFUSED)
  const { variant, close, asker } = useSurroundings()
  const sender = asker === 'Rollcall' ? 'whoever sent it to you' : `${asker}, or whoever sent it to you,`
  return (
    <Screen
      title="This link cannot be used any more"
      intro={`Each link connects one org, once, and only for a while. Ask ${sender} for another.`}
      actions={variant === 'dialog' && <Button onClick={close}>Close</Button>}
    >
      <Notice>
        <p>
          If you have connected with it already, all is well: nothing has to be done again, and the sync goes on without
          this page.
        </p>
      </Notice>
    </Screen>
  )
}

/** The server could not say what the link is for. */
export function Unanswered({ trouble, onRetry }: { readonly trouble: Trouble; onRetry(): void }) {
  return (
    <Screen title="The link could not be opened">
      <TroubleNotice trouble={trouble} onRetry={onRetry} />
    </Screen>
  )
}

/** The end, where there is nothing to be closed. */
export function Over() {
  return (
    <Screen title="All done" intro="You can close this page. Rollcall goes on by itself.">
      <p class="seal" aria-hidden="true">
        <Icon name="good" />
      </p>
    </Screen>
  )
}
