import { AppError } from '../errors.ts'
import { keyIdOf, type Sealer } from '../seal.ts'
import type { Db, Queryable } from './db.ts'

/** What a connection signs in with. Only ever stored sealed. */
export interface Credentials {
  readonly token: string
}

/** Ties sealed credentials to their connection: those of another one do not open. */
const contextOf = (connectionId: string) => `connection:${connectionId}:credentials`

const LOCK = "hashtextextended('rollcall encryption key', 0)"
/** Rows that are sealed anew in one transaction. */
const BATCH = 100

/**
 * Stores the credentials of a connection in place of those it had. Call it in a transaction: until its end no rotation
 * drops the key that they are sealed with.
 */
export async function saveCredentials(
  tx: Queryable,
  sealer: Sealer,
  connectionId: string,
  { token }: Credentials,
): Promise<void> {
  // Before sealing: whoever waited here for a rotation must not seal with the key it has replaced.
  await tx.query(`select pg_advisory_xact_lock_shared(${LOCK})`)
  const sealed = sealer.seal(JSON.stringify({ token }), contextOf(connectionId))
  await tx.query(
    `insert into connection_credentials (connection_id, sealed, key_id) values ($1, $2, $3)
     on conflict (connection_id) do update set sealed = excluded.sealed, key_id = excluded.key_id, updated_at = now()`,
    [connectionId, sealed, keyIdOf(sealed)],
  )
}

/** @throws AppError `credentials_missing`, `credentials_unreadable` */
export async function readCredentials(db: Queryable, sealer: Sealer, connectionId: string): Promise<Credentials> {
  const [row] = await db.query<{ sealed: string }>(
    'select sealed from connection_credentials where connection_id = $1',
    [connectionId],
  )
  if (!row)
    throw new AppError('credentials_missing', `The connection ${connectionId} has no credentials.`, {
      details: { connection_id: connectionId },
    })
  const { token } = JSON.parse(sealer.open(row.sealed, contextOf(connectionId))) as Credentials
  return { token }
}

export async function hasCredentials(db: Queryable, connectionId: string): Promise<boolean> {
  const rows = await db.query('select from connection_credentials where connection_id = $1', [connectionId])
  return rows.length > 0
}

export async function deleteCredentials(tx: Queryable, connectionIds: readonly string[]): Promise<void> {
  await tx.query('delete from connection_credentials where connection_id = any($1::uuid[])', [connectionIds])
}

/** How many connections have credentials sealed with each key, by key id. */
export async function countCredentialsByKey(db: Queryable): Promise<ReadonlyMap<string, number>> {
  const rows = await db.query<{ key_id: string; count: number }>(
    'select key_id, count(*) as count from connection_credentials group by key_id',
  )
  return new Map(rows.map((row) => [row.key_id, row.count]))
}

/**
 * Seals anew, with the current key, whatever another key has sealed; resolves to how many that were. May be interrupted
 * and run again. What no key opens stays as it is, and what somebody changes meanwhile is theirs.
 */
export async function resealCredentials(db: Db, sealer: Sealer): Promise<number> {
  // Whoever was about to store something under the key of before has done so now.
  await db.transaction((tx) => tx.query(`select pg_advisory_xact_lock(${LOCK})`))
  const keyId = sealer.keyId
  let resealed = 0
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const rows = await db.query<SealedRow>(
      `select connection_id, sealed from connection_credentials where key_id <> $1 and connection_id > $2
       order by connection_id limit ${BATCH}`,
      [keyId, after],
    )
    resealed += await replace(db, rows, sealer)
    const last = rows.at(-1)
    if (!last) return resealed
    after = last.connection_id
  }
}

interface SealedRow {
  connection_id: string
  sealed: string
}

async function replace(db: Db, rows: readonly SealedRow[], sealer: Sealer): Promise<number> {
  const readable = rows.flatMap((row) => {
    const plain = openOrNull(sealer, row)
    if (plain === null) return []
    const sealed = sealer.seal(plain, contextOf(row.connection_id))
    return [{ connection_id: row.connection_id, before: row.sealed, sealed, key_id: keyIdOf(sealed) }]
  })
  if (readable.length === 0) return 0
  const changed = await db.transaction((tx) =>
    tx.query(
      `update connection_credentials set sealed = new.sealed, key_id = new.key_id
       from jsonb_to_recordset($1::jsonb) as new (connection_id uuid, before text, sealed text, key_id text)
       where connection_credentials.connection_id = new.connection_id and connection_credentials.sealed = new.before
       returning connection_credentials.connection_id`,
      [JSON.stringify(readable)],
    ),
  )
  return changed.length
}

function openOrNull(sealer: Sealer, { connection_id: connectionId, sealed }: SealedRow): string | null {
  try {
    return sealer.open(sealed, contextOf(connectionId))
  } catch (error) {
    if (error instanceof AppError && error.code === 'credentials_unreadable') return null
    throw error
  }
}
