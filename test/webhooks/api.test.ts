import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { silentLog } from '../../src/log.ts'
import { faultOfUrl } from '../../src/outgoing/callable-url.ts'
import { createSealer } from '../../src/seal.ts'
import { resealCredentials } from '../../src/store/credentials.ts'
import { appendToOutbox } from '../../src/store/outbox.ts'
import { MOST_ENDPOINTS } from '../../src/store/webhook-endpoints.ts'
import { addWebhookSecret, readWebhookSecrets, resealWebhookSecrets } from '../../src/store/webhook-secrets.ts'
import { Dispatcher } from '../../src/webhooks/dispatcher.ts'
import { sendTest } from '../../src/webhooks/send-test.ts'
import { Sender } from '../../src/webhooks/sender.ts'
import { openProvisioned, type Provisioned } from '../api/provisioned.ts'
import { eventually } from '../harness/eventually.ts'
import { openReceiver, type Receiver, verify } from './receiver.ts'

let receiver: Receiver
let api: Provisioned
let sender: Sender
let organization: string
let endpoints: string

beforeAll(async () => {
  receiver = await openReceiver()
  api = await openProvisioned({ users: 5 })
  const allowedInsecureOrigins = [receiver.origin]
  sender = new Sender({ clock: systemClock, userAgent: 'rollcall/test', allowedInsecureOrigins })
  const { db, sealer } = api.services
  Object.assign(api.services.webhooks, {
    faultOf: (url: string) => faultOfUrl(url, { allowedInsecureOrigins }),
    test: (endpoint: Parameters<typeof sendTest>[1], signal: AbortSignal) =>
      sendTest({ db, clock: systemClock, sealer, sender }, endpoint, signal),
  })
  organization = await api.organization()
  endpoints = `${organization}/webhook-endpoints`
})
afterAll(async () => {
  await api.close()
  await sender.close()
  await receiver.close()
})

const create = async (body: object = {}, at = endpoints) =>
  (await api.call('POST', at, { body: { url: `${receiver.origin}/in`, ...body } })).body
const audited = async (id: unknown) =>
  api.org.db.query<{ action: string; details: object }>(
    'select action, details from audit_log where object_id = $1 order by at, id',
    [id],
  )

