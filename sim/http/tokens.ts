import { hex } from '../ids.ts'
import type { Org } from '../org.ts'
import { DAY } from '../world.ts'

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
  /** When an OAuth access token ends, in ms. */
  expiresAt?: number
  created: number
}

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
  readonly #bySecret = new Map<string, Token>()

  constructor(org: Org) {
    this.#org = org
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
  addAccessToken(clientId: string, permissions: Permission[]): string {
    const secret = `eyJsim.${hex(this.#org.world.seed, 302, this.#bySecret.size, 48)}.sig`
    const token = {
      id: clientId,
      name: clientId,
      permissions: new Set<string>(permissions),
      share: 0.5,
      expired: false,
    }
    const now = this.#org.now()
    this.#bySecret.set(secret, { ...token, ownerId: undefined, created: now, expiresAt: now + 3_600_000 })
    return secret
  }

  all(): Token[] {
    return [...this.#bySecret.values()]
  }

  /** By the Authorization header: SSWS for API tokens, Bearer (or DPoP) for access tokens, nothing for anything else. */
  authenticate(header: string | undefined): Token | undefined {
    const [, scheme, secret] = /^(SSWS|Bearer|DPoP) (\S+)$/.exec(header ?? '') ?? []
    const token = this.#bySecret.get(secret ?? '')
    if (!token || token.expired || (scheme === 'SSWS') !== (token.ownerId !== undefined)) return undefined
    if (token.expiresAt !== undefined && this.#org.now() >= token.expiresAt) return undefined
    if (token.ownerId === undefined) return token
    const owner = this.#org.user(token.ownerId)
    return owner && owner.status !== 'DEPROVISIONED' && owner.status !== 'LOCKED_OUT' ? token : undefined
  }
}

function permissionSet(permissions: Permission[] | 'super' | 'read_only'): ReadonlySet<string> {
  return new Set(permissions === 'super' ? PERMISSIONS : permissions === 'read_only' ? READ_ONLY : permissions)
}
