import { describe, expect, it } from 'vitest'
import { AppError } from '../../../errors.ts'
import type { FactorRow } from '../../../model/factor.ts'
import type { OktaClient } from '../client/client.ts'
import { factors } from './factors.ts'

const origin = { connectionId: '00000000-0000-4000-8000-000000000000', parent: { key: '00u1', row: {} } }
const row = (item: object) => factors.normalize({ id: 'f1', ...item }, origin) as FactorRow

describe('a factor', () => {
  it.each([
    ['signed_nonce', 'OKTA', 'okta_verify'],
    ['push', 'OKTA', 'okta_verify'],
    ['token:software:totp', 'OKTA', 'okta_verify'],
    ['token:software:totp', 'GOOGLE', 'google_authenticator'],
    ['claims_provider', 'CUSTOM', 'identity_provider'],
    ['push', 'CUSTOM', 'custom_app'],
    ['sms', 'OKTA', 'phone'],
    ['call', 'OKTA', 'phone'],
    ['webauthn', 'FIDO', 'webauthn'],
    ['web', 'DUO', 'duo'],
    ['telepathy', 'OKTA', 'unknown'],
    [null, null, 'unknown'],
  ])('%s of %s is the authenticator %s', (factorType, provider, authenticator) => {
    expect(row({ factorType, provider })).toMatchObject({ factor_type: factorType, provider, authenticator })
  })

  it.each([
    ['ACTIVE', true],
    ['PENDING_ACTIVATION', false],
    ['INACTIVE', false],
    ['SLEEPING', null],
    [undefined, null],
  ])('%s is enrolled: %s', (status, enrolled) => {
    expect(row({ status }).is_enrolled).toBe(enrolled)
  })

  it('is stored without what would let somebody in', () => {
    const item = {
      id: 'f1',
      factorType: 'token:hotp',
      status: 'PENDING_ACTIVATION',
      profile: { credentialId: 'ana@acme.test', sharedSecret: 'canary', deviceToken: 'canary', name: 'Phone' },
      _embedded: { activation: { sharedSecret: 'canary', _links: { qrcode: { href: 'canary' } } } },
      activation: { nonce: 'canary' },
      verify: { passCode: 'canary' },
      _links: { activate: { href: 'https://acme.okta.com/x' } },
    }
    const kept = factors.sanitize?.(item)
    expect(JSON.stringify(kept)).not.toContain('canary')
    expect(kept).toMatchObject({ id: 'f1', profile: { credentialId: 'ana@acme.test', name: 'Phone' } })
    expect(row(item).device_name).toBe('Phone')
  })

  it('is read of every user but those who left', () => {
    const parents = factors.parents
    if (parents?.from !== 'stream') throw new Error('factors come from users')
    expect(parents.needs({ status: 'deprovisioned' })).toBe(false)
    expect(['active', 'suspended', 'staged', 'unknown'].map((status) => parents.needs({ status }))).toEqual(
      Array(4).fill(true),
    )
  })

  it.each([
    ['gone', null, true],
    ['deprovisioned meanwhile', { status: 'DEPROVISIONED' }, true],
    ['as before', { status: 'ACTIVE' }, false],
  ])('"not found" counts as no factors when the user is %s', async (_, user, gone) => {
    const client: OktaClient = {
      list: () => Promise.reject(new Error('not asked')),
      getPublic: () => Promise.reject(new Error('not asked')),
      get: async () => {
        if (user === null) throw new AppError('okta_not_found', 'gone')
        return user
      },
    }
    expect(await factors.parentGone?.({ client, parent: origin.parent })).toBe(gone)
  })
})
