import { decodeJwt, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { newId } from '../../src/ids.ts'
import { readCredentials } from '../../src/store/credentials.ts'
import { type Provisioned, useProvisioned } from './provisioned.ts'

let api: Provisioned
let organization: string

useProvisioned((opened, made) => {
  api = opened
  organization = made
})

const REFUSED = { status: 401, body: { detail: 'Invalid or expired connection invite token' } }

const invited = async (body: object = { vendor: 'OKTA_IDP' }): Promise<string> => {
  const answer = await api.call('POST', `${organization}/connection-invite-tokens`, { body })
  if (answer.status !== 200) throw new Error(`no token: ${JSON.stringify(answer.body)}`)
  return answer.body.token
}
const withInvite = (method: string, path: string, invite: string, body?: object) =>
  api.call(method, path, { key: null, invite, body })
const creating = (invite: string, body: object = {}) =>
  withInvite('POST', `${organization}/connections`, invite, { credentials: api.credentials(), ...body })
const validating = (token: unknown, of = organization) =>
  api.call('POST', `${of}/connection-invite-token/validate`, { key: null, body: { token } })

const expireAll = () => api.org.db.query("update invite_tokens set expires_at = now() - interval '1 second'")

describe('an invite token', () => {
  it('is a JWT that says the organization, the vendors as a list, and when it runs out', async () => {
    const { body, status } = await api.call('POST', `${organization}/connection-invite-tokens`, {
      body: { vendor: 'OKTA_IDP', options: { secret: 'x' } },
    })
    expect(status).toBe(200)
    const payload = decodeJwt(body.token)
    expect(payload).toEqual({
      organization_id: organization.split('/').at(-1),
      vendors: ['OKTA_IDP'],
      jti: expect.any(String),
      exp: Math.floor(Date.parse(String(body.expires_at)) / 1000),
    })
  })

  it('is good for 1800 seconds, or as long as was asked', async () => {
    const lifeOf = async (token: string) => {
      const [row] = await api.org.db.query<{ seconds: number }>(
        'select extract(epoch from expires_at - created_at)::int as seconds from invite_tokens where id = $1',
        [decodeJwt(token).jti],
      )
      return row?.seconds
    }
    expect(await lifeOf(await invited())).toBe(1_800)
    expect(await lifeOf(await invited({ vendor: 'OKTA_IDP', expiry_secs: null }))).toBe(1_800)
    expect(await lifeOf(await invited({ vendor: 'OKTA_IDP', expiry_secs: 60 }))).toBe(60)
  })

  it.each([
    [{}, ['vendor']],
    [{ vendor: 'WIZ_VMS' }, ['vendor']],
    [{ vendor: 'OKTA_IDP', expiry_secs: 59 }, ['expiry_secs']],
    [{ vendor: 'OKTA_IDP', expiry_secs: 2_592_001 }, ['expiry_secs']],
    [{ connection_id: 'x' }, ['connection_id']],
  ])('for %j is a 422', async (body, loc) => {
    const answer = await api.call('POST', `${organization}/connection-invite-tokens`, { body })
    expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', ...loc] }] } })
  })

  it('for a connection of another organization is a 404', async () => {
    const { id } = await api.connection(await api.organization())
    const answer = await api.call('POST', `${organization}/connection-invite-tokens`, { body: { connection_id: id } })
    expect(answer).toMatchObject({ status: 404, body: { detail: 'Connection Not Found' } })
  })
})

describe('the validation of an invite token', () => {
  it('needs no key and answers with the form of the one vendor, in camelCase', async () => {
    const answer = await validating(await invited())
    expect(answer).toMatchObject({
      status: 200,
      body: {
        vendor: 'OKTA_IDP',
        vendorName: 'Okta',
        logoUrl: `${api.publicUrl}/static/img/vendor-logos/okta_idp.svg`,
        docsUrl: expect.stringMatching(/^https:/),
        credentialsType: 'SECRETS',
        dataSchema: { required: ['domain'], properties: { api_token: { password: true } } },
        uiSchema: { type: 'VerticalLayout' },
      },
    })
  })

  it('does not use it up', async () => {
    const token = await invited()
    await validating(token)
    expect((await creating(token)).status).toBe(200)
  })

  it('refuses what is forged, expired, used, of another organization or no token at all', async () => {
    const used = await invited()
    await creating(used)
    const good = await invited()
    const forged = await new SignJWT(decodeJwt(good)).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32, 1))
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`
    for (const token of [used, forged, unsigned, '', 'x.y.z']) expect(await validating(token)).toMatchObject(REFUSED)
    expect(await validating(good, await api.organization())).toMatchObject(REFUSED)
    await expireAll()
    expect(await validating(good)).toMatchObject(REFUSED)
    expect((await validating(7)).status).toBe(422)
  })
})

describe('with a create token', () => {
  it('vendor, options and identifier are those of the token, and options are never echoed', async () => {
    const token = await invited({ vendor: 'OKTA_IDP', identifier: 'from the token', options: { tier: 1 } })
    const { status, body } = await creating(token, { vendor: 'WIZ_VMS', identifier: 'mine', options: { tier: 2 } })
    expect(status).toBe(200)
    expect(body).toMatchObject({ vendor: 'OKTA_IDP', identifier: 'from the token', state: 'ACTIVE' })
    expect(JSON.stringify(body)).not.toContain('tier')
    const [row] = await api.org.db.query('select options from connections where id = $1', [body.id])
    expect(row).toEqual({ options: { tier: 1 } })
  })

  it('exactly one connection can be made, however many try at once', async () => {
    const token = await invited()
    const before = await api.call('GET', `${organization}/connections`)
    const answers = await Promise.all([creating(token), creating(token), creating(token)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401])
    const after = await api.call('GET', `${organization}/connections`)
    expect(after.body.total).toBe(Number(before.body.total) + 1)
    expect(await creating(token)).toMatchObject(REFUSED)
  })

  it('credentials that are refused do not use it up', async () => {
    const token = await invited()
    const wrong = { credentials: { domain: 'localhost', api_token: 'x'.repeat(42) } }
    expect((await creating(token, wrong)).status).toBe(422)
    expect((await creating(token)).status).toBe(200)
  })

  it('the connection it made can be polled, and no other', async () => {
    const token = await invited()
    const { body } = await creating(token)
    const other = await api.connection(organization)
    const polled = await withInvite('GET', `${organization}/connections/${body.id}`, token)
    expect(polled).toMatchObject({ status: 200, body: { id: body.id, is_active: true } })
    expect(await withInvite('GET', `${organization}/connections/${other.id}`, token)).toMatchObject(REFUSED)
  })

  it('nothing else can be done', async () => {
    const token = await invited()
    const { id } = await api.connection(organization)
    const path = `${organization}/connections/${id}`
    expect(await withInvite('PATCH', path, token, { credentials: api.credentials() })).toMatchObject(REFUSED)
    expect(await withInvite('POST', `${await api.organization()}/connections`, token, {})).toMatchObject(REFUSED)
    for (const [method, url] of [
      ['GET', `${organization}/connections`],
      ['DELETE', path],
      ['GET', organization],
      ['POST', `${path}/sync`],
    ] as const)
      expect(await withInvite(method, url, token)).toMatchObject({ status: 401, body: { detail: 'Invalid API Key' } })
  })

  it('the audit log says that the token was used, and who it was', async () => {
    const token = await invited()
    const { body } = await creating(token)
    const { jti } = decodeJwt(token)
    const rows = await api.org.db.query(
      'select action, actor_type, actor_id from audit_log where object_id = any($1) order by action',
      [[body.id, jti]],
    )
    expect(rows).toEqual([
      { action: 'connection.created', actor_type: 'invite_token', actor_id: jti },
      { action: 'invite_token.created', actor_type: 'api_key', actor_id: expect.any(String) },
      { action: 'invite_token.used', actor_type: 'invite_token', actor_id: jti },
    ])
  })

  it('a key that comes along acts as the token says', async () => {
    const invite = await invited({ vendor: 'OKTA_IDP', identifier: 'from the token' })
    const body = { credentials: api.credentials(), identifier: 'mine' }
    const answer = await api.call('POST', `${organization}/connections`, { invite, body })
    expect(answer.body.identifier).toBe('from the token')
  })

  it('it is worth nothing once it has run out', async () => {
    const token = await invited()
    await expireAll()
    expect(await creating(token)).toMatchObject(REFUSED)
  })
})

describe('with an update token', () => {
  const updating = async () => {
    const { id } = await api.connection(organization, { identifier: 'ours' })
    const path = `${organization}/connections/${id}`
    return { id, path, token: await invited({ connection_id: id }) }
  }
  const credentials = { domain: 'acme.okta.com', api_token: `00new${'E'.repeat(37)}` }

  it('the payload names the connection', async () => {
    const { id, token } = await updating()
    expect(decodeJwt(token)).toMatchObject({ connection_id: id, vendors: ['OKTA_IDP'] })
  })

  it('the credentials of its connection change and nothing else, once', async () => {
    const { id, path, token } = await updating()
    const { status, body } = await withInvite('PATCH', path, token, {
      credentials,
      state: 'PAUSED',
      identifier: 'theirs',
      refresh_interval_secs: 60,
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ state: 'ACTIVE', identifier: 'ours', refresh_interval_secs: 300 })
    expect(await readCredentials(api.org.db, api.services.sealer, id)).toEqual({ token: credentials.api_token })
    expect(await withInvite('PATCH', path, token, { credentials })).toMatchObject(REFUSED)
    expect((await withInvite('GET', path, token)).status).toBe(200)
  })

  it('nothing can be deleted', async () => {
    const { path, token } = await updating()
    expect((await withInvite('PATCH', path, token, { state: 'DELETED' })).status).toBe(422)
    expect((await api.call('GET', path)).body.state).toBe('ACTIVE')
  })

  it('another connection cannot be changed, and none be made', async () => {
    const { token } = await updating()
    const other = await api.connection(organization)
    for (const id of [other.id, newId()])
      expect(await withInvite('PATCH', `${organization}/connections/${id}`, token, { credentials })).toMatchObject(
        REFUSED,
      )
    expect(await creating(token)).toMatchObject(REFUSED)
  })
})

describe('the test of credentials before they are stored', () => {
  it('answers with the matrix, and stores nothing', async () => {
    const before = await api.org.db.query('select count(*) from connections')
    const { status, body } = await api.call('POST', `${organization}/connections/test`, {
      body: { vendor: 'OKTA_IDP', credentials: api.credentials() },
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      is_valid: true,
      message: null,
      check: { verdict: 'ok', org: { id: expect.any(String) } },
    })
    expect((body.check as { rows: unknown[] }).rows.length).toBeGreaterThan(15)
    expect(await api.org.db.query('select count(*) from connections')).toEqual(before)
    expect(JSON.stringify(body)).not.toContain(api.org.sim.token)
  })

  it('says what cannot be read, and that a sync works all the same', async () => {
    api.org.sim.fault('roles-forbidden')
    const { body } = await api.call('POST', `${organization}/connections/test`, {
      body: { vendor: 'OKTA_IDP', credentials: api.credentials() },
    })
    api.org.sim.clearFaults()
    expect(body).toMatchObject({ is_valid: true, check: { verdict: 'incomplete' } })
    expect(body.message).toMatch(/user_roles/)
  })

  it('may be made with an unused invite token, whose vendor counts', async () => {
    const token = await invited()
    const test = () => withInvite('POST', `${organization}/connections/test`, token, { credentials: api.credentials() })
    expect(await test()).toMatchObject({ status: 200, body: { is_valid: true } })
    await creating(token)
    expect(await test()).toMatchObject(REFUSED)
  })

  it('refuses what cannot be credentials, naming the property', async () => {
    const credentials = { org_url: 'https://10.0.0.1', token: 'x'.repeat(42) }
    const answer = await api.call('POST', `${organization}/connections/test`, {
      body: { vendor: 'OKTA_IDP', credentials },
    })
    expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'credentials', 'org_url'] }] } })
  })
})

describe('the test of a connection', () => {
  const testing = async (id: unknown) => api.call('GET', `${organization}/connections/${id}/test`)

  it('tries the stored credentials', async () => {
    const { id } = await api.connection(organization)
    expect(await testing(id)).toMatchObject({ status: 200, body: { is_valid: true, message: null } })
  })

  it('is answered with 200 and what is wrong: a refused token', async () => {
    const { id } = await api.connection(organization)
    api.org.sim.fault('token-invalid')
    const answer = await testing(id)
    api.org.sim.clearFaults()
    expect(answer).toMatchObject({ status: 200, body: { is_valid: false, check: { verdict: 'unusable' } } })
    expect(answer.body.message).toContain('Create a new token')
  })

  it('is answered with 200 and what is wrong: nobody there', async () => {
    const { id } = await api.connection(organization)
    api.org.sim.fault('not-an-okta-org')
    const answer = await testing(id)
    api.org.sim.clearFaults()
    expect(answer).toMatchObject({ status: 200, body: { is_valid: false } })
    expect(answer.body.message).toEqual(expect.any(String))
  })

  it('is answered with 200 and what is wrong: no credentials', async () => {
    const { id } = await api.connection(organization)
    await api.org.db.query('delete from connection_credentials where connection_id = $1', [id])
    expect(await testing(id)).toMatchObject({ status: 200, body: { is_valid: false, check: null } })
  })

  it('is answered with 200 and what is wrong: another org than before', async () => {
    const { id } = await api.connection(organization)
    await api.org.db.query("update connections set org_id = '00oanother' where id = $1", [id])
    const answer = await testing(id)
    expect(answer).toMatchObject({ status: 200, body: { is_valid: false } })
    expect(answer.body.message).toContain('another org')
  })
})

describe('the connectors', () => {
  it('are a bare list that needs no key', async () => {
    const { status, body } = await api.call('GET', '/v1/connectors', { key: null })
    expect(status).toBe(200)
    expect(body).toMatchObject([
      {
        vendor: 'OKTA_IDP',
        vendor_name: 'Okta',
        logo_url: `${api.publicUrl}/static/img/vendor-logos/okta_idp.svg`,
        category: 'IDP',
        credentials_type: 'SECRETS',
        data_schema: { required: ['domain'] },
      },
    ])
  })
})
