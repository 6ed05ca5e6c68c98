import { generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { hex } from '../ids.ts'
import type { Org } from '../org.ts'
import { PERMISSIONS, type Permission, type Tokens } from './tokens.ts'

export interface ServiceAppOptions {
  /** What is granted on the tab Okta API Scopes. Default: everything there is. */
  scopes?: readonly Permission[]
  /** The admin role on the tab Admin roles. Default: super. */
  role?: 'super' | 'read_only' | 'none'
  /** "Require Demonstrating Proof of Possession (DPoP) header in token requests", on by default in Okta, off here. */
  dpop?: boolean
  /** Of the key that is made for it. Default: EC, which is faster made; Okta makes RSA keys. */
  keyType?: 'EC' | 'RSA'
}

/** An API Services app as its owner knows it. */
export interface SimServiceApp {
  clientId: string
  /** JWK, as Okta's console shows it once. */
  privateKey: string
  keyId: string
  /** Other scopes from now on; tokens that were given keep theirs. */
  grant(scopes: readonly Permission[]): void
  /** Ends all access tokens that it has been given. */
  revokeTokens(): void
}

export interface ServiceApp {
  clientId: string
  publicKey: JsonWebKey
  keyId: string
  scopes: ReadonlySet<string>
  role: 'super' | 'read_only' | 'none'
  dpop: boolean
}

/** The org's API Services apps, see https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/ */
export class ServiceApps {
  readonly #org: Org
  readonly #tokens: Tokens
  readonly #byId = new Map<string, ServiceApp>()
  /** Ids of the assertions that were used: each counts once. */
  readonly #assertions = new Set<string>()

  constructor(org: Org, tokens: Tokens) {
    this.#org = org
    this.#tokens = tokens
  }

  add({ scopes = PERMISSIONS, role = 'super', dpop = false, keyType = 'EC' }: ServiceAppOptions = {}): SimServiceApp {
    const number = this.#byId.size
    const clientId = this.#org.world.ids.serviceApp.make(number)
    const keyId = `sim${hex(this.#org.world.seed, 304, number, 20)}`
    const { publicKey, privateKey } =
      keyType === 'EC'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('rsa', { modulusLength: 2048 })
    const app: ServiceApp = {
      clientId,
      publicKey: publicKey.export({ format: 'jwk' }),
      keyId,
      scopes: new Set(scopes),
      role,
      dpop,
    }
    this.#byId.set(clientId, app)
    const alg = keyType === 'EC' ? 'ES256' : 'RS256'
    return {
      clientId,
      privateKey: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg }),
      keyId,
      grant: (granted) => {
        app.scopes = new Set(granted)
      },
      revokeTokens: () => this.#tokens.revokeAccessTokens(clientId),
    }
  }

  find(clientId: unknown): ServiceApp | undefined {
    return typeof clientId === 'string' ? this.#byId.get(clientId) : undefined
  }

  /** False the second time. */
  isFirstUse(assertionId: string): boolean {
    if (this.#assertions.has(assertionId)) return false
    this.#assertions.add(assertionId)
    return true
  }
}
