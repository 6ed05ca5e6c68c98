import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sim, startSim } from '../../../sim/index.ts'
import type { Page, Session } from '../connector.ts'
import type { OktaClient } from './client/client.ts'
import { openSession } from './client/session.ts'
import * as reads from './reads.ts'
import { isObject } from './wire.ts'

let sim: Sim
let session: Session<OktaClient>
let client: OktaClient

beforeAll(async () => {
  sim = await startSim({ limitScale: Number.POSITIVE_INFINITY })
  session = openSession({ origin: sim.origin, token: sim.token, allowedInsecureOrigins: [sim.origin] })
  client = session.client({
    resource: 'test',
    background: false,
    signal: new AbortController().signal,
    onRequest: () => undefined,
  })
})

afterAll(async () => {
  await session.close()
  await sim.close()
})

const idsOf = (items: readonly unknown[]) => items.map((item) => (isObject(item) ? item.id : undefined))

async function all(page: (cursor: string | null) => Promise<Page>): Promise<unknown[]> {
  const items: unknown[] = []
  let cursor: string | null = null
  do {
    const read: Page = await page(cursor)
    items.push(...read.items)
    cursor = read.next
  } while (cursor !== null)
  return items
}

describe('single reads', () => {
  it('find an object by its id', async () => {
    const group = sim.org.groupId(1)
    const application = sim.org.appId(0)
    const [policy] = (await client.list('/api/v1/policies', { query: { type: 'PASSWORD' }, cursor: null })).items
    const policyId = isObject(policy) ? String(policy.id) : ''
    expect(await reads.getUser(client, sim.org.ownerId)).toMatchObject({ id: sim.org.ownerId })
    expect(await reads.getTokenOwner(client)).toMatchObject({ id: sim.org.ownerId })
    expect(await reads.getGroup(client, group)).toMatchObject({ id: group, _embedded: { stats: {} } })
    expect(await reads.getApplication(client, application)).toMatchObject({ id: application })
    expect(await reads.getPolicy(client, policyId)).toMatchObject({ id: policyId, type: 'PASSWORD' })
  })

  it('resolve to null for what is not there', async () => {
    const gone = `${sim.org.ownerId.slice(0, -3)}zzz`
    expect(await reads.getUser(client, gone)).toBeNull()
    expect(await reads.getGroup(client, gone)).toBeNull()
    expect(await reads.getApplication(client, gone)).toBeNull()
    expect(await reads.getApplicationUser(client, sim.org.appId(0), gone)).toBeNull()
    expect(await reads.getApplicationGroup(client, sim.org.appId(0), gone)).toBeNull()
    expect(await reads.getFactor(client, sim.org.ownerId, gone)).toBeNull()
    expect(await reads.getPolicy(client, gone)).toBeNull()
  })

  it('refuse an id that would ask for something else, before they ask', () => {
    const before = sim.requests.length
    for (const id of ['', '.', '..']) {
      expect(() => reads.getUser(client, id)).toThrow(expect.objectContaining({ code: 'okta_bad_request' }))
    }
    expect(sim.requests).toHaveLength(before)
  })

  it('find the assignment of a user and of a group', async () => {
    const [user] = await all((cursor) => client.list(`/api/v1/apps/${sim.org.appId(0)}/users`, { cursor }))
    const userId = isObject(user) ? String(user.id) : ''
    expect(await reads.getApplicationUser(client, sim.org.appId(0), userId)).toEqual(user)
    for (let index = 0; index < 14; index += 1) {
      const application = sim.org.appId(index)
      const [group] = await all((cursor) => client.list(`/api/v1/apps/${application}/groups`, { cursor }))
      if (!isObject(group)) continue
      expect(await reads.getApplicationGroup(client, application, String(group.id))).toMatchObject({ id: group.id })
      return
    }
    throw new Error('no application with groups')
  })

  it('list what belongs to a user', async () => {
    const user = sim.org.ownerId
    const groups = await all((cursor) => reads.listUserGroups(client, user, cursor))
    expect(idsOf(groups).sort()).toEqual([...sim.org.groupsOf(user)].sort())
    const factors = await all((cursor) => reads.listUserFactors(client, user, cursor))
    expect(factors).toHaveLength(sim.org.factorsOf(user).length)
    const roles = await all((cursor) => reads.listUserRoles(client, user, cursor))
    expect(roles).toHaveLength(sim.org.rolesOf(user).length)
  })

  it('list what belongs to a group', async () => {
    for (const group of sim.org.adminGroupIds()) {
      const roles = await all((cursor) => reads.listGroupRoles(client, group, cursor))
      expect(roles).toHaveLength(sim.org.rolesOf(group).length)
      const stats = await reads.getGroup(client, group)
      const applications = await all((cursor) => reads.listGroupApplications(client, group, cursor))
      expect(stats).toMatchObject({ _embedded: { stats: { appsCount: applications.length } } })
    }
  })

  it('list what belongs to a policy', async () => {
    const policies = await all((cursor) =>
      client.list('/api/v1/policies', { query: { type: 'ACCESS_POLICY' }, cursor }),
    )
    expect(policies.length).toBeGreaterThan(0)
    for (const id of idsOf(policies).map(String)) {
      const rules = await all((cursor) => reads.listPolicyRules(client, id, cursor))
      expect(idsOf(rules)).toEqual(sim.org.rulesOf(id).map((rule) => rule.id))
      const mappings = await all((cursor) => reads.listPolicyMappings(client, id, cursor))
      expect(mappings).toHaveLength(sim.org.appsOfPolicy(id).length)
    }
  })
})
