import { AppError } from '../../../errors.ts'
import { type NetworkReason, networkCodeOf, networkReasonOf } from '../../../outgoing/network-reason.ts'
import { BodyTooLarge } from './read-body.ts'

const SENTENCES: Readonly<Record<NetworkReason, (host: string) => string>> = {
  name: (host) => `The name ${host} could not be found.`,
  refused: (host) => `${host} refused the connection.`,
  route: (host) => `This machine has no way to ${host}.`,
  'connect-timeout': (host) => `${host} did not take the connection in time.`,
  certificate: (host) => `The certificate of ${host} cannot be trusted.`,
  tls: (host) => `No secure connection to ${host} could be made.`,
}

/** A failure below HTTP, in words. `hasHeaders`: the answer had begun. Carries the code, never the original text. */
export function networkError(thrown: unknown, host: string, hasHeaders: boolean): AppError {
  if (thrown instanceof AppError) return thrown
  if (thrown instanceof BodyTooLarge) {
    return new AppError('okta_truncated_body', `An answer of ${host} was too large and was cut off.`, {
      details: { host, reason: 'too-large' },
    })
  }
  const code = networkCodeOf(thrown)
  const reason = networkReasonOf(thrown)
  if (hasHeaders) {
    return new AppError('okta_truncated_body', `An answer of ${host} broke off.`, { details: { host, reason: code } })
  }
  if (reason)
    return new AppError('okta_unreachable', SENTENCES[reason](host), { details: { host, reason, error: code } })
  return new AppError('okta_unavailable', `${host} broke the connection before it answered.`, {
    details: { host, reason: code },
  })
}

export function timeoutError(host: string, timeoutMs: number): AppError {
  const seconds = Math.round(timeoutMs / 1000)
  return new AppError('okta_timeout', `${host} did not answer completely within ${seconds} seconds.`, {
    details: { host, timeout_ms: timeoutMs },
  })
}
