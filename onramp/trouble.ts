import { RollcallError } from '../src/client/index.ts'
import { EventStreamRefused } from '../ui/event-stream.ts'

/** Something that went wrong, as a person is told. */
export interface Trouble {
  /** What kind it is, as the reference of the API lists them; `network` and `unknown` are ours. */
  readonly code: string
  /** What happened and what to do, in sentences. */
  readonly message: string
  /** HTTP status of the answer; null where none came, or where the answer itself was in order. */
  readonly httpStatus: number | null
}

export const trouble = (code: string, message: string, httpStatus: number | null = null): Trouble => ({
  code,
  message,
  httpStatus,
})

/** An error that came in the midst of events: by then the answer had begun, as if all were well. */
export class ToldFailure extends Error {
  readonly code: string
  readonly detail: unknown
  readonly requestId: string | null

  /** @param body as of an answer that failed */
  constructor(body: unknown) {
    super('The server told of an error')
    const told = body as { readonly code?: string; readonly detail?: unknown; readonly request_id?: string } | null
    this.code = told?.code ?? 'unknown'
    this.detail = told?.detail
    this.requestId = told?.request_id ?? null
  }
}

/** The line to the server broke before the answer was complete. */
export class LineBroken extends Error {}

const NETWORK = 'The server cannot be reached. Check your internet connection, then try again.'
const WAIT_FOR_OKTA = 'Okta takes no more requests from here for now. Wait a minute, then try again.'
const NO_OKTA = 'The server got no usable answer from your Okta org. Try again in a moment.'

/** What a person who is no engineer can do with; where a code is missing here, the server's own sentence is shown. */
const SENTENCES: Readonly<Record<string, string>> = {
  invite_token_invalid: 'This link cannot be used any more. Ask whoever sent it for another.',
  too_many_requests: 'There were too many attempts in a short time. Wait a minute, then try again.',
  okta_rate_limited: WAIT_FOR_OKTA,
  okta_concurrency_limited: WAIT_FOR_OKTA,
  okta_unavailable: 'Okta is not available right now. See status.okta.com, and try again later.',
  okta_timeout: 'Your Okta org took too long to answer. Try again in a moment.',
  okta_truncated_body: NO_OKTA,
  okta_not_json: NO_OKTA,
  okta_unreachable: 'Your Okta org could not be reached from the server. Check the domain, then try again.',
  okta_token_rejected:
    'Okta does not accept this token. Check that you pasted all of it, that it was not revoked, and that it may be used from any IP or from the network of this server.',
  okta_org_inactive: 'Okta says that this org is deactivated. Reactivate it in Okta, then try again.',
  org_mismatch:
    'This is another Okta org than the one this connection was made for. Enter the domain and a token of the same org, or ask for a link that makes a new connection.',
  token_malformed: 'This does not look like an Okta API token. Copy it again, and paste it exactly as Okta showed it.',
  token_missing: 'The token is missing. Paste the token as Okta showed it.',
  connection_not_found: 'This connection is not there any more. Ask whoever sent the link for another.',
}

/** What a person is told of a code; null where the server's own sentence says it best. */
export const sentenceOn = (code: string): string | null => SENTENCES[code] ?? null

/** What was thrown, as a person is told. */
export function troubleOf(thrown: unknown): Trouble {
  if (thrown instanceof RollcallError)
    return answered(thrown.status, thrown.code, wordsOf(thrown.detail), thrown.requestId)
  if (thrown instanceof ToldFailure) return answered(null, thrown.code, wordsOf(thrown.detail), thrown.requestId)
  if (thrown instanceof EventStreamRefused) return answered(thrown.status, thrown.code, thrown.message, null)
  if (thrown instanceof TypeError || thrown instanceof LineBroken) return trouble('network', NETWORK)
  return trouble('unknown', 'Something went wrong on this page. Reload it, then try again.')
}

function answered(status: number | null, code: string, words: string | null, requestId: string | null): Trouble {
  const known = SENTENCES[code] ?? (status === 429 ? SENTENCES.too_many_requests : undefined)
  if (known !== undefined) return trouble(code, known, status)
  if (status !== null && status < 500 && words) return trouble(code, words, status)
  const number = requestId === null ? '' : ` Should it happen again, tell whoever runs it this number: ${requestId}`
  return trouble(code, `Something went wrong on the server. Try again in a moment.${number}`, status)
}

/** The server's own sentence; of a list of mistakes the first. */
function wordsOf(detail: unknown): string | null {
  if (typeof detail === 'string') return detail
  const [first] = Array.isArray(detail) ? (detail as readonly { readonly msg?: unknown }[]) : []
  return typeof first?.msg === 'string' ? first.msg : null
}
