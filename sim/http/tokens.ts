import { hex } from '../ids.ts'
import type { Org } from '../org.ts'
import { DAY } from '../world.ts'
import type { Proofs } from './dpop.ts'

/** Rights, named like the OAuth scopes of https://developer.okta.com/docs/api/oauth2/ */
export const PERMISSIONS = [
  'okta.users.read',
  'okta.groups.read',
  'okta.apps.read',
  'okta.logs.read',
  'okta.policies.read',
  'okta.roles.read',
  'okta.orgs.read',
  'okta.apiTokens.read',
  'okta.features.read',
  'okta.principalRateLimits.read',
  'okta.userTypes.read',
  'okta.schemas.read',
  'okta.eventHooks.read',
  'okta.eventHooks.manage',
] as const

export type Permission = (typeof PERMISSIONS)[number]

/** A Read-Only Administrator sees no admin roles, no tokens, no rate-limit shares, no profile schemas and no event hooks. */
const READ_ONLY = PERMISSIONS.filter(
  (permission) =>
    ![
      'okta.roles.read',
      'okta.apiTokens.read',
      'okta.principalRateLimits.read',
      'okta.schemas.read',
      'okta.eventHooks.read',
      'okta.eventHooks.manage',
    ].includes(permission),
)

export interface Token {
  id: string
  name: string
  permissions: ReadonlySet<string>
  /** 0 to 1. */
  share: number
  expired: boolean
  /** A user, or undefined for an OAuth client. */
  ownerId: string | undefined
  created: number
  /** Of an access token alone. */
  access?: AccessToken
}

export interface AccessToken {
  /** The scopes in it. `permissions` are those of them that its app's admin role covers. */
  scopes: ReadonlySet<string>
  /** Its app has no admin role: lists are empty, everything else is refused. */
  isWithoutRole: boolean
  /** Thumbprint of the key that it is bound to by DPoP; undefined for a bearer token. */
  jkt: string | undefined
  /** When it ends, in ms. */
  expiresAt: number
}

/** Who is calling, as far as the request says. */
export interface Caller {
  authorization: string | undefined
  /** The DPoP header. */
  proof: string | undefined
  method: string
  /** Without its query. */
  url: string
}

/** How long an access token lives, in seconds; Okta has no other. */
export const ACCESS_TOKEN_SECONDS = 3600

export interface TokenOptions {
  name: string
  /** Default: super. */
  permissions?: Permission[] | 'super' | 'read_only'
  share?: number
  expired?: boolean
  ownerId?: string
}

/** The org's API tokens. A token lives as long as its owner is active. */
export class Tokens {
  readonly #org: Org
  readonly #proofs: Proofs
  readonly #bySecret = new Map<string, Token>()

  constructor(org: Org, proofs: Proofs) {
    this.#org = org
    this.#proofs = proofs
  }

  add(options: TokenOptions): string {
    const number = this.#bySecret.size
    const secret = `00sim${hex(this.#org.world.seed, 301, number, 37)}`
    this.#bySecret.set(secret, {
      id: this.#org.world.ids.token.make(number),
      name: options.name,
      permissions: permissionSet(options.permissions ?? 'super'),
      share: options.share ?? 0.5,
      expired: options.expired ?? false,
      ownerId: options.ownerId ?? this.#org.ownerId,
      created: this.#org.now() - 10 * DAY,
    })
    return secret
  }

  /** An OAuth access token of a service app: no owner, one hour. */
  addAccessToken(
    clientId: string,
    { scopes, role, jkt }: { scopes: readonly string[]; role: 'super' | 'read_only' | 'none'; jkt: string | undefined },
  ): string {
    const secret = `eyJsim.${hex(this.#org.world.seed, 302, this.#bySecret.size, 48)}.sig`
    const covered = role === 'none' ? new Set<string>() : permissionSet(role)
    const now = this.#org.now()
    this.#bySecret.set(secret, {
      id: clientId,
      name: clientId,
      permissions: new Set(scopes.filter((scope) => covered.has(scope))),
      share: 0.5,
      expired: false,
      ownerId: undefined,
      created: now,
      access: {
        scopes: new Set(scopes),
        isWithoutRole: role === 'none',
        jkt,
        expiresAt: now + ACCESS_TOKEN_SECONDS * 1000,
      },
    })
    return secret
  }

  revokeAccessTokens(clientId: string): void {
    for (const token of this.#bySecret.values()) if (token.id === clientId) token.expired = true
  }

  all(): Token[] {
    return [...this.#bySecret.values()]
  }

  /**
   * By the Authorization header: SSWS for API tokens, Bearer for access tokens, DPoP with a proof for those that are bound
   * to a key; nothing for anything else.
   */
  authenticate({ authorization, proof, method, url }: Caller): Token | undefined {
    const [, scheme, secret = ''] = /^(SSWS|Bearer|DPoP) (\S+)$/.exec(authorization ?? '') ?? []
    const token = this.#bySecret.get(secret)
    if (!token || token.expired || scheme !== schemeOf(token)) return undefined
    const { access } = token
    if (access === undefined) return this.#isOwnerFine(token.ownerId) ? token : undefined
    if (this.#org.now() >= access.expiresAt) return undefined
    if (access.jkt === undefined) return token
    const proven = this.#proofs.prove({ proof, method, url, accessToken: secret })
    return 'jkt' in proven && proven.jkt === access.jkt ? token : undefined
  }

  #isOwnerFine(ownerId: string | undefined): boolean {
    const owner = ownerId === undefined ? undefined : this.#org.user(ownerId)
    return owner !== undefined && owner.status !== 'DEPROVISIONED' && owner.status !== 'LOCKED_OUT'
  }
}

function schemeOf({ access }: Token): string {
  if (!access) return 'SSWS'
  return access.jkt === undefined ? 'Bearer' : 'DPoP'
}

function permissionSet(permissions: Permission[] | 'super' | 'read_only'): ReadonlySet<string> {
  return new Set(permissions === 'super' ? PERMISSIONS : permissions === 'read_only' ? READ_ONLY : permissions)
}
