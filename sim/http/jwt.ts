import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import type { Json } from '../world.ts'

/** A signed token as it was sent. Nothing of it is believed before `isSignedBy`. */
export interface Jwt {
  header: Json
  claims: Json
  isSignedBy(key: JsonWebKey): boolean
}

/** What Okta signs and verifies with: https://developer.okta.com/docs/reference/api/oidc/ */
const ALGORITHMS: Record<string, { hash: string; key: string }> = {
  RS256: { hash: 'sha256', key: 'RSA' },
  RS384: { hash: 'sha384', key: 'RSA' },
  RS512: { hash: 'sha512', key: 'RSA' },
  ES256: { hash: 'sha256', key: 'P-256' },
  ES384: { hash: 'sha384', key: 'P-384' },
  ES512: { hash: 'sha512', key: 'P-521' },
}

/** Undefined where the text is no JWT. */
export function readJwt(text: string | null | undefined): Jwt | undefined {
  const [header = '', claims = '', signature = '', ...more] = (text ?? '').split('.')
  const [head, body] = [readPart(header), readPart(claims)]
  if (!head || !body || signature === '' || more.length > 0) return undefined
  const algorithm = ALGORITHMS[String(head.alg)]
  return {
    header: head,
    claims: body,
    isSignedBy(key) {
      if (!algorithm || algorithm.key !== (key.kty === 'RSA' ? 'RSA' : key.crv)) return false
      try {
        return verify(
          algorithm.hash,
          Buffer.from(`${header}.${claims}`),
          { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
          Buffer.from(signature, 'base64url'),
        )
      } catch {
        return false
      }
    },
  }
}

/** What a token that is bound to a key names it by: RFC 7638. */
export function thumbprint({ kty, crv, x, y, e, n }: JsonWebKey): string {
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y }
  return sha256(JSON.stringify(members))
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')

function readPart(part: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
