import { dataOf, type Schema } from '../../src/client/index.ts'
import type { Connection } from '../connection/words.ts'
import { api } from '../session.ts'

export const ORGANIZATIONS_A_PAGE = 20
/** An organization with more has the rest left out, and is told so. */
export const CONNECTIONS_SHOWN = 50

/** An organization with what it has connected, or why that could not be read: one that fails hides no other. */
export interface OrganizationAndConnections {
  readonly organization: Schema<'Organization'>
  readonly connections: readonly Connection[]
  /** How many connections there are, shown or not. */
  readonly total: number
  readonly error: Error | null
}

export interface HomeData {
  readonly items: readonly OrganizationAndConnections[]
  readonly total: number
}

/** One page of organizations, each with its connections: shown at once, so that nothing jumps as the next arrives. */
export async function loadHome(
  { offset, identifier }: { readonly offset: number; readonly identifier: string },
  signal: AbortSignal,
): Promise<HomeData> {
  const query = { limit: ORGANIZATIONS_A_PAGE, offset, ...(identifier && { identifier }) }
  const { items, total } = await dataOf(api.GET('/provisioning/organizations', { params: { query }, signal }))
  return { items: await Promise.all(items.map((one) => connectionsOf(one, signal))), total: total ?? items.length }
}

async function connectionsOf(
  organization: Schema<'Organization'>,
  signal: AbortSignal,
): Promise<OrganizationAndConnections> {
  const params = { path: { organization_id: organization.id }, query: { limit: CONNECTIONS_SHOWN } }
  try {
    const { items, total } = await dataOf(
      api.GET('/provisioning/organizations/{organization_id}/connections', { params, signal }),
    )
    return { organization, connections: items, total: total ?? items.length, error: null }
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    return { organization, connections: [], total: 0, error }
  }
}
