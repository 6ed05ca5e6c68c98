import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openWatched, type Watched } from './watched.ts'

/** A token that nothing uses, one whose owner is in trouble, one that is refused. */

let watched: Watched
beforeAll(async () => {
  watched = await openWatched()
  await watched.sync('connect')
})
beforeEach(() => watched.api.org.sim.resetCounts())
afterEach(() => watched.api.org.sim.clearFaults())
afterAll(() => watched.api.close())

const sim = () => watched.api.org.sim
/** The paths that were asked for. */
const asked = () => sim().requests.map(({ path }) => path)
const uses = () => asked().filter((path) => path === '/api/v1/users/me').length
const setState = (state: string) => watched.api.call('PATCH', watched.path, { body: { state } })
const USE = 'GET /api/v1/users/me'

describe('a token that nothing uses', () => {
  afterEach(async () => {
    await setState('ACTIVE')
    await watched.api.org.db.query('update connections set keep_alive_at = null, token_used_at = now()')
  })

  it('B147: is used about once a week while its connection is paused, and no oftener', async () => {
    await setState('PAUSED')
    await watched.keepAlive()
    expect(asked()).toEqual([])
    await watched.age('token_used_at', '8 days')
    await watched.keepAlive()
    expect(asked()).toEqual(['/.well-known/okta-organization', '/api/v1/users/me'])
    await watched.keepAlive()
    expect(uses()).toBe(1)
    const { state, token, health } = await watched.look()
    expect({ state, name: health?.name, warnings: health?.warnings }).toEqual({
      state: 'PAUSED',
      name: 'HEALTHY',
      warnings: [],
    })
    expect(Date.parse(token?.last_used_at ?? '')).toBeGreaterThan(Date.now() - 60_000)
    expect(token?.keep_alive_at).not.toBeNull()
  })

  it('B147, and of two workers that look at once one uses it', async () => {
    await setState('PAUSED')
    await watched.age('token_used_at', '8 days')
    await Promise.all([watched.keepAlive(), watched.keepAlive()])
    expect(uses()).toBe(1)
  })

  it('B147, and a refusal shows in health at once, with what to do, until the token is answered again', async () => {
    await setState('PAUSED')
    await watched.age('token_used_at', '8 days')
    sim().fault('token-invalid')
    await watched.keepAlive()
    const refused = await watched.look()
    expect(refused.health).toMatchObject({ name: 'UNAUTHORIZED', resolution_owner: 'CUSTOMER' })
    expect(refused.health?.next_action).toMatch(/^Create a new token in Okta/)
    const told = 'select data from outbox order by tx desc, seq desc limit 1'
    expect(await watched.api.org.db.query(told)).toMatchObject([
      { data: { previous: 'HEALTHY', health: 'UNAUTHORIZED', reason_code: 'okta_token_rejected', job_id: null } },
    ])
    // Not every few minutes: a dead token does not come back by itself.
    sim().resetCounts()
    await watched.keepAlive()
    await watched.age('keep_alive_at', '2 days')
    await watched.keepAlive()
    expect(asked()).toEqual([])
    sim().clearFaults()
    await watched.age('keep_alive_at', '8 days')
    await watched.keepAlive()
    expect((await watched.look()).health).toMatchObject({ name: 'HEALTHY', next_action: null })
    expect(await watched.api.org.db.query(told)).toMatchObject([{ data: { health: 'HEALTHY', reason_code: null } }])
  })

  it('B147, and an org that does not answer is no news, and is asked again a day later', async () => {
    await setState('PAUSED')
    await watched.age('token_used_at', '8 days')
    sim().fault({ match: /./, status: 503 })
    await watched.keepAlive()
    expect((await watched.look()).health).toMatchObject({ name: 'HEALTHY', warnings: [] })
    sim().clearFaults()
    sim().resetCounts()
    await watched.keepAlive()
    expect(asked()).toEqual([])
    await watched.age('keep_alive_at', '25 hours')
    await watched.keepAlive()
    expect(uses()).toBe(1)
  })

  it('B147, and neither that of an active or deleted connection nor one of a simulated org of before is touched', async () => {
    await watched.age('token_used_at', '8 days')
    await watched.keepAlive()
    await setState('PAUSED')
    await watched.keepAlive(['http://127.0.0.1:1'])
    const { org } = watched.api
    await org.db.query("update connections set state = 'DELETED'")
    await watched.keepAlive()
    await org.db.query("update connections set state = 'PAUSED'")
    expect(asked()).toEqual([])
    expect((await watched.look()).token?.keep_alive_at).toBeNull()
  })

  it.each([
    ['19 days', undefined],
    ['21 days', { is_urgent: false, message: expect.stringContaining('not been used for 21 days') }],
    ['27 days', { is_urgent: true, message: expect.stringMatching(/30 days without use, this one on \d{4}-/) }],
    ['31 days', { is_urgent: true, message: expect.stringContaining('this one may have ended on') }],
  ])('B147, and after %s without use the warning is as pressing as it is', async (idle, expected) => {
    await setState('PAUSED')
    await watched.age('token_used_at', idle)
    const warning = await watched.warning('token_idle')
    if (expected) expect(warning).toMatchObject(expected)
    else expect(warning).toBeUndefined()
  })

  it('B147, and a test of the connection counts as use', async () => {
    await watched.age('token_used_at', '28 days')
    await watched.api.call('GET', `${watched.path}/test`)
    expect(await watched.warning('token_idle')).toBeUndefined()
  })
})

