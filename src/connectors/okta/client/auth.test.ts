import { expect, test } from 'vitest'
import { Token } from '../token.ts'
import { auth, tokenSigner } from './auth.ts'
import type { OktaRequest, OktaResponse } from './pipeline.ts'
import { ResponseHeaders } from './response-headers.ts'

const TOKEN = `00${'x'.repeat(40)}`
const scope = { resource: 'test', background: false, signal: new AbortController().signal, onRequest: () => undefined }
const request: OktaRequest = { path: '/api/v1/users', scope, expect: 'array' }

const echoing = (token: string) => {
  const seen: OktaRequest[] = []
  const headers = new ResponseHeaders({ 'X-Okta-Request-Id': token, Link: ['<a>; rel="self"', `<b?x=${token}>`] })
  const answer: OktaResponse = { status: 200, headers, body: `["SSWS ${token}"]`, receivedAt: 0 }
  const send = auth(tokenSigner(new Token(token)))(async (sent) => {
    seen.push(sent)
    return answer
  })
  return { send, seen }
}

test('the token goes out with a request and does not come back with its answer', async () => {
  const { send, seen } = echoing(TOKEN)
  const { body, headers } = await send(request)
  expect(seen[0]?.authorization?.token.reveal()).toBe(TOKEN)
  expect(body).toBe('["SSWS [removed]"]')
  expect(headers.get('x-okta-request-id')).toBe('[removed]')
  expect(headers.all('link')).toEqual(['<a>; rel="self"', '<b?x=[removed]>'])
})

test('a request that is anonymous goes out without it', async () => {
  const { send, seen } = echoing(TOKEN)
  await send({ ...request, anonymous: true })
  expect(seen[0]?.authorization).toBeUndefined()
})

test('a token that could be a word spoils no answer', async () => {
  expect((await echoing('label').send(request)).body).toBe('["SSWS label"]')
})
