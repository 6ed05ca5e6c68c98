import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { SimServiceApp } from '../../sim/index.ts'
import { openWatched, type Watched } from './watched.ts'

/** A service app in place of a person's token, over the API. */

let watched: Watched
let app: SimServiceApp
beforeAll(async () => {
  watched = await openWatched()
  app = watched.api.org.sim.addServiceApp({ dpop: true })
})
afterEach(() => watched.api.org.sim.clearFaults())
afterAll(() => watched.api.close())

const credentials = () => ({
  domain: watched.api.org.sim.origin,
  client_id: app.clientId,
  private_key: app.privateKey,
})
const connections = () => watched.path.slice(0, watched.path.lastIndexOf('/'))
const replaceWith = (given: object) => watched.api.call('PATCH', watched.path, { body: { credentials: given } })
/** What must be in no answer. */
const secret = () => String(JSON.parse(app.privateKey).d)
const look = async () => (await watched.api.call('GET', watched.path)).body

describe('a service app', () => {
  it('B163: signs in with client id and key, reads everything, and nobody is named as its owner', async () => {
    const { body: tested } = await watched.api.call('POST', `${connections()}/test`, {
      body: { vendor: 'OKTA_IDP', credentials: credentials() },
    })
    expect(tested).toMatchObject({ is_valid: true, message: null, check: { verdict: 'ok', owner: null } })
    expect(JSON.stringify(tested)).toContain(`No person stands behind the service app ${app.clientId}`)
    const made = await watched.api.connection(connections().replace(/\/connections$/, ''), {
      credentials: credentials(),
    })
    expect(made).toMatchObject({ state: 'ACTIVE', token: null, service_app: { client_id: app.clientId } })
    await watched.api.call('DELETE', `${connections()}/${made.id}`)
    expect(JSON.stringify([tested, made])).not.toContain(secret())
  })

  it('B163, and takes the place of a token in a connection, and gives it back', async () => {
    expect((await replaceWith(credentials())).body).toMatchObject({
      token: null,
      service_app: { client_id: app.clientId },
    })
    watched.api.org.sim.resetCounts()
    await watched.sync()
    expect(await look()).toMatchObject({ health: { name: 'HEALTHY' }, token: null })
    const paths = watched.api.org.sim.requests.map(({ path }) => path)
    expect(paths).not.toContain('/api/v1/users/me')
    expect((await watched.api.call('GET', `${watched.path}/test`)).body).toMatchObject({ is_valid: true })
    expect((await replaceWith(watched.api.credentials())).body).toMatchObject({
      token: { owner: null },
      service_app: null,
    })
    await replaceWith(credentials())
    await watched.sync()
    const answers = ['', '/test', '/jobs', '/requests'].map(async (part) =>
      watched.api.call('GET', `${watched.path}${part}`),
    )
    expect(JSON.stringify(await Promise.all(answers))).not.toContain(secret())
  })

  it('B163, and neither ends for want of use nor with somebody’s account, and is not used to keep it alive', async () => {
    const { sim, db } = watched.api.org
    await watched.api.call('PATCH', watched.path, { body: { state: 'PAUSED' } })
    await watched.age('token_used_at', '40 days')
    await db.query('update connections set token_owner_vendor_id = (select vendor_id from users limit 1)')
    await db.query("update users set vendor_status = 'SUSPENDED'")
    sim.resetCounts()
    await watched.keepAlive()
    expect(sim.counts.total).toBe(0)
    const { health } = await watched.look()
    expect(health?.warnings.filter(({ code }) => code.startsWith('token_'))).toEqual([])
    await watched.api.call('PATCH', watched.path, { body: { state: 'ACTIVE' } })
  })

  it.each([
    ['okta_client_rejected', { match: 'POST /oauth2/v1/token', status: 401, body: { error: 'invalid_client' } }],
    ['okta_no_scope_granted', { match: 'POST /oauth2/v1/token', status: 400, body: { error: 'consent_required' } }],
  ])('B163, and %s shows in its health with what to do, until it is mended', async (code, fault) => {
    watched.api.org.sim.fault(fault)
    await watched.sync()
    const refused = await look()
    expect(refused).toMatchObject({
      health: { name: 'UNAUTHORIZED', resolution_owner: 'CUSTOMER', next_action: expect.stringContaining('tab') },
      last_job: { error: { code } },
    })
    watched.api.org.sim.clearFaults()
    await watched.sync()
    expect(await look()).toMatchObject({ health: { name: 'HEALTHY' } })
  })
})
