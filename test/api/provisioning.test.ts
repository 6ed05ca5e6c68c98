import { describe, expect, it } from 'vitest'
import { newId } from '../../src/ids.ts'
import { readCredentials } from '../../src/store/credentials.ts'
import { type Provisioned, useProvisioned } from './provisioned.ts'

let api: Provisioned

useProvisioned((opened) => {
  api = opened
})

const ORGANIZATIONS = '/v1/provisioning/organizations'
const idOf = (path: string) => path.split('/').at(-1)

const unfinishedJobs = (connectionId: unknown) =>
  api.org.db.query<{ state: string; trigger: string; settings: object }>(
    "select state, trigger, settings from sync_jobs where connection_id = $1 and state <> 'ended'",
    [connectionId],
  )
const audited = (objectId: unknown) =>
  api.org.db
    .query<{ action: string }>('select action from audit_log where object_id = $1 order by at, id', [objectId])
    .then((rows) => rows.map(({ action }) => action))

describe('organizations', () => {
  it('are created with 200 and read back the same', async () => {
    const { status, body } = await api.call('POST', ORGANIZATIONS, { body: { name: 'Acme', identifier: 'acme-1' } })
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['created_at', 'id', 'identifier', 'name', 'updated_at'])
    expect(body).toMatchObject({ name: 'Acme', identifier: 'acme-1' })
    expect(await api.call('GET', `${ORGANIZATIONS}/${body.id}`)).toEqual({ status: 200, body })
    expect(await audited(body.id)).toEqual(['organization.created'])
  })

  it('need neither a name nor an identifier', async () => {
    for (const body of [{}, { name: null, identifier: null }])
      expect(await api.call('POST', ORGANIZATIONS, { body })).toMatchObject({ status: 200, body: { name: null } })
  })

  it.each([
    [{ name: 'x'.repeat(256) }, 'name'],
    [{ identifier: 'x'.repeat(256) }, 'identifier'],
    [{ name: 'a\0b' }, 'name'],
    [{ name: 7 }, 'name'],
  ])('with %j are a 422 that names the field', async (body, field) => {
    const answer = await api.call('POST', ORGANIZATIONS, { body })
    expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', field] }] } })
  })

  it('are listed by offset, the oldest first, with count and total', async () => {
    const identifier = newId()
    for (const name of ['one', 'two', 'three']) await api.call('POST', ORGANIZATIONS, { body: { name, identifier } })
    const page = (query: string) => api.call('GET', `${ORGANIZATIONS}?identifier=${identifier}&${query}`)
    const first = await page('limit=2')
    expect(first.body).toMatchObject({ count: 2, total: 3, items: [{ name: 'one' }, { name: 'two' }] })
    expect((await page('limit=2&offset=2')).body).toMatchObject({ count: 1, total: 3, items: [{ name: 'three' }] })
    expect((await page('excludeTotal=true&limit=1')).body).toMatchObject({ count: 1, total: null })
    expect((await page('limit=0')).body).toEqual({ count: 0, items: [], total: 3 })
    expect((await page('limit=-1')).status).toBe(422)
  })

  it('are changed field by field: what is absent stays, null takes away', async () => {
    const { body } = await api.call('POST', ORGANIZATIONS, { body: { name: 'Old', identifier: 'kept' } })
    const path = `${ORGANIZATIONS}/${body.id}`
    expect((await api.call('PATCH', path, { body: { name: 'New' } })).body).toMatchObject({
      name: 'New',
      identifier: 'kept',
    })
    expect((await api.call('PATCH', path, { body: { identifier: null } })).body).toMatchObject({
      name: 'New',
      identifier: null,
    })
  })

  it('take their connections, credentials, jobs and invite tokens with them when they are deleted', async () => {
    const organization = await api.organization()
    const connection = await api.connection(organization)
    const invite = await api.call('POST', `${organization}/connection-invite-tokens`, { body: { vendor: 'OKTA_IDP' } })
    const { status, body } = await api.call('DELETE', organization)
    expect(status).toBe(200)
    expect(body.id).toBe(idOf(organization))
    const [row] = await api.org.db.query(
      `select state, deleted_at is not null as is_marked,
              (select count(*)::int from connection_credentials where connection_id = c.id) as credentials
         from connections c where id = $1`,
      [connection.id],
    )
    expect(row).toEqual({ state: 'DELETED', is_marked: true, credentials: 0 })
    expect(await unfinishedJobs(connection.id)).toEqual([])
    expect(await audited(connection.id)).toEqual(['connection.created', 'connection.deleted'])
    const validation = await api.call('POST', `${organization}/connection-invite-token/validate`, {
      body: { token: invite.body.token },
    })
    expect(validation.status).toBe(401)
  })

  it('are not found once they have been deleted, and not listed', async () => {
    const organization = await api.organization()
    await api.call('DELETE', organization)
    for (const [method, path] of [
      ['GET', organization],
      ['DELETE', organization],
      ['GET', `${organization}/connections`],
    ] as const)
      expect(await api.call(method, path)).toMatchObject({ status: 404, body: { detail: 'Organization Not Found' } })
    const { body } = await api.call('GET', `${ORGANIZATIONS}?limit=1000`)
    expect(body.items.map(({ id }) => id)).not.toContain(idOf(organization))
  })
})

