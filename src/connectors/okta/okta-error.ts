import { AppError, type ErrorCode, type ErrorDetails } from '../../errors.ts'

/** The parts of a bad answer that decide what it means. */
export interface BadAnswer {
  readonly status: number
  readonly body: string
  /** Path without query. */
  readonly path: string
  readonly hasCursor: boolean
  readonly requestId?: string
  readonly location?: string
  /** `WWW-Authenticate`: what an access token lacks. */
  readonly challenge?: string
  /** How long the answer asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | null
  /** Host that was asked: a redirect to another one shows that the domain is not this org's. */
  readonly host: string
  /** Takes the token out of a text, should Okta or a proxy echo it. */
  readonly redact?: (text: string) => string
}

interface OktaFault {
  readonly code: string | null
  readonly summary: string
  /** The summary and every cause, for the few faults that only words tell apart. */
  readonly words: string
  readonly isHtml: boolean
}

/**
 * Codes that mean the same under whatever status they come.
 * @see https://developer.okta.com/docs/reference/error-codes/
 */
const BY_CODE: Readonly<Record<string, ErrorCode>> = {
  E0000004: 'okta_token_rejected',
  E0000005: 'okta_scope_missing',
  E0000006: 'okta_scope_missing',
  E0000007: 'okta_not_found',
  E0000008: 'okta_feature_off',
  E0000009: 'okta_unavailable',
  E0000010: 'okta_unavailable',
  E0000011: 'okta_token_rejected',
  // Comes with 401 but says nothing about the token: the org has not bought the feature.
  E0000015: 'okta_feature_off',
  E0000022: 'okta_feature_off',
  // "Not allowed in the user's current status": such a user has nothing to list.
  E0000038: 'okta_not_found',
  E0000047: 'okta_rate_limited',
  E0000048: 'okta_not_found',
  E0000060: 'okta_feature_off',
  E0000239: 'okta_unavailable',
  E0000260: 'okta_org_inactive',
  // Of the token endpoint: https://developer.okta.com/docs/reference/api/oidc/#possible-errors-2
  invalid_client: 'okta_client_rejected',
  unauthorized_client: 'okta_client_rejected',
  access_denied: 'okta_client_rejected',
}

const FEATURE_WORDS =
  /invalid policy type|missing required feature flag|feature is not enabled|unsupported policy type/i
const CURSOR_WORDS = /\b(cursor|after|pagination|page token|next link)\b/i

/** What an answer that is not 2xx means, as one AppError whose message carries Okta's status and code. */
export function oktaError(answer: BadAnswer): AppError {
  const fault = readFault(answer)
  const details: ErrorDetails = {
    status: answer.status,
    error_code: fault.code,
    request_id: answer.requestId,
    path: safePath(answer.path),
    retry_after_ms: answer.retryAfterMs ?? undefined,
    scope: missingScope(answer) ?? undefined,
  }
  const code = meaningOf(answer, fault)
  return new AppError(code, `${messageFor(answer, fault)}${requestNote(code, answer)}`, { details })
}

function meaningOf(answer: BadAnswer, fault: OktaFault): ErrorCode {
  const { status } = answer
  if (status >= 300 && status < 400) return foreignHost(answer) ? 'not_an_okta_org' : 'okta_not_json'
  // The same query was answered before: what is refused now is the place in it, whatever the words.
  if (answer.hasCursor && (status === 400 || status === 410)) return 'cursor_expired'
  if (answer.hasCursor && status === 404 && CURSOR_WORDS.test(fault.words)) return 'cursor_expired'
  if (status === 400 && FEATURE_WORDS.test(fault.words)) return 'okta_feature_off'
  if (missingScope(answer) !== null) return 'okta_scope_missing'
  const known = fault.code === null ? undefined : BY_CODE[fault.code]
  return known ?? byStatus(status, fault.isHtml)
}

