import { randomBytes } from 'node:crypto'
import { newId } from '../ids.ts'
import type { Sealer } from '../seal.ts'
import type { Db, Queryable } from './db.ts'
import { countByKey, openOrNull, reseal, type SealedTable, sealFor } from './reseal.ts'

/** Each secret is tied to its row. */
const SEALED: SealedTable = {
  table: 'webhook_secrets',
  id: 'id',
  contextOf: (secretId) => `webhook-secret:${secretId}`,
}

/** As the scheme recommends: https://www.standardwebhooks.com, between 24 and 64 bytes. */
const SECRET_BYTES = 32

/**
 * Gives an endpoint a new secret, `whsec_…`; in the transaction that tells it, once. The one before signs beside it for
 * another day, and an older one no more.
 */
export async function addWebhookSecret(tx: Queryable, sealer: Sealer, endpointId: string): Promise<string> {
  const id = newId()
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
  const { sealed, keyId } = await sealFor(tx, sealer, SEALED, id, secret)
  await tx.query('delete from webhook_secrets where endpoint_id = $1 and expires_at is not null', [endpointId])
  await tx.query("update webhook_secrets set expires_at = now() + interval '24 hours' where endpoint_id = $1", [
    endpointId,
  ])
  await tx.query('insert into webhook_secrets (id, endpoint_id, sealed, key_id) values ($1, $2, $3, $4)', [
    id,
    endpointId,
    sealed,
    keyId,
  ])
  return secret
}

/** The secrets that sign for an endpoint, the newest first; empty where no key at hand opens one. */
export async function readWebhookSecrets(db: Queryable, sealer: Sealer, endpointId: string): Promise<string[]> {
  const rows = await db.query<{ id: string; sealed: string }>(
    `select id, sealed from webhook_secrets where endpoint_id = $1 and (expires_at is null or expires_at > now())
      order by expires_at desc nulls first`,
    [endpointId],
  )
  return rows.flatMap(({ id, sealed }) => openOrNull(sealer, sealed, SEALED.contextOf(id)) ?? [])
}

/** How many secrets are sealed with each key, by key id. */
export const countWebhookSecretsByKey = (db: Queryable): Promise<ReadonlyMap<string, number>> => countByKey(db, SEALED)

/** Seals all secrets anew with the current key, as `reseal` says; resolves to how many that were. */
export const resealWebhookSecrets = (db: Db, sealer: Sealer): Promise<number> => reseal(db, sealer, SEALED)
