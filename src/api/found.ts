import { AppError } from '../errors.ts'
import { findConnectionOf } from '../store/connection-changes.ts'
import type { Connection } from '../store/connections.ts'
import type { Queryable } from '../store/db.ts'

/** What callers name and what there is, or the answer that there is no such thing. */

export const connectionNotFound = (): AppError => new AppError('connection_not_found', 'Connection Not Found')
export const organizationNotFound = (): AppError => new AppError('organization_not_found', 'Organization Not Found')

/** The connection that a path names, of the organization that it names. @throws AppError `connection_not_found` */
export async function connectionOf(
  db: Queryable,
  call: { readonly organization: { readonly id: string }; readonly params: { readonly connection_id: string } },
): Promise<Connection> {
  const place = { organizationId: call.organization.id, connectionId: call.params.connection_id }
  const connection = await findConnectionOf(db, place)
  if (!connection) throw connectionNotFound()
  return connection
}
