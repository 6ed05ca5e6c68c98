import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Sim } from '../sim/index.ts'
import type { Place } from './screenshots-pages.ts'

/** What the pictures need to show: orgs that are read, and in which things happen. */

export interface Api {
  call(method: string, at: string, body: object): Promise<{ readonly id: string }>
  /** Waits until no sync of the connection runs. @throws when it went wrong */
  endOfSync(connection: string): Promise<void>
}

const ORGANIZATIONS = '/v1/provisioning/organizations'

export function apiOf({ url, key }: { readonly url: string; readonly key: string }): Api {
  return {
    call: async (method, at, body) => {
      const answer = await fetch(`${url}${at}`, {
        method,
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (!answer.ok) throw new Error(`${at}: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as { id: string }
    },
    endOfSync: async (connection) => {
      for (;;) {
        const answer = await fetch(`${url}${connection}/progress`, {
          headers: { 'x-api-key': key, accept: 'text/event-stream' },
        })
        // Ends when the sync has ended.
        const told = (await answer.text()).trim().split('\n\n').at(-1) ?? ''
        if (told.includes('"status":"SUCCEEDED"')) return
        if (/"status":"(PARTIAL|FAILED|TIMED_OUT)"/.test(told)) throw new Error(`the sync went wrong: ${told}`)
      }
    },
  }
}

/** A connection to the simulated org, read once. Resolves to its id. */
export async function connect(api: Api, organizationId: string, sim: Sim): Promise<string> {
  const connections = `${ORGANIZATIONS}/${organizationId}/connections`
  const credentials = { domain: sim.origin, api_token: sim.token }
  const { id } = await api.call('POST', connections, { vendor: 'OKTA_IDP', credentials })
  await api.endOfSync(`${connections}/${id}`)
  return id
}

/** Takes what comes to `/reviews`, and fails for everything else. */
export async function startReceiver(): Promise<{ readonly origin: string; close(): void }> {
  const server = createServer((request, answer) => {
    request.resume()
    answer.writeHead(request.url === '/reviews' ? 204 : 503).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() }
}

/** A small org that somebody has joined, moved within and left, and two endpoints that were told. */
export async function makeLively(
  api: Api,
  { organizationId, sim, hooks }: { readonly organizationId: string; readonly sim: Sim; readonly hooks: string },
): Promise<Pick<Place, 'lively' | 'endpointId'>> {
  const connectionId = await connect(api, organizationId, sim)
  const endpoints = `${ORGANIZATIONS}/${organizationId}/webhook-endpoints`
  await api.call('POST', endpoints, { url: `${hooks}/reviews`, description: 'Access reviews' })
  const { id: endpointId } = await api.call('POST', endpoints, {
    url: `${hooks}/tickets`,
    description: 'Tickets for the help desk',
    event_types: ['idp.user.updated', 'idp.user.deleted', 'sync.completed'],
  })
  const sync = async () => {
    const connection = `${ORGANIZATIONS}/${organizationId}/connections/${connectionId}`
    await api.call('POST', `${connection}/sync`, {})
    await api.endOfSync(connection)
  }
  const { org } = sim
  const others = [...org.allUsers()].filter(({ id, status }) => status === 'ACTIVE' && id !== org.ownerId)
  const [bob, eve, kim] = others.slice(20, 23).map(({ id }) => id)
  if (!bob || !eve || !kim) throw new Error('the org is too small')
  const ada = org.addUser({
    profile: { login: 'ada@acme.example', firstName: 'Ada', lastName: 'Lovelace', title: 'Clerk' },
  }).id
  const group = org.addGroup({ name: 'Analysts', description: 'Those who compute' }).id
  for (const user of [ada, bob, eve]) org.addMember(group, user)
  await sync()
  org.updateUser(ada, { profile: { title: 'Analyst', department: 'Engines' } })
  org.enrollFactor(ada, 'webauthn')
  org.grantRole(ada, 'HELP_DESK_ADMIN')
  org.updateUser(eve, { status: 'SUSPENDED' })
  await sync()
  org.removeMember(group, bob)
  org.updateUser(ada, { status: 'LOCKED_OUT' })
  const [app] = [...org.allApps()].filter(({ label }) => label.startsWith('S'))
  if (app) org.assignUser(app.id, ada)
  org.updateUser(kim, { profile: { title: 'Head of Sales' } })
  await sync()
  return { lively: { connectionId, userId: ada, groupId: group }, endpointId }
}
