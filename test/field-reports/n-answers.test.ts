import { afterEach, describe, expect, it } from 'vitest'
import { EVERYTHING } from '../../src/model/scope.ts'
import { type Item, openRelatedOrg, type RelatedOrg } from '../api/related-org.ts'
import { eachRecord, type Sent } from './answers.ts'
import { asked, limitOf } from './calls.ts'

/** What people asked other tools for in vain: read from Okta, and served. */

const HOUR = 3_600_000

let api: RelatedOrg
afterEach(() => api.close())

const idIn = ({ path }: { path: string }) => path.split('/')[4] ?? ''

describe('a user', () => {
  it('B164: has all dates of the life cycle as Okta sent them, set and null', async () => {
    api = await openRelatedOrg({ users: 3 }, false)
    const DATES = {
      created: 'vendor_created_at',
      activated: 'activated_at',
      statusChanged: 'status_changed_at',
      lastLogin: 'last_login_at',
      lastUpdated: 'last_updated_at',
      passwordChanged: 'password_changed_at',
    } as const
    const set = Object.fromEntries(Object.keys(DATES).map((name, day) => [name, `2025-0${day + 1}-03T04:05:06.000Z`]))
    const none = Object.fromEntries(Object.keys(DATES).map((name) => [name, null]))
    for (const dates of [set, none]) {
      api.org.sim.clearFaults()
      api.org.sim.fault(eachRecord('GET /api/v1/users', (user) => ({ ...user, ...dates })))
      await api.org.sync({ streams: ['users'] })
      const { items } = await api.get('idp/users?raw=true')
      expect(items).toHaveLength(api.org.sim.org.expected().users)
      for (const user of items) {
        const raw = user.raw as Sent
        for (const [name, column] of Object.entries(DATES)) {
          expect(raw[name]).toBe(dates[name])
          expect(user[column]).toBe(dates[name])
        }
      }
    }
  })

  it('B165: is answered with factors and with the policies that are for them, and why', async () => {
    api = await openRelatedOrg({ users: 12 }, false)
    const { org: sim } = api.org.sim
    for (const { id, system } of [...sim.allPolicies()]) if (!system) sim.deletePolicy(id)
    const user = sim.addUser({ login: 'two.factors@acme.example' })
    const [sms, webauthn] = [sim.enrollFactor(user.id, 'sms'), sim.enrollFactor(user.id, 'webauthn')]
    const [mine, other] = [sim.addGroup({ name: 'Mine' }), sim.addGroup({ name: 'Other' })]
    sim.addMember(mine.id, user.id)
    const policy = (name: string, priority: number, people: Sent | null, status: 'ACTIVE' | 'INACTIVE' = 'ACTIVE') =>
      sim.addPolicy({ type: 'OKTA_SIGN_ON', name, priority, status, conditions: people && { people } }).id
    policy('inactive', 1, { groups: { include: [mine.id] } }, 'INACTIVE')
    policy('of another group', 2, { groups: { include: [other.id] } })
    const byGroup = policy('by group', 3, { groups: { include: [other.id, mine.id] } })
    policy('not for them', 4, { groups: { include: [mine.id] }, users: { exclude: [user.id] } })
    policy('not for the group', 5, { users: { include: [user.id] }, groups: { exclude: [mine.id] } })
    policy('by name', 6, { users: { include: [user.id] } })
    policy('for all', 7, null)
    await api.org.sync()
    const id = api.idOf('user', user.id)
    const listed = await api.byCursor(`idp/users/${id}/policies`, 3)
    const signOn = listed.filter((item) => item.type === 'OKTA_SIGN_ON' && !item.is_system)
    const group = { id: api.idOf('group', mine.id), vendor_id: mine.id, name: 'Mine' }
    const why = ({ name, via, via_group, is_first }: Item) => ({ name, via, via_group, is_first })
    expect(signOn.map(why)).toEqual([
      { name: 'inactive', via: 'group', via_group: group, is_first: false },
      { name: 'by group', via: 'group', via_group: group, is_first: true },
      { name: 'by name', via: 'user', via_group: null, is_first: false },
      { name: 'for all', via: 'everyone', via_group: null, is_first: false },
    ])
    for (const item of listed)
      expect(item.is_first === null, String(item.type)).toBe(
        ['ACCESS_POLICY', 'PROFILE_ENROLLMENT'].includes(String(item.type)),
      )
    const { body } = await api.get(`idp/users/${id}?includeIdpFactors=true`)
    const factors = body.idp_factors as Item[]
    expect(factors.map(({ vendor_id }) => vendor_id)).toEqual(
      expect.arrayContaining([`${user.id}:${sms.id}`, `${user.id}:${webauthn.id}`]),
    )
    // Who leaves the group is under another policy, as of the next round.
    api.org.clock.advance(HOUR)
    sim.removeMember(mine.id, user.id)
    await api.org.round()
    const after = (await api.get(`idp/users/${id}/policies`)).items.filter((item) => item.type === 'OKTA_SIGN_ON')
    expect(after.map(({ name }) => name)).not.toContain('by group')
    expect(after.find((item) => item.is_first)?.name).toBe('not for the group')
    expect((await api.get(`idp/policies/${api.idOf('policy', byGroup)}/users`)).items).toEqual([])
  })
})

