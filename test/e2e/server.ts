import { expect } from 'vitest'
import { type Sim, startSim } from '../../sim/index.ts'
import { eventually } from '../harness/eventually.ts'
import { type Running, startRollcall } from './rollcall.ts'

/** 32 bytes that seal credentials in tests. */
export const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64')

const PATIENCE = { timeout: 20_000, interval: 50 }

/** `rollcall serve` in a process of its own, listening. */
export interface ServeProcess extends Running {
  readonly url: string
  /** The API key that it made; null when there had been one. */
  readonly key: string | null
}

export async function startServe(env: Record<string, string>, args: readonly string[] = []): Promise<ServeProcess> {
  const running = startRollcall(['serve', '--port', '0', '--json', ...args], env)
  const { url, key } = JSON.parse(await running.printed('"url"'))
  return { ...running, url, key }
}

/** What an answer has, and what tests read out of it most. */
export interface Body extends Record<string, unknown> {
  readonly id: string
  readonly items: readonly Body[]
  readonly next_cursor: string | null
}

export interface CallOptions {
  readonly key: string
  readonly connection?: string
  readonly body?: unknown
}

/** A request to the API; it must be answered with 200. */
export async function call(method: string, url: string, { key, connection, body }: CallOptions): Promise<Body> {
  const answer = await fetch(url, {
    method,
    headers: {
      'x-api-key': key,
      ...(connection !== undefined && { 'x-connection-id': connection }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  expect(answer.status, text).toBe(200)
  return JSON.parse(text)
}

/** A connection to the simulated org, as a caller of the API makes it; `path` is below the server's url. */
export async function connect(url: string, key: string, sim: Sim): Promise<{ id: string; path: string }> {
  const organizations = '/v1/provisioning/organizations'
  const organization = await call('POST', `${url}${organizations}`, { key, body: { name: 'Acme', identifier: 'a-1' } })
  const path = `${organizations}/${organization.id}/connections`
  const credentials = { domain: sim.origin, api_token: sim.token }
  const { id } = await call('POST', `${url}${path}`, { key, body: { vendor: 'OKTA_IDP', credentials } })
  return { id, path: `${path}/${id}` }
}

/** Asks until the newest job of the connection has the status. */
export const jobWith = (url: string, key: string, connection: { path: string }, status: string): Promise<Body> =>
  eventually(async () => {
    const { items } = await call('GET', `${url}${connection.path}/jobs?limit=1`, { key })
    expect(items[0], JSON.stringify(items[0]?.error)).toMatchObject({ status })
    return items[0] as Body
  }, PATIENCE)

/** Everybody whom the API lists, by Okta's id, page by page. */
export async function vendorIdsOfUsers(url: string, key: string, connection: string): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = ''
  do {
    const page: Body = await call(
      'GET',
      `${url}/v1/idp/users?enableCursor=true&limit=50${cursor && `&cursor=${cursor}`}`,
      {
        key,
        connection,
      },
    )
    ids.push(...page.items.map(({ vendor_id }) => String(vendor_id)))
    cursor = page.next_cursor
  } while (cursor !== null)
  return ids.sort()
}

export const truthOfUsers = (sim: Sim): string[] => [...sim.org.allUsers()].map(({ id }) => id).sort()

/** A simulated org that can be made to stand still. */
export interface StandingOrg {
  readonly sim: Sim
  /** From the n-th answer about factors on none is given. */
  hold(after: number): { readonly reached: Promise<void>; release(): void }
}

export async function startStandingOrg(): Promise<StandingOrg> {
  const held: (() => void)[] = []
  let reach = () => {}
  const hold = () => {
    reach()
    return new Promise<void>((resolve) => void held.push(resolve))
  }
  const sim = await startSim({ limitScale: 1_000, clock: { now: () => Date.now(), hold } })
  return {
    sim,
    hold: (after) => {
      const reached = new Promise<void>((resolve) => {
        reach = resolve
      })
      const fault = sim.fault({ match: 'GET /api/v1/users/{id}/factors', skip: after, delayMs: 1 })
      return {
        reached,
        release: () => {
          fault.remove()
          for (const release of held.splice(0)) release()
        },
      }
    },
  }
}