describe('a webhook endpoint', () => {
  it('is made with a secret that is shown once, and read back without', async () => {
    const { secret, ...made } = await create({ description: 'Billing', event_types: ['idp.user.deleted'] })
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(made).toMatchObject({
      url: `${receiver.origin}/in`,
      description: 'Billing',
      event_types: ['idp.user.deleted'],
      state: 'active',
      pending: 0,
      parked: 0,
    })
    expect(await api.call('GET', `${endpoints}/${made.id}`)).toEqual({ status: 200, body: made })
    expect((await api.call('GET', endpoints)).body.items).toContainEqual(made)
    const stored = JSON.stringify(await api.org.db.query('select * from webhook_secrets'))
    expect(stored).not.toContain(String(secret).slice(6))
    expect(await audited(made.id)).toMatchObject([{ action: 'webhook_endpoint.created' }])
    expect(JSON.stringify(await api.org.db.query('select * from audit_log'))).not.toContain(String(secret))
  })

  it.each([
    [{ url: 'http://hooks.example.com' }, 'url'],
    [{ url: 'https://10.0.0.1/in' }, 'url'],
    [{ url: 'https://me:secret@hooks.example.com' }, 'url'],
    [{ url: 'hooks' }, 'url'],
    [{ url: 7 }, 'url'],
    [{ event_types: ['idp.user.exploded'] }, 'event_types'],
    [{ description: 'a\0b' }, 'description'],
  ])('with %j is a 422 that names the field', async (body, field) => {
    const answer = await api.call('POST', endpoints, { body: { url: `${receiver.origin}/in`, ...body } })
    expect(answer.status).toBe(422)
    const [mistake] = answer.body.detail as { loc: string[] }[]
    expect(mistake?.loc.slice(0, 2)).toEqual(['body', field])
    expect(JSON.stringify(answer.body)).not.toContain('secret')
  })

  it('changes in what is said of it, and in nothing else', async () => {
    const { id, secret: _, ...before } = await create({ description: 'Billing' })
    const patch = (body: object) => api.call('PATCH', `${endpoints}/${id}`, { body })
    const off = await patch({ state: 'disabled', event_types: ['sync.completed', 'sync.completed'] })
    expect(off.body).toEqual({
      ...before,
      id,
      state: 'disabled',
      disabled_reason: 'request',
      event_types: ['sync.completed'],
      updated_at: expect.any(String),
    })
    expect((await patch({ state: 'active', description: null })).body).toMatchObject({
      state: 'active',
      disabled_reason: null,
      description: null,
      event_types: ['sync.completed'],
    })
    expect((await patch({ url: 'https://192.168.0.1' })).status).toBe(422)
    expect((await api.call('GET', `${endpoints}/${id}`)).body.url).toBe(`${receiver.origin}/in`)
    const log = await audited(id)
    expect(log.map(({ action }) => action)).toEqual([
      'webhook_endpoint.created',
      'webhook_endpoint.updated',
      'webhook_endpoint.updated',
    ])
    expect(JSON.stringify(log)).not.toContain(receiver.origin)
  })

  it('is gone when it is deleted', async () => {
    const { id } = await create()
    expect((await api.call('DELETE', `${endpoints}/${id}`)).status).toBe(200)
    expect(await api.call('GET', `${endpoints}/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'webhook_endpoint_not_found' },
    })
    expect((await api.call('DELETE', `${endpoints}/${id}`)).status).toBe(404)
    expect(await api.org.db.query('select from webhook_secrets where endpoint_id = $1', [id])).toEqual([])
  })

  it('goes with its organization', async () => {
    const other = await api.organization()
    const { id } = await create({}, `${other}/webhook-endpoints`)
    expect((await api.call('DELETE', other)).status).toBe(200)
    expect(await api.org.db.query('select from webhook_endpoints where id = $1', [id])).toEqual([])
  })

  it(`is one of ${MOST_ENDPOINTS} at most`, async () => {
    const at = `${await api.organization()}/webhook-endpoints`
    const body = { url: `${receiver.origin}/in` }
    const answers = await Promise.all(Array.from({ length: MOST_ENDPOINTS + 2 }, () => api.call('POST', at, { body })))
    const refused = answers.filter(({ status }) => status === 409)
    expect(refused.map(({ body }) => body.code)).toEqual(['webhook_endpoints_full', 'webhook_endpoints_full'])
    expect((await api.call('GET', at)).body.total).toBe(MOST_ENDPOINTS)
  })
})

describe('a test', () => {
  it('is sent at once, signed, and tells what the receiver answered', async () => {
    const { id, secret } = await create({ event_types: ['sync.completed'] })
    receiver.answer((response) => void response.writeHead(200).end('thank you'))
    const { body } = await api.call('POST', `${endpoints}/${id}/test`)
    expect(body).toMatchObject({ is_delivered: true, status: 200, answer: 'thank you', error: null })
    const message = receiver.received.at(-1)
    if (!message) throw new Error('nothing was sent')
    expect(verify(String(secret), message)).toMatchObject({
      type: 'webhook.test',
      data: { endpoint_id: id, organization_id: organization.split('/').at(-1) },
    })
    expect((await api.call('GET', `${endpoints}/${id}/deliveries`)).body).toMatchObject({ total: 0 })
    expect((await audited(id)).at(-1)).toMatchObject({ action: 'webhook_endpoint.tested', details: { status: 200 } })
  })

  it('that fails says how', async () => {
    const { id } = await create()
    receiver.answer((response) => void response.writeHead(500).end('ouch'))
    expect((await api.call('POST', `${endpoints}/${id}/test`)).body).toMatchObject({
      is_delivered: false,
      status: 500,
      answer: 'ouch',
      error: 'status',
      error_text: expect.stringContaining('200s'),
    })
  })
})

describe('a secret', () => {
  it('that is rotated signs beside the new one', async () => {
    const { id, secret } = await create()
    const rotated = await api.call('POST', `${endpoints}/${id}/rotate-secret`)
    expect(rotated.body).toMatchObject({ id, secret: expect.stringMatching(/^whsec_/) })
    expect(rotated.body.secret).not.toBe(secret)
    receiver.answer((response) => void response.writeHead(204).end())
    await api.call('POST', `${endpoints}/${id}/test`)
    const message = receiver.received.at(-1)
    if (!message) throw new Error('nothing was sent')
    for (const each of [secret, rotated.body.secret]) expect(verify(String(each), message)).toBeTruthy()
    expect((await audited(id)).map(({ action }) => action)).toContain('webhook_secret.rotated')
  })

  it('is sealed anew when the encryption key is replaced, and cannot be read without it', async () => {
    const { id, secret } = await create()
    const { db } = api.org
    const [old, next] = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)]
    const both = createSealer(() => [next, old])
    expect(await resealWebhookSecrets(db, both)).toBeGreaterThan(0)
    await resealCredentials(db, both)
    const alone = (key: Buffer) => createSealer(() => [key])
    expect(await readWebhookSecrets(db, alone(next), id)).toEqual([secret])
    expect(await readWebhookSecrets(db, alone(old), id)).toEqual([])
    expect((await api.call('POST', `${endpoints}/${id}/test`)).body).toMatchObject({ error: 'secret_unreadable' })
    // A new one helps.
    await api.call('POST', `${endpoints}/${id}/rotate-secret`)
    expect((await api.call('POST', `${endpoints}/${id}/test`)).body).toMatchObject({ is_delivered: true })
    await resealWebhookSecrets(
      db,
      createSealer(() => [old, next]),
    )
  })

  it('of one row does not open in the place of another', async () => {
    const [one, other] = [await create(), await create()]
    const { db } = api.org
    await db.query(
      `update webhook_secrets set sealed = (select sealed from webhook_secrets where endpoint_id = $1)
        where endpoint_id = $2`,
      [one.id, other.id],
    )
    expect(await readWebhookSecrets(db, api.services.sealer, other.id)).toEqual([])
    await db.transaction((tx) => addWebhookSecret(tx, api.services.sealer, other.id))
    expect(await readWebhookSecrets(db, api.services.sealer, other.id)).toHaveLength(1)
  })
})

describe('deliveries', () => {
  it('are listed by state, and a parked one is sent again when somebody says so', async () => {
    const own = await api.organization()
    const at = `${own}/webhook-endpoints`
    const { id } = await create({}, at)
    const connection = await api.connection(own)
    const { db } = api.org
    await appendToOutbox(db, connection.id, { type: 'sync.completed', data: { outcome: 'complete' } })
    receiver.answer((response) => void response.writeHead(503).end())
    const dispatcher = new Dispatcher({
      db,
      clock: systemClock,
      log: silentLog,
      sealer: api.services.sealer,
      sender,
      owner: 'test',
    })
    const deliveries = (query = '') => api.call('GET', `${at}/${id}/deliveries${query}`)
    await eventually(async () => {
      await dispatcher.pass()
      expect((await deliveries()).body.total).toBe(1)
    })
    const [delivery] = (await deliveries('?state=pending')).body.items
    expect(delivery).toMatchObject({
      webhook_id: `msg_${delivery?.id.replaceAll('-', '')}`,
      type: 'sync.completed',
      connection_id: connection.id,
      change_id: null,
      state: 'pending',
      attempts: 1,
      last_status: 503,
      last_error: 'status',
      last_error_text: expect.stringContaining('200s'),
    })
    await db.query(
      `update webhook_messages set first_attempt_at = now() - interval '25 hours', next_attempt_at = now()
        where endpoint_id = $1`,
      [id],
    )
    await dispatcher.pass()
    expect((await deliveries('?state=pending')).body.total).toBe(0)
    expect((await deliveries('?state=parked')).body.items).toMatchObject([{ id: delivery?.id, next_attempt_at: null }])
    expect((await api.call('GET', `${at}/${id}`)).body).toMatchObject({ pending: 0, parked: 1, failures: 2 })

    const retry = () => api.call('POST', `${at}/${id}/deliveries/${delivery?.id}/retry`)
    expect((await retry()).body).toMatchObject({ state: 'pending', attempts: 0, parked_at: null })
    receiver.answer((response) => void response.writeHead(204).end())
    await dispatcher.pass()
    expect((await deliveries('?state=delivered')).body.items).toMatchObject([{ id: delivery?.id, last_status: 204 }])
    expect(await retry()).toMatchObject({ status: 409, body: { code: 'webhook_delivered' } })
    expect((await audited(id)).at(-1)).toMatchObject({
      action: 'webhook_delivery.retried',
      details: { delivery_id: delivery?.id },
    })
    const [first, second, third] = receiver.received.slice(-3)
    expect([second?.id, third?.id]).toEqual([first?.id, first?.id])
    expect((await api.call('GET', `${at}/${id}`)).body).toMatchObject({
      failures: 0,
      last_delivered_at: expect.any(String),
    })
  })
})
