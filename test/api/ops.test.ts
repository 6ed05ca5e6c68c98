import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/api/app.ts'
import type { ApiServices } from '../../src/api/services.ts'
import { openDb } from '../../src/store/db.ts'
import { enqueueSync, leaseNextJob } from '../../src/store/job-queue.ts'
import { renewLease } from '../../src/store/lease.ts'
import { openProvisioned, type Provisioned } from './provisioned.ts'

/** What stands around and beside the operations: headers, limits, probes, metrics. */

let api: Provisioned
let connectionId: string

beforeAll(async () => {
  api = await openProvisioned()
  await api.org.sync()
  ;[{ id: connectionId } = { id: '' }] = await api.org.db.query<{ id: string }>('select id from connections')
})
afterAll(() => api.close())

let apps: FastifyInstance[] = []
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()))
  apps = []
})

/** Another server over the same database, with other settings. */
async function serve(over: Partial<ApiServices>): Promise<string> {
  const app = await createApp({ ...api.services, ...over })
  apps.push(app)
  return app.listen({ host: '127.0.0.1', port: 0 })
}

describe('every answer', () => {
  it('tells browsers to guess nothing, frame nothing and keep nothing', async () => {
    const { headers } = await fetch(`${api.base}/v1/connectors`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('strict-transport-security')).toContain('max-age')
  })

  it('asks for https only where people reach the server by it', async () => {
    const url = await serve({ publicUrl: 'http://127.0.0.1:8484' })
    expect((await fetch(`${url}/healthz`)).headers.get('strict-transport-security')).toBeNull()
  })

  it('has the id the caller gave it, or one of its own where that could be anything', async () => {
    const idOf = async (given: string) =>
      (await fetch(`${api.base}/healthz`, { headers: { 'x-request-id': given } })).headers.get('x-request-id')
    expect(await idOf('trace-12345678')).toBe('trace-12345678')
    expect(await idOf('<script>alert(1)</script>')).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('a web page of another origin', () => {
  it('may ask with the headers of v1 clients, and read those of ours, without cookies', async () => {
    const asked = await fetch(`${api.base}/v1/idp/users`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://product.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'x-api-key,x-connection-id',
      },
    })
    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-origin')).toBe('*')
    expect(asked.headers.get('access-control-allow-headers')).toMatch(/X-API-KEY.*X-CONNECTION-ID/i)
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull()
    const answer = await fetch(`${api.base}/v1/connectors`, { headers: { origin: 'https://product.example' } })
    expect(answer.headers.get('access-control-expose-headers')).toMatch(/Retry-After.*X-Rollcall-Outcome/)
  })
})

describe('the rate limit', () => {
  it('is per key: one that is used up says when to come again, and another goes on', async () => {
    const url = await serve({ rateLimit: 2 })
    const ask = (key: string) => fetch(`${url}/v1/provisioning/organizations`, { headers: { 'x-api-key': key } })
    expect((await ask(api.key)).status).toBe(200)
    expect((await ask(api.key)).status).toBe(200)
    const refused = await ask(api.key)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'too_many_requests', request_id: expect.any(String) })
    expect((await ask(api.strangersKey)).status).toBe(200)
  })

  it('counts callers without a key by address, and never the probes', async () => {
    const url = await serve({ rateLimit: 1 })
    expect((await fetch(`${url}/v1/connectors`)).status).toBe(200)
    expect((await fetch(`${url}/v1/connectors`, { headers: { 'x-api-key': 'guess' } })).status).toBe(429)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it('can be off', async () => {
    const url = await serve({ rateLimit: 0 })
    expect((await fetch(`${url}/v1/connectors`)).headers.get('ratelimit-limit')).toBeNull()
  })
})

describe('the probes', () => {
  it('say that the process lives and that it can serve', async () => {
    expect(await (await fetch(`${api.base}/healthz`)).json()).toEqual({ status: 'ok', version: '0.0.0' })
    const ready = await fetch(`${api.base}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }])
  })

  it('tell a database that is away from a process that is', async () => {
    const db = await openDb(api.org.databaseUrl)
    const url = await serve({ db })
    await db.close()
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    const ready = await fetch(`${url}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.json()).toMatchObject({ status: 'not_ready' })
  })
})

describe('metrics', () => {
  const metricsOf = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}/metrics`, { headers })
    return { status: answer.status, lines: (await answer.text()).split('\n') }
  }

  it('count requests by route and status, never by path', async () => {
    const url = await serve({})
    await fetch(`${url}/v1/idp/users/${connectionId}`)
    const { status, lines } = await metricsOf(url)
    expect(status).toBe(200)
    expect(lines).toContain('rollcall_http_requests_total{method="GET",route="/v1/idp/users/:user_id",status="401"} 1')
    expect(lines.filter((line) => line.includes('http_requests') && line.includes(connectionId))).toEqual([])
  })

  it('tell of each connection its rows, its lag, its requests to Okta', async () => {
    const { lines } = await metricsOf(api.base)
    const of = (name: string, resource: string) =>
      lines.find((line) => line.startsWith(`${name}{connection_id="${connectionId}",resource="${resource}"}`))
    const rows = api.org.sim.org.expected().users
    expect(of('rollcall_resource_rows', 'users')).toMatch(new RegExp(` ${rows}$`))
    expect(of('rollcall_okta_requests', 'users')).toMatch(/ [1-9]\d*$/)
    expect(of('rollcall_okta_rate_limited', 'users')).toMatch(/ 0$/)
    expect(of('rollcall_resource_lag_seconds', 'users')).toBeDefined()
    expect(lines).toContain('rollcall_jobs{state="ended",outcome="complete"} 1')
    expect(lines).toContain('rollcall_connections{state="PENDING"} 1')
  })

  it('tell how much of a bucket a running sync has used', async () => {
    const { db } = api.org
    await enqueueSync(db, { connectionId, trigger: 'request', at: new Date(api.org.clock.now()).toISOString() })
    const job = await leaseNextJob(db, { owner: 'metrics' })
    const bucket = { bucket: '/api/v1/users', limit: 600, remaining: 150, resetsInMs: 1, perMinute: 540 }
    await renewLease(db, { jobId: job?.id ?? '', owner: 'metrics' }, { buckets: [bucket] })
    const { lines } = await metricsOf(api.base)
    const labels = `{connection_id="${connectionId}",bucket="/api/v1/users"}`
    expect(lines).toContain(`rollcall_okta_bucket_limit${labels} 600`)
    expect(lines).toContain(`rollcall_okta_bucket_used_ratio${labels} 0.75`)
  })

  it('are for this machine alone where there is no token: what comes through a proxy is refused', async () => {
    expect((await metricsOf(api.base, { 'x-forwarded-for': '203.0.113.9' })).status).toBe(403)
    expect((await metricsOf(api.base, { forwarded: 'for=203.0.113.9' })).status).toBe(403)
  })

  it('ask for the token where there is one', async () => {
    const url = await serve({ metricsToken: 'scrape-me' })
    expect((await metricsOf(url)).status).toBe(403)
    expect((await metricsOf(url, { authorization: 'Bearer scrape-mf' })).status).toBe(403)
    expect((await metricsOf(url, { authorization: 'Bearer scrape-me', 'x-forwarded-for': '203.0.113.9' })).status).toBe(
      200,
    )
  })
})

describe('a logo', () => {
  it('is where the connectors say', async () => {
    const [okta] = (await (await fetch(`${api.base}/v1/connectors`)).json()) as { logo_url: string }[]
    const path = new URL(okta?.logo_url ?? '').pathname
    const answer = await fetch(`${api.base}${path}`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
    expect(await answer.text()).toContain('<svg')
  })
})

describe('a request that is not one', () => {
  const key = () => ({ 'x-api-key': api.key, 'content-type': 'application/json' })
  const post = (body: string, headers: Record<string, string> = key()) =>
    fetch(`${api.base}/v1/provisioning/organizations`, { method: 'POST', headers, body })

  it('is refused in our words, whatever is wrong with it', async () => {
    const answers = [
      await post('{"name": '),
      await post('{"name": "a"}', { ...key(), 'content-type': 'text/plain' }),
      await post(JSON.stringify({ name: 'x'.repeat(70_000) })),
      await post('{"name": "nul \\u0000"}'),
      await fetch(`${api.base}/v1/idp/users/%zz`, { headers: key() }),
      await fetch(`${api.base}/v1/nothing/here`, { headers: key() }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([422, 415, 413, 422, 422, 404])
    for (const answer of answers) expect(await answer.json()).toMatchObject({ code: expect.any(String) })
  })

  it('does not reach the prototype of anything', async () => {
    const answer = await post('{"name": "ok", "__proto__": {"environment_id": "x"}, "constructor": {"prototype": 1}}')
    expect(answer.status).toBe(200)
    expect(Object.keys((await answer.json()) as object)).not.toContain('environment_id')
  })
})
