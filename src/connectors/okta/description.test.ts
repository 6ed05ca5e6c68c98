import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../errors.ts'
import { describeOkta } from './description.ts'
import { okta } from './index.ts'

const TOKEN = `00abc${'D'.repeat(37)}`
const simulated = 'http://127.0.0.1:4242'
const { parseCredentials, ...description } = describeOkta({ allowedInsecureOrigins: [simulated] })

const refusalOf = (given: Record<string, unknown>): AppError => {
  try {
    parseCredentials(given)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('Okta as the API knows it', () => {
  it('names every stream, in order, with its endpoint and scopes', () => {
    expect(description.resources.map(({ name }) => name)).toEqual(okta.streams.map(({ name }) => name))
    for (const { endpoint, scopes } of description.resources) {
      expect(endpoint).toMatch(/^GET \/api\/v1\//)
      expect(scopes.length).toBeGreaterThan(0)
    }
  })

  it('asks for a domain and a token, or for a domain and a service app, of which the secrets are masked', () => {
    expect(description.dataSchema).toMatchObject({
      required: ['domain'],
      oneOf: [{ required: ['api_token'] }, { required: ['client_id', 'private_key'] }],
      properties: {
        domain: { type: 'string', minLength: 1 },
        api_token: { password: true, minLength: 1 },
        private_key: { password: true, minLength: 1 },
      },
    })
    expect(description.dataSchema.properties).not.toHaveProperty('domain.password')
    expect(description.uiSchema).toEqual({
      type: 'VerticalLayout',
      elements: [
        { type: 'Control', scope: '#/properties/domain' },
        { type: 'Control', scope: '#/properties/api_token' },
      ],
    })
  })

  it('has a logo that runs nothing and loads nothing', () => {
    expect(description.logo).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
    expect(description.logo).not.toMatch(/script|href|on\w+=/)
  })
})

describe('credentials of Okta', () => {
  it.each(['domain', 'okta_domain', 'base_url', 'org_url'])('have their domain in %s', (key) => {
    for (const domain of ['acme.okta.com', 'https://acme.okta.com/', 'https://acme-admin.okta.com/admin/dashboard'])
      expect(parseCredentials({ [key]: domain, api_token: TOKEN })).toMatchObject({ origin: 'https://acme.okta.com' })
  })

  it.each(['api_token', 'token', 'api_key'])('have their token in %s', (key) => {
    expect(parseCredentials({ domain: 'acme.okta.com', [key]: `SSWS ${TOKEN}\n` })).toMatchObject({ token: TOKEN })
  })

  it('say what was changed on the way', () => {
    expect(parseCredentials({ domain: 'acme-admin.okta.com', token: TOKEN }).notes).toHaveLength(1)
  })

  it('pass over an empty or null property for one that is filled in', () => {
    const given = { domain: '', okta_domain: null, org_url: 'acme.okta.com', api_token: null, api_key: TOKEN }
    expect(parseCredentials(given)).toMatchObject({ origin: 'https://acme.okta.com', token: TOKEN })
  })

  it('may be those of a simulated org that is allowed, and of no other', () => {
    expect(parseCredentials({ domain: simulated, token: TOKEN }).origin).toBe(simulated)
    expect(refusalOf({ domain: 'http://127.0.0.1:4243', token: TOKEN }).code).toBe('domain_refused')
  })

  it.each([
    [{}, 'domain_invalid', 'domain'],
    [{ okta_domain: '', token: TOKEN }, 'domain_invalid', 'okta_domain'],
    [{ base_url: 'localhost', token: TOKEN }, 'domain_refused', 'base_url'],
    [{ org_url: 7, token: TOKEN }, 'domain_invalid', 'org_url'],
    [{ domain: 'acme.okta.com' }, 'token_missing', 'api_token'],
    [{ domain: 'acme.okta.com', token: ['x'] }, 'token_missing', 'token'],
    [{ domain: 'acme.okta.com', api_key: `${TOKEN} ${TOKEN}` }, 'token_malformed', 'api_key'],
  ])('that are wrong name the property used: %j', (given, code, field) => {
    const refusal = refusalOf(given)
    expect(refusal).toMatchObject({ code, details: { field } })
    expect(refusal.message).not.toContain(TOKEN)
  })
})

describe('credentials of a service app of Okta', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = privateKey.export({ format: 'jwk' })
  const app = { domain: 'acme.okta.com', client_id: '0oa1b2C3d4E5f6G7h8i9', private_key: JSON.stringify(jwk) }

  it('are a client ID and a private key, as text or as the object that a JWK is, in place of a token', () => {
    for (const given of [app, { ...app, private_key: jwk, api_token: null }, { ...app, key_id: '', api_token: '' }])
      expect(parseCredentials(given)).toEqual({
        origin: 'https://acme.okta.com',
        notes: [],
        serviceApp: { clientId: app.client_id, keyId: null, privateKey: expect.stringContaining(`"d":"${jwk.d}"`) },
      })
    expect(parseCredentials({ ...app, key_id: 'k1' })).toMatchObject({ serviceApp: { keyId: 'k1' } })
  })

  it.each([
    [{ private_key: '' }, 'private_key_invalid', 'private_key'],
    [{ private_key: 7 }, 'private_key_invalid', 'private_key'],
    [{ private_key: { kty: 'EC' } }, 'private_key_invalid', 'private_key'],
    [{ client_id: null }, 'client_id_invalid', 'client_id'],
    [{ client_id: ['x'] }, 'client_id_invalid', 'client_id'],
    [{ key_id: 7 }, 'private_key_invalid', 'key_id'],
    [{ api_token: TOKEN }, 'client_id_invalid', 'client_id'],
  ])('that are wrong name the property, and repeat nothing: %j', (change, code, field) => {
    const refusal = refusalOf({ ...app, ...change })
    expect(refusal).toMatchObject({ code, details: { field } })
    expect(`${refusal.message} ${JSON.stringify(refusal.details)}`).not.toContain(String(jwk.d))
  })
})
