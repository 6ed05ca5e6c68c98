import createClient, { type Client } from 'openapi-fetch'
import type { components, operations, paths } from './api.generated.ts'
import { errorOf } from './error.ts'
import { DEFAULT_PATIENCE, type Patience, patient, type Sleep, sleepFor } from './retry.ts'

export { RollcallError } from './error.ts'
export { type ItemOf, type ListPath, type PagesOptions, pages } from './pages.ts'
export type { Patience } from './retry.ts'
export type { components, operations, paths }

/** An object of the API by its name in the reference: `Schema<'User'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

export interface RollcallOptions {
  /** Where the server is, such as `https://rollcall.example.com`; `/v1` may be at its end or not. */
  readonly baseUrl: string
  /** A key of `rollcall keys create`. Keep it on a server: a browser uses `inviteToken`. */
  readonly apiKey?: string
  /** The connection whose identity data is asked for, unless a call says otherwise. */
  readonly connectionId?: string
  readonly inviteToken?: string
  /** What to do when there were too many requests. */
  readonly patience?: Partial<Patience>
  /** Sends requests; by default the platform's `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>
  /** Waits; by default with the platform's timers. */
  readonly sleep?: Sleep
}

/** Typed calls by path: `client.GET('/idp/users', { params: { query: { status: 'active' } } })`. */
export type Rollcall = Client<paths>

/**
 * A client of one server. Its calls resolve to `{ data }` or `{ error }` and never throw for an answer that failed;
 * `dataOf` makes them throw.
 */
export function createRollcall(options: RollcallOptions): Rollcall {
  const { baseUrl, apiKey, connectionId, inviteToken, patience, fetch, sleep = sleepFor } = options
  return createClient<paths>({
    baseUrl: `${baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1`,
    headers: {
      ...(apiKey !== undefined && { 'X-API-KEY': apiKey }),
      ...(connectionId !== undefined && { 'X-CONNECTION-ID': connectionId }),
      ...(inviteToken !== undefined && { 'X-CONNECTION-INVITE-TOKEN': inviteToken }),
    },
    fetch: patient(fetch ?? ((request) => globalThis.fetch(request)), sleep, { ...DEFAULT_PATIENCE, ...patience }),
  })
}

/**
 * The data of a call's answer: `const user = await dataOf(client.GET('/idp/users/{user_id}', …))`.
 * @throws RollcallError when the answer failed
 */
export async function dataOf<Data>(
  call: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<NonNullable<Data>> {
  const { data, error, response } = await call
  if (data === undefined || data === null) throw errorOf(error, response)
  return data
}
