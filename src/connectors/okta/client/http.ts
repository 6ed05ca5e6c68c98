import { isIP } from 'node:net'
import { Agent } from 'undici'
import type { Clock } from '../../../clock.ts'
import { AppError } from '../../../errors.ts'
import { PinnedAddress, type Resolve } from '../../../outgoing/pinned-address.ts'
import { isPublicAddress } from '../../../outgoing/public-address.ts'
import { networkError, timeoutError } from './network-error.ts'
import type { OktaRequest, OktaResponse, Send } from './pipeline.ts'
import { readBody } from './read-body.ts'
import { ResponseHeaders } from './response-headers.ts'
import { USER_AGENT } from './user-agent.ts'

/** An app with very many users takes Okta 45 seconds to its first byte: https://github.com/gravitational/teleport/pull/66215 */
const TIMEOUT_MS = 90_000

const GET = { method: 'GET' } as const

export interface HttpOptions {
  /** `https://host`, or one of `allowedInsecureOrigins`. */
  readonly origin: string
  readonly clock: Clock
  readonly allowedInsecureOrigins?: readonly string[]
  readonly resolve?: Resolve
}

export interface Http {
  readonly send: Send
  close(): Promise<void>
}

/**
 * The wire: one origin, https, TLS verified, redirects never followed. The deadline of a request covers everything
 * from the name look-up to the last byte of the body.
 * @throws AppError `domain_refused` for an origin that is neither https nor allowed, or is a private address.
 */
export function http({ origin, clock, allowedInsecureOrigins = [], resolve }: HttpOptions): Http {
  const { host, hostname } = new URL(origin)
  const isAllowed = allowedInsecureOrigins.includes(origin)
  refuseUnsafe(origin, isAllowed)
  const address = new PinnedAddress(hostname.replace(/^\[|\]$/g, ''), isAllowed, resolve)
  const agent = new Agent({
    // The clock's deadline stands for all of undici's own.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    // A next link repeats the whole search expression.
    maxHeaderSize: 64 * 1024,
    pipelining: 1,
    connect: { lookup: address.lookup, rejectUnauthorized: true, timeout: 15_000 },
  })
  let isClosed = false

  const exchange = async (request: OktaRequest, signal: AbortSignal): Promise<OktaResponse> => {
    let hasHeaders = false
    try {
      await address.pin()
      const headers = headersFor(request)
      const what = request.form === undefined ? GET : ({ method: 'POST', body: request.form } as const)
      const answer = await agent.request({ origin, path: request.path, ...what, headers, signal })
      hasHeaders = true
      const received = new ResponseHeaders(answer.headers)
      const receivedAt = clock.now()
      const body = await readBody(answer.body, received.all('content-encoding'))
      return { status: answer.statusCode, headers: received, body, receivedAt }
    } catch (error) {
      const failure = networkError(error, host, hasHeaders)
      if (failure.code === 'okta_unreachable') address.forget()
      throw failure
    }
  }

  const send: Send = async (request) => {
    refuseOddPath(request.path)
    const { signal } = request.scope
    const timeoutMs = request.timeoutMs ?? TIMEOUT_MS
    const abort = new AbortController()
    const onAbort = () => abort.abort()
    let isLate = false
    signal.throwIfAborted()
    signal.addEventListener('abort', onAbort, { once: true })
    const deadline = clock.deadline(timeoutMs, 'request', () => {
      isLate = true
      abort.abort()
    })
    try {
      return await exchange(request, abort.signal)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (isClosed) throw new AppError('job_interrupted', `The connection to ${host} was closed.`)
      throw isLate ? timeoutError(host, timeoutMs) : error
    } finally {
      deadline.clear()
      signal.removeEventListener('abort', onAbort)
    }
  }

  return {
    send,
    close: async () => {
      isClosed = true
      await agent.destroy()
    },
  }
}

function headersFor(request: OktaRequest): Record<string, string> {
  const { form, authorization } = request
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': form === undefined ? 'application/json' : 'application/x-www-form-urlencoded',
    'accept-encoding': 'gzip',
    'user-agent': USER_AGENT,
    ...request.headers,
  }
  if (authorization) headers.authorization = `${authorization.scheme} ${authorization.token.reveal()}`
  if (authorization?.proof !== undefined) headers.dpop = authorization.proof
  return headers
}

function refuseUnsafe(origin: string, isAllowed: boolean): void {
  const { protocol, hostname, host, origin: canonical } = new URL(origin)
  const address = hostname.replace(/^\[|\]$/g, '')
  const isSafe = protocol === 'https:' && canonical === origin && (isIP(address) === 0 || isPublicAddress(address))
  if (isSafe || isAllowed) return
  throw new AppError('domain_refused', `${host} is not a public https address.`, { details: { host } })
}

/** Ids come from Okta's answers: one that would climb out of its path must not. */
function refuseOddPath(path: string): void {
  const isOdd = !/^\/[\x21-\x7e]*$/.test(path) || /[\\#]/.test(path)
  const segments = path.split('?', 1)[0]?.split('/') ?? []
  if (!isOdd && !segments.some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) return
  throw new AppError('okta_bad_request', 'A path that is not safe to send was refused.')
}
