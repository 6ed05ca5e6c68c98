import { generateKeyPairSync } from 'node:crypto'
import { importJWK, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sim, type SimServiceApp, startSim } from './index.ts'
import { handClock } from './testing/calls.ts'

/** Signing in as Okta documents it, done by hand: what is right is taken, and what is not is refused in Okta's words. */

let sim: Sim
const clock = handClock()
beforeAll(async () => {
  sim = await startSim({ users: 12, clock, limitScale: Number.POSITIVE_INFINITY })
})
afterAll(() => sim.close())

const endpoint = () => `${sim.origin}/oauth2/v1/token`
const seconds = () => Math.floor(clock.now() / 1000)
let uses = 0

async function assertionOf(app: SimServiceApp, claims: JWTPayload = {}, header: object = {}): Promise<string> {
  const usual = { iss: app.clientId, sub: app.clientId, aud: endpoint(), exp: seconds() + 300, jti: `use ${++uses}` }
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: app.keyId, ...header })
    .sign(await importJWK(JSON.parse(app.privateKey), 'ES256'))
}

async function ask(assertion: string, { scope = 'okta.users.read', proof }: { scope?: string; proof?: string } = {}) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  })
  const answer = await fetch(endpoint(), { method: 'POST', body, ...(proof && { headers: { dpop: proof } }) })
  const granted = (await answer.json()) as Record<string, string>
  return { status: answer.status, nonce: answer.headers.get('dpop-nonce'), body: granted }
}

const get = async (path: string, authorization: string, proof?: string) => {
  const answer = await fetch(sim.origin + path, { headers: { authorization, ...(proof && { dpop: proof }) } })
  return { status: answer.status, why: answer.headers.get('www-authenticate'), body: await answer.json() }
}

describe('a service app', () => {
  test('gets a bearer token for an hour, with the scopes it asked for', async () => {
    const { body, status } = await ask(await assertionOf(sim.addServiceApp()), {
      scope: 'okta.users.read okta.groups.read',
    })
    expect({ status, ...body }).toMatchObject({
      status: 200,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'okta.users.read okta.groups.read',
    })
    const bearer = `Bearer ${body.access_token}`
    expect((await get('/api/v1/users', bearer)).status).toBe(200)
    expect((await get('/api/v1/users/me', bearer)).status).toBe(404)
    for (const scheme of ['SSWS', 'DPoP'])
      expect((await get('/api/v1/users', `${scheme} ${body.access_token}`)).status, scheme).toBe(401)
    const refused = await get('/api/v1/apps?limit=1', bearer)
    expect(refused).toMatchObject({ status: 403, body: { errorCode: 'E0000006' } })
    expect(refused.why).toMatch(
      /^Bearer authorization_uri="http:.*", scope="okta.apps.read", error="insufficient_scope".*resource="\/api\/v1\/apps"$/,
    )
    clock.advance(3_600_000)
    const ended = await get('/api/v1/users', bearer)
    expect(ended).toMatchObject({ status: 401, body: { errorCode: 'E0000011' } })
    expect(ended.why).toContain('error="invalid_token"')
  })

  test.each<[string, JWTPayload, object, string]>([
    ['another audience', { aud: 'https://acme.okta.com' }, {}, 'audience claim'],
    ['no such app', { iss: '0oaother', sub: '0oaother' }, {}, "'client_id'"],
    ['another subject', { sub: '0oaother' }, {}, 'issuer and its subject'],
    ['an end in the past', { exp: 1 }, {}, 'is expired'],
    ['an end too far away', { exp: 9e9 }, {}, 'over an hour away'],
    ['a key that it does not have', {}, { kid: 'other' }, "'other' was not found"],
  ])('is refused an assertion with %s', async (_, claims, header, words) => {
    const { status, body } = await ask(await assertionOf(sim.addServiceApp(), claims, header))
    expect([status, body.error]).toEqual([401, 'invalid_client'])
    expect(body.error_description).toContain(words)
  })

  test('is refused an assertion that another key has signed, one that is none, and one that was used', async () => {
    const [app, other] = [sim.addServiceApp(), sim.addServiceApp()]
    const foreign = await assertionOf({ ...app, privateKey: other.privateKey })
    expect((await ask(foreign)).body.error_description).toContain('signature is invalid')
    expect((await ask('a.b.c')).body.error_description).toContain('not a JWT')
    const assertion = await assertionOf(app)
    expect((await ask(assertion)).status).toBe(200)
    expect((await ask(assertion)).body.error_description).toContain('used before')
  })

  test('is refused scopes that are not granted, and tells unknown ones and none at all apart', async () => {
    const app = sim.addServiceApp({ scopes: ['okta.users.read'] })
    const errors = []
    for (const scope of ['okta.users.read okta.logs.read', 'okta.everything', '', 'okta.logs.read'])
      errors.push((await ask(await assertionOf(app), { scope })).body.error)
    expect(errors).toEqual(['invalid_scope', 'invalid_scope', 'invalid_scope', 'consent_required'])
    app.grant(['okta.logs.read'])
    expect((await ask(await assertionOf(app), { scope: 'okta.logs.read' })).status).toBe(200)
  })

  test('without an admin role sees empty lists, and is refused everything else', async () => {
    const scope = 'okta.users.read okta.groups.read okta.logs.read'
    const { body } = await ask(await assertionOf(sim.addServiceApp({ role: 'none' })), { scope })
    const answers = await Promise.all(
      ['users', 'groups', 'logs', `users/${sim.org.userId(1)}`].map((path) =>
        get(`/api/v1/${path}`, `Bearer ${body.access_token}`),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403, 403])
    expect(answers.map(({ why }) => why)).toEqual([null, null, null, null])
    expect(answers.slice(0, 2).map((answer) => answer.body)).toEqual([[], []])
  })
})

