import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OverviewAnswer } from '../../src/api/overview-model.ts'
import { validateAnswer } from './documented.ts'
import { openRelatedOrg, type RelatedOrg } from './related-org.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const dayOf = (time: number | string) => new Date(time).toISOString().slice(0, 10)

let api: RelatedOrg
/** The overview as of now: past the time for which the last one is believed. */
const overview = async (connectionId = api.connectionId): Promise<OverviewAnswer> => {
  api.org.clock.advance(6_000)
  const { status, body } = await api.get('idp/overview', connectionId)
  expect(status).toBe(200)
  validateAnswer('get_idp_overview', 200, body)
  return body as OverviewAnswer
}
const parts = (answer: OverviewAnswer) =>
  Object.fromEntries(Object.entries(answer).map(([name, { outcome }]) => [name, outcome]))

/** How often each thing occurs. */
function counted<Key>(things: Iterable<Key>): Map<Key, number> {
  const counts = new Map<Key, number>()
  for (const thing of things) counts.set(thing, (counts.get(thing) ?? 0) + 1)
  return counts
}

/** What a person calls a factor of the simulated org. */
function authenticatorOf({ factorType, provider }: { factorType: string; provider: string }): string {
  if (provider === 'GOOGLE') return 'google_authenticator'
  const names: Record<string, string> = {
    push: 'okta_verify',
    signed_nonce: 'okta_verify',
    'token:software:totp': 'okta_verify',
    webauthn: 'webauthn',
    sms: 'phone',
    call: 'phone',
    question: 'security_question',
    email: 'email',
    web: 'duo',
    'token:hardware': 'yubikey',
    claims_provider: 'identity_provider',
  }
  return names[factorType] ?? factorType
}

describe('before any sync', () => {
  it('everything is zero and says that it was never read', async () => {
    api = await openRelatedOrg({ users: 12 }, false)
    const answer = await overview()
    expect(new Set(Object.values(parts(answer)))).toEqual(new Set(['never']))
    const never = { outcome: 'never', last_complete_at: null }
    expect(answer.users).toEqual({ ...never, count: 0, by_status: [] })
    expect(answer.administrators).toEqual({ ...never, users: 0, groups: 0, by_role: [] })
    expect(answer.mfa).toMatchObject({ active_users: 0, with_active_factor: 0, without_factor: 0 })
    expect(answer.sign_ins).toEqual({ ...never, held_since: null, days: [] })
    await api.close()
  })
})

describe('where roles are forbidden', () => {
  it('no administrators is not permitted, not none, and the rest is complete', async () => {
    api = await openRelatedOrg({ users: 40, faults: ['roles-forbidden'] })
    const answer = await overview()
    expect(answer.administrators).toEqual({
      outcome: 'not_permitted',
      last_complete_at: null,
      users: 0,
      groups: 0,
      by_role: [],
    })
    const { administrators: _, ...others } = parts(answer)
    expect(new Set(Object.values(others))).toEqual(new Set(['complete']))
    await api.close()
  })
})

