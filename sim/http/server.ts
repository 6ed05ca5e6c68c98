import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ActiveFault, Fault, FaultContext } from '../fault.ts'
import { hex } from '../ids.ts'
import { NEVER_MS, type SimClock } from '../options.ts'
import { ROUTES } from '../routes/index.ts'
import { type Answer, errorBody, OktaError, usualError } from './answer.ts'
import type { SimCall } from './call.ts'
import { bucketOf, type RateHeaders, type RateLimits } from './rate-limit.ts'
import { RequestRecord } from './request-record.ts'
import { challenge, refusalOf, WITHOUT_ROLE } from './rights.ts'
import { type RouteContext, Router } from './router.ts'
import { type Outgoing, send } from './send.ts'

export interface ServerParts extends RouteContext {
  limits: RateLimits
  clock: SimClock
  /** Requests the org answers at the same time. */
  concurrency: number
  port: number
}

const PROXY_PAGE = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'

/** Serves the org on 127.0.0.1: who is calling, is there room, is there trouble, and then the route. */
export class SimServer {
  readonly record = new RequestRecord()
  readonly faults: ActiveFault[] = []
  readonly #parts: ServerParts
  readonly #context: FaultContext
  readonly #router = new Router(ROUTES)
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: unknown) => {
      console.error('A fault of the simulator itself:', error)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  readonly #inFlight = new Map<string, number>()
  #inFlightAll = 0
  #served = 0

  constructor(parts: ServerParts) {
    this.#parts = parts
    this.#context = {
      org: parts.org,
      consume: (bucket, n) => parts.limits.consume(bucket, n),
      now: () => parts.clock.now(),
    }
    this.#server.keepAliveTimeout = 30_000
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#parts.port, '127.0.0.1', resolve)
    })
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await this.#read(request)
    const found = this.#router.find(call.method, call.path.split('?')[0] ?? '')
    call.route = found?.route?.template ?? 'unknown'
    call.params = found?.params ?? {}
    const token = call.token?.name ?? ''
    this.#count(token, 1)
    const inFlight = this.#inFlightAll
    call.inFlight = inFlight
    try {
      const out = await this.#answer(call, found)
      const { authorization: _secret, dpop: _proof, ...headers } = call.headers
      const status = out === 'never' || out.trouble.reset === 'before-headers' ? 0 : out.status
      const { at, method, path, route, bucket } = call
      this.record.add({ at, method, path, route, bucket, status, token: call.token?.name, inFlight, headers })
      const gone = new AbortController()
      response.once('close', () => gone.abort())
      const hold = (ms: number) => this.#parts.clock.hold(ms, gone.signal).catch(() => undefined)
      if (out === 'never') await hold(NEVER_MS)
      else await send(response, out, hold)
    } finally {
      this.#count(token, -1)
    }
  }

  async #read(request: IncomingMessage): Promise<SimCall> {
    const path = request.url ?? '/'
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value)
    let text = ''
    if (request.method !== 'GET') for await (const chunk of request) text += chunk
    const method = request.method ?? 'GET'
    const origin = `http://${headers.host ?? '127.0.0.1'}`
    const url = `${origin}${path.split('?')[0]}`
    const { authorization, dpop: proof } = headers
    return {
      method,
      path,
      route: 'unknown',
      bucket: bucketOf(path.split('?')[0] ?? ''),
      params: {},
      query: new URLSearchParams(path.split('?').slice(1).join('?')),
      origin,
      headers,
      token: this.#parts.tokens.authenticate({ authorization, proof, method, url }),
      text,
      inFlight: 0,
      at: this.#parts.clock.now(),
    }
  }

  async #answer(call: SimCall, found: ReturnType<Router['find']>): Promise<Outgoing | 'never'> {
    const isOpen = found?.route?.permission === 'none'
    const limited = this.#limit(call, isOpen)
    if (limited.refusal) return this.#outgoing(call, limited.refusal, limited.rate, this.#meet(call, isHeadersOnly))
    const faults = this.#meet(call)
    for (const fault of faults) fault.onHit?.(call, this.#context)
    if (faults.some((fault) => fault.never)) return 'never'
    const instead = faults.map((fault) => overriding(fault)).find((answer) => answer !== undefined)
    const answer = instead ?? (await this.#route(call, found, isOpen))
    return this.#outgoing(call, answer, limited.rate, faults)
  }

  #meet(call: SimCall, isWanted: (fault: Fault) => boolean = () => true): Fault[] {
    return this.faults.filter(({ rule }) => isWanted(rule)).flatMap((fault) => (fault.meets(call) ? fault.rule : []))
  }

  /** Room in the concurrency of org and token, then in the bucket. A stranger's call costs nothing. */
  #limit(call: SimCall, isOpen: boolean): { refusal?: Answer; rate: RateHeaders | null } {
    if (!call.token && !isOpen) return { rate: null }
    const { concurrency, limits, clock } = this.#parts
    const share = Math.max(1, Math.floor(concurrency * (call.token?.share ?? 1)))
    const refusal = { status: 429, body: errorBody('E0000047') }
    if (this.#inFlightAll > concurrency || (this.#inFlight.get(call.token?.name ?? '') ?? 0) > share) {
      this.record.counts.concurrencyLimited += 1
      return { refusal, rate: { limit: 0, remaining: 0, reset: Math.ceil(clock.now() / 1000) + 60 } }
    }
    const { allowed, headers } = limits.take(call.bucket, call.token)
    if (allowed) return { rate: headers }
    this.record.counts.rateLimited += 1
    return { refusal, rate: headers }
  }

  async #route(call: SimCall, found: ReturnType<Router['find']>, isOpen: boolean): Promise<Answer> {
    try {
      if (!call.token && !isOpen) return challenge(call, found?.route, 'E0000011')
      if (!found) throw new OktaError('E0000008')
      if (!found.route) throw new OktaError('E0000022')
      const refusal = refusalOf(found.route, call)
      if (refusal === 'scope') return challenge(call, found.route, 'E0000006')
      if (refusal === 'nobody') return WITHOUT_ROLE
      if (refusal === 'role') throw new OktaError('E0000006')
      return await found.route.handle(call, this.#parts)
    } catch (error) {
      if (error instanceof OktaError) return error.answer()
      throw error
    }
  }

  #outgoing(call: SimCall, answer: Answer, rate: RateHeaders | null, faults: Fault[]): Outgoing {
    this.#served += 1
    const out: Outgoing = {
      status: answer.status,
      body: answer.body,
      contentType: typeof answer.body === 'string' ? 'text/html;charset=UTF-8' : 'application/json',
      headers: { ...answer.headers },
      links: answer.links ?? [],
      rate,
      now: this.#parts.clock.now(),
      requestId: hex(this.#parts.org.world.seed, 401, this.#served, 32),
      trouble: {},
    }
    for (const fault of faults) applyFault(out, fault, call)
    return out
  }

  #count(token: string, by: number): void {
    this.#inFlightAll += by
    this.#inFlight.set(token, (this.#inFlight.get(token) ?? 0) + by)
  }
}

