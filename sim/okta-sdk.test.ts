import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client, type Collection, DefaultRequestExecutor } from '@okta/okta-sdk-nodejs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Expected, type Permission, type ServiceAppOptions, type Sim, startSim } from './index.ts'

/** Okta's own SDK reads every listing: what it understands, our client has to understand too. */
describe("Okta's Node SDK against the simulated org", () => {
  let sim: Sim
  let client: Client
  let expected: Expected

  beforeAll(async () => {
    sim = await startSim({ limitScale: Number.POSITIVE_INFINITY })
    client = new Client({ orgUrl: sim.origin, token: sim.token, cacheMiddleware: null })
    expected = sim.org.expected()
  })
  afterAll(() => sim.close())

  test('lists all users, deprovisioned ones included, in pages of 50', async () => {
    const users = await all(client.userApi.listUsers({ search: 'status pr', limit: 50 }))
    expect(users).toHaveLength(expected.users)
    expect(users.map((user) => user.id).sort()).toEqual([...sim.org.allUsers()].map((user) => user.id).sort())
  })

  test('lists live users only without a search', async () => {
    const users = await all(client.userApi.listUsers({ limit: 50 }))
    expect(users).toHaveLength(sim.org.world.size.users)
  })

  test('lists groups with statistics, and the members those statistics promise', async () => {
    const groups = await all(client.groupApi.listGroups({ expand: 'stats', limit: 7 }))
    expect(groups).toHaveLength(expected.groups)
    let memberships = 0
    for (const group of groups) {
      const members = await all(client.groupApi.listGroupUsers({ groupId: String(group.id), limit: 40 }))
      expect(members).toHaveLength(Number((group._embedded as { stats: { usersCount: number } }).stats.usersCount))
      memberships += members.length
    }
    expect(memberships).toBe(expected.group_memberships)
  })

  test('lists applications, their users and their groups', async () => {
    const apps = await all(client.applicationApi.listApplications({ limit: 5 }))
    expect(apps).toHaveLength(expected.applications)
    let [users, groups] = [0, 0]
    for (const app of apps) {
      const appId = String(app.id)
      users += (await all(client.applicationApi.listApplicationUsers({ appId, limit: 30 }))).length
      groups += (await all(client.applicationApi.listApplicationGroupAssignments({ appId, limit: 20 }))).length
    }
    expect({ users, groups }).toEqual({ users: expected.application_users, groups: expected.application_groups })
  })

  test('lists the factors of everybody who is not deprovisioned', async () => {
    let factors = 0
    for (const user of sim.org.allUsers()) {
      if (user.status === 'DEPROVISIONED') continue
      factors += (await all(client.userFactorApi.listFactors({ userId: user.id }))).length
    }
    expect(factors).toBe(expected.factors)
  })

  test('lists role-holders, their roles and the roles of groups', async () => {
    const holders = await client.roleAssignmentApi.listUsersWithRoleAssignments({ limit: 200 })
    const ids = (holders.value ?? []).map((holder) => String(holder.id))
    expect(ids).toHaveLength(expected.role_holders)
    let roles = 0
    for (const userId of ids) roles += (await all(client.roleAssignmentApi.listAssignedRolesForUser({ userId }))).length
    let groupRoles = 0
    for (const groupId of sim.org.adminGroupIds()) {
      groupRoles += (await all(client.roleAssignmentApi.listGroupAssignedRoles({ groupId }))).length
    }
    expect({ roles, groupRoles }).toEqual({ roles: expected.user_roles, groupRoles: expected.group_roles })
  })

  test('lists policies of every type, their rules and their mappings', async () => {
    let [policies, rules, mappings] = [0, 0, 0]
    for (const type of sim.org.state.policies.types) {
      for (const policy of await all(client.policyApi.listPolicies({ type: type as 'PASSWORD' }))) {
        const policyId = String(policy.id)
        policies += 1
        rules += (await all(client.policyApi.listPolicyRules({ policyId }))).length
        mappings += (await all(client.policyApi.listPolicyMappings({ policyId }))).length
      }
    }
    expect({ policies, rules, mappings }).toEqual({
      policies: expected.policies,
      rules: expected.policy_rules,
      mappings: expected.policy_mappings,
    })
  })

  test('registers an event hook, has it verified, changes it and deletes it', async () => {
    const receiver = createServer((request, response) =>
      response.end(JSON.stringify({ verification: request.headers['x-okta-verification-challenge'] })),
    )
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const uri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
    const eventHook = {
      name: 'Rollcall',
      events: { type: 'EVENT_TYPE', items: ['user.lifecycle.create'] },
      channel: {
        type: 'HTTP',
        version: '1.0.0',
        config: { uri, authScheme: { type: 'HEADER', key: 'Authorization', value: 'x' } },
      },
    } as const
    const api = client.eventHookApi
    const made = await api.createEventHook({ eventHook: eventHook as never })
    const eventHookId = String(made.id)
    expect(made).toMatchObject({ status: 'ACTIVE', verificationStatus: 'UNVERIFIED' })
    expect(await api.verifyEventHook({ eventHookId })).toMatchObject({ verificationStatus: 'VERIFIED' })
    receiver.close()
    receiver.closeAllConnections()
    expect((await all(api.listEventHooks())).map(({ id }) => id)).toEqual([eventHookId])
    const moved = { ...eventHook, channel: { ...eventHook.channel, config: { uri: `${uri}/moved` } } }
    await api.replaceEventHook({ eventHookId, eventHook: moved as never })
    expect(await api.getEventHook({ eventHookId })).toMatchObject({ verificationStatus: 'UNVERIFIED' })
    await expect(api.verifyEventHook({ eventHookId })).rejects.toMatchObject({ status: 400, errorCode: 'E0000001' })
    await expect(api.deleteEventHook({ eventHookId })).rejects.toMatchObject({ status: 400 })
    expect(await api.deactivateEventHook({ eventHookId })).toMatchObject({ status: 'INACTIVE' })
    await api.deleteEventHook({ eventHookId })
    expect(await all(api.listEventHooks())).toEqual([])
  })

  test('reads the System Log of a week to its end', async () => {
    const until = new Date(Date.now() + 1000)
    const since = new Date(until.getTime() - 7 * 86_400_000)
    const events = await all(client.systemLogApi.listLogEvents({ since, until, limit: 50 } as never))
    expect(events).toHaveLength(expected.log_events)
    expect(new Set(events.map((event) => event.uuid)).size).toBe(expected.log_events)
  })
})