describe('another environment', () => {
  it('is told that the organization id is invalid, whatever it does, as for one that there is not', async () => {
    const organization = await api.organization()
    const { id } = await api.connection(organization)
    const connection = `${organization}/connections/${id}`
    const calls: [string, string, object?][] = [
      ['GET', organization],
      ['PATCH', organization, {}],
      ['DELETE', organization],
      ['GET', `${organization}/connections`],
      ['POST', `${organization}/connections`, { vendor: 'OKTA_IDP', credentials: api.credentials() }],
      ['POST', `${organization}/connections/test`, { vendor: 'OKTA_IDP', credentials: api.credentials() }],
      ['GET', connection],
      ['PATCH', connection, { state: 'PAUSED' }],
      ['DELETE', connection],
      ['GET', `${connection}/test`],
      ['GET', `${connection}/jobs`],
      ['POST', `${connection}/sync`],
      ['POST', `${connection}/confirm-deletes`],
      ['POST', `${organization}/connection-invite-tokens`, { vendor: 'OKTA_IDP' }],
    ]
    const refused = { status: 401, body: { detail: 'Invalid Organization ID' } }
    for (const [method, path, body] of calls)
      expect(await api.call(method, path, { key: api.strangersKey, body })).toMatchObject(refused)
    expect(await api.call('GET', `${ORGANIZATIONS}/${newId()}`)).toMatchObject(refused)
    expect((await api.call('GET', connection)).body).toMatchObject({ state: 'ACTIVE' })
    const theirs = await api.call('GET', ORGANIZATIONS, { key: api.strangersKey })
    expect(theirs.body).toEqual({ count: 0, items: [], total: 0 })
  })

  it('of the same caller does not hold the connections of another organization', async () => {
    const { id } = await api.connection(await api.organization())
    const other = await api.organization()
    for (const [method, path] of [
      ['GET', `${other}/connections/${id}`],
      ['DELETE', `${other}/connections/${id}`],
      ['GET', `${other}/connections/${id}/jobs`],
      ['GET', `${other}/connections/${id}/test`],
      ['POST', `${other}/connections/${id}/sync`],
    ] as const)
      expect(await api.call(method, path)).toMatchObject({ status: 404, body: { detail: 'Connection Not Found' } })
  })
})