/** Okta's names of its calls, where they are asked, and where what they say is served. */
const CALLS = {
  'List Users': ['GET /api/v1/users', 'users'],
  'List User Groups': ['GET /api/v1/users/{id}/groups', 'users/USER/groups'],
  'List User MFA Factors': ['GET /api/v1/users/{id}/factors', 'factors'],
  'List Groups': ['GET /api/v1/groups', 'groups'],
  'List Group Applications': ['GET /api/v1/groups/{id}/apps', 'groups/GROUP/applications'],
  'List Applications': ['GET /api/v1/apps', 'applications'],
  'List Application Users': ['GET /api/v1/apps/{id}/users', 'applications/APPLICATION/users'],
  'Get System Log Events': ['GET /api/v1/logs', 'logs'],
  'List User Roles': ['GET /api/v1/users/{id}/roles', 'roles'],
  'List Policies': ['GET /api/v1/policies', 'policies'],
  'Get Policy': ['GET /api/v1/policies/{id}', 'policies/POLICY'],
  'List Policy Rules': ['GET /api/v1/policies/{id}/rules', 'policies/POLICY/rules'],
  'List Policy Mappings': ['GET /api/v1/policies/{id}/mappings', 'policies/POLICY/mappings'],
} as const

describe('the calls', () => {
  it('B166: all thirteen are asked in a full sync and the round after it, and what they say is served', async () => {
    api = await openRelatedOrg({ users: 12 })
    const { org: sim } = api.org.sim
    api.org.clock.advance(HOUR)
    // A group comes with an application of which the log says nothing; a member is suspended; a policy is switched off.
    const application = sim.appId(1)
    const group = sim.addGroup({ name: 'Imported' }).id
    sim.assignGroup(application, group, { priority: 7, profile: { role: 'reader' } })
    const user = sim.userId(5)
    sim.addMember(group, user)
    sim.updateUser(user, { status: 'SUSPENDED' })
    const policy = [...sim.allPolicies()].find(({ type, system }) => type === 'ACCESS_POLICY' && !system)?.id ?? ''
    sim.updatePolicy(policy, { status: 'INACTIVE' })
    api.org.sim.fault({
      match: 'GET /api/v1/logs',
      transform: (body) =>
        Array.isArray(body)
          ? body.filter(({ eventType }: Sent) => eventType !== 'group.application_assignment.add')
          : body,
    })
    expect(await api.org.round()).toMatchObject({ outcome: 'complete' })
    for (const [name, [route]] of Object.entries(CALLS)) expect(asked(api.org, route), name).not.toEqual([])
    const ids: Readonly<Record<string, string>> = {
      USER: api.idOf('user', user),
      GROUP: api.idOf('group', group),
      APPLICATION: api.idOf('application', application),
      POLICY: api.idOf('policy', policy),
    }
    const answerOf = (path: string) =>
      api.get(
        `idp/${path.replace(/[A-Z]+/, (word) => ids[word] ?? word)}?limit=500`.replace(/(policies\/[^/]+)\?.*/, '$1'),
      )
    for (const [name, [, path]] of Object.entries(CALLS)) {
      const { status, items, body } = await answerOf(path)
      expect(status, name).toBe(200)
      expect(items.length > 0 || body.id === ids.POLICY, name).toBe(true)
    }
    const memberships = (await answerOf('users/USER/groups')).items
    expect(memberships.map(({ id }) => id)).toContain(ids.GROUP)
    for (const { membership } of memberships) expect(membership).toMatchObject({ user_status: 'suspended' })
    expect((await answerOf('groups/GROUP/applications')).items).toMatchObject([
      { id: ids.APPLICATION, assignment: { priority: 7, profile: { role: 'reader' } } },
    ])
    expect((await answerOf('policies/POLICY')).body).toMatchObject({ status: 'inactive' })
  })
})

describe('what is asked', () => {
  it('B167: of two groups out of 5,000 nobody else’s members', async () => {
    api = await openRelatedOrg({ users: 12 }, false)
    const { org: sim } = api.org.sim
    for (let number = [...sim.allGroups()].length; number < 5_000; number++) {
      const { id } = sim.addGroup({ name: `Team ${number}` })
      if (number % 500 === 0) sim.addMember(id, sim.userId(number % 12))
    }
    api.org.sim.resetCounts()
    const groups = ['Team 500', 'Team 4500']
    const streams = ['users', 'groups', 'group_memberships']
    const result = await api.org.sync({ streams, scope: { ...EVERYTHING, groups } })
    expect(result).toMatchObject({ outcome: 'complete', resources: { group_memberships: { rows: 2, requests: 2 } } })
    const { items } = await api.get('idp/groups')
    expect(items.map(({ name }) => name).sort()).toEqual([...groups].sort())
    const members = asked(api.org, 'GET /api/v1/groups/{id}/users')
    expect(members.map(idIn).sort()).toEqual(items.map(({ vendor_id }) => vendor_id).sort())
    expect(asked(api.org, 'GET /api/v1/groups')).toHaveLength(25)
    expect(api.org.sim.counts.total).toBe(25 + 2 + 1)
  })

  it('B168: in pages as long as the caller wants, of 50 users in a full sync and in a round', async () => {
    api = await openRelatedOrg({ users: 120 }, false)
    const { org: sim } = api.org.sim
    const options = { streams: ['users', 'groups', 'group_memberships', 'log_events'], pageSizes: { users: 50 } }
    await api.org.sync(options)
    expect(asked(api.org, 'GET /api/v1/users').map(limitOf)).toEqual(['50', '50', '50'])
    api.org.clock.advance(HOUR)
    api.org.sim.resetCounts()
    for (let number = 0; number < 60; number++) sim.updateUser(sim.userId(number), { profile: { title: 'New' } })
    await api.org.round(options)
    expect(asked(api.org, 'GET /api/v1/users').map(limitOf)).toEqual(['50', '50'])
    const { body } = await api.get('idp/users?limit=1')
    expect(body.total).toBe(sim.expected().users)
  })
})