describe('the owner of a token', () => {
  const owner = () => sim().org.user(sim().org.ownerId)

  it('B148: is remembered from the first sync on, and asked for once in a full sync', async () => {
    await watched.sync()
    expect(uses()).toBe(1)
    const { token } = await watched.look()
    expect(token?.owner).toEqual({ id: owner()?.id, login: owner()?.profile.login })
  })

  it('B148, and is asked for anew with other credentials, also where a sync goes on that was refused before', async () => {
    sim().fault('token-expires-midway')
    await watched.sync()
    sim().clearFaults()
    await watched.api.call('PATCH', watched.path, { body: { credentials: watched.api.credentials() } })
    expect((await watched.look()).token).toEqual({ owner: null, last_used_at: null, keep_alive_at: null })
    await watched.sync()
    expect((await watched.look()).token?.owner?.id).toBe(owner()?.id)
  })

  it.each([
    ['SUSPENDED', 'is suspended in Okta'],
    ['PASSWORD_EXPIRED', 'has an expired password in Okta'],
  ] as const)(
    'B148, and %s is seen in what the sync itself has read, before Okta refuses the token',
    async (status, words) => {
      const id = sim().org.ownerId
      sim().org.updateUser(id, { status })
      await watched.sync()
      expect(await watched.warning('token_owner_at_risk')).toMatchObject({
        is_urgent: false,
        message: `${owner()?.profile.login} owns the token and ${words}.`,
        remedy: expect.stringContaining('make a token whose owner stays'),
        since: expect.any(String),
      })
      expect((await watched.look()).health).toMatchObject({ name: 'HEALTHY' })
      sim().org.updateUser(id, { status: 'ACTIVE' })
      await watched.sync()
      expect(await watched.warning('token_owner_at_risk')).toBeUndefined()
    },
  )

  it.each([
    ["status = 'inactive', vendor_status = 'DEPROVISIONED'", 'is deactivated in Okta'],
    ['is_deleted = true, deleted_at = now()', 'is not in Okta any more'],
  ])('B148, and one who is gone (%s) is urgent', async (gone, words) => {
    const { org } = watched.api
    await org.db.query(`update users set ${gone} where vendor_id = $1`, [sim().org.ownerId])
    const warning = await watched.warning('token_owner_at_risk')
    expect(warning).toMatchObject({ is_urgent: true, message: expect.stringContaining(words) })
    await org.db.query("update users set vendor_status = 'ACTIVE', is_deleted = false, deleted_at = null")
  })

  it('B148, and that Okta does not tell whose token it is fails no sync', async () => {
    sim().fault({ match: USE, status: 403 })
    await watched.sync()
    expect((await watched.look()).health).toMatchObject({ name: 'HEALTHY' })
  })
})

describe('a token that Okta refuses', () => {
  afterEach(async () => {
    sim().clearFaults()
    await watched.sync()
  })

  it('B149: is red at once, on the side of the customer, with what to do', async () => {
    expect((await watched.look()).health?.name).toBe('HEALTHY')
    sim().fault('token-invalid')
    await watched.sync('schedule')
    const { health } = await watched.look()
    expect(health).toMatchObject({ name: 'UNAUTHORIZED', resolution_owner: 'CUSTOMER' })
    expect(health?.next_action).toMatch(/^Create a new token in Okta under Security > API > Tokens\./)
  })

  it('B149, and also where it is refused in the middle of a sync', async () => {
    sim().fault('token-expires-midway')
    await watched.sync('schedule')
    expect((await watched.look()).health?.name).toBe('UNAUTHORIZED')
  })

  it('B149, but not for a refusal in passing: a second request confirms it first', async () => {
    sim().fault({ match: 'GET /api/v1/users', status: 401, times: 1 })
    sim().fault({ match: 'GET /api/v1/groups', status: 401, times: 1 })
    sim().fault({ match: USE, status: 401, times: 1 })
    await watched.sync('schedule')
    expect((await watched.look()).health?.name).toBe('HEALTHY')
  })

  it('B154: names the allowed networks beside what else may be wrong, whichever way Okta refuses', async () => {
    const hints = {
      'token-invalid': /If the token is right, check that its allowed networks include this machine\./,
      'token-outside-network': /has an admin role, and that the token's allowed networks include this machine\./,
    }
    for (const [fault, hint] of Object.entries(hints)) {
      sim().clearFaults()
      sim().fault(fault)
      await watched.sync('schedule')
      const { health } = await watched.look()
      expect(health).toMatchObject({ name: 'UNAUTHORIZED', resolution_owner: 'CUSTOMER' })
      expect(health?.next_action).toMatch(hint)
    }
  })
})
