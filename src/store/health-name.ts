import type { ErrorCode } from '../errors.ts'
import type { ConnectionFacts, LastRead } from './job-history.ts'
import type { WarningFacts } from './warning-facts.ts'

/** What the health of a connection is called, as v1 clients know it. */
export type HealthName =
  | 'HEALTHY'
  | 'EXECUTION_TIMEOUT'
  | 'RATE_LIMIT_EXCEEDED'
  | 'VENDOR_CLIENT_ERROR'
  | 'INTERNAL_ERROR'
  | 'VENDOR_SERVER_ERROR'
  | 'UNAUTHORIZED'

/** Of several troubles the first of these gives the connection its name: what the customer can mend comes first. */
const WORST_FIRST: readonly HealthName[] = [
  'UNAUTHORIZED',
  'RATE_LIMIT_EXCEEDED',
  'VENDOR_SERVER_ERROR',
  'VENDOR_CLIENT_ERROR',
  'EXECUTION_TIMEOUT',
  'INTERNAL_ERROR',
]

/** What an error says about a connection; one that is not here is an `INTERNAL_ERROR`. */
const BY_CODE: Readonly<Partial<Record<ErrorCode | 'deletes_held', HealthName>>> = {
  // The customer mends all of these with other credentials or rights.
  okta_token_rejected: 'UNAUTHORIZED',
  okta_client_rejected: 'UNAUTHORIZED',
  okta_no_scope_granted: 'UNAUTHORIZED',
  okta_org_inactive: 'UNAUTHORIZED',
  okta_suspicious_empty: 'UNAUTHORIZED',
  okta_scope_missing: 'UNAUTHORIZED',
  not_an_okta_org: 'UNAUTHORIZED',
  org_mismatch: 'UNAUTHORIZED',
  credentials_missing: 'UNAUTHORIZED',
  domain_invalid: 'UNAUTHORIZED',
  domain_refused: 'UNAUTHORIZED',
  token_missing: 'UNAUTHORIZED',
  token_malformed: 'UNAUTHORIZED',
  okta_rate_limited: 'RATE_LIMIT_EXCEEDED',
  okta_concurrency_limited: 'RATE_LIMIT_EXCEEDED',
  okta_unavailable: 'VENDOR_SERVER_ERROR',
  okta_timeout: 'VENDOR_SERVER_ERROR',
  okta_truncated_body: 'VENDOR_SERVER_ERROR',
  okta_not_json: 'VENDOR_SERVER_ERROR',
  okta_unreachable: 'VENDOR_SERVER_ERROR',
  okta_bad_request: 'VENDOR_CLIENT_ERROR',
  okta_not_found: 'VENDOR_CLIENT_ERROR',
  cursor_expired: 'VENDOR_CLIENT_ERROR',
  paging_loop: 'VENDOR_CLIENT_ERROR',
  unsafe_link: 'VENDOR_CLIENT_ERROR',
  job_stalled: 'EXECUTION_TIMEOUT',
  okta_feature_off: 'HEALTHY',
  // Nothing is wrong with the connection: a person is asked.
  deletes_held: 'HEALTHY',
}

/** Errors that say that an IdP refuses a connection; over once it answers its token. */
export const REFUSALS: readonly string[] = Object.entries(BY_CODE).flatMap(([code, name]) =>
  name === 'UNAUTHORIZED' ? [code] : [],
)

/** What an error that stopped a sync, or the reading of a resource, says about the connection. */
export const healthNameOfError = (code: ErrorCode | 'deletes_held'): HealthName => BY_CODE[code] ?? 'INTERNAL_ERROR'

/** What the last read of a resource says about the connection. */
export function healthNameOfRead({ outcome, reason_code: code }: LastRead): HealthName {
  if (outcome === 'not_permitted') return 'UNAUTHORIZED'
  if (outcome === 'complete' || outcome === 'not_available') return 'HEALTHY'
  if (code !== null) return healthNameOfError(code)
  // Partial without a reason: single records could not be read, and are counted beside the resource.
  return outcome === 'partial' ? 'HEALTHY' : 'INTERNAL_ERROR'
}

/** The name that several make together; `HEALTHY` for none. */
export const worstOf = (names: readonly HealthName[]): HealthName =>
  WORST_FIRST.find((one) => names.includes(one)) ?? 'HEALTHY'

export type HealthFacts = Pick<ConnectionFacts, 'toldJob' | 'lastReads'> & {
  readonly warnings?: Pick<WarningFacts, 'keep_alive_error'> | null
}

/** What stands in the way of everything: that the token was refused outside of any sync, or what ended the last sync. */
export const whatStopped = ({ toldJob, warnings }: HealthFacts): ErrorCode | null =>
  warnings?.keep_alive_error ?? toldJob?.error_code ?? null

/** The name of a connection's health; null before anything has shown anything. */
export function healthNameOf(facts: HealthFacts): HealthName | null {
  const { toldJob, lastReads } = facts
  const code = whatStopped(facts)
  if (code === null && toldJob === null && lastReads.length === 0) return null
  const stopped = code ? healthNameOfError(code) : 'HEALTHY'
  return stopped !== 'HEALTHY' ? stopped : worstOf(lastReads.map(healthNameOfRead))
}
