import type { FastifyInstance } from 'fastify'
import { docsPage, STYLE_PATH } from './docs-page.ts'
import { DOCS_STYLE } from './docs-style.ts'
import type { Endpoint } from './endpoint.ts'
import { openApiDocument } from './openapi.ts'
import { ENDPOINTS } from './routes/index.ts'
import type { ApiServices } from './services.ts'

/** The page is text and one stylesheet of our own: nothing else may be loaded, run, framed or sent. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'cache-control': 'no-cache',
} as const

/** Serves the OpenAPI document and the reference page that is made from it. */
export function serveDocs(
  app: FastifyInstance,
  services: Pick<ApiServices, 'publicUrl' | 'version'>,
  endpoints: readonly Endpoint[] = ENDPOINTS,
): void {
  const made = once(() => {
    const document = openApiDocument(endpoints, services)
    return { json: JSON.stringify(document), page: docsPage(document) }
  })
  app.get('/openapi.json', async (_request, reply) =>
    reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(made().json),
  )
  app.get('/docs', async (_request, reply) =>
    reply.headers(PAGE_HEADERS).header('content-type', 'text/html; charset=utf-8').send(made().page),
  )
  app.get(STYLE_PATH, async (_request, reply) =>
    reply.headers(PAGE_HEADERS).header('content-type', 'text/css; charset=utf-8').send(DOCS_STYLE),
  )
}

/** Made when it is first asked for: a server that nobody asks for its reference pays nothing. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
