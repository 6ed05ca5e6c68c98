import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { deleteConnections } from '../../src/store/connection-changes.ts'
import { cleanUp } from '../../src/store/housekeeping.ts'
import { saveWebhookEndpoint } from '../../src/store/webhook-endpoints.ts'
import { addWebhookSecret } from '../../src/store/webhook-secrets.ts'
import { sealer, useHooked } from './hooked.ts'
import { verify } from './receiver.ts'

const hooked = useHooked()

describe('a message', () => {
  it('tells what changed and what the record is now, signed as the scheme says', async () => {
    const hook = await hooked.hook('/in?who=acme')
    await hooked.users({ '00u1': 'Ada' })
    await hooked.users({ '00u1': 'Ada Lovelace' })
    expect(await hooked.dispatcher().pass()).toBe(2)
    const [created, updated] = hooked.receiver.received
    if (!created || !updated) throw new Error('two messages were sent')
    expect(created).toMatchObject({
      path: '/in?who=acme',
      type: 'idp.user.created',
      id: expect.stringMatching(/^msg_[0-9a-f]{32}$/),
      headers: { 'content-type': 'application/json', 'user-agent': 'rollcall/test' },
    })
    expect(updated.type).toBe('idp.user.updated')
    expect(updated.data).toEqual({
      organization_id: hooked.organizationId,
      connection_id: hooked.connection.id,
      change_id: expect.stringMatching(/^\d+-\d+$/),
      entity: 'user',
      kind: 'updated',
      record_id: hooked.userId('00u1'),
      vendor_id: '00u1',
      fields: ['display_name'],
      relation: null,
      record: expect.objectContaining({ id: hooked.userId('00u1'), display_name: 'Ada Lovelace', is_deleted: false }),
    })
    expect(updated.data.record).not.toHaveProperty('raw')
    expect(JSON.parse(updated.body).timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    for (const message of [created, updated]) {
      expect(verify(hook.secret, message)).toEqual(JSON.parse(message.body))
      expect(message.headers['webhook-signature']).toBe(`v1,${hmac(hook.secret, message)}`)
      expect(() => verify(hook.secret, { ...message, body: `${message.body} ` })).toThrow()
    }
    expect(await hooked.deliveries(hook)).toMatchObject([
      { state: 'delivered', attempts: 1, last_status: 204, last_error: null, change_id: created.data.change_id },
      { state: 'delivered', type: 'idp.user.updated' },
    ])
  })

  it('of a vanished record has none, and one that came back is told as created', async () => {
    await hooked.hook()
    await hooked.users({ '00u1': 'Ada' })
    await hooked.drop('00u1')
    await hooked.dispatcher().pass()
    await hooked.users({ '00u1': 'Ada' })
    await hooked.dispatcher().pass()
    expect(hooked.receiver.received.map(({ type, data }) => [type, data.kind, data.record === null])).toEqual([
      ['idp.user.created', 'created', true],
      ['idp.user.deleted', 'deleted', true],
      ['idp.user.created', 'updated', false],
    ])
  })

  it('goes to those who chose its type', async () => {
    await hooked.hook('/groups', { types: ['idp.group.created'] })
    await hooked.hook('/deleted', { types: ['idp.user.deleted', 'sync.completed'] })
    await hooked.hook('/all')
    await hooked.users({ '00u1': 'Ada' })
    await hooked.drop('00u1')
    await hooked.dispatcher().pass()
    const heard = (path: string) => hooked.receiver.received.filter((one) => one.path === path).map(({ type }) => type)
    expect([heard('/groups'), heard('/deleted'), heard('/all')]).toEqual([
      [],
      ['idp.user.deleted'],
      ['idp.user.created', 'idp.user.deleted'],
    ])
  })

  it('is signed with both secrets while one replaces the other, and not with an older one', async () => {
    const hook = await hooked.hook()
    const rotate = () => hooked.db.transaction((tx) => addWebhookSecret(tx, sealer, hook.id))
    const second = await rotate()
    const third = await rotate()
    await hooked.users({ '00u1': 'Ada' })
    await hooked.dispatcher().pass()
    const [message] = hooked.receiver.received
    if (!message) throw new Error('one message was sent')
    for (const secret of [second, third]) expect(verify(secret, message)).toBeTruthy()
    expect(() => verify(hook.secret, message)).toThrow('No matching signature')
    await hooked.db.query(
      "update webhook_secrets set expires_at = now() - interval '1 second' where expires_at is not null",
    )
    await hooked.users({ '00u2': 'Bob' })
    await hooked.dispatcher().pass()
    const later = hooked.receiver.received[1]
    if (!later) throw new Error('a second message was sent')
    expect(() => verify(second, later)).toThrow('No matching signature')
    expect(verify(third, later)).toBeTruthy()
  })
})

describe('an endpoint', () => {
  it('is told what happens after it was made, and nothing of before', async () => {
    await hooked.users({ '00u1': 'Ada' })
    await hooked.hook()
    await hooked.users({ '00u2': 'Bob' })
    await hooked.dispatcher().pass()
    expect(hooked.receiver.received.map(({ data }) => data.vendor_id)).toEqual(['00u2'])
  })

  it('is told of a connection that is made later, from its first record on', async () => {
    await hooked.hook()
    const later = await hooked.connect(hooked.organizationId)
    await hooked.users({ '00u1': 'Ada', '00u2': 'Bob' }, later)
    await hooked.dispatcher().pass()
    expect(hooked.receiver.received.map(({ data }) => [data.connection_id, data.vendor_id])).toEqual([
      [later.id, '00u1'],
      [later.id, '00u2'],
    ])
  })

  it('is told nothing of another organization', async () => {
    const other = await hooked.organization()
    await hooked.hook('/theirs', { organizationId: other })
    await hooked.hook('/ours')
    await hooked.users({ '00u1': 'Ada' })
    await hooked.users({ '00u1': 'Eve' }, await hooked.connect(other))
    await hooked.dispatcher().pass()
    const heard = hooked.receiver.received.map(({ path, data }) => [path, data.record?.display_name])
    expect(heard.sort()).toEqual([
      ['/ours', 'Ada'],
      ['/theirs', 'Eve'],
    ])
  })

  it('is told nothing of a deleted connection, not even what was on its way', async () => {
    const hook = await hooked.hook()
    hooked.receiver.answer((response) => void response.writeHead(500).end())
    await hooked.users({ '00u1': 'Ada' })
    await hooked.dispatcher().pass()
    await hooked.users({ '00u2': 'Bob' })
    const place = { organizationId: hooked.organizationId, connectionId: hooked.connection.id }
    await hooked.db.transaction((tx) => deleteConnections(tx, place))
    await hooked.due(hook)
    expect(await hooked.dispatcher().pass()).toBe(0)
    expect(await hooked.deliveries(hook)).toEqual([])
    expect(hooked.receiver.received.map(({ data }) => data.vendor_id)).toEqual(['00u1'])
  })

  it('that is disabled is sent nothing, and goes on where it was', async () => {
    const hook = await hooked.hook()
    const save = (state: 'active' | 'disabled') => {
      const said = { id: hook.id, url: `${hooked.receiver.origin}/`, description: null, event_types: [] }
      return saveWebhookEndpoint(hooked.db, { ...said, state })
    }
    await save('disabled')
    await hooked.users({ '00u1': 'Ada' })
    expect(await hooked.dispatcher().pass()).toBe(0)
    await save('active')
    expect(await hooked.dispatcher().pass()).toBe(1)
    expect(hooked.receiver.received.map(({ data }) => data.vendor_id)).toEqual(['00u1'])
  })
})

describe('many changes', () => {
  it('are made into messages as the endpoint keeps up, none left out and none twice', async () => {
    const hook = await hooked.hook()
    const names = Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [`00u${1_000 + index}`, `User ${index}`]),
    )
    await hooked.users(names)
    const most = async () => (await hooked.deliveries(hook)).filter(({ state }) => state === 'pending').length
    let highest = 0
    hooked.receiver.answer(async (response) => {
      highest = Math.max(highest, await most())
      response.writeHead(200).end()
    })
    expect(await hooked.dispatcher({ mostPending: 20 }).pass()).toBe(120)
    expect(hooked.receiver.received.map(({ data }) => data.vendor_id).sort()).toEqual(Object.keys(names))
    expect(highest).toBeGreaterThan(10)
    expect(highest).toBeLessThanOrEqual(20)
    const payloads = await hooked.db.query('select from webhook_messages where payload is not null')
    expect(payloads).toEqual([])
  })

  it('that an endpoint does not want cost it nothing but a look', async () => {
    const hook = await hooked.hook('/', { types: ['idp.user.deleted'] })
    await hooked.users(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`00u${index}`, 'x'])))
    await hooked.drop('00u7')
    expect(await hooked.dispatcher({ mostPending: 8 }).pass()).toBe(1)
    expect(await hooked.deliveries(hook)).toMatchObject([{ type: 'idp.user.deleted', state: 'delivered' }])
  })

  it('are told when the database was restored and counts its transactions anew', async () => {
    const hook = await hooked.hook()
    await hooked.db.query("update webhook_endpoints set starts_at_tx = '9000000000'::xid8")
    const dispatcher = hooked.dispatcher()
    await dispatcher.pass()
    await hooked.users({ '00u1': 'Ada' })
    await dispatcher.pass()
    expect(await hooked.deliveries(hook)).toMatchObject([{ state: 'delivered' }])
  })
})

