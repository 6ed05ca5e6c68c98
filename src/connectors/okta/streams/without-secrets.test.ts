import { describe, expect, it } from 'vitest'
import { withoutSecrets } from './without-secrets.ts'

describe('settings without secrets', () => {
  it.each([
    'secret',
    'clientSecret',
    'client_secret',
    'secretKeyEnc',
    'password',
    'adminPasswd',
    'api-token',
    'accessToken',
    'private_key',
    'privateKey',
    'apiKey',
    'accessKey',
    'passphrase',
    'credentials',
    'securityAnswer',
    'optionalField1Value',
  ])('lack %s at any depth', (name) => {
    const settings = { url: 'https://app.test', app: [{ [name]: 'canary', region: 'eu' }] }
    expect(withoutSecrets(settings)).toEqual({ url: 'https://app.test', app: [{ region: 'eu' }] })
  })

  it('keep what only sounds like a secret', () => {
    const settings = {
      refresh_token: { rotation_type: 'STATIC' },
      token_endpoint_auth_method: 'client_secret_basic',
      requirePasswordChange: true,
      passwordChanged: null,
      usernameField: 'txt-user',
      key: 'value',
    }
    expect(withoutSecrets(settings)).toEqual(settings)
  })

  it('keep the public half of a key', () => {
    const key = { kty: 'RSA', kid: 'k1', n: 'modulus', e: 'AQAB' }
    expect(
      withoutSecrets({
        keys: [
          { ...key, d: 'canary', p: 'canary', q: 'canary' },
          { kty: 'oct', k: 'canary' },
        ],
      }),
    ).toEqual({
      keys: [key, { kty: 'oct' }],
    })
  })

  it.each([[null], ['text'], [3], [undefined]])('leave %j as it is', (value) => {
    expect(withoutSecrets(value)).toBe(value)
  })
})
