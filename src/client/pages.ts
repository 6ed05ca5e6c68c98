import type { Client } from 'openapi-fetch'
import type { paths } from './api.generated.ts'
import { errorOf } from './error.ts'

type AnswerOf<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Answer } } } }
}
  ? Answer
  : never

/** The lists that can be walked by cursor. */
export type ListPath = {
  [Path in keyof paths]: AnswerOf<Path> extends { items: unknown[] }
    ? 'next_cursor' extends keyof AnswerOf<Path>
      ? // A feed has no end: it always leads on, and whoever walked it would never stop.
        null extends AnswerOf<Path>['next_cursor']
        ? Path
        : never
      : never
    : never
}[keyof paths]

/** A record of a list. */
export type ItemOf<Path extends ListPath> = AnswerOf<Path> extends { items: (infer Item)[] } ? Item : never

type ParametersOf<Path extends ListPath> = paths[Path] extends { get: { parameters: infer Parameters } }
  ? Parameters
  : never
type QueryOf<Path extends ListPath> = ParametersOf<Path> extends { query?: infer Query } ? NonNullable<Query> : never
type PathOf<Path extends ListPath> =
  ParametersOf<Path> extends { path: infer InPath } ? { path: InPath } : { path?: never }

/** What the pages of a walk decide themselves. */
type Walked = 'cursor' | 'enableCursor' | 'offset' | 'excludeTotal'

export type PagesOptions<Path extends ListPath> = PathOf<Path> & {
  /** Filters and `limit`, the size of a page. */
  query?: Omit<QueryOf<Path>, Walked>
  /** Headers beside those of the client, such as another `X-CONNECTION-ID`. */
  headers?: Record<string, string>
  signal?: AbortSignal
}

type NeedsOptions<Path extends ListPath> = ParametersOf<Path> extends { path: object } ? true : false

interface PageAnswer {
  items: unknown[]
  next_cursor?: string | null
}
type Get = (path: string, init: object) => Promise<{ data?: PageAnswer; error?: unknown; response: Response }>

/**
 * Walks a list by cursor to its end, page by page. No record comes twice and none is lost, whatever changes meanwhile.
 *
 *     for await (const users of pages(client, '/idp/users', { query: { limit: 500 } })) …
 *
 * @throws RollcallError at the first page that fails
 */
export async function* pages<Path extends ListPath>(
  client: Client<paths>,
  path: Path,
  ...[options]: NeedsOptions<Path> extends true ? [PagesOptions<Path>] : [PagesOptions<Path>?]
): AsyncGenerator<ItemOf<Path>[], void, undefined> {
  const {
    query,
    path: inPath,
    headers,
    signal,
  } = (options ?? {}) as {
    query?: { limit?: number }
    path?: object
    headers?: object
    signal?: AbortSignal
  }
  // One function serves every list; the types above say for each what goes in and comes out.
  const get = client.GET as unknown as Get
  let asked: object = { ...query, enableCursor: true }
  for (;;) {
    const { data, error, response } = await get(path, { params: { query: asked, path: inPath }, headers, signal })
    if (!data) throw errorOf(error, response)
    yield data.items as ItemOf<Path>[]
    if (!data.next_cursor) return
    // A cursor carries the filters; only the size of a page is not among them.
    asked = { cursor: data.next_cursor, ...(query?.limit !== undefined && { limit: query.limit }) }
  }
}
