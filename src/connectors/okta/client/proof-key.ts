import { createHash, randomUUID } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

/** The one algorithm that Okta's guide names for proofs; its own SDK speaks no other. */
const ALGORITHM = 'RS256'

export interface ProvenRequest {
  readonly method: 'GET' | 'POST'
  /** Without its query. */
  readonly url: string
  /** Okta's time, in milliseconds. */
  readonly now: number
  readonly nonce?: string | null
  /** What the proof goes with; none where a token is asked for. */
  readonly accessToken?: string
}

/**
 * A key that access tokens are bound to (DPoP): whoever steals a token cannot use it without this key, which never leaves
 * this process and is another one for each session.
 * @see https://developer.okta.com/docs/guides/dpop/oktaresourceserver/main/
 */
export class ProofKey {
  readonly #privateKey: CryptoKey
  readonly #jwk: JWK

  private constructor(privateKey: CryptoKey, jwk: JWK) {
    this.#privateKey = privateKey
    this.#jwk = jwk
  }

  static async make(): Promise<ProofKey> {
    const { privateKey, publicKey } = await generateKeyPair(ALGORITHM)
    return new ProofKey(privateKey, await exportJWK(publicKey))
  }

  /** A proof for one request: Okta takes each but once. */
  prove({ method, url, now, nonce, accessToken }: ProvenRequest): Promise<string> {
    const ath = accessToken === undefined ? {} : { ath: createHash('sha256').update(accessToken).digest('base64url') }
    return new SignJWT({ htm: method, htu: url, ...ath, ...(nonce && { nonce }) })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'dpop+jwt', jwk: this.#jwk })
      .setIssuedAt(Math.floor(now / 1000))
      .setJti(randomUUID())
      .sign(this.#privateKey)
  }
}
