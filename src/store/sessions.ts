import { randomBytes } from 'node:crypto'
import { newId } from '../ids.ts'
import { API_KEY_COLUMNS, type ApiKey, digestOf } from './api-keys.ts'
import type { Queryable } from './db.ts'

/** A browser that showed an API key and sends a cookie since, which stands for that key. */
export interface Session {
  readonly id: string
  readonly expires_at: string
  readonly key: ApiKey
}

/** Hours after which a browser has to show the key again: a working day. */
export const SESSION_HOURS = 12

const SECRET = /^rcs_[\w-]{43}$/
/** Whether a text has the form of a session's secret, whether or not there is one. */
export const looksLikeSession = (text: string): boolean => SECRET.test(text)

/** Begins a session. `secret` is what the cookie holds; nothing can tell it again. */
export async function createSession(tx: Queryable, key: ApiKey): Promise<{ secret: string; session: Session }> {
  const secret = `rcs_${randomBytes(32).toString('base64url')}`
  const [row] = await tx.query<{ id: string; expires_at: string }>(
    `insert into sessions (id, digest, api_key_id, expires_at) values ($1, $2, $3, now() + make_interval(hours => $4))
     returning id, expires_at`,
    [newId(), digestOf(secret), key.id, SESSION_HOURS],
  )
  if (!row) throw new Error('insert … returning gave no row')
  return { secret, session: { ...row, key } }
}

/** The session of this secret; null when there is none, it has ended, or its key was revoked. */
export async function findSession(db: Queryable, secret: string): Promise<Session | null> {
  if (!SECRET.test(secret)) return null
  const [row] = await db.query<ApiKey & { session_id: string; session_expires_at: string }>(
    `select ${API_KEY_COLUMNS}, sessions.id as session_id, sessions.expires_at as session_expires_at
       from sessions join api_keys on api_keys.id = sessions.api_key_id
       join environments on environments.id = api_keys.environment_id
      where sessions.digest = $1 and sessions.expires_at > now() and api_keys.revoked_at is null`,
    [digestOf(secret)],
  )
  if (!row) return null
  const { session_id: id, session_expires_at: expiresAt, ...key } = row
  return { id, expires_at: expiresAt, key }
}

/** Ends a session: from now on its cookie lets nobody in. */
export async function endSession(tx: Queryable, id: string): Promise<void> {
  await tx.query('delete from sessions where id = $1', [id])
}
