import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import { Authenticator } from './auth.ts'
import type { Endpoint } from './endpoint.ts'
import { streamerOf, wantsEvents } from './event-stream.ts'
import { failureOf, mistakeAt } from './failure.ts'
import { install } from './plugins.ts'
import { ENDPOINTS } from './routes/index.ts'
import { callOf } from './run.ts'
import { serializer } from './serialize.ts'
import type { ApiServices } from './services.ts'

/** The longest body that is read: the largest there is holds a domain, a token and a few options. */
const BODY_LIMIT = 64 * 1024
const REQUEST_ID = /^[\w.-]{8,64}$/

/** The HTTP server of the API, not yet listening. */
export async function createApp(
  services: ApiServices,
  endpoints: readonly Endpoint[] = ENDPOINTS,
): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: 'idle',
    // What the router refuses by itself passes no hook and no error handler.
    frameworkErrors: (thrown, request, reply) => {
      reply.header('x-request-id', request.id)
      fail(services, thrown, request, reply)
    },
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId()
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
  })
  const authenticator = new Authenticator(services.db, services.clock)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.setErrorHandler((thrown: unknown, request, reply) => fail(services, thrown, request, reply))
  app.setNotFoundHandler((request, reply) =>
    fail(services, new AppError('route_not_found', 'Not Found'), request, reply),
  )
  app.removeContentTypeParser('text/plain')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    const text = String(body)
    if (text.trim() === '') return done(null, undefined)
    try {
      done(null, JSON.parse(text))
    } catch {
      done(mistakeAt(['body'], 'JSON decode error', 'json_invalid'))
    }
  })
  await install(app, services)
  for (const endpoint of endpoints) serve(app, endpoint, services, authenticator)
  return app
}

function serve(app: FastifyInstance, endpoint: Endpoint, services: ApiServices, authenticator: Authenticator): void {
  const serialize = serializer(endpoint.response)
  const stream = endpoint.events && streamerOf(app, endpoint.events)
  app.route({
    method: endpoint.method.toUpperCase() as 'GET',
    url: endpoint.path.replace(/\{(\w+)\}/g, ':$1'),
    handler: async (request, reply) => {
      const call = await callOf(endpoint, request, reply, services, authenticator)
      reply.header('cache-control', 'no-store')
      if (stream && wantsEvents(request)) return stream(call, reply)
      const result = await endpoint.handle(call)
      reply.header('content-type', 'application/json; charset=utf-8')
      return serialize(result)
    },
  })
}

function fail(services: ApiServices, thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { error, body } = failureOf(known(thrown, request.routeOptions.bodyLimit ?? BODY_LIMIT), request.id)
  if (error.status >= 500) {
    const { method, routeOptions } = request
    const fields = { request_id: request.id, method, route: routeOptions.url ?? null, code: error.code }
    services.log.error(
      { ...fields, reason: error.code === 'internal_error' ? reasonOf(error) : undefined },
      'request failed',
    )
  }
  reply.status(error.status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body))
}

/** Where an unknown error came from; not its message, which may quote values. */
function reasonOf({ cause }: AppError): string | undefined {
  return cause instanceof Error
    ? `${cause.name} ${cause.stack?.split('\n').slice(1, 4).join(' ').trim() ?? ''}`
    : undefined
}

/** Fastify's own refusals as ours. https://fastify.dev/docs/latest/Reference/Errors/ */
function known(thrown: unknown, bodyLimit: number): unknown {
  if (thrown instanceof AppError || !(thrown instanceof Error) || !('code' in thrown)) return thrown
  switch (thrown.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AppError('body_too_large', `A body may have at most ${bodyLimit / 1024} KiB.`)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AppError('media_type_unsupported', 'A body must be application/json.')
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return mistakeAt(['request'], 'The request is not well-formed.')
    default:
      return thrown
  }
}
