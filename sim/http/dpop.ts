import type { JsonWebKey } from 'node:crypto'
import { hex } from '../ids.ts'
import { DAY } from '../world.ts'
import { readJwt, sha256, thumbprint } from './jwt.ts'

/** How far the time of a proof may be off, in seconds. A guess: Okta does not say. */
const SLACK = 300
/** Proofs that are remembered, so that none counts twice. */
const REMEMBERED = 100_000

export interface ProofRequest {
  proof: string | undefined
  method: string
  /** Without its query. */
  url: string
  /** The access token that the proof goes with; undefined at the token endpoint. */
  accessToken?: string
}

/** The key that a proof proves, by its thumbprint, and the nonce in it; or what is wrong with the proof. */
export type Proven = { jkt: string; nonce: unknown } | { wrong: string }

/** Proofs of possession, see https://developer.okta.com/docs/guides/dpop/oktaresourceserver/main/ */
export class Proofs {
  readonly #seed: number
  readonly #now: () => number
  readonly #seen = new Set<string>()

  constructor(seed: number, now: () => number) {
    this.#seed = seed
    this.#now = now
  }

  /** What the token endpoint wants to see in a proof: another one each day. */
  nonce(daysAgo = 0): string {
    return `sim${hex(this.#seed, 303, Math.floor(this.#now() / DAY) - daysAgo, 29)}`
  }

  /** A nonce works for three days. */
  isNonce(value: unknown): boolean {
    return [0, 1, 2].some((daysAgo) => value === this.nonce(daysAgo))
  }

  prove({ proof, method, url, accessToken }: ProofRequest): Proven {
    if (proof === undefined) return { wrong: 'The DPoP proof JWT header is missing.' }
    const jwt = readJwt(proof)
    const key = jwt?.header.jwk as JsonWebKey | undefined
    if (jwt?.header.typ !== 'dpop+jwt' || typeof key !== 'object' || key === null || 'd' in key)
      return { wrong: 'The DPoP proof JWT header is invalid.' }
    const { claims } = jwt
    if (!jwt.isSignedBy(key)) return { wrong: 'The DPoP proof JWT signature is invalid.' }
    if (claims.htm !== method) return { wrong: "The 'htm' claim in the DPoP proof JWT is invalid." }
    if (claims.htu !== url) return { wrong: "The 'htu' claim in the DPoP proof JWT is invalid." }
    if (typeof claims.iat !== 'number' || Math.abs(claims.iat - this.#now() / 1000) > SLACK)
      return { wrong: "The 'iat' claim in the DPoP proof JWT is invalid." }
    if (accessToken !== undefined && claims.ath !== sha256(accessToken))
      return { wrong: "The 'ath' claim in the DPoP proof JWT is invalid." }
    if (typeof claims.jti !== 'string' || this.#seen.has(claims.jti))
      return { wrong: "The 'jti' claim in the DPoP proof JWT is missing, or was used before." }
    if (this.#seen.size >= REMEMBERED) this.#seen.clear()
    this.#seen.add(claims.jti)
    return { jkt: thumbprint(key), nonce: claims.nonce }
  }
}