describe('a new connection', () => {
  it('answers 200 with everything that v1 clients read, without asking Okta', async () => {
    const organization = await api.organization()
    const before = api.org.sim.requests.length
    const { status, body } = await api.call('POST', `${organization}/connections`, {
      body: { vendor: 'OKTA_IDP', credentials: api.credentials(), identifier: 'prod', use_pool: true },
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      vendor: 'OKTA_IDP',
      is_active: true,
      refresh_interval_secs: 300,
      full_interval_secs: 86_400,
      reread_days: 7,
      next_full_at: null,
      timeout_secs: 600,
      organization_id: idOf(organization),
      state: 'ACTIVE',
      health: null,
      oauth2_authorize_url: null,
      identifier: 'prod',
      direction: 'SOURCE',
      api_credentials: null,
      org: null,
      held_deletes: 0,
      last_job: { status: 'PENDING', trigger: 'connect', error: null },
    })
    expect(body).not.toHaveProperty('organization_name')
    expect(api.org.sim.requests.length).toBe(before)
    expect(await unfinishedJobs(body.id)).toMatchObject([{ state: 'queued', trigger: 'connect' }])
    expect(await audited(body.id)).toEqual(['connection.created'])
  })

  it('is read back with the name of its organization, and listed without', async () => {
    const organization = await api.organization()
    const made = await api.connection(organization)
    const { body } = await api.call('GET', `${organization}/connections/${made.id}`)
    expect(body).toEqual({ ...made, organization_name: 'Acme' })
    const list = await api.call('GET', `${organization}/connections`)
    expect(list.body).toEqual({ count: 1, items: [made], total: 1 })
    expect(await audited(made.id)).toEqual(['connection.created', 'connection.read'])
    expect(await audited(idOf(organization))).toEqual(['organization.created', 'connection.listed'])
  })

  it('shows its credentials in no answer, and stores them sealed', async () => {
    const organization = await api.organization()
    const made = await api.connection(organization)
    const answers = await Promise.all([
      api.call('GET', `${organization}/connections/${made.id}`),
      api.call('GET', `${organization}/connections`),
      api.call('GET', `${organization}/connections/${made.id}/test`),
      api.call('PATCH', `${organization}/connections/${made.id}`, { body: { credentials: api.credentials() } }),
      api.call('GET', '/v1/audit-log?limit=1000'),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(JSON.stringify([made, ...answers])).not.toContain(api.org.sim.token)
    const stored = await api.org.db.query('select * from connection_credentials')
    expect(JSON.stringify(stored)).not.toContain(api.org.sim.token)
    expect(await readCredentials(api.org.db, api.services.sealer, made.id)).toEqual({
      token: api.org.sim.token,
    })
  })

  it.each([
    [{ credentials: { okta_domain: 'localhost', api_token: 'x'.repeat(42) } }, ['credentials', 'okta_domain']],
    [{ credentials: { base_url: 'acme.okta.com', api_key: 'two words' } }, ['credentials', 'api_key']],
    [{ credentials: { domain: 'acme.okta.com' } }, ['credentials', 'api_token']],
    [{ credentials: {} }, ['credentials', 'domain']],
    [{ credentials: null }, ['credentials']],
    [{ vendor: 'WIZ_VMS', credentials: {} }, ['vendor']],
    [{ vendor: null, credentials: {} }, ['vendor']],
    [{ credentials: {}, options: 'none' }, ['options']],
  ])('with %j is a 422 that names the property used, and nothing is made', async (wrong, loc) => {
    const organization = await api.organization()
    const { status, body } = await api.call('POST', `${organization}/connections`, {
      body: { vendor: 'OKTA_IDP', ...wrong },
    })
    expect(status).toBe(422)
    expect(body).toMatchObject({ detail: [{ loc: ['body', ...loc] }] })
    expect((await api.call('GET', `${organization}/connections`)).body).toMatchObject({ total: 0 })
  })

  it('keeps options that hold what PostgreSQL cannot, without a 500, and does not echo them', async () => {
    const body = await api.connection(await api.organization(), { options: { note: 'a\0b', deep: { x: [1, null] } } })
    expect(body).not.toHaveProperty('options')
  })

  it('is made with a key that may write, and not with one that may only read', async () => {
    const organization = await api.organization()
    const body = { vendor: 'OKTA_IDP', credentials: api.credentials() }
    const refused = await api.call('POST', `${organization}/connections`, { key: api.readOnlyKey, body })
    expect(refused.status).toBe(403)
    expect((await api.call('GET', `${organization}/connections`, { key: api.readOnlyKey })).status).toBe(200)
    expect((await api.call('GET', `${organization}/connections`, { key: null })).status).toBe(401)
  })
})

describe('a change of a connection', () => {
  const made = async (body: object = {}) => {
    const organization = await api.organization()
    const connection = await api.connection(organization, body)
    const path = `${organization}/connections/${connection.id}`
    return { id: connection.id, patch: (body: object) => api.call('PATCH', path, { body }), path }
  }

  it('without a state leaves a paused connection paused', async () => {
    const { patch } = await made()
    expect((await patch({ state: 'PAUSED' })).body).toMatchObject({
      state: 'PAUSED',
      is_active: false,
      next_sync_at: null,
    })
    expect((await patch({ identifier: 'renamed' })).body).toMatchObject({ state: 'PAUSED', identifier: 'renamed' })
    expect((await patch({ state: null, identifier: null })).body).toMatchObject({
      state: 'PAUSED',
      identifier: 'renamed',
    })
    expect((await patch({ credentials: api.credentials() })).body).toMatchObject({ state: 'PAUSED' })
    expect((await patch({ identifier: '' })).body).toMatchObject({ identifier: null })
    expect((await patch({ state: 'ACTIVE' })).body).toMatchObject({ state: 'ACTIVE', is_active: true })
  })

  it('moves the next sync with the interval', async () => {
    const { patch } = await made()
    const before = (await patch({})).body
    const after = (await patch({ refresh_interval_secs: 3_600, timeout_secs: 900 })).body
    expect(after).toMatchObject({ refresh_interval_secs: 3_600, timeout_secs: 900 })
    const moved = Date.parse(String(before.next_sync_at)) - Date.parse(String(after.next_sync_at))
    expect(moved).toBe((300 - 3_600) * 1000)
  })

  it('moves the next full sync with its interval', async () => {
    const { id, patch } = await made()
    await api.org.db.query(
      "update connections set full_sync_at = now(), next_full_at = now() + interval '1 day' where id = $1",
      [id],
    )
    const before = (await patch({})).body
    const after = (await patch({ full_interval_secs: 43_200, reread_days: 30 })).body
    expect(after).toMatchObject({ full_interval_secs: 43_200, reread_days: 30 })
    const moved = Date.parse(String(before.next_full_at)) - Date.parse(String(after.next_full_at))
    expect(moved).toBe(43_200_000)
  })

  it.each([
    { refresh_interval_secs: 59 },
    { refresh_interval_secs: 604_801 },
    { refresh_interval_secs: 90.5 },
    { full_interval_secs: 3_599 },
    { reread_days: 0 },
    { timeout_secs: 59 },
    { state: 'BROKEN' },
    { identifier: 'x'.repeat(256) },
    { credentials: { domain: 'acme.okta.com', token: '' } },
  ])('to %j is a 422', async (body) => {
    expect((await (await made()).patch(body)).status).toBe(422)
  })

  it('to other credentials seals them, wakes the sync that waits, and is audited', async () => {
    const { id, patch } = await made()
    await api.org.db.query(
      `update sync_jobs set state = 'interrupted', run_after = null, started_at = now(), outcome = 'failed',
              error_code = 'okta_token_rejected', ended_at = now() where connection_id = $1`,
      [id],
    )
    const token = `00new${'E'.repeat(37)}`
    const { body } = await patch({ credentials: { org_url: 'https://acme-admin.okta.com/', api_key: `SSWS ${token}` } })
    expect(body).toMatchObject({ state: 'ACTIVE', last_job: { status: 'PENDING', trigger: 'request' } })
    expect(await readCredentials(api.org.db, api.services.sealer, id)).toEqual({ token })
    const [row] = await api.org.db.query('select origin from connections where id = $1', [id])
    expect(row).toEqual({ origin: 'https://acme.okta.com' })
    expect(await audited(id)).toEqual(['connection.created', 'credentials.replaced', 'connection.updated'])
  })

  it('to ACTIVE without credentials is a 409, and with them makes a pending connection active', async () => {
    const organization = await api.organization()
    const [row] = await api.org.db.query<{ id: string }>(
      `insert into connections (id, vendor, origin, org_id, organization_id)
       values ($1, 'OKTA_IDP', $2, '00ocli', $3) returning id`,
      [newId(), api.org.sim.origin, idOf(organization)],
    )
    const path = `${organization}/connections/${row?.id}`
    const refused = await api.call('PATCH', path, { body: { state: 'ACTIVE' } })
    expect(refused).toMatchObject({ status: 409, body: { code: 'credentials_missing' } })
    expect((await api.call('POST', `${path}/sync`)).status).toBe(409)
    const { body } = await api.call('PATCH', path, { body: { credentials: api.credentials() } })
    expect(body).toMatchObject({ state: 'ACTIVE', org: { id: '00ocli' }, last_job: { trigger: 'connect' } })
    expect((await api.call('PATCH', path, { body: { state: 'PENDING' } })).body).toMatchObject({ state: 'PENDING' })
  })

  it.each([
    ['DELETE', undefined],
    ['PATCH', { state: 'DELETED' }],
  ])('by %s %j deletes: answers DELETED, drops the credentials, cancels the sync', async (method, body) => {
    const { id, path } = await made()
    const answer = await api.call(method, path, { body })
    expect(answer).toMatchObject({ status: 200, body: { id, state: 'DELETED', is_active: false, next_sync_at: null } })
    expect(await unfinishedJobs(id)).toEqual([])
    expect(await api.org.db.query('select from connection_credentials where connection_id = $1', [id])).toEqual([])
    expect(await audited(id)).toEqual(['connection.created', 'connection.deleted'])
    for (const again of ['GET', 'DELETE'])
      expect(await api.call(again, path)).toMatchObject({ status: 404, body: { detail: 'Connection Not Found' } })
  })
})

describe('the list of connections', () => {
  it('costs as many queries for five of them as for one', async () => {
    const organization = await api.organization()
    const queriesOf = async () => {
      const db = api.services.db as { query: typeof api.org.db.query }
      const original = db.query
      let count = 0
      db.query = ((...args: Parameters<typeof original>) => {
        count++
        return original.apply(api.services.db, args)
      }) as typeof original
      await api.call('GET', `${organization}/connections`)
      db.query = original
      return count
    }
    await api.connection(organization)
    await queriesOf()
    const one = await queriesOf()
    for (let more = 0; more < 4; more++) await api.connection(organization)
    expect(await queriesOf()).toBe(one)
  })
})