describe('after a sync', () => {
  beforeAll(async () => {
    api = await openRelatedOrg({ users: 150 })
  })
  afterAll(() => api.close())

  it('counts what the org has', async () => {
    const { org } = api.org.sim
    const answer = await overview()
    expect(new Set(Object.values(parts(answer)))).toEqual(new Set(['complete']))
    const statuses = counted([...org.allUsers()].map(({ status }) => String(status).toLowerCase()))
    expect(statuses.size).toBeGreaterThan(3)
    expect(new Map(answer.users.by_status.map(({ status, count }) => [status, count]))).toEqual(statuses)
    expect(answer.users.count).toBe(org.expected().users)
    expect(answer.groups.count).toBe(org.expected().groups)
    expect(answer.applications.count).toBe(org.expected().applications)
    expect(new Map(answer.applications.by_sign_on_mode.map((one) => [one.sign_on_mode, one.count]))).toEqual(
      counted([...org.allApps()].map(({ signOnMode }) => signOnMode ?? null)),
    )
    expect(new Map(answer.policies.by_type.map(({ type, count }) => [type, count]))).toEqual(
      counted([...org.allPolicies()].map(({ type }) => type)),
    )
    expect(answer.policies.count).toBe(org.expected().policies)
  })

  it('counts each administrator once in all and once per role, those through groups included', async () => {
    const { org } = api.org.sim
    const { administrators } = await overview()
    const held = (ids: string[]) =>
      counted(
        ids.flatMap((id) => [
          ...new Set(org.rolesOf(id).map(({ role }) => `${role.type.toLowerCase()} ${role.label}`)),
        ]),
      )
    const users = held(org.roleHolderIds())
    const groups = held(org.adminGroupIds())
    expect(groups.size).toBeGreaterThan(0)
    const roles = new Set([...users.keys(), ...groups.keys()])
    expect(
      Object.fromEntries(
        administrators.by_role.map(({ role_type, label, ...rest }) => [`${role_type} ${label}`, rest]),
      ),
    ).toEqual(
      Object.fromEntries(
        [...roles].map((role) => [role, { users: users.get(role) ?? 0, groups: groups.get(role) ?? 0 }]),
      ),
    )
    expect(administrators.users).toBe(org.roleHolderIds().length)
    expect(administrators.groups).toBe(org.adminGroupIds().length)
    expect(administrators.by_role[0]?.role_type).toBe('super_admin')
    expect([...users.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(administrators.users)
  })

  it('counts active users by whether and how they are enrolled, pending enrollments not', async () => {
    const { org } = api.org.sim
    const { mfa } = await overview()
    const active = [...org.allUsers()].filter(({ status }) => status === 'ACTIVE')
    const enrolled = active.map(({ id }) => org.factorsOf(id).filter(({ status }) => status === 'ACTIVE'))
    expect(mfa.active_users).toBe(active.length)
    expect(mfa.with_active_factor).toBe(enrolled.filter((factors) => factors.length > 0).length)
    expect(mfa.without_factor).toBe(enrolled.filter((factors) => factors.length === 0).length)
    expect(mfa.without_factor).toBeGreaterThan(0)
    expect(new Map(mfa.by_authenticator.map(({ authenticator, users }) => [authenticator, users]))).toEqual(
      counted(enrolled.flatMap((factors) => [...new Set(factors.map(authenticatorOf))])),
    )
    const kind = (type: unknown, authenticator: string) => `${type} ${authenticator}`
    expect(new Map(mfa.factors_by_type.map((one) => [kind(one.factor_type, one.authenticator), one.users]))).toEqual(
      counted(
        enrolled.flatMap((factors) => [...new Set(factors.map((one) => kind(one.factorType, authenticatorOf(one))))]),
      ),
    )
  })

  it('counts sign-ins by UTC day, from the first event held to the last read, quiet days as zeros', async () => {
    const { sign_ins } = await overview()
    const events = [...api.org.sim.org.logEvents()]
    const times = events.map(({ published }) => published).sort()
    expect(sign_ins.held_since).toBe(times[0])
    const signIns = events.filter(({ eventType }) => eventType === 'user.session.start')
    const of = (result: string) =>
      counted(signIns.filter(({ outcome }) => outcome.result === result).map(({ published }) => dayOf(published)))
    const [successes, failures] = [of('SUCCESS'), of('FAILURE')]
    const expected: object[] = []
    for (let at = Date.parse(`${dayOf(times[0] ?? '')}T00:00Z`); at <= api.org.clock.now(); at += DAY_MS)
      expected.push({
        date: dayOf(at),
        successes: successes.get(dayOf(at)) ?? 0,
        failures: failures.get(dayOf(at)) ?? 0,
      })
    expect(sign_ins.days).toEqual(expected)
    expect(failures.size).toBeGreaterThan(0)
  })

  it('believes a count for five seconds', async () => {
    const before = await overview()
    await api.insert('group', { vendor_id: '00gNew' })
    const again = async () => (await api.get('idp/overview')).body as OverviewAnswer
    expect((await again()).groups.count).toBe(before.groups.count)
    api.org.clock.advance(5_001)
    expect((await again()).groups.count).toBe(before.groups.count + 1)
    await api.org.db.query(`delete from groups where vendor_id = '00gNew'`)
  })

  it('counts nothing of another connection', async () => {
    const before = await overview()
    const other = await api.otherConnection()
    const at = new Date(api.org.clock.now()).toISOString()
    const user = await api.insert('user', { vendor_id: '00uA', status: 'active' }, other)
    await api.insert('user', { vendor_id: '00uB', status: 'active' }, other)
    await api.insert('group', { vendor_id: '00gA' }, other)
    await api.insert('application', { vendor_id: '0oaA', sign_on_mode: null }, other)
    await api.insert('policy', { vendor_id: '00pA', type: 'PASSWORD' }, other)
    await api.insert('factor', { vendor_id: 'fA', user_id: user, authenticator: 'email', is_enrolled: true }, other)
    await api.insert(
      'role-assignment',
      {
        vendor_id: 'rA',
        principal_type: 'user',
        principal_id: user,
        role_type: 'custom',
        label: 'Desk',
        status: 'active',
      },
      other,
    )
    const signIn = { event_type: 'user.session.start', published_at: at }
    await api.insert('log-event', { vendor_id: 'l1', ...signIn, outcome: 'DENY' }, other)
    await api.insert('log-event', { vendor_id: 'l2', ...signIn, outcome: 'CHALLENGE' }, other)
    expect(await overview()).toEqual(before)
    const answer = await overview(other)
    expect(answer.users.by_status).toEqual([{ status: 'active', count: 2 }])
    expect(answer.groups.count).toBe(1)
    expect(answer.applications.by_sign_on_mode).toEqual([{ sign_on_mode: null, count: 1 }])
    expect(answer.policies.by_type).toEqual([{ type: 'PASSWORD', count: 1 }])
    expect(answer.administrators).toMatchObject({
      users: 1,
      groups: 0,
      by_role: [{ role_type: 'custom', label: 'Desk', users: 1, groups: 0 }],
    })
    expect(answer.mfa).toMatchObject({
      outcome: 'never',
      active_users: 2,
      with_active_factor: 1,
      without_factor: 1,
      factors_by_type: [{ factor_type: null, authenticator: 'email', users: 1 }],
    })
    expect(answer.sign_ins.days).toEqual([{ date: dayOf(at), successes: 0, failures: 1 }])
  })

  it('shows the last 30 days at most, and no day after the log was last read', async () => {
    const other = await api.otherConnection()
    const now = api.org.clock.now()
    const signIn = (vendorId: string, daysAgo: number) =>
      api.insert(
        'log-event',
        {
          vendor_id: vendorId,
          event_type: 'user.session.start',
          outcome: 'SUCCESS',
          published_at: new Date(now - daysAgo * DAY_MS).toISOString(),
        },
        other,
      )
    await signIn('old', 40)
    await signIn('oldest shown', 29)
    await signIn('last', 3)
    const { days, held_since } = (await overview(other)).sign_ins
    expect(held_since).toBe(new Date(now - 40 * DAY_MS).toISOString())
    expect(days.map(({ successes }) => successes)).toEqual([1, ...Array<number>(25).fill(0), 1])
    expect(days[0]?.date).toBe(dayOf(now - 29 * DAY_MS))
    expect(days.at(-1)?.date).toBe(dayOf(now - 3 * DAY_MS))
    await signIn('by a clock that is ahead', -2)
    expect((await overview(other)).sign_ins.days.at(-1)?.date).toBe(dayOf(now))
  })

  describe('where records have vanished', () => {
    it.each<[name: string, table: string, where: string, count: (answer: OverviewAnswer) => number]>([
      ['users', 'users', 'true', ({ users }) => users.count],
      ['active users', 'users', "status = 'active'", ({ mfa }) => mfa.active_users],
      ['groups', 'groups', 'true', ({ groups }) => groups.count],
      ['applications', 'applications', 'true', ({ applications }) => applications.count],
      ['policies', 'policies', 'true', ({ policies }) => policies.count],
      ['roles', 'role_assignments', "principal_type = 'user'", ({ administrators }) => administrators.users],
      ['administrators', 'users', 'true', ({ administrators }) => administrators.users],
      ['groups of administrators', 'groups', 'true', ({ administrators }) => administrators.groups],
      ['factors', 'factors', 'true', ({ mfa }) => mfa.with_active_factor],
      ['users with factors', 'users', 'true', ({ mfa }) => mfa.with_active_factor],
      [
        'log events',
        'log_events',
        'true',
        ({ sign_ins }) => sign_ins.days.reduce((sum, { successes, failures }) => sum + successes + failures, 0),
      ],
    ])('%s do not count', async (_, table, where, count) => {
      expect(count(await overview())).toBeGreaterThan(0)
      const condition = `connection_id = '${api.connectionId}' and ${where}`
      await api.org.db.query(`update ${table} set is_deleted = true where ${condition}`)
      expect(count(await overview())).toBe(0)
      await api.org.db.query(`update ${table} set is_deleted = false where ${condition}`)
    })
  })

  it('keeps what was read before, and says that roles are no longer permitted', async () => {
    const before = (await overview()).administrators
    api.org.sim.fault('roles-forbidden')
    await api.org.sync()
    const { administrators, users } = await overview()
    expect(administrators).toEqual({ ...before, outcome: 'not_permitted' })
    expect(users.outcome).toBe('complete')
  })
})
