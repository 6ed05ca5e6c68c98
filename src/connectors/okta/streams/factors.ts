import { z } from 'zod'
import { type Authenticator, Factor, type FactorRow, type FactorStatus } from '../../../model/factor.ts'
import { User } from '../../../model/user.ts'
import { stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { getFactor, getUser, listUserFactors } from '../reads.ts'
import { isObject, looseText, looseTime, ours, part, vendorId } from '../wire.ts'
import { withoutSecrets } from './without-secrets.ts'

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserFactor/#tag/UserFactor/operation/listFactors */
const OktaFactor = z.looseObject({
  id: vendorId,
  factorType: looseText,
  provider: looseText,
  vendorName: looseText,
  status: looseText,
  created: looseTime,
  lastUpdated: looseTime,
  profile: part({ name: looseText, authenticatorName: looseText, platform: looseText }),
})

const STATUS: Readonly<Record<string, FactorStatus>> = {
  ACTIVE: 'active',
  DISABLED: 'disabled',
  ENROLLED: 'enrolled',
  EXPIRED: 'expired',
  INACTIVE: 'inactive',
  NOT_SETUP: 'not_setup',
  PENDING_ACTIVATION: 'pending_activation',
}

/** What a person calls it, by factor type and provider, else by factor type alone. */
const AUTHENTICATOR: Readonly<Record<string, Authenticator>> = {
  call: 'phone',
  sms: 'phone',
  email: 'email',
  question: 'security_question',
  'push OKTA': 'okta_verify',
  'push CUSTOM': 'custom_app',
  'signed_nonce OKTA': 'okta_verify',
  'signed_nonce CUSTOM': 'custom_app',
  'token:software:totp OKTA': 'okta_verify',
  'token:software:totp GOOGLE': 'google_authenticator',
  'token:hotp CUSTOM': 'custom_otp',
  'token RSA': 'rsa_securid',
  'token SYMANTEC': 'symantec_vip',
  'token:hardware YUBICO': 'yubikey',
  'token:hardware RSA': 'rsa_securid',
  'token:hardware SYMANTEC': 'symantec_vip',
  'web DUO': 'duo',
  claims_provider: 'identity_provider',
  u2f: 'u2f',
  webauthn: 'webauthn',
}

export const factors = stream<OktaClient, FactorRow>({
  name: 'factors',
  entity: Factor,
  scopes: ['okta.users.read'],
  bucket: '/api/v1/users',
  background: true,
  /** Okta answers "not found" for the factors of a deprovisioned user, by intention. */
  parents: { from: 'stream', stream: 'users', column: 'user_id', needs: (user) => user.status !== 'deprovisioned' },
  page: ({ client, cursor, parent }) => listUserFactors(client, parent.key, cursor),
  normalize(item, { connectionId, parent }) {
    const factor = OktaFactor.parse(item)
    const status = ours(STATUS, factor.status, 'unknown')
    return {
      vendor_id: `${parent.key}:${factor.id}`,
      user_id: User.idOf(connectionId, parent.key),
      user_vendor_id: parent.key,
      factor_type: factor.factorType,
      provider: factor.provider,
      vendor_name: factor.vendorName,
      authenticator: authenticatorOf(factor.factorType, factor.provider),
      status,
      vendor_status: factor.status,
      is_enrolled: status === 'unknown' ? null : status === 'active' || status === 'enrolled',
      device_name: factor.profile.name ?? factor.profile.authenticatorName,
      platform: factor.profile.platform,
      vendor_created_at: factor.created,
      last_updated_at: factor.lastUpdated,
    }
  },
  /** While activation is pending, `_embedded` and `activation` may hold the shared secret or a link to its QR code. */
  sanitize(item) {
    if (!isObject(item)) return item
    const { _embedded, activation, verify, ...rest } = item
    return withoutSecrets(rest)
  },
  get: async ({ client, vendorId }) => {
    const [user = '', factor = ''] = vendorId.split(':')
    return getFactor(client, user, factor)
  },
  ownerOf: (vendorId) => vendorId.split(':', 1)[0] ?? '',
  refetch: { storedAs: 'factors', parents: 'users', column: 'user_id', parentId: User.idOf },
  goesWith: { user_id: 'users' },
  async parentGone({ client, parent }) {
    const user = await getUser(client, parent.key)
    return user === null || (isObject(user) && user.status === 'DEPROVISIONED')
  },
})

function authenticatorOf(factorType: string | null, provider: string | null): Authenticator {
  const byType = ours(AUTHENTICATOR, factorType, 'unknown')
  return ours(AUTHENTICATOR, `${factorType} ${provider}`, byType)
}
