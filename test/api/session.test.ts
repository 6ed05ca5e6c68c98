import { describe, expect, it } from 'vitest'
import { revokeApiKey } from '../../src/store/api-keys.ts'
import { validateAnswer } from './documented.ts'
import { type Provisioned, useProvisioned } from './provisioned.ts'

let api: Provisioned

useProvisioned((opened) => {
  api = opened
})

const signIn = (key: string) =>
  fetch(`${api.base}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ api_key: key }),
  })

const cookieOf = (answer: Response): string => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

const OURS = { 'x-rollcall-session': '1' }

const ask = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
  const answer = await fetch(`${api.base}${path}`, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, answer }
}

/** The cookie of a fresh session. */
const signedIn = async (key = api.key): Promise<string> => cookieOf(await signIn(key))

describe('signing in', () => {
  it('is answered with whose key it was, and a cookie that scripts cannot read and other sites cannot send', async () => {
    const answer = await signIn(api.key)
    const body = await answer.json()
    validateAnswer('create_session', answer.status, body)
    expect(body).toMatchObject({ key_name: 'ours', environment: 'ours', access: 'full' })
    const cookie = answer.headers.get('set-cookie') ?? ''
    for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Secure']) expect(cookie).toContain(attribute)
    expect(cookie).not.toContain(api.key)
  })

  it('forgives blanks around the key, and refuses what is none', async () => {
    expect((await signIn(` ${api.key}\n`)).status).toBe(200)
    for (const wrong of ['', 'rck_', `${api.key}x`, 'x'.repeat(47)]) {
      const answer = await signIn(wrong)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('set-cookie')).toBeNull()
      expect(await answer.json()).toMatchObject({ code: 'api_key_invalid' })
    }
  })

  it('keeps no secret in the database', async () => {
    const secret = (await signedIn()).split('=')[1] ?? ''
    const rows = await api.org.db.query<{ text: string }>('select sessions::text as text from sessions')
    expect(secret).toMatch(/^rcs_/)
    expect(JSON.stringify(rows)).not.toContain(secret)
  })
})

describe('a session', () => {
  it('stands for its key: organizations, connections and identity data', async () => {
    const cookie = await signedIn()
    const headers = { cookie, ...OURS }
    expect(await ask('GET', '/v1/session', headers)).toMatchObject({ status: 200, body: { key_name: 'ours' } })
    const made = await ask('POST', '/v1/provisioning/organizations', headers, { name: 'By session' })
    expect(made.status).toBe(200)
    const { id } = await api.connection(`/v1/provisioning/organizations/${made.body.id}`)
    const users = await ask('GET', '/v1/idp/users', { ...headers, 'x-connection-id': id })
    expect(users).toMatchObject({ status: 200, body: { items: [] } })
  })

  it('counts for nothing without the header that pages of ours send', async () => {
    const cookie = await signedIn()
    expect((await ask('GET', '/v1/provisioning/organizations', { cookie })).status).toBe(401)
    expect((await ask('POST', '/v1/provisioning/organizations', { cookie }, { name: 'Forged' })).status).toBe(401)
  })

  it('counts for nothing where the browser says that another site began the request', async () => {
    const cookie = await signedIn()
    for (const site of ['cross-site', 'same-site', 'none'])
      expect((await ask('GET', '/v1/session', { cookie, ...OURS, 'sec-fetch-site': site })).status).toBe(401)
    expect((await ask('GET', '/v1/session', { cookie, ...OURS, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })

  it('is not among what scripts of other origins may send: the browser is told so when it asks', async () => {
    const answer = await fetch(`${api.base}/v1/session`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'x-rollcall-session',
      },
    })
    expect(answer.headers.get('access-control-allow-headers')?.toLowerCase()).not.toContain('x-rollcall-session')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  })

  it('of a key that may only read, only reads', async () => {
    const headers = { cookie: await signedIn(api.readOnlyKey), ...OURS }
    expect((await ask('GET', '/v1/provisioning/organizations', headers)).status).toBe(200)
    expect(await ask('POST', '/v1/provisioning/organizations', headers, { name: 'No' })).toMatchObject({
      status: 403,
      body: { code: 'api_key_read_only' },
    })
  })

  it('of a stranger sees nothing of ours', async () => {
    const organization = await api.organization()
    const headers = { cookie: await signedIn(api.strangersKey), ...OURS }
    expect((await ask('GET', organization, headers)).body).toMatchObject({ code: 'organization_invalid' })
  })

  it('gives way to a key that is sent along, even to a wrong one', async () => {
    const headers = { cookie: await signedIn(), ...OURS, 'x-api-key': api.strangersKey }
    expect((await ask('GET', '/v1/session', headers)).body).toMatchObject({ key_name: 'stranger', expires_at: null })
    expect((await ask('GET', '/v1/session', { ...headers, 'x-api-key': 'rck_wrong' })).status).toBe(401)
  })

  it('ends when somebody signs out, for this browser alone', async () => {
    const [cookie, other] = [await signedIn(), await signedIn()]
    const out = await ask('DELETE', '/v1/session', { cookie, ...OURS })
    expect(out.status).toBe(200)
    expect(out.answer.headers.get('set-cookie')).toMatch(/^rollcall_session=;.*Max-Age=0/)
    api.org.clock.advance(2_000)
    expect((await ask('GET', '/v1/session', { cookie, ...OURS })).status).toBe(401)
    expect((await ask('GET', '/v1/session', { cookie: other, ...OURS })).status).toBe(200)
  })

  it('ends by itself, and with its key', async () => {
    const cookie = await signedIn()
    await api.org.db.query("update sessions set expires_at = now() - interval '1 second'")
    expect((await ask('GET', '/v1/session', { cookie, ...OURS })).status).toBe(401)
    const again = await signedIn(api.readOnlyKey)
    await revokeApiKey(api.org.db, api.readOnlyKey)
    expect((await ask('GET', '/v1/session', { cookie: again, ...OURS })).status).toBe(401)
  })

  it('is not written down for looking: an open dashboard looks every minute', async () => {
    const organization = await api.organization()
    await ask('GET', `${organization}/connections`, { cookie: await signedIn(), ...OURS })
    await api.call('GET', `${organization}/connections`)
    const { body } = await api.call(
      'GET',
      `/v1/audit-log?action=connection.listed&organizationId=${organization.split('/').at(-1)}`,
    )
    expect(body.items).toHaveLength(1)
  })

  it('is written down when it begins and when it ends', async () => {
    const cookie = await signedIn()
    await ask('DELETE', '/v1/session', { cookie, ...OURS })
    const { body } = await api.call('GET', '/v1/audit-log?limit=2')
    expect(body.items).toMatchObject([{ action: 'session.ended' }, { action: 'session.created' }])
    expect(JSON.stringify(body)).not.toContain('rcs_')
  })
})
