import { dataOf, type Schema } from '../../src/client/index.ts'
import type { Connection } from '../connection/words.ts'
import { api } from '../session.ts'

export const ORGANIZATIONS_A_PAGE = 20
/** An organization with more has the rest left out, and is told so. */
const CONNECTIONS_SHOWN = 50

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
  /** Whether nobody has made or connected anything yet. */
  readonly isBeginning: boolean
}

/** Every database is made with it, for the orgs that the command line reads. */
export const COMMAND_LINE = '00000000-0000-4000-8000-000000000001'

/** One page of organizations, each with its connections: shown at once, so that nothing jumps as the next arrives. */
export async function loadHome(
  { offset, identifier }: { readonly offset: number; readonly identifier: string },
  signal: AbortSignal,
): Promise<HomeData> {
  const query = { limit: ORGANIZATIONS_A_PAGE, offset, ...(identifier && { identifier }) }
  const { items, total } = await dataOf(api.GET('/provisioning/organizations', { params: { query }, signal }))
  const all = await Promise.all(items.map((one) => connectionsOf(one, signal)))
  const isUntouched = all.every(
    ({ organization, error, ...known }) => organization.id === COMMAND_LINE && !error && known.total === 0,
  )
  return { items: all, total: total ?? items.length, isBeginning: isUntouched && offset === 0 && identifier === '' }
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
