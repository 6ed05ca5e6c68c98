import type { Org } from '../org.ts'
import type { Answer } from './answer.ts'
import type { SimCall } from './call.ts'
import type { Proofs } from './dpop.ts'
import type { ServiceApps } from './service-apps.ts'
import type { Permission, Tokens } from './tokens.ts'

export interface RouteContext {
  org: Org
  tokens: Tokens
  serviceApps: ServiceApps
  proofs: Proofs
}

export interface Route {
  /** `GET /api/v1/groups/{id}/users`. */
  template: string
  /** What the token needs; `any`: a valid token; `none`: nobody has to sign in. */
  permission: Permission | 'any' | 'none'
  handle(call: SimCall, context: RouteContext): Answer | Promise<Answer>
}

/** Finds the route of a path. A fixed segment wins over a placeholder. */
export class Router {
  readonly #routes: { route: Route; method: string; segments: string[] }[]

  constructor(routes: Route[]) {
    this.#routes = routes
      .map((route) => {
        const [method = '', path = ''] = route.template.split(' ')
        return { route, method, segments: path.split('/') }
      })
      .sort((a, b) => placeholders(a.segments) - placeholders(b.segments))
  }

  /** Undefined: no such path. `route` undefined: the path has other methods. */
  find(method: string, path: string): { route: Route | undefined; params: Record<string, string> } | undefined {
    const parts = path.replace(/(?<=.)\/$/, '').split('/')
    let known = false
    for (const { route, method: expected, segments } of this.#routes) {
      if (segments.length !== parts.length) continue
      const params = matchSegments(segments, parts)
      if (!params) continue
      if (expected === method) return { route, params }
      known = true
    }
    return known ? { route: undefined, params: {} } : undefined
  }
}

function placeholders(segments: string[]): number {
  return segments.filter((segment) => segment.startsWith('{')).length
}

function matchSegments(segments: string[], parts: string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  for (const [i, segment] of segments.entries()) {
    const part = parts[i] ?? ''
    if (segment.startsWith('{')) {
      if (part === '') return undefined
      params[segment.slice(1, -1)] = decode(part)
    } else if (segment !== part) return undefined
  }
  return params
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
