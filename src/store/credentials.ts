import { AppError } from '../errors.ts'
import type { Sealer } from '../seal.ts'
import type { SignIn } from '../sign-in.ts'
import type { Db, Queryable } from './db.ts'
import { countByKey, reseal, type SealedTable, sealFor } from './reseal.ts'
import { forgetRefusals } from './schedule.ts'
import { forgetToken } from './token.ts'

/** Credentials are tied to their connection: those of another one do not open. */
const SEALED: SealedTable = {
  table: 'connection_credentials',
  id: 'connection_id',
  contextOf: (connectionId) => `connection:${connectionId}:credentials`,
}

/**
 * Stores the credentials of a connection in place of those it had. Call it in a transaction: until its end no rotation
 * drops the key that they are sealed with.
 */
export async function saveCredentials(
  tx: Queryable,
  sealer: Sealer,
  connectionId: string,
  signIn: SignIn,
): Promise<void> {
  const app = 'token' in signIn ? null : signIn.serviceApp
  const plain = JSON.stringify('token' in signIn ? { token: signIn.token } : { serviceApp: signIn.serviceApp })
  const { sealed, keyId } = await sealFor(tx, sealer, SEALED, connectionId, plain)
  await tx.query(
    `insert into connection_credentials (connection_id, sealed, key_id, client_id) values ($1, $2, $3, $4)
     on conflict (connection_id) do update set sealed = excluded.sealed, key_id = excluded.key_id,
            client_id = excluded.client_id, updated_at = now()`,
    [connectionId, sealed, keyId, app?.clientId ?? null],
  )
  await forgetToken(tx, connectionId)
  await forgetRefusals(tx, { connectionId })
}

/** @throws AppError `credentials_missing`, `credentials_unreadable` */
export async function readCredentials(db: Queryable, sealer: Sealer, connectionId: string): Promise<SignIn> {
  const [row] = await db.query<{ sealed: string }>(
    'select sealed from connection_credentials where connection_id = $1',
    [connectionId],
  )
  if (!row)
    throw new AppError('credentials_missing', `The connection ${connectionId} has no credentials.`, {
      details: { connection_id: connectionId },
    })
  return JSON.parse(sealer.open(row.sealed, SEALED.contextOf(connectionId))) as SignIn
}

export async function hasCredentials(db: Queryable, connectionId: string): Promise<boolean> {
  const rows = await db.query('select from connection_credentials where connection_id = $1', [connectionId])
  return rows.length > 0
}

export async function deleteCredentials(tx: Queryable, connectionIds: readonly string[]): Promise<void> {
  await tx.query('delete from connection_credentials where connection_id = any($1::uuid[])', [connectionIds])
}

/** How many connections have credentials sealed with each key, by key id. */
export const countCredentialsByKey = (db: Queryable): Promise<ReadonlyMap<string, number>> => countByKey(db, SEALED)

/** Seals all credentials anew with the current key, as `reseal` says; resolves to how many that were. */
export const resealCredentials = (db: Db, sealer: Sealer): Promise<number> => reseal(db, sealer, SEALED)
