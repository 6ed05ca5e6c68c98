import './layout.css'
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Boundary } from './boundary.tsx'
import { PageAnnouncer } from './page-title.tsx'
import { useSession } from './session.tsx'
import { Wordmark } from './wordmark.tsx'

/** What surrounds every page: a way past the header, the header, and room for the page. */
export function Layout({ children }: { readonly children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <header class="top">
        <Wordmark />
        <Account />
      </header>
      <main id="main" class="page" tabIndex={-1}>
        <Boundary>{children}</Boundary>
      </main>
      <PageAnnouncer />
    </>
  )
}

/** Which key is signed in, where, and with what rights; and the way out. */
function Account() {
  const { session, signOut } = useSession()
  const [isBusy, setBusy] = useState(false)
  const [hasFailed, setFailed] = useState(false)
  if (!session) return null
  const leave = async () => {
    setBusy(true)
    setFailed(false)
    await signOut().catch(() => setFailed(true))
    setBusy(false)
  }
  return (
    <div class="account">
      <div class="account-key">
        <bdi class="account-name" title={session.key_name}>
          {session.key_name}
        </bdi>
        <span class="muted small">
          <bdi>{session.environment}</bdi> environment
        </span>
      </div>
      {session.access === 'read_only' && (
        <span class="badge" title="This key reads. To change something, sign in with a key with full access.">
          Read-only<span class="visually-hidden"> key: it reads, and changes nothing</span>
        </span>
      )}
      {hasFailed && (
        <span role="alert" class="small">
          Could not sign out. Try again.
        </span>
      )}
      <Button look="quiet" isBusy={isBusy} onClick={leave}>
        Sign out
      </Button>
    </div>
  )
}
