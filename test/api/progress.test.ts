import { describe, expect, it } from 'vitest'
import { validateAnswer } from './documented.ts'
import { eventsOf } from './events.ts'
import { type Provisioned, useProvisioned } from './provisioned.ts'

let api: Provisioned
let organization: string

useProvisioned((opened, made) => {
  api = opened
  organization = made
})

/** A connection that an invite token has made. */
const connected = async () => {
  const { body } = await api.call('POST', `${organization}/connection-invite-tokens`, { body: { vendor: 'OKTA_IDP' } })
  const made = await api.call('POST', `${organization}/connections`, {
    key: null,
    invite: body.token,
    body: { credentials: api.credentials() },
  })
  expect(made.status).toBe(200)
  const path = `${organization}/connections/${made.body.id}`
  return { path, token: body.token, id: made.body.id }
}
const follow = (path: string, headers: Record<string, string>) =>
  fetch(`${api.base}${path}/progress`, { headers: { accept: 'text/event-stream', ...headers } })
const end = (connectionId: string) =>
  api.org.db.query(
    "update sync_jobs set state = 'ended', outcome = 'complete', started_at = now(), ended_at = now() where connection_id = $1",
    [connectionId],
  )

describe('the progress of a connection', () => {
  it('is its newest sync', async () => {
    const { path } = await connected()
    expect(await api.call('GET', `${path}/progress`)).toMatchObject({
      status: 200,
      body: { state: 'ACTIVE', org: null, job: { status: 'PENDING', trigger: 'connect' } },
    })
  })

  it('is shown to the token that made the connection, and to no other', async () => {
    const { path, token } = await connected()
    expect((await api.call('GET', `${path}/progress`, { key: null, invite: token })).status).toBe(200)
    const other = await connected()
    const refused = await api.call('GET', `${path}/progress`, { key: null, invite: other.token })
    expect(refused).toMatchObject({ status: 401, body: { code: 'invite_token_invalid' } })
    const stream = await follow(path, { 'x-connection-invite-token': other.token })
    expect((await eventsOf(stream)).map(({ event, data }) => [event, data.code])).toEqual([
      ['error', 'invite_token_invalid'],
    ])
  })

  it('is told whenever it changes, until the sync has ended', async () => {
    const { path, token, id } = await connected()
    const answer = await follow(path, { 'x-connection-invite-token': token })
    const told = await eventsOf(answer, (events) => {
      if (events.length === 1) void end(id)
      return false
    })
    expect(told.map(({ event, data }) => [event, (data.job as { status: string }).status])).toEqual([
      ['progress', 'PENDING'],
      ['progress', 'SUCCEEDED'],
    ])
    for (const { data } of told) validateAnswer('get_connection_progress', 200, data)
  })

  it('ends at once where the sync has ended', async () => {
    const { path, id } = await connected()
    await end(id)
    expect(await eventsOf(await follow(path, { 'x-api-key': api.key }))).toHaveLength(1)
  })
})

describe('the requests of a connection over time', () => {
  it('are counted by minute and rate limit, and add up to what the sync says', async () => {
    const result = await api.org.sync()
    const [connection] = await api.org.db.query<{ id: string; organization_id: string }>(
      'select id, organization_id from connections where id = $1',
      [result.connection_id],
    )
    await api.org.db.query('update connections set organization_id = $2 where id = $1', [
      connection?.id,
      organization.split('/').at(-1),
    ])
    const path = `${organization}/connections/${connection?.id}/requests`
    const { body } = await api.call('GET', `${path}?since=2026-01-01T00:00:00Z`)
    const sum = body.items.reduce((total, item) => total + Number(item.requests), 0)
    expect(sum).toBe(result.requests)
    const groups = body.items.find(({ bucket }) => bucket === '/api/v1/groups')
    expect(groups).toMatchObject({ rate_limited: 0, limit: expect.any(Number), per_minute: expect.any(Number) })
    const hourly = await api.call('GET', `${path}?since=2026-01-01T00:00:00Z&per=hour`)
    expect(hourly.body.items.every(({ at }) => String(at).endsWith(':00:00.000Z'))).toBe(true)
    expect((await api.call('GET', `${path}?since=2027-01-01T00:00:00Z`)).body.items).toEqual([])
  })
})
