import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SimServiceApp } from '../../sim/index.ts'
import { parseServiceApp } from '../../src/connectors/okta/service-app.ts'
import type { SignIn } from '../../src/sign-in.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'

/** The access tokens of a service app: they end after an hour, and go out under their own name. */

const TOKEN = 'POST /oauth2/v1/token'
/** Each request takes so long, one after the other: beside another, one that is slow to arrive would be late for its token. */
const STEP = 40_000

let org: TestOrg
let app: SimServiceApp
let bound: SimServiceApp
beforeAll(async () => {
  org = await openTestOrg({ users: 12, limitScale: Number.POSITIVE_INFINITY, maxInFlight: 1 })
  app = org.sim.addServiceApp()
  bound = org.sim.addServiceApp({ dpop: true })
})
beforeEach(() => org.sim.resetCounts())
afterEach(() => org.sim.clearFaults())
afterAll(() => org.close())

const as = (one: SimServiceApp): SignIn => ({ serviceApp: parseServiceApp(one) })
const answered = (status: number) => org.sim.requests.filter((request) => request.status === status).length
const tokens = () => org.sim.counts.byRoute[TOKEN] ?? 0

describe('a sync that takes longer than an access token lives', () => {
  it('B151: renews it before it ends, and no request is refused', async () => {
    org.sim.fault({ match: /\/api\/v1\//, onHit: () => org.clock.advance(STEP) })
    const { outcome, requests } = await org.sync({ token: as(app) })
    expect(outcome).toBe('complete')
    expect(answered(401)).toBe(0)
    // Renewed when five minutes of its hour are left.
    expect(tokens()).toBe(1 + Math.floor((requests * STEP) / (55 * 60_000)))
    expect(tokens()).toBeGreaterThanOrEqual(2)
  })

  it('B151, and where Okta refuses it all the same, one new one serves all requests that were refused', async () => {
    const many = await openTestOrg({ users: 12, limitScale: Number.POSITIVE_INFINITY })
    const ours = many.sim.addServiceApp()
    many.sim.fault({ match: 'GET /api/v1/apps/{id}/users', skip: 3, times: 1, onHit: () => ours.revokeTokens() })
    const { outcome } = await many.sync({ token: as(ours) })
    expect(outcome).toBe('complete')
    expect(many.sim.requests.some(({ status }) => status === 401)).toBe(true)
    expect(many.sim.counts.byRoute[TOKEN]).toBe(2)
    await many.close()
  })
})

describe('what a request is signed with', () => {
  it('B152: goes by its own name: SSWS a token of a person, Bearer an access token, DPoP one that is bound', async () => {
    const seen = new Set<string>()
    org.sim.fault({
      match: /\/api\/v1\//,
      where: ({ headers }) =>
        seen.add(`${headers.authorization?.split(' ')[0]}${headers.dpop ? ', proven' : ''}`) && false,
    })
    const schemes = []
    for (const signIn of [org.sim.token, as(app), as(bound)]) {
      seen.clear()
      expect((await org.sync({ token: signIn, streams: ['users', 'groups'] })).outcome).toBe('complete')
      schemes.push([...seen])
    }
    expect(schemes).toEqual([['SSWS'], ['Bearer'], ['DPoP, proven']])
  })
})
