import { describe, expect, test } from 'vitest'
import { TestClock } from '../../../../test/harness/test-clock.ts'
import { AppError, type ErrorCode } from '../../../errors.ts'
import { silentLog } from '../../../log.ts'
import type { OktaRequest, OktaResponse } from './pipeline.ts'
import { ResponseHeaders } from './response-headers.ts'
import { type RetryOptions, retry } from './retry.ts'

const OK: OktaResponse = { status: 200, headers: new ResponseHeaders(), body: '[]', receivedAt: 0, json: [] }

const failing = (code: ErrorCode, details = {}) => new AppError(code, 'failed', { details })

function retried(outcomes: readonly (AppError | 'ok')[], options: { retry?: RetryOptions; maxWaitMs?: number } = {}) {
  const clock = new TestClock()
  const sent: OktaRequest[] = []
  const layer = retry({ clock, log: silentLog, random: () => 1, ...options })
  const send = layer(async (request) => {
    const outcome = outcomes[Math.min(sent.push(request), outcomes.length) - 1]
    if (outcome instanceof AppError) throw outcome
    return OK
  })
  const get = (more: Partial<OktaRequest> = {}, signal = new AbortController().signal) =>
    send({
      path: '/api/v1/users?after=secret',
      expect: 'array',
      scope: { resource: 'users', background: false, signal, onRequest() {} },
      ...more,
    })
  return { get, sent, clock }
}

describe('a passing failure', () => {
  test.each(['okta_unavailable', 'okta_timeout', 'okta_truncated_body', 'okta_not_json', 'okta_unreachable'] as const)(
    'B033: %s is repeated with growing waits',
    async (code) => {
      const { get, sent, clock } = retried([failing(code), failing(code), failing(code), 'ok'])
      await get()
      expect(sent).toHaveLength(4)
      expect(clock.sleeps).toEqual([500, 1_000, 2_000])
    },
  )

  test('ends after six tries, with waits of at most half a minute', async () => {
    const { get, sent, clock } = retried([failing('okta_unavailable', { status: 503 })])
    await expect(get()).rejects.toMatchObject({ code: 'okta_unavailable' })
    expect(sent).toHaveLength(6)
    const patient = retried([failing('okta_unavailable')], { retry: { attempts: 10 } })
    await expect(patient.get()).rejects.toThrow()
    expect(Math.max(...clock.sleeps, ...patient.clock.sleeps)).toBe(30_000)
  })

  test('waits as long as Retry-After says', async () => {
    const { get, clock } = retried([failing('okta_unavailable', { retry_after_ms: 12_000 }), 'ok'])
    await get()
    expect(clock.sleeps).toEqual([12_000])
  })

  test('is repeated with the two headers that Okta asks for', async () => {
    const { get, sent } = retried([
      failing('okta_unavailable', { request_id: 'req1' }),
      failing('okta_unavailable', { request_id: 'req2' }),
      'ok',
    ])
    await get()
    expect(sent[0]?.headers).toBeUndefined()
    expect(sent[2]?.headers).toEqual({ 'x-okta-retry-for': 'req1', 'x-okta-retry-count': '2' })
  })

  test('B018: is not waited out by a caller who cannot', async () => {
    const { get, sent } = retried([failing('okta_unavailable')], { maxWaitMs: 600 })
    await expect(get()).rejects.toMatchObject({ code: 'okta_unavailable' })
    expect(sent).toHaveLength(2)
  })

  test('stops waiting when the scope is aborted', async () => {
    const stop = new AbortController()
    const { get, clock } = retried([failing('okta_unavailable', { retry_after_ms: 60_000 })])
    void clock.sleep(100).then(() => stop.abort(new Error('enough')))
    await expect(get({}, stop.signal)).rejects.toThrow('enough')
  })
})

describe('B028: a listing that may ask for less', () => {
  test.each([500, 502, 504])('repeats a %i once only', async (status) => {
    const { get, sent } = retried([failing('okta_unavailable', { status })])
    await expect(get({ shrinkable: 'further' })).rejects.toThrow()
    expect(sent).toHaveLength(2)
  })

  test('that can ask for no less is repeated like any other', async () => {
    const { get, sent } = retried([failing('okta_unavailable', { status: 500 })])
    await expect(get({ shrinkable: 'least' })).rejects.toThrow()
    expect(sent).toHaveLength(6)
  })

  test('does not repeat a time-out', async () => {
    const { get, sent } = retried([failing('okta_timeout')])
    await expect(get({ shrinkable: 'further' })).rejects.toThrow()
    expect(sent).toHaveLength(1)
  })

  test('repeats what has nothing to do with its size like any other', async () => {
    const { get, sent } = retried([failing('okta_unavailable', { status: 503 })])
    await expect(get({ shrinkable: 'further' })).rejects.toThrow()
    expect(sent).toHaveLength(6)
  })
})

test('B001: a rate limit told under another status than 429 is waited out here', async () => {
  const { get, sent } = retried([failing('okta_rate_limited', { status: 403 })])
  await expect(get()).rejects.toThrow()
  expect(sent).toHaveLength(6)
})

describe('a lasting failure', () => {
  test.each([
    'okta_scope_missing',
    'okta_feature_off',
    'okta_not_found',
    'okta_bad_request',
    'cursor_expired',
  ] as const)('%s is not repeated', async (code) => {
    const { get, sent } = retried([failing(code)])
    await expect(get()).rejects.toMatchObject({ code })
    expect(sent).toHaveLength(1)
  })

  test('a certificate does not mend itself', async () => {
    const { get, sent } = retried([failing('okta_unreachable', { reason: 'certificate' })])
    await expect(get()).rejects.toThrow()
    expect(sent).toHaveLength(1)
  })

  test('B147: a refused token is asked about once more, then believed', async () => {
    const { get, sent, clock } = retried([failing('okta_token_rejected')])
    await expect(get()).rejects.toMatchObject({ code: 'okta_token_rejected' })
    expect(sent).toHaveLength(2)
    expect(clock.sleeps).toEqual([1_000])
  })

  test('a single 401 in passing does no harm', async () => {
    const { get } = retried([failing('okta_token_rejected'), 'ok'])
    expect((await get()).status).toBe(200)
  })

  test('an error of our own making goes straight through', async () => {
    const send = retry({ clock: new TestClock(), log: silentLog, random: () => 1 })(() =>
      Promise.reject(new TypeError('bug')),
    )
    const scope = { resource: 'users', background: false, signal: new AbortController().signal, onRequest() {} }
    await expect(send({ path: '/', expect: 'any', scope })).rejects.toThrow(TypeError)
  })
})
