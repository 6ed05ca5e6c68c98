import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Sealer } from '../seal.ts'
import type { Db } from '../store/db.ts'
import { type ClaimedMessage, markDelivered, markFailed, releaseMessage } from '../store/webhook-claims.ts'
import { webhookIdOf } from '../store/webhook-messages.ts'
import { readWebhookSecrets } from '../store/webhook-secrets.ts'
import { waitAfter } from './retry-schedule.ts'
import type { Sender } from './sender.ts'

export interface DeliverOptions {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly sealer: Sealer
  readonly sender: Sender
  /** Whose claim the message is. */
  readonly owner: string
}

/** After this long a claim is not begun with: this process stood still, and others may soon take the message for free. */
const STALE_MS = 30_000

/**
 * Sends one claimed message and notes what became of it. Were this process to die in between, the message would be sent
 * again, with the same id, once the claim has run out.
 */
export async function deliver(
  { db, clock, log, sealer, sender, owner }: DeliverOptions,
  message: ClaimedMessage,
  claimedAtMs: number,
  signal: AbortSignal,
): Promise<void> {
  const fields = {
    organization_id: message.organization_id,
    endpoint_id: message.endpoint_id,
    message_id: message.id,
    attempts: message.attempts,
  }
  if (signal.aborted || clock.now() - claimedAtMs > STALE_MS) return releaseMessage(db, message, owner)
  const secrets = await readWebhookSecrets(db, sealer, message.endpoint_id)
  const outgoing = { url: message.url, id: webhookIdOf(message.id), body: message.payload, secrets, signal }
  const attempt = await sender.send(outgoing).catch((thrown: unknown) => {
    if (signal.aborted) return null
    throw thrown
  })
  if (attempt === null) return releaseMessage(db, message, owner)
  const { failure, status, pauseSecs } = attempt
  if (failure === null) {
    await markDelivered(db, message, owner, status ?? 0)
    log.debug({ ...fields, status, seconds: attempt.seconds }, 'webhook delivered')
    return
  }
  const waitSecs = pauseSecs ?? waitAfter(message.attempts)
  const state = await markFailed(db, message, owner, { status, failure, waitSecs, pauseSecs })
  if (failure === 'gone') log.warn(fields, 'webhook endpoint is gone, and was disabled')
  else if (state === 'parked') log.warn({ ...fields, status, failure }, 'webhook parked after a day of failures')
  else log.info({ ...fields, status, failure }, 'webhook attempt failed')
}