/** Such faults colour a refusal for a full bucket as well. */
function isHeadersOnly(fault: Fault): boolean {
  const { rateHeaders, dateSkewMs, headers, match, name, skip, times, where, ...effects } = fault
  return (rateHeaders !== undefined || dateSkewMs !== undefined) && Object.keys(effects).length === 0
}

function overriding(fault: Fault): Answer | undefined {
  if (fault.html) return { status: fault.status ?? 502, body: fault.body ?? PROXY_PAGE }
  if (fault.status === undefined && fault.body === undefined) return undefined
  const status = fault.status ?? 200
  return { status, body: fault.body ?? usualError(status) }
}

function applyFault(out: Outgoing, fault: Fault, call: SimCall): void {
  if (fault.transform) out.body = fault.transform(out.body, call)
  if (fault.links) out.links = fault.links(out.links, call)
  Object.assign(out.headers, fault.headers)
  if (fault.rateHeaders === null) out.rate = null
  else if (typeof fault.rateHeaders === 'function') out.rate = fault.rateHeaders(out.rate ?? {}, call)
  else if (fault.rateHeaders) out.rate = { ...out.rate, ...fault.rateHeaders }
  if (fault.dateSkewMs !== undefined) skew(out, fault.dateSkewMs)
  for (const key of ['delayMs', 'delayAt', 'reset', 'truncate', 'chunks'] as const) {
    if (fault[key] !== undefined) Object.assign(out.trouble, { [key]: fault[key] })
  }
}

/** The whole clock of the server is off: its Date, and the reset that counts by it. */
function skew(out: Outgoing, ms: number): void {
  out.now += ms
  if (typeof out.rate?.reset === 'number') out.rate = { ...out.rate, reset: Math.ceil(out.rate.reset + ms / 1000) }
}