function byStatus(status: number, isHtml: boolean): ErrorCode {
  // A web page is a gateway's word, not Okta's: it says nothing of the token or its rights.
  if (isHtml && (status === 401 || status === 403)) return 'okta_not_json'
  if (status === 401) return 'okta_token_rejected'
  if (status === 403) return 'okta_scope_missing'
  if (status === 404) return isHtml ? 'okta_feature_off' : 'okta_not_found'
  if (status === 405 || status === 410 || status === 501) return 'okta_feature_off'
  if (status === 408 || status === 423 || status === 425 || status >= 500) return 'okta_unavailable'
  if (status === 429) return 'okta_rate_limited'
  return status >= 400 ? 'okta_bad_request' : 'okta_not_json'
}

function messageFor(answer: BadAnswer, fault: OktaFault): string {
  const said = fault.code ? `${answer.status} ${fault.code}` : `${answer.status}`
  const host = foreignHost(answer)
  if (host) return `${answer.host} answered ${said} and redirects to ${host}: that may be the org's real domain.`
  if (fault.isHtml) return `${answer.host} answered ${said} with a web page in place of JSON.`
  const scope = missingScope(answer)
  if (scope !== null) return `Okta answered ${said}: the service app has not been granted ${scope}.`
  const summary = redacted(fault.summary, answer.redact).replace(/\.$/, '')
  return summary ? `Okta answered ${said}: ${summary}.` : `Okta answered ${said}.`
}

/**
 * The scope that an access token would have needed.
 * https://support.okta.com/help/s/article/insufficient-scope-error-when-making-a-request-to-an-oauth-or-management-endpoint
 */
function missingScope({ status, challenge = '' }: BadAnswer): string | null {
  if (status !== 403 || !/\berror="insufficient_scope"/.test(challenge)) return null
  return /\bscope="([\w.]{1,60})"/.exec(challenge)?.[1] ?? null
}

/** What the remedy of a bad request asks to report. */
function requestNote(code: ErrorCode, { requestId, redact = (text) => text }: BadAnswer): string {
  const isShown = code === 'okta_bad_request' && requestId !== undefined && /^[\w-]{1,64}$/.test(requestId)
  return isShown ? ` Request id: ${redact(requestId)}.` : ''
}

function readFault({ body }: BadAnswer): OktaFault {
  const isHtml = /^\s*<(!doctype|html|head|body)/i.test(body)
  const fields = parseObject(body)
  const code = text(fields.errorCode) || text(fields.error)
  const summary = text(fields.errorSummary) || text(fields.error_description)
  const causes = Array.isArray(fields.errorCauses) ? fields.errorCauses : []
  const reasons = causes.map((cause: unknown) => {
    const { errorSummary, reason, location } = isObject(cause) ? cause : {}
    return [text(errorSummary), text(reason), text(location)].join(' ')
  })
  return {
    code: /^\w{1,60}$/.test(code) ? code : null,
    summary,
    words: [summary, ...reasons].join(' '),
    isHtml,
  }
}

/** A sentence of Okta's that is fit to be shown: nothing that could be a token or a person, at most 200 characters. */
function redacted(summary: string, redact: (text: string) => string = (text) => text): string {
  return redact(summary)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\b(ssws|bearer|dpop|basic)\s+\S+/gi, '$1 [removed]')
    .replace(/\S+@\S+/g, '[removed]')
    .replace(/[\w\-.~+/=]{30,}/g, '[removed]')
    .trim()
    .slice(0, 200)
}

/** A login in a path is a person's name. */
function safePath(path: string): string {
  return path
    .split('/')
    .map((segment) => (/@|%40/.test(segment) ? '{id}' : segment))
    .join('/')
}

function foreignHost({ location, host }: BadAnswer): string | null {
  const target = /^https?:\/\/([a-z0-9.-]{1,253})(?::\d+)?(?:[/?#]|$)/i.exec(location ?? '')?.[1]?.toLowerCase()
  return target && target !== host.replace(/:\d+$/, '') ? target : null
}

function parseObject(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body)
    return isObject(parsed) ? parsed : {}
  } catch {
    return {}
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
