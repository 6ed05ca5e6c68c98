/**
 * Every error Rollcall raises on purpose, in one table.
 *
 * `action` is what the sync engine does about it, `blame` who has to act.
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
  action: ErrorAction
  blame: ErrorBlame
  /** What a person should do, in one sentence. */
  remedy: string
}

const entry = (action: ErrorAction, blame: ErrorBlame, remedy: string): ErrorEntry => ({
  action,
  blame,
  remedy,
})

export const ERRORS = {
  okta_rate_limited: entry('wait', 'okta', 'Nothing: Rollcall waits for the limit to reset.'),
  okta_concurrency_limited: entry('wait', 'okta', 'Nothing: Rollcall lowers its parallelism.'),
  okta_unavailable: entry('retry', 'okta', 'Look at status.okta.com and run again.'),
  okta_timeout: entry('retry', 'okta', 'Run again; a slow org needs a smaller page size.'),
  okta_truncated_body: entry('retry', 'okta', 'Run again; a proxy between here and Okta may cut answers.'),
  okta_not_json: entry('retry', 'okta', 'Look for a proxy or gateway that answers in place of Okta.'),
  okta_unreachable: entry('retry', 'okta', 'Check the domain, DNS, the network and any proxy.'),
  cursor_expired: entry('restart', 'okta', 'Nothing: the listing starts again from its first page.'),
  okta_scope_missing: entry('skip', 'admin', "Give the token's owner a role that may read this."),
  okta_feature_off: entry('skip', 'admin', 'Nothing: this org does not have the feature.'),
  okta_not_found: entry('skip', 'okta', 'Run again: what is gone from Okta is not listed any more then.'),
  okta_bad_request: entry('skip', 'us', 'Report it with the request id.'),
  okta_suspicious_empty: entry(
    'skip',
    'admin',
    "Give the token's owner an admin role (Read-Only Admin): the listing came back empty although an org always has a user.",
  ),
  paging_loop: entry('skip', 'okta', 'Report it to Okta: the next link leads back to a page already read.'),
  unsafe_link: entry('skip', 'okta', 'Look for a proxy that rewrites answers: a next link left the connection.'),
  okta_token_rejected: entry(
    'stop',
    'admin',
    'Create a new token in Okta under Security > API > Tokens. If the token is right, check that its allowed networks include this machine.',
  ),
  okta_org_inactive: entry('stop', 'admin', 'Reactivate the org in Okta.'),
  not_an_okta_org: entry('stop', 'caller', 'Check the domain: it should look like acme.okta.com.'),
  domain_invalid: entry('stop', 'caller', 'Enter the Okta domain, for example acme.okta.com.'),
  domain_refused: entry('stop', 'caller', 'Enter a public https Okta domain, for example acme.okta.com.'),
  token_missing: entry('stop', 'caller', 'Set OKTA_API_TOKEN, pass --token-file, or type it at the prompt.'),
  token_malformed: entry('stop', 'caller', 'Paste the token exactly as Okta showed it.'),
  config_invalid: entry('stop', 'caller', 'Correct the setting and start again.'),
  usage_invalid: entry('stop', 'caller', 'See --help.'),
  sync_already_running: entry('stop', 'caller', 'Wait for the running sync to end, or stop it.'),
  connection_not_found: entry('stop', 'caller', 'Run a sync first, or name one of the connections listed.'),
  job_stalled: entry('stop', 'okta', 'Run again: the sync resumes where it stopped.'),
  job_interrupted: entry('stop', 'caller', 'Run again: the sync resumes where it stopped.'),
  database_unreachable: entry('stop', 'us', 'Check DATABASE_URL and that the server is running.'),
  database_refused: entry(
    'stop',
    'us',
    'Check user, password and database in DATABASE_URL: the database is created beforehand, and the user owns it.',
  ),
  database_unsupported: entry('stop', 'us', 'Use PostgreSQL 15 or newer.'),
  database_disk_full: entry('stop', 'us', 'Free some disk space and run again; nothing was lost.'),
  database_damaged: entry('stop', 'us', 'Restore the data folder, or move it away and sync again.'),
  schema_newer_than_code: entry('stop', 'us', 'Update Rollcall, or point it at another database.'),
  embedded_unavailable: entry('stop', 'us', 'Set DATABASE_URL to a PostgreSQL 15+ server.'),
  embedded_start_failed: entry(
    'stop',
    'us',
    'Read postgres.log in the data folder, or name another folder in ROLLCALL_DATA_DIR.',
  ),
  internal_error: entry('stop', 'us', 'Report it with the log.'),
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
