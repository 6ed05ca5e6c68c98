/**
 * Every error Rollcall raises on purpose, in one table.
 *
 * `status` is what the API answers with, `action` what the sync engine does about it, `blame` who has to act.
 * Code branches on `code` or `action`, never on a message.
 */

/** What the sync engine does when a call ends in this error. */
export type ErrorAction =
  /** sleep to the reset time; costs no attempt */
  | 'wait'
  /** back off and try again; costs an attempt */
  | 'retry'
  /** start this step again from its first page, once */
  | 'restart'
  /** end this parent or this step; the rest of the job goes on */
  | 'skip'
  /** fail the whole job */
  | 'stop'

/** Who can mend it: the caller of Rollcall, the customer's Okta admin, Okta itself, or us. */
export type ErrorBlame = 'caller' | 'admin' | 'okta' | 'us'

interface ErrorEntry {
  /** HTTP status of an API answer that ends in it. */
  status: number
  action: ErrorAction
  blame: ErrorBlame
  /** What a person should do, in one sentence. */
  remedy: string
}

const entry = (status: number, action: ErrorAction, blame: ErrorBlame, remedy: string): ErrorEntry => ({
  status,
  action,
  blame,
  remedy,
})

export const ERRORS = {
  okta_rate_limited: entry(503, 'wait', 'okta', 'Nothing: Rollcall waits for the limit to reset.'),
  okta_concurrency_limited: entry(503, 'wait', 'okta', 'Nothing: Rollcall lowers its parallelism.'),
  okta_unavailable: entry(502, 'retry', 'okta', 'Look at status.okta.com and run again.'),
  okta_timeout: entry(504, 'retry', 'okta', 'Run again; a slow org needs a smaller page size.'),
  okta_truncated_body: entry(502, 'retry', 'okta', 'Run again; a proxy between here and Okta may cut answers.'),
  okta_not_json: entry(502, 'retry', 'okta', 'Look for a proxy or gateway that answers in place of Okta.'),
  okta_unreachable: entry(502, 'retry', 'okta', 'Check the domain, DNS, the network and any proxy.'),
  cursor_expired: entry(502, 'restart', 'okta', 'Nothing: the listing starts again from its first page.'),
  okta_scope_missing: entry(
    502,
    'skip',
    'admin',
    "Give the token's owner a role that may read this, or the service app the role and the scope.",
  ),
  okta_feature_off: entry(502, 'skip', 'admin', 'Nothing: this org does not have the feature.'),
  okta_not_found: entry(502, 'skip', 'okta', 'Run again: what is gone from Okta is not listed any more then.'),
  okta_bad_request: entry(502, 'skip', 'us', 'Report it with the request id.'),
  okta_suspicious_empty: entry(
    502,
    'skip',
    'admin',
    "Assign an admin role, such as Read-Only Admin, to the token's owner or to the service app: the listing came back empty although an org always has a user.",
  ),
  paging_loop: entry(502, 'skip', 'okta', 'Report it to Okta: the next link leads back to a page already read.'),
  unsafe_link: entry(502, 'skip', 'okta', 'Look for a proxy that rewrites answers: a next link left the connection.'),
  okta_token_rejected: entry(
    422,
    'stop',
    'admin',
    'Create a new token in Okta under Security > API > Tokens. If the token is right, check that its allowed networks include this machine.',
  ),
  okta_client_rejected: entry(
    422,
    'stop',
    'admin',
    'Compare with the app in Okta, on its General tab: it is active, it has this client ID, and one of its public keys belongs to this private key.',
  ),
  okta_no_scope_granted: entry(
    422,
    'stop',
    'admin',
    'Grant the scopes to the service app on its Okta API Scopes tab, reload that page to see that they were kept, and try again.',
  ),
  okta_org_inactive: entry(422, 'stop', 'admin', 'Reactivate the org in Okta.'),
  not_an_okta_org: entry(422, 'stop', 'caller', 'Check the domain: it should look like acme.okta.com.'),
  domain_invalid: entry(422, 'stop', 'caller', 'Enter the Okta domain, for example acme.okta.com.'),
  domain_refused: entry(422, 'stop', 'caller', 'Enter a public https Okta domain, for example acme.okta.com.'),
  token_missing: entry(422, 'stop', 'caller', 'Set OKTA_API_TOKEN, pass --token-file, or type it at the prompt.'),
  token_malformed: entry(422, 'stop', 'caller', 'Paste the token exactly as Okta showed it.'),
  client_id_invalid: entry(
    422,
    'stop',
    'caller',
    'Enter the client ID of the service app as Okta shows it on the General tab of the app.',
  ),
  private_key_invalid: entry(
    422,
    'stop',
    'caller',
    'Give the whole private key of the service app, as PEM or as the JWK that Okta showed once.',
  ),
  config_invalid: entry(500, 'stop', 'caller', 'Correct the setting and start again.'),
  usage_invalid: entry(422, 'stop', 'caller', 'See --help.'),
  sync_already_running: entry(409, 'stop', 'caller', 'Wait for the running sync to end, or stop it.'),
  connection_not_found: entry(404, 'stop', 'caller', 'Run a sync first, or name one of the connections listed.'),
  job_stalled: entry(504, 'stop', 'okta', 'Run again: the sync resumes where it stopped.'),
  job_interrupted: entry(503, 'stop', 'caller', 'Run again: the sync resumes where it stopped.'),
  database_unreachable: entry(503, 'stop', 'us', 'Check DATABASE_URL and that the server is running.'),
  database_refused: entry(
    503,
    'stop',
    'us',
    'Check user, password and database in DATABASE_URL: the database is created beforehand, and the user owns it.',
  ),
  database_unsupported: entry(503, 'stop', 'us', 'Use PostgreSQL 15 or newer.'),
  database_disk_full: entry(503, 'stop', 'us', 'Free some disk space and run again; nothing was lost.'),
  database_damaged: entry(503, 'stop', 'us', 'Restore the data folder, or move it away and sync again.'),
  schema_newer_than_code: entry(503, 'stop', 'us', 'Update Rollcall, or point it at another database.'),
  embedded_unavailable: entry(503, 'stop', 'us', 'Set DATABASE_URL to a PostgreSQL 15+ server.'),
  embedded_start_failed: entry(
    503,
    'stop',
    'us',
    'Read postgres.log in the data folder, or name another folder in ROLLCALL_DATA_DIR.',
  ),
  job_canceled: entry(
    409,
    'stop',
    'caller',
    'Nothing: somebody canceled the sync. Start another one when it is wanted.',
  ),
  job_superseded: entry(409, 'stop', 'us', 'Nothing: another worker goes on with the sync.'),
  org_mismatch: entry(
    422,
    'stop',
    'admin',
    'Enter the domain and token of the org this connection was made for, or make a new connection for the other org.',
  ),
  credentials_missing: entry(409, 'stop', 'caller', 'Give the connection a domain and a token.'),
  credentials_unreadable: entry(
    500,
    'stop',
    'us',
    'Set ROLLCALL_ENCRYPTION_KEY to the key the credentials were sealed with, or enter the credentials anew.',
  ),
  port_taken: entry(500, 'stop', 'us', 'Choose another port with --port, or stop what listens there.'),
  invalid_request: entry(422, 'stop', 'caller', 'Correct what the answer names.'),
  cursor_invalid: entry(422, 'stop', 'caller', 'Pass a cursor exactly as an earlier answer gave it, to the same list.'),
  api_key_invalid: entry(401, 'stop', 'caller', 'Send a key of `rollcall keys create` as X-API-KEY.'),
  api_key_read_only: entry(403, 'stop', 'caller', 'Use a key with full access.'),
  organization_invalid: entry(401, 'stop', 'caller', "Use an organization of the key's own environment."),
  organization_not_found: entry(404, 'stop', 'caller', 'List the organizations that there are.'),
  invite_token_invalid: entry(401, 'stop', 'caller', 'Ask for a new invite link: each works once, and not for long.'),
  record_not_found: entry(404, 'stop', 'caller', 'List the records that there are; ids are those of Rollcall.'),
  job_not_found: entry(404, 'stop', 'caller', 'List the jobs of the connection.'),
  webhook_endpoint_not_found: entry(404, 'stop', 'caller', 'List the webhook endpoints of the organization.'),
  webhook_delivery_not_found: entry(404, 'stop', 'caller', 'List the deliveries of the endpoint; old ones are gone.'),
  webhook_delivered: entry(409, 'stop', 'caller', 'Nothing: the message has arrived.'),
  webhook_endpoints_full: entry(
    409,
    'stop',
    'caller',
    'Delete an endpoint that nobody needs, or let one receive more.',
  ),
  event_hook_not_found: entry(404, 'stop', 'caller', 'Create the event hook of the connection first.'),
  event_hook_exists: entry(
    409,
    'stop',
    'caller',
    'Rotate its secret to get one that works, or delete the event hook first.',
  ),
  event_hook_refused: entry(
    401,
    'stop',
    'admin',
    'Enter address and secret of the event hook in Okta exactly as they were given.',
  ),
  event_hook_busy: entry(503, 'stop', 'us', 'Nothing: Okta sends the events once more, and the log tells them anyway.'),
  api_key_not_found: entry(404, 'stop', 'caller', 'List the keys that there are.'),
  route_not_found: entry(404, 'stop', 'caller', 'See /docs for what there is.'),

  body_too_large: entry(413, 'stop', 'caller', 'Send less at once.'),
  media_type_unsupported: entry(415, 'stop', 'caller', 'Send application/json.'),
  metrics_refused: entry(
    403,
    'stop',
    'caller',
    'Send ROLLCALL_METRICS_TOKEN as a bearer token, or ask from this machine.',
  ),
  too_many_requests: entry(429, 'stop', 'caller', 'Wait as long as Retry-After says.'),
  internal_error: entry(500, 'stop', 'us', 'Report it with the log.'),
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS

/** Ids, counts and times that explain an error. Never bodies, tokens, emails or profile values. */
export type ErrorDetails = Record<string, string | number | boolean | null | undefined>

export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.details = options.details ?? {}
  }

  /** HTTP status of an API answer that ends in it. */
  get status(): number {
    return ERRORS[this.code].status
  }

  get action(): ErrorAction {
    return ERRORS[this.code].action
  }

  get remedy(): string {
    return ERRORS[this.code].remedy
  }
}

/** Anything thrown, as an AppError. A throwable we do not know becomes `internal_error` without leaking its text. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  return new AppError('internal_error', 'Something went wrong inside Rollcall.', { cause: thrown })
}

/** The code that Node or PostgreSQL gave an error, such as `ENOENT` or `57P01`; empty when it has none. */
export const systemCode = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''

/** What was thrown, in its own words. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))
