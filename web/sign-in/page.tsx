import './page.css'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { RollcallError } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { usePageTitle } from '../layout/page-title.tsx'
import { pathAfterSignIn, useSession } from '../layout/session.tsx'
import { Wordmark } from '../layout/wordmark.tsx'
import { Failure, sentenceOf } from '../ui/failure.tsx'

/** Exchanges an API key for a session. The key goes to the server once and stays in no storage of the browser. */
export function SignInPage() {
  usePageTitle('Sign in')
  const { session, error, hasEnded, ask } = useSession()
  const { query, route } = useLocation()
  const next = pathAfterSignIn(query.next)
  useEffect(() => {
    if (session) route(next, true)
  }, [session, next, route])
  return (
    <main class="sign-in" id="main">
      <Wordmark />
      <div class="card sign-in-card">
        <h1>Sign in</h1>
        {hasEnded && !session && (
          <Notice tone="warn" title="Your session has ended" live>
            <p>Its key was revoked, it was signed out elsewhere, or its time was up. Sign in again to go on.</p>
          </Notice>
        )}
        {query.next !== undefined && <p class="muted">You are brought back to the page you came from.</p>}
        {error ? <Failure error={error} onRetry={ask} /> : <KeyForm />}
      </div>
      <section class="sign-in-help small" aria-labelledby="sign-in-help">
        <h2 id="sign-in-help">Where is my API key?</h2>
        <p class="muted">
          Whoever runs this server makes one on its machine. It is shown once, and begins with <code>rck_</code>.
        </p>
        <p class="command">
          <code>rollcall keys create --name NAME</code>
        </p>
        <p class="muted">
          With <code>--read-only</code> it can look at everything and change nothing.
        </p>
      </section>
    </main>
  )
}

function KeyForm() {
  const { signIn } = useSession()
  const [key, setKey] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)

  const submit = async () => {
    setProblem(null)
    if (key.trim() === '') {
      setProblem('Paste your API key.')
      form.current?.querySelector('input')?.focus()
      return
    }
    setBusy(true)
    try {
      await signIn(key.trim())
      setKey('')
    } catch (thrown) {
      setProblem(problemOf(thrown instanceof Error ? thrown : new Error(String(thrown))))
      form.current?.querySelector('input')?.focus()
    }
    setBusy(false)
  }

  return (
    <form
      ref={form}
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void submit()
      }}
    >
      <Field
        label="API key"
        type="password"
        name="api-key"
        autocomplete="off"
        spellcheck={false}
        autoFocus
        required
        value={key}
        error={problem}
        onInput={setKey}
      />
      <Button type="submit" look="primary" isBusy={isBusy}>
        Sign in
      </Button>
    </form>
  )
}

function problemOf(error: Error): string {
  if (error instanceof RollcallError && (error.status === 401 || error.status === 422))
    return 'Rollcall does not know this key, or it was revoked. Check that you pasted all of it.'
  return sentenceOf(error)
}
