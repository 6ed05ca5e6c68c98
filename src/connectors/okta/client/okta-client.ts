import type { Page, RequestScope } from '../../connector.ts'
import { pathTemplate } from './buckets.ts'
import type { Asker, ListOptions, Query, SignedInClient } from './client.ts'
import type { KnownHosts } from './known-hosts.ts'
import { pageRequest, wantedSize } from './page-request.ts'
import type { PageSizes } from './page-size.ts'
import { readPage } from './paging.ts'
import type { OktaRequest, OktaResponse, Send } from './pipeline.ts'
import { encodeQuery, joinPath } from './query.ts'
import { isTooMuch } from './retry.ts'

export interface ClientParts {
  readonly origin: string
  readonly send: Send
  readonly sizes: PageSizes
  readonly hosts: KnownHosts
  readonly asker: (scope: RequestScope) => Promise<Asker>
}

/** The client of one scope: pages and objects over the session's shared pipeline. */
export function oktaClient({ origin, send, sizes, hosts, asker }: ClientParts, scope: RequestScope): SignedInClient {
  const askPage = async (
    path: string,
    options: ListOptions,
    asked: string,
    shrinkable?: OktaRequest['shrinkable'],
  ): Promise<Page> => {
    const response = await send({
      path: asked,
      scope,
      expect: options.paging === 'body' ? 'object' : 'array',
      hasCursor: options.cursor !== null,
      shrinkable,
      timeoutMs: options.timeoutMs,
    })
    return readPage(response, options, { listing: path, asked, origin, hosts })
  }

  const list = async (path: string, options: ListOptions): Promise<Page> => {
    const wanted = wantedSize(options.query)
    if (wanted === null) return askPage(path, options, pageRequest(path, options, null))
    const family = pathTemplate(path)
    const hasOptional = options.optional?.some((name) => options.query?.[name] !== undefined) ?? false
    for (let shape = sizes.shape(family, wanted); ; ) {
      const asked = pageRequest(path, options, shape)
      const smaller = sizes.smaller(shape, wanted, hasOptional)
      try {
        const page = await askPage(path, options, asked, smaller ? 'further' : 'least')
        sizes.passed(family, shape, wanted)
        return page
      } catch (error) {
        if (!smaller || !isTooMuch(error)) throw error
        shape = smaller
      }
    }
  }

  const get = async (path: string, query: Query = {}): Promise<unknown> => {
    const response: OktaResponse = await send({ path: joinPath(path, encodeQuery(query)), scope, expect: 'any' })
    return response.json
  }

  const getPublic = async (path: string): Promise<unknown> =>
    (await send({ path, scope, expect: 'any', anonymous: true })).json

  return { list, get, getPublic, asker: () => asker(scope) }
}
