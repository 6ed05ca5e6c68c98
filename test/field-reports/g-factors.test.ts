import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Factor } from '../../src/model/factor.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { oktaError, rawOf, type Sent } from './answers.ts'
import { asked } from './calls.ts'

/** Enrolled factors: kinds nobody announced, people who left meanwhile, and what an empty answer does not say. */

const FACTORS = 'GET /api/v1/users/{id}/factors'
const streams = ['users', 'factors']

let org: TestOrg

beforeAll(async () => {
  org = await openTestOrg({ users: 30 })
})
afterEach(async () => {
  org.sim.clearFaults()
  await org.db.query('truncate factors, users, changes')
})
afterAll(() => org.close())

const sync = async () => (await org.sync({ streams })).resources.factors
const stored = () => org.rows('factor')
const live = async () => (await stored()).filter((row) => !row.is_deleted)
const total = () => org.sim.org.expected().factors

/** One person's factors are these. */
function answerFor(user: string, factors: readonly Sent[]): void {
  org.sim.fault({ match: FACTORS, where: ({ params }) => params.id === user, status: 200, body: factors })
}

describe('a factor of a kind that is new', () => {
  it('B104: signed_nonce is kept as Okta Verify, and nobody’s list fails for it', async () => {
    const user = org.sim.org.userId(2)
    answerFor(user, [{ id: 'crp1', factorType: 'signed_nonce', provider: 'OKTA', status: 'ACTIVE' }])
    const others = total() - org.sim.org.factorsOf(user).length
    expect(await sync()).toMatchObject({ outcome: 'complete', rows: others + 1, rejected: 0 })
    expect((await stored()).filter((row) => row.user_vendor_id === user)).toMatchObject([
      { vendor_id: `${user}:crp1`, factor_type: 'signed_nonce', authenticator: 'okta_verify', is_enrolled: true },
    ])
  })

  it('B104, and types, providers and statuses of tomorrow are kept as received', async () => {
    const user = org.sim.org.userId(2)
    answerFor(user, [
      { id: 'f1', factorType: 'retina', provider: 'ACME', status: 'ACTIVE', profile: null },
      { id: 'f2', factorType: 'push', provider: 'ACME', status: 'ASLEEP', vendorName: 'Acme' },
      { id: 'f3', factorType: null, provider: 7, status: null, profile: 'none' },
      { id: 'f4' },
    ])
    expect(await sync()).toMatchObject({ outcome: 'complete', rejected: 0 })
    expect((await stored()).filter((row) => row.user_vendor_id === user)).toMatchObject([
      { factor_type: 'retina', provider: 'ACME', authenticator: 'unknown', is_enrolled: true },
      { factor_type: 'push', status: 'unknown', vendor_status: 'ASLEEP', is_enrolled: null },
      { factor_type: null, provider: '7', is_enrolled: null },
      { factor_type: null, provider: null, status: 'unknown' },
    ])
  })

  it('B106: claims_provider is kept as an identity provider', async () => {
    const user = org.sim.org.userId(2)
    answerFor(user, [{ id: 'clp1', factorType: 'claims_provider', provider: 'CUSTOM', status: 'ACTIVE' }])
    expect(await sync()).toMatchObject({ outcome: 'complete', rejected: 0 })
    expect((await stored()).filter((row) => row.user_vendor_id === user)).toMatchObject([
      { factor_type: 'claims_provider', provider: 'CUSTOM', authenticator: 'identity_provider', is_enrolled: true },
    ])
  })
})

describe('a user who leaves between the list and the factors', () => {
  it('B108: deprovisioned is gone, the other users’ factors are all stored', async () => {
    const leaver = org.sim.org.addUser({ login: 'leaver@acme.test' }).id
    org.sim.org.enrollFactor(leaver, 'sms')
    await sync()
    expect((await live()).filter((row) => row.user_vendor_id === leaver)).toHaveLength(1)
    org.sim.fault({
      match: FACTORS,
      times: 1,
      where: ({ params }) => params.id === leaver,
      onHit: (_call, sim) => sim.org.deactivateUser(leaver),
    })
    expect(await sync()).toMatchObject({ outcome: 'complete', rows: total(), deleted: 1 })
    expect(await live()).toHaveLength(total())
  })

  it('B108, and a deleted one is, too', async () => {
    const leaver = org.sim.org.addUser({ login: 'deleted@acme.test' }).id
    org.sim.org.enrollFactor(leaver, 'sms')
    org.sim.fault({
      match: FACTORS,
      times: 1,
      where: ({ params }) => params.id === leaver,
      onHit: (_call, sim) => sim.org.deleteUser(leaver),
    })
    expect(await sync()).toMatchObject({ outcome: 'complete', rows: total() })
  })

  it('B108, and a "not found" for people who are still there is a gap, not a loss', async () => {
    await sync()
    org.sim.fault('factors-404-for-some')
    const found = await sync()
    expect(found).toMatchObject({ outcome: 'partial', reason_code: 'okta_not_found', deleted: 0 })
    expect(await live()).toHaveLength(total())
  })

  it('B108, and one listed as deprovisioned is not asked at all', async () => {
    org.sim.resetCounts()
    await sync()
    const left = [...org.sim.org.allUsers()].filter(({ status }) => status === 'DEPROVISIONED').map(({ id }) => id)
    expect(left.length).toBeGreaterThan(0)
    expect(asked(org, FACTORS).filter(({ path }) => left.some((id) => path.includes(id)))).toEqual([])
  })
})

