import { type Answer, OktaError } from '../../sim/http/answer.ts'
import type { SimCall } from '../../sim/http/call.ts'
import { type RouteContext, Router } from '../../sim/http/router.ts'
import type { Org } from '../../sim/index.ts'
import { ROUTES } from '../../sim/routes/index.ts'
import type { OktaClient, Query } from '../../src/connectors/okta/client/client.ts'
import { AppError } from '../../src/errors.ts'

const ORIGIN = 'http://127.0.0.1'
const router = new Router(ROUTES)

/**
 * What streams read an org with, past network, limits and faults: the truth that a store is held against, at a tenth of
 * what it costs over HTTP. The links in its answers name another port than those of a served org.
 */
export function directClient(org: Org): OktaClient {
  const ask = async (path: string, query: Query = {}) => {
    const url = new URL(path, ORIGIN)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined && !url.searchParams.has(name)) url.searchParams.set(name, String(value))
    return answerOf(org, url)
  }
  return {
    async list(path, { query, cursor, items }) {
      const { body, links = [] } = await ask(cursor ?? path, query)
      const found = items === undefined ? body : (body as Record<string, unknown>)[items]
      const inBody = (body as { _links?: { next?: { href?: string } } } | null)?._links?.next?.href
      const inHeader = links.find((link) => typeof link !== 'string' && link.rel === 'next')
      const next = items === undefined ? typeof inHeader === 'object' && inHeader.url : inBody
      if (!Array.isArray(found)) throw new Error(`${path} is no listing`)
      return { items: found, next: next || null }
    },
    get: async (path, query) => (await ask(path, query)).body,
    getPublic: async (path) => (await ask(path)).body,
  }
}

async function answerOf(org: Org, url: URL): Promise<Answer> {
  const found = router.find('GET', url.pathname)
  if (!found?.route) throw new Error(`the simulated org has no ${url.pathname}`)
  const call: SimCall = {
    method: 'GET',
    path: url.pathname + url.search,
    route: found.route.template,
    bucket: '',
    params: found.params,
    query: url.searchParams,
    origin: ORIGIN,
    headers: {},
    token: undefined,
    text: '',
    inFlight: 1,
    at: org.now(),
  }
  try {
    // No route that streams read asks for tokens.
    const { body, ...answer } = await found.route.handle(call, { org } as RouteContext)
    return { ...answer, body: JSON.parse(JSON.stringify(body)) }
  } catch (error) {
    if (!(error instanceof OktaError)) throw error
    const { status } = error.answer()
    throw new AppError(status === 404 ? 'okta_not_found' : 'okta_bad_request', error.message)
  }
}
