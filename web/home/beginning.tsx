import { Button } from '../../ui/button.tsx'
import { useMayWrite } from '../layout/session.tsx'

/** What to do where there is nothing yet. */
export function Beginning({ onNew }: { readonly onNew: () => void }) {
  const mayWrite = useMayWrite()
  return (
    <section class="card beginning" aria-labelledby="beginning">
      <h2 id="beginning">Nothing is connected yet</h2>
      <ol>
        <li>
          <strong>Make an organization.</strong> It is the customer, or the part of your company, whose Okta you
          connect.
        </li>
        <li>
          <strong>Make an invite link for it.</strong> Whoever administers Okta there opens the link, or you do.
        </li>
        <li>
          <strong>Enter the domain and a token.</strong> The page checks what the token may read, and the first sync
          begins.
        </li>
      </ol>
      {mayWrite && (
        <p>
          <Button look="primary" onClick={onNew}>
            New organization
          </Button>
        </p>
      )}
    </section>
  )
}
