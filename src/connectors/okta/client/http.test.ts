import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { inspect, promisify } from 'node:util'
import zlib from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { TestClock } from '../../../../test/harness/test-clock.ts'
import { type Clock, systemClock } from '../../../clock.ts'
import { Token } from '../token.ts'
import { type HttpOptions, http } from './http.ts'
import { networkError } from './network-error.ts'
import type { OktaRequest } from './pipeline.ts'

const open: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** A server of odd answers and a wire to it. */
async function wireTo(listener: RequestListener, clock: Clock = systemClock) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  open.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  return wire({ origin, clock, allowedInsecureOrigins: [origin] })
}

function wire(options: HttpOptions) {
  const { send, close } = http(options)
  open.push(close)
  const get = (path = '/api/v1/users', more: Partial<OktaRequest> = {}, signal = new AbortController().signal) =>
    send({ path, expect: 'any', scope: { resource: 'users', background: false, signal, onRequest() {} }, ...more })
  return { get, close }
}

const TOKEN = '00canarycanarycanarycanarycanarycanarycana'

describe('a request', () => {
  test('carries the headers that Okta asks for, and the token as SSWS', async () => {
    let seen: unknown
    const { get } = await wireTo((request, response) => {
      seen = request.headers
      response.end('[]')
    })
    await get('/api/v1/users', {
      authorization: { scheme: 'SSWS', token: new Token(TOKEN) },
      headers: { 'x-okta-retry-count': '1' },
    })
    expect(seen).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': expect.stringMatching(/^rollcall\/\d+\.\d+\.\d+/),
      authorization: `SSWS ${TOKEN}`,
      'x-okta-retry-count': '1',
    })
  })

  test('B048: goes out byte for byte', async () => {
    let seen: string | undefined
    const { get } = await wireTo((request, response) => {
      seen = request.url
      response.end('[]')
    })
    const path = '/api/v1/users?after=a%2Bb%3D%3D&x=a+b&y=%7e%2F'
    await get(path)
    expect(seen).toBe(path)
  })

  test('B056: follows no redirect', async () => {
    const paths: (string | undefined)[] = []
    const { get } = await wireTo((request, response) => {
      paths.push(request.url)
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    expect((await get()).status).toBe(302)
    expect(paths).toEqual(['/api/v1/users'])
  })

  test.each(['', 'api', '/a b', '/a\r\nx: y', '/a\\b', '/a#b', '/api/v1/../x', '/api/%2e%2E/x', '/a/./b', '/\u00e9'])(
    'with the path %j is not sent',
    async (path) => {
      const { get } = await wireTo((_request, response) => response.end('[]'))
      await expect(get(path)).rejects.toMatchObject({ code: 'okta_bad_request' })
    },
  )
})

describe('a body', () => {
  const text = JSON.stringify([{ id: '00u1', name: '\u00fcml\u00e4ut \u{1F600}' }])

  test.each([
    ['gzip', zlib.gzipSync(text)],
    ['x-gzip', zlib.gzipSync(text)],
    ['GZIP', zlib.gzipSync(text)],
    ['deflate', zlib.deflateSync(text)],
    ['deflate', zlib.deflateRawSync(text)],
    ['br', zlib.brotliCompressSync(text)],
    ['deflate, gzip', zlib.gzipSync(zlib.deflateSync(text))],
    ['identity', Buffer.from(text)],
    // A proxy that unpacks and keeps the header, and one that packs and loses it.
    ['gzip', Buffer.from(text)],
    ['', zlib.gzipSync(text)],
    ['', Buffer.from(`\uFEFF${text}`)],
  ])('in %s is read', async (encoding, bytes) => {
    const { get } = await wireTo((_request, response) => {
      if (encoding) response.setHeader('content-encoding', encoding)
      response.end(bytes)
    })
    expect((await get()).body).toBe(text)
  })

  test('B032: of unknown length is read in whatever pieces it comes', async () => {
    const { get } = await wireTo(async (_request, response) => {
      for (const byte of Buffer.from(text)) {
        response.write(Buffer.of(byte))
        await new Promise(setImmediate)
      }
      response.end()
    })
    expect((await get()).body).toBe(text)
  })

  test('larger than it may be, even once unpacked, is not read to its end', async () => {
    const { get } = await wireTo((_request, response) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(zlib.gzipSync(Buffer.alloc(80 * 1024 * 1024)))
    })
    await expect(get()).rejects.toMatchObject({ code: 'okta_truncated_body', details: { reason: 'too-large' } })
  })

  test.each([
    ['gzip cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 9), 'gzip'],
    ['gzip cut short without its header', (bytes: Buffer) => bytes.subarray(0, bytes.length - 9), 'identity'],
  ])('of %s is truncated', async (_name, spoil, encoding) => {
    const { get } = await wireTo((_request, response) => {
      response.setHeader('content-encoding', encoding)
      response.end(spoil(zlib.gzipSync(text)))
    })
    await expect(get()).rejects.toMatchObject({ code: 'okta_truncated_body' })
  })
})