describe("Okta's Node SDK as a service app of the simulated org", () => {
  let sim: Sim
  beforeAll(async () => {
    sim = await startSim({ users: 12, limitScale: Number.POSITIVE_INFINITY })
  })
  afterAll(() => sim.close())

  const SCOPES: Permission[] = ['okta.users.read', 'okta.groups.read']
  const clientOf = (options: ServiceAppOptions, requestExecutor?: object) => {
    const { clientId, privateKey, keyId } = sim.addServiceApp({ scopes: SCOPES, keyType: 'RSA', ...options })
    const signIn = { authorizationMode: 'PrivateKey', clientId, privateKey, keyId, scopes: SCOPES }
    // The type of the SDK's settings knows of no executor, the SDK itself does.
    return new Client({ orgUrl: sim.origin, ...signIn, cacheMiddleware: null, requestExecutor } as never)
  }
  const readAll = async (client: Client) => (await all(client.userApi.listUsers({ search: 'status pr' }))).length

  // With an RSA key alone: the SDK proves every key as if it were one.
  test('signs in with its key, and reads what its scopes let it', async () => {
    const client = clientOf({})
    expect(await readAll(client)).toBe(sim.org.expected().users)
    await expect(all(client.applicationApi.listApplications())).rejects.toMatchObject({ status: 403 })
  })

  test('gets tokens bound to its key, and proves that it has it with each request', async () => {
    const client = clientOf({ dpop: true }, new Unrefused())
    sim.resetCounts()
    expect(await readAll(client)).toBe(sim.org.expected().users)
    expect(sim.requests.map(({ route, status }) => [route, status])).toEqual([
      ['POST /oauth2/v1/token', 400],
      ['POST /oauth2/v1/token', 200],
      ['GET /api/v1/users', 200],
    ])
  })

  test('is refused without a role, or a scope', async () => {
    expect(await readAll(clientOf({ role: 'none' }))).toBe(0)
    await expect(readAll(clientOf({ scopes: ['okta.logs.read'] }))).rejects.toThrow()
  })
})

/**
 * The SDK has an answer to `use_dpop_nonce`, and throws the refusal away before that is reached, for its status is 400.
 * This shows it the same refusal without the status.
 */
class Unrefused extends DefaultRequestExecutor {
  override async fetch(...given: Parameters<DefaultRequestExecutor['fetch']>) {
    const response = await super.fetch(...given)
    if (response.status !== 400 || !response.headers.get('dpop-nonce')) return response
    return new Response(await response.text(), { headers: Object.fromEntries(response.headers) })
  }
}

async function all<T>(listing: Promise<Collection<T>>): Promise<T[]> {
  const items: T[] = []
  await (await listing).each((item) => {
    items.push(item)
  })
  return items
}
