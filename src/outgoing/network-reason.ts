/** Why no answer came, as far as the system tells. */
export type NetworkReason = 'name' | 'refused' | 'route' | 'connect-timeout' | 'certificate' | 'tls'

const REASONS: Readonly<Record<string, NetworkReason>> = {
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

/** Why a call ended without an answer; null when the connection broke after it was made, or nobody knows. */
export function networkReasonOf(thrown: unknown): NetworkReason | null {
  const code = networkCodeOf(thrown)
  const known = REASONS[code]
  if (known) return known
  if (code.startsWith('CERT_')) return 'certificate'
  return code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') ? 'tls' : null
}

/** The system's code of an error, or `unknown`; with several addresses tried, that of the first. */
export function networkCodeOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return networkCodeOf(thrown.errors[0])
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null
  return typeof code === 'string' ? code : 'unknown'
}
