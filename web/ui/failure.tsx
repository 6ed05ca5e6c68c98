import { RollcallError } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'

interface FailureProps {
  readonly error: Error
  /** Tries again; absent where that is of no use. */
  readonly onRetry?: () => void
  /** What could not be done: `The jobs could not be loaded`. */
  readonly title?: string
}

/** Something failed: what, in a sentence, how to try again, and the id to quote to whoever runs the server. */
export function Failure({ error, onRetry, title }: FailureProps) {
  const requestId = error instanceof RollcallError ? error.requestId : null
  return (
    <Notice tone="bad" live {...(title !== undefined && { title })}>
      <p>{sentenceOf(error)}</p>
      {requestId && (
        <p class="small muted">
          Request <code>{requestId}</code>
        </p>
      )}
      {onRetry && (
        <p>
          <Button onClick={onRetry}>Try again</Button>
        </p>
      )}
    </Notice>
  )
}

/** What to do about an error, where the error itself does not say. */
const NEXT: Readonly<Record<string, string>> = {
  api_key_read_only: 'This key only reads. Sign in with a key with full access to change something.',
  too_many_requests: 'There were too many requests. Wait a minute and try again.',
  sync_already_running: 'A sync of this connection is running right now. Wait for its end, or cancel it.',
  credentials_missing: 'The connection has no token. Update the token first.',
  internal_error:
    'Something went wrong inside Rollcall. Try again; if it happens again, report it with the request id.',
  database_unreachable: 'Rollcall does not reach its database right now. Try again in a moment.',
  connection_not_found: 'There is no such connection. It may have been deleted.',
  organization_not_found: 'There is no such organization. It may have been deleted.',
  organization_invalid: 'There is no such organization in the environment of this key.',
}

/** An error as a sentence for people, with what to do next. */
export function sentenceOf(error: Error): string {
  if (!(error instanceof RollcallError)) {
    // What fetch throws when no answer comes at all; its own words differ from browser to browser.
    if (error instanceof TypeError) return 'The server does not answer. Check your network, then try again.'
    return asSentence(error.message)
  }
  const next = NEXT[error.code]
  if (next) return next
  // Something between here and Rollcall answered in its place: its words are for nobody.
  if (error.code === 'unknown' && error.status >= 500)
    return 'The server does not answer right now. Try again in a moment.'
  if (Array.isArray(error.detail)) return error.detail.map(mistakeOf).join(' ')
  if (typeof error.detail === 'string') return asSentence(error.detail)
  return `The server answered with ${error.status}. Try again in a moment.`
}

function mistakeOf(mistake: { readonly loc?: readonly unknown[]; readonly msg?: unknown }): string {
  const field = mistake.loc?.slice(1).join('.') ?? ''
  return asSentence(`${field ? `${field}: ` : ''}${mistake.msg ?? 'cannot be read'}`)
}

const asSentence = (text: string): string => (/[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`)