describe('a broken connection', () => {
  /** Raw bytes, then the socket is ended or reset. */
  async function rawWire(bytes: string, end: 'end' | 'reset') {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => {
        if (bytes) socket.write(bytes)
        if (end === 'end') socket.end()
        else setTimeout(() => socket.resetAndDestroy(), bytes ? 30 : 0)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push(async () => server.close())
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return wire({ origin, clock: systemClock, allowedInsecureOrigins: [origin] })
  }

  test.each([
    ['B033: reset before the headers', '', 'reset', 'okta_unavailable'],
    ['ended before the headers', '', 'end', 'okta_unavailable'],
    ['reset after the headers', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n', 'reset', 'okta_truncated_body'],
    ['ended short of its length', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n[{}', 'end', 'okta_truncated_body'],
    [
      'ended before the last chunk',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n[{}\r\n',
      'end',
      'okta_truncated_body',
    ],
    ['of bytes that are not HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', 'end', 'okta_unavailable'],
  ] as const)('%s', async (_name, bytes, end, code) => {
    const { get } = await rawWire(bytes, end)
    await expect(get()).rejects.toMatchObject({ code })
  })

  test('B035: a port where nobody listens is unreachable', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    await promisify(server.close.bind(server))()
    const origin = `http://${host}`
    const { get } = wire({ origin, clock: systemClock, allowedInsecureOrigins: [origin] })
    const message = `${host} refused the connection.`
    await expect(get()).rejects.toMatchObject({ code: 'okta_unreachable', message, details: { reason: 'refused' } })
  })

  test('B035: a name that nobody knows is unreachable', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }))
    const { get } = wire({ origin: 'https://nobody.okta.test', clock: systemClock, resolve })
    await expect(get()).rejects.toMatchObject({ message: 'The name nobody.okta.test could not be found.' })
  })

  test('B035: TLS that fails is unreachable', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    open.push(async () => server.close())
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    const tls = wire({ origin, clock: systemClock, allowedInsecureOrigins: [origin] })
    await expect(tls.get()).rejects.toMatchObject({ code: 'okta_unreachable', details: { reason: 'tls' } })
    const untrusted = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    expect(networkError(untrusted, 'acme.okta.com', false).message).toBe(
      'The certificate of acme.okta.com cannot be trusted.',
    )
  })
})

describe('the deadline', () => {
  test('B030: tolerates a first byte after 45 seconds', async () => {
    const clock = new TestClock()
    const { get } = await wireTo(async (_request, response) => {
      await clock.hold(45_000)
      response.end('[]')
    }, clock)
    expect((await get()).status).toBe(200)
  })

  test('B020: ends a request that is never answered', async () => {
    const clock = new TestClock()
    const { get } = await wireTo((_request, response) => {
      const gone = new AbortController()
      response.on('close', () => gone.abort())
      clock.hold(3_600_000, gone.signal).catch(() => undefined)
    }, clock)
    const begun = clock.now()
    await expect(get()).rejects.toMatchObject({ code: 'okta_timeout', details: { timeout_ms: 90_000 } })
    expect(clock.now() - begun).toBe(90_000)
  })

  test('B020: covers the body, too', async () => {
    const clock = new TestClock()
    const { get } = await wireTo((_request, response) => {
      const gone = new AbortController()
      response.on('close', () => gone.abort())
      response.write('[')
      setTimeout(() => clock.hold(3_600_000, gone.signal).catch(() => undefined), 50)
    }, clock)
    await expect(get('/api/v1/users', { timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'okta_timeout' })
  })

  test('an aborted scope ends a request at once with its reason', async () => {
    const stop = new AbortController()
    const { get } = await wireTo((_request, response) => {
      response.write('[')
      setTimeout(() => stop.abort(new Error('enough')), 20)
    })
    await expect(get('/api/v1/users', {}, stop.signal)).rejects.toThrow('enough')
    await expect(get('/api/v1/users', {}, stop.signal)).rejects.toThrow('enough')
  })

  test('a closed wire says so', async () => {
    const { get, close } = await wireTo(() => undefined)
    const waiting = get()
    setTimeout(close, 20)
    await expect(waiting).rejects.toMatchObject({ code: 'job_interrupted' })
    await expect(get()).rejects.toMatchObject({ code: 'job_interrupted' })
  })
})

test('B158: no error shows the token, the body or the query', async () => {
  const clock = new TestClock()
  const { get } = await wireTo((request, response) => {
    if (request.url?.includes('reset')) return response.socket?.resetAndDestroy()
    response.writeHead(200, { 'content-length': '500' }).write(`canary-body ${request.headers.authorization}`)
    response.socket?.destroySoon()
  }, clock)
  for (const kind of ['reset', 'short']) {
    const authorization = { scheme: 'SSWS', token: new Token(TOKEN) } as const
    const error = await get(`/api/v1/users?search=canary-query&${kind}`, { authorization }).catch((e) => e)
    expect(inspect(error, { depth: 9 })).not.toMatch(/canary/)
    expect(JSON.stringify(error)).not.toMatch(/canary/)
  }
})
