import type { Page } from '../../connector.ts'

/** Query parameters; an undefined value leaves the parameter out. */
export type Query = Readonly<Record<string, string | number | undefined>>

/** What streams see of the Okta API: reads only, already authenticated, paced and retried. */
export interface OktaClient {
  /**
   * One page of a listing. With a cursor, `query` only re-adds parameters that Okta's next link lost.
   * `paging` header: array body, Link header. body: `{ <items>: […], _links: { next } }` as under /iam.
   * `shrink`: the page is halved when Okta answers 500 and grows back later (default true).
   * `optional`: query parameters that may be dropped when even the smallest page fails, such as `expand`.
   * @throws AppError
   */
  list(path: string, options: ListOptions): Promise<Page>
  /** One object. @throws AppError (`okta_not_found` for a 404 of the object). */
  get(path: string, query?: Query): Promise<unknown>
  /** One object that Okta shows to anybody, such as the org's well-known document: asked without credentials. @throws AppError */
  getPublic(path: string): Promise<unknown>
}

/** The client of a session, which also knows who asks. */
export interface SignedInClient extends OktaClient {
  /** A service app is signed in for it, if it was not already. @throws AppError where that is refused */
  asker(): Promise<Asker>
}

export type Asker =
  | { readonly kind: 'api_token' }
  | {
      readonly kind: 'service_app'
      readonly clientId: string
      /** The scopes that Rollcall asks for and the app has not been granted. */
      readonly missingScopes: readonly string[]
      /** Its access tokens are bound to a key (DPoP). */
      readonly isBound: boolean
    }

export interface ListOptions {
  readonly query?: Query
  readonly cursor: string | null
  readonly paging?: 'header' | 'body'
  /** Property that holds the items where paging is `body`. */
  readonly items?: string
  readonly optional?: readonly string[]
  /** Longest wait for the answer, in milliseconds, where a call is known to be slow. */
  readonly timeoutMs?: number
}
