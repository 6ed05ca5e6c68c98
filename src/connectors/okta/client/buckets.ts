/**
 * Which rate-limit bucket a path draws on: an exact entry first, else the longest prefix.
 * @see https://developer.okta.com/docs/reference/rate-limits/
 */
const EXACT: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/v1\/groups\/rules$/, '/api/v1/groups'],
  [/^\/api\/v1\/users\/me$/, '/api/v1/users/me'],
  [/^\/api\/v1\/(users|groups|apps)\/[^/]+$/, '/api/v1/$1/{id}'],
  [/^\/api\/v1\/devices\/[^/]+\/users$/, '/api/v1/devices/{id}/users'],
]

/** Longest first where one begins another. */
const PREFIXES = [
  '/api/v1/principal-rate-limits',
  '/api/v1/device-assurances',
  '/api/v1/devices',
  '/api/v1/domains',
  '/api/v1/groups',
  '/api/v1/users',
  '/api/v1/apps',
  '/api/v1/logs',
  '/api/v1/iam',
  '/api/v1',
  '/oauth2/v1/clients',
  '/oauth2/v1',
]

export function bucketOf(pathAndQuery: string): string {
  const path = withoutQuery(pathAndQuery)
  for (const [pattern, bucket] of EXACT) if (pattern.test(path)) return path.replace(pattern, bucket)
  return PREFIXES.find((prefix) => path === prefix || path.startsWith(`${prefix}/`)) ?? '/'
}

/** Path segments that name a collection; every other segment is somebody's id and stays out of the log. */
const WORDS = new Set(
  `api v1 oauth2 .well-known okta-organization users me groups rules apps logs iam assignees roles permissions
  resource-sets bindings members resources targets catalog factors owners policies mappings org api-tokens features
  devices device-assurances domains principal-rate-limits zones idps authorizationServers authenticators
  authenticator-enrollments clients grants realms behaviors eventHooks meta types schemas user group default
  group-push app credentials keys appLinks profile mappings token`.split(/\s+/),
)

/** `/api/v1/users/00u1/groups?after=x` as `/api/v1/users/{id}/groups`: fit for a log, and one name per kind of call. */
export function pathTemplate(pathAndQuery: string): string {
  const segments = withoutQuery(pathAndQuery).split('/')
  return segments.map((segment) => (segment === '' || WORDS.has(segment) ? segment : '{id}')).join('/')
}

function withoutQuery(pathAndQuery: string): string {
  const path = pathAndQuery.split(/[?#]/, 1)[0] ?? ''
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}