describe('housekeeping', () => {
  it('throws away what arrived three days ago, what was parked 30 days ago, and secrets that ended', async () => {
    const hook = await hooked.hook()
    await hooked.db.transaction((tx) => addWebhookSecret(tx, sealer, hook.id))
    await hooked.users({ '00u1': 'Ada', '00u2': 'Bob', '00u3': 'Cid', '00u4': 'Dan', '00u5': 'Eve' })
    hooked.receiver.answer((response) => void response.writeHead(500).end())
    await hooked.dispatcher().pass()
    const set = (sql: string, vendorId: string) =>
      hooked.db.query(`update webhook_messages set ${sql} where subject_id = $1`, [hooked.userId(vendorId)])
    await set("state = 'delivered', delivered_at = now() - interval '4 days'", '00u1')
    await set("state = 'delivered', delivered_at = now() - interval '2 days'", '00u2')
    await set("state = 'parked', parked_at = now() - interval '31 days'", '00u3')
    await set("state = 'parked', parked_at = now() - interval '29 days'", '00u4')
    await hooked.db.query(
      "update webhook_secrets set expires_at = now() - interval '1 second' where expires_at is not null",
    )
    await cleanUp(hooked.db, { changesDays: 90 })
    const kept = (await hooked.deliveries(hook)).map(({ subject_id }) => subject_id)
    expect(kept.sort()).toEqual(['00u2', '00u4', '00u5'].map((id) => hooked.userId(id)).sort())
    expect(await hooked.db.query('select from webhook_secrets')).toHaveLength(1)
  })
})

/** By node:crypto, apart from the library that signs. */
function hmac(secret: string, { id, headers, body }: { id: string; headers: object; body: string }): string {
  const timestamp = (headers as Record<string, string>)['webhook-timestamp']
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
}
