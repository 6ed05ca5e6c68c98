import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../errors.ts'
import { secretsOf } from '../../sign-in.ts'
import { okta } from './index.ts'
import { SCOPES } from './scopes.ts'
import { parseServiceApp } from './service-app.ts'

const CLIENT_ID = '0oa1b2C3d4E5f6G7h8i9'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1') =>
  key.export({ format: 'pem', type } as never).toString()
const jwk = (key: KeyObject) => key.export({ format: 'jwk' })

const parse = (privateKey: string, keyId?: string) => parseServiceApp({ clientId: CLIENT_ID, privateKey, keyId })
/** Which key it turned out to be, as the public half that belongs to it. */
const publicOf = (privateKey: string) => {
  const { d: _, p: __, q: ___, dp: ____, dq: _____, qi: ______, ...key } = JSON.parse(parse(privateKey).privateKey)
  return createPublicKey({ key, format: 'jwk' }).export({ format: 'jwk' })
}
const refusalOf = (given: () => unknown): AppError => {
  try {
    given()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('it was taken')
}

const whole = pem(rsa.privateKey, 'pkcs8')
const set = (...keys: object[]) => JSON.stringify({ keys })

describe('a private key', () => {
  it.each<[string, string, KeyObject]>([
    ['PKCS #8', whole, rsa.publicKey],
    ['PKCS #1', pem(rsa.privateKey, 'pkcs1'), rsa.publicKey],
    ['PKCS #8 of an elliptic curve', pem(ec.privateKey, 'pkcs8'), ec.publicKey],
    ['SEC1', pem(ec.privateKey, 'sec1'), ec.publicKey],
    ['a PEM with \\n spelled out', whole.replaceAll('\n', '\\n'), rsa.publicKey],
    ['a PEM with the line ends of Windows spelled out', whole.replaceAll('\n', '\\r\\n'), rsa.publicKey],
    ['a PEM in quotes', `"${whole}"`, rsa.publicKey],
    ['a PEM that a form has put on one line', whole.replaceAll('\n', ' '), rsa.publicKey],
    ['a PEM with words before it', `Key of the app:\n${whole}`, rsa.publicKey],
    ['a JWK', JSON.stringify(jwk(rsa.privateKey)), rsa.publicKey],
    ['a JWK of an elliptic curve', JSON.stringify(jwk(ec.privateKey), null, 2), ec.publicKey],
    ['a set with a public key before it', set(jwk(ec.publicKey), jwk(rsa.privateKey)), rsa.publicKey],
  ])('is taken as %s', (_, text, expected) => {
    expect(publicOf(text)).toEqual(jwk(expected))
  })

  it('brings its id along where it is a JWK, unless another is given', () => {
    const text = JSON.stringify({ ...jwk(ec.privateKey), kid: 'of the key' })
    expect([parse(text).keyId, parse(text, ' given ').keyId, parse(whole).keyId, parse(whole, '').keyId]).toEqual([
      'of the key',
      'given',
      null,
      null,
    ])
  })

  it.each<[string, string, RegExp]>([
    ['nothing', ' ', /There is no private key/],
    ['the public half', pem(rsa.publicKey, 'pkcs1'), /public half/],
    ['the public half as a JWK', JSON.stringify(jwk(rsa.publicKey)), /public half/],
    ['half a PEM', whole.slice(0, 400), /not whole/],
    ['half a JWK', JSON.stringify(jwk(rsa.privateKey)).slice(0, 400), /not whole/],
    ['a damaged PEM', whole.replace(/\n.{40}/, '\n'), /damaged/],
    ['JSON of something else', '{"client_secret": "canary"}', /without a key/],
    ['words', 'my private key', /neither a PEM nor a JWK/],
    [
      'a key with a passphrase',
      rsa.privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'canary' }).toString(),
      /passphrase/,
    ],
    ['a short key', pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey, 'pkcs8'), /1024 bits/],
    ['a key of a kind that Okta does not take', pem(generateKeyPairSync('ed25519').privateKey, 'pkcs8'), /RSA keys/],
    [
      'a curve that Okta does not take',
      pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey, 'pkcs8'),
      /P-256/,
    ],
  ])('is refused where it is %s, and not repeated', (_, text, words) => {
    const refusal = refusalOf(() => parse(text))
    expect(refusal.code).toBe('private_key_invalid')
    expect(refusal.message).toMatch(words)
    const inside = text.replace(/-----[^-]+-----|\s/g, '').slice(20, 60)
    if (inside !== '') expect(`${refusal.message} ${JSON.stringify(refusal.details)}`).not.toContain(inside)
  })

  it('is kept out of everything shown, whole and in each of its parts', () => {
    const { d, p } = jwk(rsa.privateKey)
    expect(secretsOf({ serviceApp: parse(whole) })).toEqual(expect.arrayContaining([d, p]))
  })
})

describe('a client ID', () => {
  it('is taken without what came along', () => {
    for (const clientId of [CLIENT_ID, ` "${CLIENT_ID}"\n`])
      expect(parseServiceApp({ clientId, privateKey: whole }).clientId).toBe(CLIENT_ID)
  })

  it.each(['', 'x', 'a b c d', 'https://acme.okta.com'])('is refused as %j', (clientId) => {
    expect(refusalOf(() => parseServiceApp({ clientId, privateKey: whole })).code).toBe('client_id_invalid')
  })
})

it('a service app asks for what the streams need, and for nothing else', () => {
  expect([...SCOPES].sort()).toEqual([...new Set(okta.streams.flatMap(({ scopes }) => scopes))].sort())
})
