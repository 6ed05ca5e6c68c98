import { afterEach, describe, expect, it } from 'vitest'
import type { ServiceAppOptions, SimServiceApp } from '../../../../sim/index.ts'
import { type Sim, startSim } from '../../../../sim/index.ts'
import { TestClock } from '../../../../test/harness/test-clock.ts'
import type { Clock } from '../../../clock.ts'
import type { RequestEvent } from '../../connector.ts'
import { parseServiceApp } from '../service-app.ts'
import type { SignedInClient } from './client.ts'
import { openSession, type SessionSettings } from './session.ts'

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

const TOKEN = 'POST /oauth2/v1/token'
const HOUR = 3_600_000

/** A session that a service app has signed in to, on a clock that jumps. */
async function connect(app: ServiceAppOptions = {}, settings: Partial<SessionSettings> = {}) {
  const clock = new TestClock()
  const sim = await startSim({ users: 12, limitScale: Number.POSITIVE_INFINITY, clock })
  const made = sim.addServiceApp(app)
  const events: RequestEvent[] = []
  const session = openSession({
    origin: sim.origin,
    serviceApp: parseServiceApp(made),
    clock,
    allowedInsecureOrigins: [sim.origin],
    ...settings,
  })
  open.push(() => session.close(), sim.close)
  const clientOf = (signal = new AbortController().signal) =>
    session.client({ resource: 'users', background: false, signal, onRequest: (event) => events.push(event) })
  return { sim, clock, session, app: made, events, client: clientOf(), clientOf }
}

const list = (client: SignedInClient, path = '/api/v1/users') =>
  client.list(path, { query: { limit: 5 }, cursor: null })
const statuses = (sim: Sim, route: string) =>
  sim.requests.filter((request) => request.route === route).map(({ status }) => status)

describe('the access token of a session', () => {
  it('is fetched once for however many requests wait for it, in a bucket of its own, and counted', async () => {
    const { sim, session, client, events } = await connect()
    await Promise.all(Array.from({ length: 20 }, () => list(client)))
    expect(statuses(sim, TOKEN)).toEqual([200])
    expect(events.filter(({ bucket }) => bucket === '/oauth2/v1')).toHaveLength(1)
    expect(session.buckets().map(({ bucket }) => bucket)).toEqual(['/oauth2/v1', '/api/v1/users'])
  })

  it('is not asked for where no request needs it, and what anybody may read goes out without it', async () => {
    const { sim, client } = await connect()
    await client.getPublic('/.well-known/okta-organization')
    expect(statuses(sim, TOKEN)).toEqual([])
  })

  it('is renewed before its end, and not earlier than it has to', async () => {
    const { sim, clock, client } = await connect()
    await list(client)
    clock.advance(HOUR - 6 * 60_000)
    await list(client)
    expect(statuses(sim, TOKEN)).toEqual([200])
    clock.advance(2 * 60_000)
    await Promise.all([list(client), list(client), list(client)])
    expect(statuses(sim, TOKEN)).toEqual([200, 200])
    expect(statuses(sim, 'GET /api/v1/users')).toEqual([200, 200, 200, 200, 200])
  })

  it('does not end with the request that happened to ask for it', async () => {
    const { sim, client, clientOf } = await connect()
    const impatient = new AbortController()
    const [aborted, patient] = [list(clientOf(impatient.signal)), list(client)]
    impatient.abort(new Error('no longer wanted'))
    await expect(aborted).rejects.toThrow('no longer wanted')
    expect((await patient).items).toHaveLength(5)
    expect(statuses(sim, TOKEN)).toEqual([200])
  })

  it('is asked for again where Okta has a moment of weakness, with an assertion that was not used before', async () => {
    const { sim, client } = await connect()
    // The assertion of such an attempt counts as used: the answer is lost on its way back.
    sim.fault({ match: TOKEN, times: 1, reset: 'after-headers' })
    sim.fault({ match: TOKEN, times: 1, status: 503 })
    sim.fault({ match: TOKEN, times: 1, status: 429, rateHeaders: { limit: 600, remaining: 0, resetIn: 20 } })
    expect((await list(client)).items).toHaveLength(5)
    expect(statuses(sim, TOKEN).at(-1)).toBe(200)
  })

  it('is given up with the session, by whoever waits for it', async () => {
    const { sim, session, client } = await connect()
    sim.fault({ match: TOKEN, never: true })
    const asked = list(client)
    const refused = expect(asked).rejects.toMatchObject({ code: 'job_interrupted' })
    await new Promise(setImmediate)
    await session.close()
    await refused
  })
})

describe('a clock that is wrong', () => {
  const skewed = (clock: TestClock, ms: number): Clock => ({
    now: () => clock.now() + ms,
    sleep: (wait, signal) => clock.sleep(wait, signal),
    deadline: (wait, kind, onExpire) => clock.deadline(wait, kind, onExpire),
  })

  it.each([-2 * HOUR, 2 * HOUR])('by %d ms is set right by what Okta says the time is', async (ms) => {
    for (const dpop of [false, true]) {
      const { sim, clock, app } = await connect({ dpop })
      const session = openSession({
        origin: sim.origin,
        serviceApp: parseServiceApp(app),
        clock: skewed(clock, ms),
        allowedInsecureOrigins: [sim.origin],
      })
      const signal = new AbortController().signal
      const client = session.client({ resource: 'users', background: false, signal, onRequest: () => {} })
      expect((await list(client)).items).toHaveLength(5)
      await session.close()
    }
  })
})

describe('a service app that is refused', () => {
  const strange = (app: SimServiceApp, other: SimServiceApp) => ({ ...app, privateKey: other.privateKey })

  it('is told so after one confirmation, with Okta’s words and what to compare', async () => {
    const { sim, app, clock } = await connect()
    const serviceApp = parseServiceApp(strange(app, sim.addServiceApp()))
    const session = openSession({ origin: sim.origin, serviceApp, clock, allowedInsecureOrigins: [sim.origin] })
    open.unshift(() => session.close())
    const signal = new AbortController().signal
    const client = session.client({ resource: 'users', background: false, signal, onRequest: () => {} })
    const error = await list(client).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'okta_client_rejected',
      details: { status: 401, error_code: 'invalid_client' },
    })
    expect(String(error)).toContain('401 invalid_client: The client_assertion signature is invalid.')
    expect(statuses(sim, TOKEN).length).toBeLessThanOrEqual(4)
  })

  it('over and over with fresh access tokens is told so, and does not renew them without end', async () => {
    const { sim, client } = await connect()
    sim.fault({ match: 'GET /api/v1/users', status: 401 })
    await expect(list(client)).rejects.toMatchObject({ code: 'okta_client_rejected', action: 'stop' })
    expect(statuses(sim, TOKEN).length).toBeLessThanOrEqual(4)
  })

  it('for its proof, which it gives, is told which switch in Okta would do without', async () => {
    const { sim, client } = await connect({ dpop: true })
    const body = { error: 'invalid_dpop_proof', error_description: 'No.' }
    sim.fault({ match: TOKEN, status: 400, body })
    await expect(list(client)).rejects.toThrow(/Require Demonstrating Proof of Possession/)
  })

  it('by an answer without a token is told that, too', async () => {
    const { sim, client } = await connect({}, { retry: { attempts: 1 } })
    sim.fault({ match: TOKEN, status: 200, body: { token_type: 'Bearer' } })
    await expect(list(client)).rejects.toMatchObject({ code: 'okta_not_json' })
  })
})
