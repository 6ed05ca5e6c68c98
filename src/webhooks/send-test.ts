import { type Clock, isoNow } from '../clock.ts'
import { newId } from '../ids.ts'
import type { Sealer } from '../seal.ts'
import type { Db } from '../store/db.ts'
import type { WebhookEndpoint } from '../store/webhook-endpoints.ts'
import { webhookIdOf } from '../store/webhook-messages.ts'
import { readWebhookSecrets } from '../store/webhook-secrets.ts'
import { testPayload } from './payload.ts'
import type { Attempt, Sender } from './sender.ts'

/** Sends `webhook.test` once, now, also to a disabled endpoint; nothing is kept of it. @throws the signal's reason */
export async function sendTest(
  options: { readonly db: Db; readonly clock: Clock; readonly sealer: Sealer; readonly sender: Sender },
  endpoint: Pick<WebhookEndpoint, 'id' | 'organization_id' | 'url'>,
  signal: AbortSignal,
): Promise<Attempt> {
  const { db, clock, sealer, sender } = options
  const secrets = await readWebhookSecrets(db, sealer, endpoint.id)
  const body = testPayload(isoNow(clock), { id: endpoint.id, organizationId: endpoint.organization_id })
  return sender.send({ url: endpoint.url, id: webhookIdOf(newId()), body, secrets, signal })
}
