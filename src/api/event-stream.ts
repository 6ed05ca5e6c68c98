import { PassThrough } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deadline } from '../clock.ts'
import { AppError } from '../errors.ts'
import { headerOf } from './auth.ts'
import type { AnyCall, Events } from './endpoint.ts'
import { failureOf } from './failure.ts'
import { serializer } from './serialize.ts'

const TYPE = 'text/event-stream'
/** Shorter than proxies wait for a word: nginx gives up after 60 seconds. */
const SIGN_OF_LIFE_MS = 15_000

/** Whether the caller asks for events in place of one answer. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export const wantsEvents = (request: FastifyRequest): boolean =>
  (headerOf(request, 'accept') ?? '').split(',').some((type) => type.trim().startsWith(TYPE))

/** Answers calls with the events of an operation until it has told everything, the caller has gone or the server stops. */
export function streamerOf(
  app: FastifyInstance,
  events: Events<AnyCall>,
): (call: AnyCall, reply: FastifyReply) => FastifyReply {
  const serialize = new Map(Object.entries(events.schemas).map(([name, schema]) => [name, serializer(schema)]))
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort(new AppError('job_interrupted', 'The server stops.')))
  return (call, reply) => {
    const body = new PassThrough()
    const write = (event: string, json: string) => void body.write(`event: ${event}\ndata: ${json}\n\n`)
    const send = (event: string, data: unknown) => {
      const toJson = serialize.get(event)
      if (!toJson) throw new Error(`${event} is not an event of this operation`)
      write(event, toJson(data))
    }
    const { clock, log } = call.services
    const signOfLife = (): Deadline =>
      clock.deadline(SIGN_OF_LIFE_MS, 'watchdog', () => {
        body.write(': \n\n')
        next = signOfLife()
      })
    let next = signOfLife()
    const signal = AbortSignal.any([call.signal, closing.signal])
    events
      .stream({ ...call, signal }, send)
      .catch((thrown: unknown) => {
        if (signal.aborted) return
        const { error, body: failure } = failureOf(thrown, call.requestId)
        if (error.status >= 500) log.error({ request_id: call.requestId, code: error.code }, 'request failed')
        write('error', JSON.stringify(failure))
      })
      .finally(() => {
        next.clear()
        body.end()
      })
    // Proxies that gather answers would hold events back: https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
    return reply.header('content-type', `${TYPE}; charset=utf-8`).header('x-accel-buffering', 'no').send(body)
  }
}
