import { AppError } from '../../../errors.ts'
import { BodyTooLarge } from './read-body.ts'

type Reason = 'name' | 'refused' | 'route' | 'connect-timeout' | 'certificate' | 'tls'

const REASONS: Readonly<Record<string, Reason>> = {
  ENOTFOUND: 'name',
  ENODATA: 'name',
  EAI_AGAIN: 'name',
  EAI_FAIL: 'name',
  EAI_NODATA: 'name',
  ESERVFAIL: 'name',
  ETIMEOUT: 'name',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'route',
  ENETUNREACH: 'route',
  ENETDOWN: 'route',
  EHOSTDOWN: 'route',
  EADDRNOTAVAIL: 'route',
  EACCES: 'route',
  EPERM: 'route',
  ETIMEDOUT: 'connect-timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
  HOSTNAME_MISMATCH: 'certificate',
  EPROTO: 'tls',
}

const SENTENCES: Readonly<Record<Reason, (host: string) => string>> = {
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
  const code = codeOf(thrown)
  const reason = reasonOf(code)
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

function reasonOf(code: string): Reason | null {
  const known = REASONS[code]
  if (known) return known
  if (code.startsWith('CERT_')) return 'certificate'
  return code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') ? 'tls' : null
}

/** The system's code of an error; with several addresses tried, that of the first. */
function codeOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return codeOf(thrown.errors[0])
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null
  return typeof code === 'string' ? code : 'unknown'
}
