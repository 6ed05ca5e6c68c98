import type { Token } from './tokens.ts'

/** What the three headers show; a text goes out as it is. `resetIn` is seconds from now, `reset` epoch seconds. */
export interface RateHeaders {
  limit?: number | string
  remaining?: number | string
  reset?: number | string
  resetIn?: number
}

/**
 * Requests a minute for the whole org, Workforce numbers of Okta's last published table, see
 * https://developer.okta.com/docs/reference/rate-limits/ for how a path finds its bucket.
 */
export const BUCKETS: Record<string, number> = {
  '/api/v1/users': 600,
  '/api/v1/users/{id}': 2000,
  '/api/v1/users/me': 2000,
  '/api/v1/groups': 500,
  '/api/v1/groups/{id}': 1000,
  '/api/v1/apps': 100,
  '/api/v1/apps/{id}': 500,
  '/api/v1/logs': 120,
  '/api/v1/iam': 200,
  '/api/v1/principal-rate-limits': 1200,
  '/api/v1': 1200,
  '/oauth2/v1/clients': 100,
  '/oauth2/v1': 1200,
  '/': 2000,
}

const WINDOW_MS = 60_000

/** Exact paths first, then the longest prefix: a sub-resource of one user counts as the list of users does. */
export function bucketOf(path: string): string {
  const [, api, version, first, second, third] = path.split('/')
  if (api === 'oauth2') return first === 'clients' ? '/oauth2/v1/clients' : '/oauth2/v1'
  if (api !== 'api' || version !== 'v1') return '/'
  const list = `/api/v1/${first}`
  if (first === 'users' && second === 'me' && !third) return '/api/v1/users/me'
  if (second && !third && second !== 'rules' && BUCKETS[`${list}/{id}`]) return `${list}/{id}`
  return BUCKETS[list] ? list : '/api/v1'
}

interface Window {
  startedAt: number
  org: number
  tokens: Map<string, number>
}

/** One minute windows, begun by the first request after the last one ended. */
export class RateLimits {
  readonly #scale: number
  readonly #now: () => number
  readonly #windows = new Map<string, Window>()

  constructor(scale: number, now: () => number) {
    this.#scale = scale
    this.#now = now
  }

  /** Counts a request if there is room: in the token's share, and in the org's bucket that others draw on too. */
  take(bucket: string, token: Token | undefined): { allowed: boolean; headers: RateHeaders } {
    const window = this.#window(bucket)
    const orgLimit = this.#limit(bucket)
    const share = token?.share ?? 1
    const limit = Math.max(1, Math.floor(orgLimit * share))
    const key = token?.id ?? ''
    const used = window.tokens.get(key) ?? 0
    const allowed = used < limit && window.org < orgLimit
    if (allowed) {
      window.tokens.set(key, used + 1)
      window.org += 1
    }
    // With the whole bucket for itself a token sees what others take; with a share it sees only its own use.
    const left = share >= 1 ? orgLimit - window.org : limit - used - (allowed ? 1 : 0)
    const reset = Math.ceil((window.startedAt + WINDOW_MS) / 1000)
    return { allowed, headers: { limit, remaining: Math.max(0, left), reset } }
  }

  /** Spends the org's bucket on behalf of somebody else. */
  consume(bucket: string, n: number): void {
    this.#window(bucket).org += n
  }

  #limit(bucket: string): number {
    const limit = BUCKETS[bucket] ?? 1200
    return Number.isFinite(this.#scale) ? Math.max(1, Math.floor(limit * this.#scale)) : 1_000_000_000
  }

  #window(bucket: string): Window {
    const now = this.#now()
    const window = this.#windows.get(bucket)
    if (window && now < window.startedAt + WINDOW_MS && now >= window.startedAt) return window
    const fresh = { startedAt: now, org: 0, tokens: new Map<string, number>() }
    this.#windows.set(bucket, fresh)
    return fresh
  }
}
