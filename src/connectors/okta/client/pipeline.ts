import type { RequestScope } from '../../connector.ts'
import type { Token } from '../token.ts'
import type { AccessToken } from './access-tokens.ts'
import type { ResponseHeaders } from './response-headers.ts'

/** One request on its way to Okta. Every layer may hand on a changed copy. */
export interface OktaRequest {
  /** Path and query exactly as they go on the wire, beginning with `/`. */
  readonly path: string
  readonly scope: RequestScope
  /** What the body must be; anything else is retried as an answer that is not Okta's. */
  readonly expect: 'array' | 'object' | 'any'
  /** The path carries a cursor, so a complaint about it means that the cursor is too old. */
  readonly hasCursor?: boolean
  /**
   * The caller asks for less when Okta chokes on the size, so a choking answer is not worth many repeats; `least` when
   * there is no less to ask for.
   */
  readonly shrinkable?: 'further' | 'least'
  /** Longest wait for the whole answer, in milliseconds. */
  readonly timeoutMs?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Goes out without credentials. */
  readonly anonymous?: boolean
  /** A form to be posted, as it is encoded: the one way to an access token. Everything else is a GET. */
  readonly form?: string
  /** Of a service app: set by the access layer. */
  readonly access?: AccessToken
  /** Set by the auth layer; shows itself only to the http layer. */
  readonly authorization?: Authorization
}

/** What a request is signed with. */
export interface Authorization {
  /** `SSWS` for an API token; `Bearer` for an access token, or `DPoP` where it is bound to a key. */
  readonly scheme: 'SSWS' | 'Bearer' | 'DPoP'
  readonly token: Token
  /** That the key is there which the token is bound to. */
  readonly proof?: string
}

/** One HTTP answer, read to its end. */
export interface OktaResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  readonly body: string
  /** Local time of receipt, in milliseconds. */
  readonly receivedAt: number
  /** The parsed body of a good answer; set by the answers layer. */
  readonly json?: unknown
}

/** @throws AppError, or the reason of the scope's signal once that has aborted. */
export type Send = (request: OktaRequest) => Promise<OktaResponse>

/** One concern around a request: receives the way onwards, returns a way onwards. */
export type Layer = (next: Send) => Send

/** Puts layers around `http`, the first one outermost. */
export function pipeline(http: Send, ...layers: readonly Layer[]): Send {
  return layers.reduceRight((next, layer) => layer(next), http)
}
