/** An answer of Rollcall that failed. Branch on `code`; show `message`; quote `requestId` to whoever runs the server. */
export class RollcallError extends Error {
  /** HTTP status. */
  readonly status: number
  /** What kind of error it is, as the reference lists them; `unknown` where something between answered in its place. */
  readonly code: string
  /** What is wrong: text, or for a request that cannot be understood (status 422) a list of mistakes. */
  readonly detail: unknown
  /** Names the request in the server's log; null where something between answered in its place. */
  readonly requestId: string | null

  constructor(answer: { status: number; code: string; detail: unknown; requestId: string | null }) {
    super(`${answer.status} ${answer.code}: ${wordsOf(answer.detail)}`)
    this.name = 'RollcallError'
    this.status = answer.status
    this.code = answer.code
    this.detail = answer.detail
    this.requestId = answer.requestId
  }
}

/** The error of an answer that failed, from its body. A proxy's page of HTML makes one as well. */
export function errorOf(body: unknown, response: Response): RollcallError {
  const failure: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {}
  return new RollcallError({
    status: response.status,
    code: typeof failure.code === 'string' ? failure.code : 'unknown',
    detail: failure.detail ?? (response.statusText || null),
    requestId: typeof failure.request_id === 'string' ? failure.request_id : response.headers.get('x-request-id'),
  })
}

function wordsOf(detail: unknown): string {
  if (!Array.isArray(detail)) return typeof detail === 'string' ? detail : 'no details'
  return detail
    .map((mistake: { loc?: unknown[]; msg?: unknown }) => `${mistake?.loc?.join('.') ?? ''}: ${mistake?.msg ?? ''}`)
    .join('; ')
}
