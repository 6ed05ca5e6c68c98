import type { ServerResponse } from 'node:http'
import type { Fault } from '../fault.ts'
import type { LinkLine } from './answer.ts'
import type { RateHeaders } from './rate-limit.ts'

/** An answer ready to go out, and how it shall go wrong on the way. */
export interface Outgoing {
  status: number
  /** Text goes out as it is, anything else as JSON. */
  body: unknown
  contentType: string
  headers: Record<string, string>
  links: LinkLine[]
  rate: RateHeaders | null
  /** Milliseconds. */
  now: number
  requestId: string
  trouble: Pick<Fault, 'delayMs' | 'delayAt' | 'reset' | 'truncate' | 'chunks'>
}

/** Writes an answer byte by byte as its trouble wants it. Every header pair goes out as its own line, in this order. */
export async function send(
  response: ServerResponse,
  out: Outgoing,
  hold: (ms: number) => Promise<void>,
): Promise<void> {
  const { trouble } = out
  if (trouble.delayMs !== undefined && trouble.delayAt !== 'body') await hold(trouble.delayMs)
  if (response.destroyed) return
  if (trouble.reset === 'before-headers') return cut(response)
  const text = typeof out.body === 'string' ? out.body : JSON.stringify(out.body)
  const body = Buffer.from(text)
  const sent = trouble.truncate === undefined ? body : body.subarray(0, trouble.truncate)
  const isWhole = trouble.chunks === undefined && trouble.truncate === undefined
  response.sendDate = false
  response.writeHead(out.status, headerLines(out, isWhole ? body.length : undefined))
  if (trouble.reset === 'after-headers') {
    response.flushHeaders()
    return cutAfterFlush(response)
  }
  if (trouble.reset === 'mid-body') {
    response.write(body.subarray(0, Math.max(1, Math.floor(body.length / 2))))
    return cutAfterFlush(response)
  }
  if (trouble.delayMs !== undefined && trouble.delayAt === 'body') {
    response.write(sent.subarray(0, Math.floor(sent.length / 2)))
    await hold(trouble.delayMs)
    response.end(sent.subarray(Math.floor(sent.length / 2)))
    return
  }
  const chunks = trouble.chunks ?? 1
  const length = Math.ceil(sent.length / chunks) || 1
  for (let i = 0; i + 1 < chunks; i++) response.write(sent.subarray(i * length, (i + 1) * length))
  response.end(sent.subarray((chunks - 1) * length))
}

function headerLines(out: Outgoing, length: number | undefined): string[] {
  const lines: string[] = [
    'Date',
    new Date(out.now).toUTCString(),
    'Content-Type',
    out.contentType,
    'X-Okta-Request-Id',
    out.requestId,
    'Cache-Control',
    'no-cache, no-store',
  ]
  if (length !== undefined) lines.push('Content-Length', String(length))
  for (const [name, value] of rateLines(out.rate, out.now)) lines.push(name, value)
  for (const line of out.links) lines.push(...linkLine(line))
  for (const [name, value] of Object.entries(out.headers)) lines.push(name, value)
  return lines
}

function rateLines(rate: RateHeaders | null, now: number): [string, string][] {
  if (rate === null) return []
  const reset = rate.resetIn === undefined ? rate.reset : Math.ceil(now / 1000 + rate.resetIn)
  const lines: [string, string | number | undefined][] = [
    ['X-Rate-Limit-Limit', rate.limit],
    ['X-Rate-Limit-Remaining', rate.remaining],
    ['X-Rate-Limit-Reset', reset],
  ]
  return lines.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
}

function linkLine(line: LinkLine): [string, string] {
  if (typeof line !== 'string') return ['Link', `<${line.url}>; rel="${line.rel}"`]
  const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? []
  return name !== undefined && value !== undefined && !line.startsWith('<') ? [name, value] : ['Link', line]
}

function cut(response: ServerResponse): void {
  const { socket } = response
  if (socket && 'resetAndDestroy' in socket) socket.resetAndDestroy()
  else response.destroy()
}

/** Lets what was written leave first: a reset would throw it away. */
function cutAfterFlush(response: ServerResponse): void {
  response.socket?.end()
  response.socket?.destroySoon()
}
