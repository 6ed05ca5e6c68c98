import { Webhook } from 'standardwebhooks'

/** What is signed: exactly these bytes go out. */
export interface Signed {
  /** `webhook-id`. */
  readonly id: string
  /** Seconds since the epoch. */
  readonly timestamp: number
  readonly body: string
}

/**
 * The headers by which a receiver knows that a message is ours, and from when: a signature for each secret, so that a
 * receiver may have either while one replaces the other.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureHeaders({ id, timestamp, body }: Signed, secrets: readonly string[]): Record<string, string> {
  const at = new Date(timestamp * 1_000)
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  }
}
