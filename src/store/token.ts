import type { ErrorCode } from '../errors.ts'
import type { Db, Queryable } from './db.ts'
import { REFUSALS } from './health-name.ts'

/** The user who made a token, as the IdP names users. */
export interface TokenOwner {
  readonly id: string
  readonly login: string | null
}

/** Days after which a token that nothing has used is used, so that the IdP does not end it. */
const KEEP_ALIVE_DAYS = 7

/**
 * Keeps that the stored token was answered just now, and whose it is. `owner`: undefined where that was not asked, null
 * where the IdP does not tell. What a job of this connection was refused with before is over then.
 */
export async function noteTokenUsed(
  tx: Queryable,
  connectionId: string,
  { owner, jobId = null }: { readonly owner?: TokenOwner | null | undefined; readonly jobId?: string | null },
): Promise<void> {
  await tx.query(
    `update connections set token_used_at = now(), keep_alive_error = null,
            token_owner_vendor_id = case when $2 then $3 else token_owner_vendor_id end,
            token_owner_login = case when $2 then $4 else token_owner_login end
      where id = $1 and state <> 'DELETED'`,
    [connectionId, owner !== undefined, owner?.id ?? null, owner?.login ?? null],
  )
  if (jobId === null) return
  await tx.query(
    `update sync_jobs set
            outcome = case when error_code = any($2::text[]) then null else outcome end,
            error_message = case when error_code = any($2::text[]) then null else error_message end,
            error_code = case when error_code = any($2::text[]) then null else error_code end,
            last_error_code = case when last_error_code = any($2::text[]) then null else last_error_code end
      where id = $1 and state = 'running'`,
    [jobId, REFUSALS],
  )
}

/** Whether it is known who made the stored token. */
export async function isTokenOwnerKnown(db: Queryable, connectionId: string): Promise<boolean> {
  const rows = await db.query('select from connections where id = $1 and token_owner_vendor_id is not null', [
    connectionId,
  ])
  return rows.length > 0
}

/** Keeps that the stored token was refused when nothing but keeping it alive was wanted. */
export async function noteTokenRefused(tx: Queryable, connectionId: string, code: ErrorCode): Promise<void> {
  await tx.query("update connections set keep_alive_error = $2 where id = $1 and state <> 'DELETED'", [
    connectionId,
    code,
  ])
}

/** New credentials: nothing is known of them, and what those of before were refused with says nothing. */
export async function forgetToken(tx: Queryable, connectionId: string): Promise<void> {
  await tx.query(
    `update connections set token_owner_vendor_id = null, token_owner_login = null, token_used_at = null,
            keep_alive_at = null, keep_alive_error = null
      where id = $1`,
    [connectionId],
  )
}

/** A paused connection whose token is to be used once. */
export interface IdleToken {
  id: string
  origin: string
  /** Null: not known yet. */
  org_id: string | null
}

/**
 * The paused connections whose API tokens nothing has used for a week, `limit` at most. Each is handed to one worker, and to
 * none again within a day, so that a day on which the IdP does not answer costs little and loses nothing; where the token
 * was refused, within a week. Those at insecure origins only where these are among `insecureOrigins`: what a simulated org
 * has left behind is nowhere any more.
 */
export function takeIdleTokens(
  db: Db,
  { insecureOrigins, limit }: { readonly insecureOrigins: readonly string[]; readonly limit: number },
): Promise<IdleToken[]> {
  return db.query<IdleToken>(
    `update connections set keep_alive_at = now()
      where id in (
        select c.id from connections c join connection_credentials k on k.connection_id = c.id
         where c.state = 'PAUSED' and k.client_id is null and (starts_with(c.origin, 'https:') or c.origin = any($1::text[]))
           and coalesce(c.token_used_at, k.updated_at) < now() - make_interval(days => ${KEEP_ALIVE_DAYS})
           and (c.keep_alive_at is null or c.keep_alive_at < now() - make_interval(
                 days => case when c.keep_alive_error is null then 1 else ${KEEP_ALIVE_DAYS} end))
         order by coalesce(c.token_used_at, k.updated_at) limit $2 for no key update of c skip locked)
      returning id, origin, org_id`,
    [insecureOrigins, limit],
  )
}
