import { newId } from '../ids.ts'
import type { JsonObject } from '../model/fields.ts'
import type { SyncScope } from '../model/scope.ts'
import { storable } from '../model/storable.ts'
import type { Queryable } from './db.ts'

/** A token with which a browser may create or update one connection, once, without an API key. */
export interface InviteToken {
  id: string
  environment_id: string
  organization_id: string
  /** The connection whose credentials it updates, or that it has made; null: it is to make one. */
  connection_id: string | null
  vendor: string
  identifier: string | null
  options: JsonObject | null
  /** What of the org the connection that it makes reads, as a `SyncScope`; null: everything. */
  scope: SyncScope | null
  expires_at: string
  used_at: string | null
}

const COLUMNS = `t.id, o.environment_id, t.organization_id, t.connection_id, t.vendor, t.identifier, t.options, t.scope,
  t.expires_at, t.used_at`
const ALIVE = `t.expires_at > now() and o.deleted_at is null and c.state is distinct from 'DELETED'`

/**
 * A token that has not run out, of an organization and a connection that are still there; null when there is none. One
 * that was used is found as well: it may still see the connection it was used for.
 */
export async function findInviteToken(db: Queryable, id: string): Promise<InviteToken | null> {
  const [row] = await db.query<InviteToken>(
    `select ${COLUMNS} from invite_tokens t join organizations o on o.id = t.organization_id
       left join connections c on c.id = t.connection_id
      where t.id = $1 and ${ALIVE}`,
    [id],
  )
  return row ?? null
}

export async function createInviteToken(
  tx: Queryable,
  token: Pick<InviteToken, 'organization_id' | 'connection_id' | 'vendor' | 'identifier' | 'options' | 'scope'> & {
    readonly expirySecs: number
  },
): Promise<InviteToken> {
  const id = newId()
  await tx.query(
    `insert into invite_tokens (id, organization_id, connection_id, vendor, identifier, options, scope, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))`,
    [
      id,
      token.organization_id,
      token.connection_id,
      token.vendor,
      token.identifier,
      token.options && JSON.stringify(storable(token.options)),
      token.scope && JSON.stringify(token.scope),
      token.expirySecs,
    ],
  )
  const row = await findInviteToken(tx, id)
  if (!row) throw new Error('a new invite token is not to be found')
  return row
}

/**
 * Uses a token up, for this connection; false when it was used before, or has run out meanwhile. Of two that use it at
 * once, one waits for the other's transaction and then gets false.
 */
export async function useInviteToken(tx: Queryable, id: string, connectionId: string): Promise<boolean> {
  const rows = await tx.query(
    `update invite_tokens set used_at = now(), connection_id = $2
      where id = $1 and used_at is null and expires_at > now() and (connection_id is null or connection_id = $2)
      returning id`,
    [id, connectionId],
  )
  return rows.length > 0
}
