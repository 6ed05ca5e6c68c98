import { okta } from '../connectors/okta/index.ts'
import { findOrg } from '../connectors/okta/preflight-org.ts'
import { findTokenOwner } from '../connectors/okta/token-owner.ts'
import { AppError, ERRORS, toAppError } from '../errors.ts'
import { tellHealth } from '../store/job-events.ts'
import { type IdleToken, noteTokenRefused, noteTokenUsed, type TokenOwner, takeIdleTokens } from '../store/token.ts'
import { orgClient } from './okta-org.ts'
import { openStoredSession } from './stored-session.ts'
import type { SyncJobOptions } from './sync-job.ts'

/** Tokens that one look keeps alive, one after the other; the next look goes on. */
const AT_ONCE = 20
/** What health is made of. */
const STREAMS = okta.streams.map(({ name }) => name)

export interface KeepTokensOptions extends SyncJobOptions {
  /** Origins that may be http: simulated orgs that this process was told of. */
  readonly insecureOrigins: readonly string[]
}

/**
 * Uses the tokens of paused connections that nothing has used for a week: Okta ends a token after thirty idle days.
 * https://developer.okta.com/docs/guides/create-an-api-token/main/#token-expiration-and-deactivation
 */
export async function keepTokensAlive(options: KeepTokensOptions, stop: AbortSignal): Promise<void> {
  for (const token of await takeIdleTokens(options.db, { ...options, limit: AT_ONCE })) {
    if (stop.aborted) return
    await keepAlive(options, token, stop)
  }
}

/** An org that does not answer is asked again tomorrow, and nobody needs to know; a refusal shows in health. */
async function keepAlive(options: KeepTokensOptions, idle: IdleToken, stop: AbortSignal): Promise<void> {
  const { db, log } = options
  try {
    const owner = await useOnce(options, idle, stop)
    await noteTokenUsed(db, idle.id, { owner })
    log.info({ connection_id: idle.id }, 'token kept alive')
  } catch (thrown) {
    const { code } = toAppError(thrown)
    log.info({ connection_id: idle.id, code }, 'token not kept alive')
    if (stop.aborted || ERRORS[code].blame !== 'admin') return
    await noteTokenRefused(db, idle.id, code)
  }
  await db.transaction((tx) => tellHealth(tx, idle.id, null, STREAMS))
}

/** One request with the token, once it is sure that the org is still the one which the token is for. */
async function useOnce(options: KeepTokensOptions, idle: IdleToken, stop: AbortSignal): Promise<TokenOwner | null> {
  const session = await openStoredSession(options, idle)
  try {
    const client = orgClient(session, stop)
    const { id } = await findOrg(client, idle.origin)
    if (idle.org_id !== null && idle.org_id !== id)
      throw new AppError('org_mismatch', 'Another org answers at the address of the connection.')
    const { owner, refusal } = await findTokenOwner(client)
    if (refusal) throw refusal
    return owner
  } finally {
    await session.close()
  }
}
