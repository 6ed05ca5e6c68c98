import { type ComponentChildren, createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { dataOf, type Schema } from '../../src/client/index.ts'
import { api } from '../session.ts'
import { type Answer, useAnswer } from '../ui/use-answer.ts'

/** A connection as it is read here: without `api_credentials`, which is null always and which no type can hold. */
export type KnownConnection = Omit<Schema<'ConnectionWithOrganization'>, 'api_credentials'>

/** The connection that a page is about. */
export interface CurrentConnection {
  readonly organizationId: string
  readonly connectionId: string
  /** What the paths of requests about it take. */
  readonly params: { readonly path: { readonly organization_id: string; readonly connection_id: string } }
  readonly answer: Answer<KnownConnection>
  /** The address of one of its pages: `path('users')`. */
  path(page?: string): string
  /** What requests for identity data send along. */
  readonly headers: { readonly 'X-CONNECTION-ID': string }
}

const Current = createContext<CurrentConnection | null>(null)

export const connectionPath = (organizationId: string, connectionId: string): string =>
  `/organizations/${organizationId}/connections/${connectionId}`

interface ConnectionProviderProps {
  readonly organizationId: string
  readonly connectionId: string
  readonly children: ComponentChildren
}

/** Reads the connection once for all that is shown of it. */
export function ConnectionProvider({ organizationId, connectionId, children }: ConnectionProviderProps) {
  const params = { path: { organization_id: organizationId, connection_id: connectionId } }
  const answer = useAnswer(`${organizationId}/${connectionId}`, (signal) =>
    dataOf(api.GET('/provisioning/organizations/{organization_id}/connections/{connection_id}', { params, signal })),
  )
  const base = connectionPath(organizationId, connectionId)
  const current: CurrentConnection = {
    organizationId,
    connectionId,
    params,
    answer,
    path: (page) => (page === undefined ? base : `${base}/${page}`),
    headers: { 'X-CONNECTION-ID': connectionId },
  }
  return <Current.Provider value={current}>{children}</Current.Provider>
}

/** @throws Error outside of a connection's pages */
export function useConnection(): CurrentConnection {
  const current = useContext(Current)
  if (!current) throw new Error('no connection is shown here')
  return current
}
