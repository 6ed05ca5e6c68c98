import type { Token } from './tokens.ts'

/** One request as the routes and the faults see it. */
export interface SimCall {
  method: string
  /** As sent, with its query. */
  path: string
  /** The route's template with its method, `GET /api/v1/groups/{id}/users`; `unknown` when no route fits. */
  route: string
  bucket: string
  params: Record<string, string>
  query: URLSearchParams
  /** `http://127.0.0.1:PORT`, by the Host header: what links in the answer start with. */
  origin: string
  headers: Record<string, string>
  token: Token | undefined
  /** Form or JSON text of a POST. */
  text: string
  /** Requests being answered, this one included. */
  inFlight: number
  /** Milliseconds. */
  at: number
}
