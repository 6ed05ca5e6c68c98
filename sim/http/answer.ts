/** A `Link` header line to be, or the text of one. */
export type LinkLine = { url: string; rel: string } | string

export interface Answer {
  status: number
  body: unknown
  links?: LinkLine[]
  headers?: Record<string, string>
}

export function ok(body: unknown, links: LinkLine[] = []): Answer {
  return { status: 200, body, links }
}

/** Summaries are Okta's, see https://developer.okta.com/docs/reference/error-codes/ */
const ERRORS: Record<string, { status: number; summary: string }> = {
  E0000001: { status: 400, summary: 'Api validation failed: {0}' },
  E0000002: { status: 400, summary: 'The request was not valid: {0}' },
  E0000004: { status: 401, summary: 'Authentication failed' },
  E0000005: { status: 403, summary: 'Invalid session' },
  E0000006: { status: 403, summary: 'You do not have permission to perform the requested action' },
  E0000007: { status: 404, summary: 'Not found: {0}' },
  E0000008: { status: 404, summary: 'The requested path was not found' },
  E0000009: { status: 500, summary: 'Internal Server Error' },
  E0000010: { status: 503, summary: 'Service is in read only mode' },
  E0000011: { status: 401, summary: 'Invalid token provided' },
  E0000015: { status: 401, summary: 'You do not have permission to access the feature you are requesting' },
  E0000022: { status: 405, summary: 'The endpoint does not support the provided HTTP method' },
  E0000031: { status: 400, summary: 'Invalid search criteria.' },
  E0000047: { status: 429, summary: 'API call exceeded rate limit due to too many requests.' },
  E0000053: { status: 400, summary: 'Invalid SCIM filter.' },
  E0000060: { status: 501, summary: 'Unsupported operation.' },
  E0000239: { status: 423, summary: 'Policy priorities are being reconciled. Please try again later.' },
  E0000260: {
    status: 403,
    summary:
      'This developer org has been deactivated. If you need access or have questions, please contact your org admin.',
  },
}

/** An error body of Okta's shape. `detail` fills the summary, `causes` are sentences. */
export function errorBody(code: string, detail = '', causes: string[] = []): Record<string, unknown> {
  const summary = (ERRORS[code]?.summary ?? 'Unknown error').replace('{0}', detail)
  return {
    errorCode: code,
    errorSummary: summary,
    errorLink: code,
    errorId: `oae${Buffer.from(code + detail)
      .toString('base64url')
      .padEnd(22, 'x')
      .slice(0, 22)}`,
    errorCauses: causes.map((errorSummary) => ({ errorSummary })),
  }
}

/** Thrown by a route to answer with an Okta error. */
export class OktaError extends Error {
  readonly code: string
  readonly detail: string
  readonly causes: string[]

  constructor(code: string, detail = '', causes: string[] = []) {
    super(`${code} ${detail}`)
    this.code = code
    this.detail = detail
    this.causes = causes
  }

  answer(): Answer {
    return { status: ERRORS[this.code]?.status ?? 500, body: errorBody(this.code, this.detail, this.causes) }
  }
}

/** Kinds in Okta's words: User, UserGroup, AppInstance, Policy, PolicyRule, … */
export function notFound(id: string, kind: string): OktaError {
  return new OktaError('E0000007', `Resource not found: ${id} (${kind})`)
}

/** The error that usually comes with a status. */
export function usualError(status: number): unknown {
  if (status < 400) return {}
  const code = Object.keys(ERRORS).find((key) => key === USUAL[status]) ?? 'E0000009'
  return errorBody(code, status === 404 ? 'Resource not found' : '')
}

const USUAL: Record<number, string> = {
  400: 'E0000001',
  401: 'E0000011',
  403: 'E0000006',
  404: 'E0000007',
  405: 'E0000022',
  423: 'E0000239',
  429: 'E0000047',
  500: 'E0000009',
  501: 'E0000060',
  503: 'E0000010',
}