describe('an answer that is no answer', () => {
  it('B109: a refusal leaves what is known as it is: unknown, not "no MFA"', async () => {
    await sync()
    const before = await live()
    org.sim.fault('factors-forbidden')
    org.sim.resetCounts()
    expect(await sync()).toMatchObject({
      outcome: 'not_permitted',
      rows: 0,
      deleted: 0,
      reason_code: 'okta_scope_missing',
    })
    expect(await live()).toEqual(before)
    expect(asked(org, FACTORS).length).toBeLessThan(20)
  })

  it('B109, and a refusal, an error or a broken answer for one person stores nothing about that person', async () => {
    const [refused, failing, broken] = [2, 6, 8].map((number) => org.sim.org.userId(number))
    const spoiled = [refused, failing, broken]
    org.sim.fault({ match: FACTORS, where: ({ params }) => params.id === refused, status: 403 })
    org.sim.fault({ match: FACTORS, where: ({ params }) => params.id === failing, status: 500 })
    org.sim.fault({ match: FACTORS, where: ({ params }) => params.id === broken, status: 200, body: { error: 'x' } })
    const lost = spoiled.reduce((sum, id) => sum + org.sim.org.factorsOf(id ?? '').length, 0)
    expect(lost).toBeGreaterThan(3)
    const found = await sync()
    expect(found).toMatchObject({ outcome: 'partial', rows: total() - lost })
    expect(found?.reason).toMatch(/^3 of \d+ could not be read/)
    const users = await org.rows('user')
    expect(users.every((row) => !Object.keys(row).some((name) => /mfa|factor/.test(name)))).toBe(true)
  })

  it('B110: an empty list means "none visible", and is documented so', async () => {
    expect(Factor.sentence).toContain('none visible, which is not the same as none')
    expect(Factor.sentence).toContain('policy')
    const user = org.sim.org.userId(2)
    answerFor(user, [])
    expect(await sync()).toMatchObject({ outcome: 'complete', rejected: 0 })
    expect((await stored()).filter((row) => row.user_vendor_id === user)).toEqual([])
  })

  it('B110, and a policy that hides everybody’s factors at once deletes nothing unasked', async () => {
    await sync()
    org.sim.fault('factors-empty-by-policy')
    expect(await sync()).toMatchObject({
      outcome: 'partial',
      deleted: 0,
      held_deletes: total(),
      reason_code: 'deletes_held',
    })
    expect(await live()).toHaveLength(total())
  })
})

describe('what counts as enrolled', () => {
  it('B111: the three rows of one Okta Verify count as one authenticator', async () => {
    const user = org.sim.org.userId(2)
    const device = { deviceType: 'SmartPhone_IPhone', name: 'Phone', platform: 'IOS' }
    const row = (id: string, factorType: string) => ({ id, factorType, provider: 'OKTA', status: 'ACTIVE' })
    answerFor(user, [
      { ...row('opf1', 'push'), profile: { credentialId: 'user1@acme.test', ...device } },
      { ...row('ost1', 'token:software:totp'), profile: { credentialId: 'user1@acme.test' } },
      { ...row('crp1', 'signed_nonce'), profile: { credentialId: 'user1@acme.test', ...device } },
      { ...row('ost2', 'token:software:totp'), provider: 'GOOGLE' },
    ])
    await sync()
    const counted = await org.db.query(
      `select authenticator, count(*)::int as rows from factors
        where user_vendor_id = $1 and is_enrolled group by authenticator order by authenticator`,
      [user],
    )
    expect(counted).toEqual([
      { authenticator: 'google_authenticator', rows: 1 },
      { authenticator: 'okta_verify', rows: 3 },
    ])
  })

  it('B112: a pending activation is kept and does not count; its secret is not kept', async () => {
    const user = org.sim.org.addUser({ login: 'pending@acme.test' }).id
    org.sim.org.enrollFactor(user, 'token:software:totp pending')
    org.sim.org.enrollFactor(user, 'sms pending')
    await sync()
    const rows = (await stored()).filter((row) => row.user_vendor_id === user)
    expect(rows).toHaveLength(2)
    for (const row of rows) expect(row).toMatchObject({ status: 'pending_activation', is_enrolled: false })
    expect(JSON.stringify(rows.map(rawOf))).not.toMatch(/SIMSECRET|qrcode|_embedded/)
  })

  it('B112, and only what is active counts; an unknown status is unknown', async () => {
    const enrolled = {
      ACTIVE: true,
      DISABLED: false,
      EXPIRED: false,
      INACTIVE: false,
      NOT_SETUP: false,
      PENDING_ACTIVATION: false,
      WAITING: null,
    }
    const user = org.sim.org.userId(2)
    answerFor(
      user,
      Object.keys(enrolled).map((status) => ({ id: status, factorType: 'sms', provider: 'OKTA', status })),
    )
    await sync()
    const rows = (await stored()).filter((row) => row.user_vendor_id === user)
    expect(Object.fromEntries(rows.map((row) => [row.vendor_status, row.is_enrolled]))).toEqual(enrolled)
  })

  it('B112, and "feature not in this org" is not "nobody has any"', async () => {
    await sync()
    org.sim.fault({ match: FACTORS, status: 401, body: oktaError('E0000015', 'No permission for the feature') })
    expect(await sync()).toMatchObject({ outcome: 'not_available', deleted: 0 })
    expect(await live()).toHaveLength(total())
  })
})