describe('a service app that has to prove its key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' })
  const proofOf = (claims: JWTPayload) =>
    new SignJWT({ htm: 'POST', htu: endpoint(), iat: seconds(), jti: `use ${++uses}`, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .sign(privateKey)
  const ath = async (token: string) =>
    Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url')

  test('is told step by step what lacks, and gets a token that is good with proofs alone', async () => {
    const app = sim.addServiceApp({ dpop: true })
    const asking = async (proof?: string) => ask(await assertionOf(app), proof === undefined ? {} : { proof })
    expect((await asking()).body.error).toBe('invalid_dpop_proof')
    const { body, nonce, status } = await asking(await proofOf({}))
    expect([status, body.error]).toEqual([400, 'use_dpop_nonce'])
    const granted = await asking(await proofOf({ nonce: nonce ?? '' }))
    expect(granted.body).toMatchObject({ token_type: 'DPoP', expires_in: 3600 })
    const token = granted.body.access_token ?? ''
    const path = '/api/v1/users'
    const usual = { htm: 'GET', htu: sim.origin + path, ath: await ath(token) }
    const proof = await proofOf(usual)
    expect((await get(`${path}?limit=2`, `DPoP ${token}`, proof)).status).toBe(200)
    const wrong = [proof, undefined]
    for (const claims of [{ htm: 'POST' }, { htu: `${sim.origin}/api/v1/groups` }, { ath: 'x' }, { iat: 1 }])
      wrong.push(await proofOf({ ...usual, ...claims }))
    for (const one of wrong) expect((await get(path, `DPoP ${token}`, one)).status).toBe(401)
    expect((await get(path, `Bearer ${token}`)).status).toBe(401)
  })

  test('may use a nonce for three days', async () => {
    const app = sim.addServiceApp({ dpop: true })
    const { nonce } = await ask(await assertionOf(app), { proof: await proofOf({}) })
    const again = async () => ask(await assertionOf(app), { proof: await proofOf({ nonce: nonce ?? '' }) })
    clock.advance(2 * 86_400_000)
    expect((await again()).status).toBe(200)
    clock.advance(86_400_000)
    expect((await again()).body.error).toBe('use_dpop_nonce')
  })
})
