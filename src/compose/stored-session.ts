import type { Session } from '../connectors/connector.ts'
import type { SignedInClient } from '../connectors/okta/client/client.ts'
import type { Sealer } from '../seal.ts'
import { type SignIn, secretsOf } from '../sign-in.ts'
import { readCredentials } from '../store/credentials.ts'
import type { Db } from '../store/db.ts'

export interface StoredSessionOptions {
  readonly db: Db
  readonly sealer: Sealer
  openSession(org: SignIn & { readonly origin: string }): Session<SignedInClient>
  /** Told each secret before it is used, so that it is kept out of everything shown. */
  onSecret(secret: string): void
}

/**
 * A session with the stored credentials of a connection; the caller closes it.
 * @throws AppError where there are none, or no key opens them
 */
export async function openStoredSession(
  { db, sealer, openSession, onSecret }: StoredSessionOptions,
  { id, origin }: { readonly id: string; readonly origin: string },
): Promise<Session<SignedInClient>> {
  const signIn = await readCredentials(db, sealer, id)
  for (const secret of secretsOf(signIn)) onSecret(secret)
  return openSession({ origin, ...signIn })
}
