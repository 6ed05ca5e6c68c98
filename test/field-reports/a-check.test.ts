import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSession } from '../../src/connectors/okta/client/session.ts'
import { preflight } from '../../src/connectors/okta/index.ts'
import { AppError } from '../../src/errors.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { clientOf } from './calls.ts'

/** A person tries out a connection and waits for the answer. */

let org: TestOrg

beforeEach(async () => {
  org = await openTestOrg({ users: 12 })
})

afterEach(() => org.close())

/** What `rollcall check` finds within its half a minute, and how long it takes. */
async function check(token = org.sim.token) {
  const { clock, sim } = org
  const session = openSession({
    origin: sim.origin,
    token,
    clock,
    allowedInsecureOrigins: [sim.origin],
    retry: { attempts: 3, baseMs: 300 },
    maxWaitMs: 5_000,
  })
  const startedAt = clock.now()
  const late = new AbortController()
  const deadline = clock.deadline(30_000, 'watchdog', () => late.abort(new AppError('okta_timeout', 'Too late.')))
  try {
    const found = await preflight({ client: clientOf(session, late.signal), origin: sim.origin })
    return { ...found, ms: clock.now() - startedAt }
  } finally {
    deadline.clear()
    await session.close()
  }
}

describe('a check under a rate limit', () => {
  it('B018: answers within its own short deadline: rate limited, the token is valid', async () => {
    org.sim.fault({ match: /\/api\/v1/, status: 429, rateHeaders: { limit: 600, remaining: 0, resetIn: 55 } })
    const found = await check()
    expect(found.ms).toBeLessThan(10_000)
    expect(found.rows.every(({ outcome }) => outcome === 'failed')).toBe(true)
    expect(found.notes.join()).toContain('Rate limited: the token is valid')
  })

  it.each<[string, Record<string, number> | null]>([
    ['the concurrency limit', { limit: 0, remaining: 0, resetIn: 120 }],
    ['nobody knows what', null],
  ])('B018, and so it does where the 429 is of %s', async (_, rateHeaders) => {
    org.sim.fault({ match: /\/api\/v1/, status: 429, rateHeaders })
    const found = await check()
    expect(found.ms).toBeLessThanOrEqual(31_000)
    expect(found.notes.join()).toContain('Rate limited: the token is valid')
  })

  it('B018, and where only one bucket is empty the others are still tried', async () => {
    org.sim.fault({
      match: /^GET \/api\/v1\/apps/,
      status: 429,
      rateHeaders: { limit: 100, remaining: 0, resetIn: 55 },
    })
    const found = await check()
    expect(found.verdict).toBe('incomplete')
    const failed = found.rows.filter(({ outcome }) => outcome === 'failed')
    expect(failed.length).toBeGreaterThan(0)
    expect(failed.every(({ family }) => family.includes('Application'))).toBe(true)
    expect(found.ms).toBeLessThan(10_000)
  })

  it('B018, and a reset that is near is waited for', async () => {
    org.sim.fault({ match: 'GET /api/v1/users', times: 1, status: 429, rateHeaders: { remaining: 0, resetIn: 2 } })
    const found = await check()
    expect(found.verdict).toBe('ok')
    expect(found.ms).toBeGreaterThanOrEqual(2_000)
    expect(found.ms).toBeLessThan(6_000)
  })

  it('B018, and an org that takes forever over one area is told about the others all the same', async () => {
    org.sim.fault({ match: /^GET \/api\/v1\/apps/, never: true })
    const found = await check()
    expect(found.ms).toBeLessThanOrEqual(31_000)
    const failed = found.rows.filter(({ outcome }) => outcome === 'failed')
    expect(failed.length).toBeGreaterThan(0)
    expect(failed.every(({ family }) => family.includes('Application'))).toBe(true)
  })

  it('B018, and a wrong token is called wrong without a wait', async () => {
    const found = await check('00wrongwrongwrongwrongwrongwrongwrongwrong')
    expect(found.verdict).toBe('unusable')
    expect(found.ms).toBeLessThan(5_000)
  })
})
