import type { Fault } from '../fault.ts'
import type { NamedFault } from '../faults.ts'
import { errorBody } from '../http/answer.ts'
import type { Json } from '../world.ts'

const ROLES = /^GET \/api\/v1\/(iam\/|(users|groups)\/[^/?]+\/roles)/
const FACTORS = 'GET /api/v1/users/{id}/factors'

const forbidden = (match: string | RegExp): Fault => ({ match, status: 403 })

export const RIGHTS_FAULTS: Record<string, NamedFault> = {
  'roles-forbidden': { describe: 'Everything about admin roles gets a 403.', make: () => [forbidden(ROLES)] },
  'iam-forbidden': { describe: 'Everything under /iam gets a 403.', make: () => [forbidden(/^GET \/api\/v1\/iam\//)] },
  'group-roles-forbidden': {
    describe: 'The roles of groups get a 403, those of users do not.',
    make: () => [forbidden('GET /api/v1/groups/{id}/roles')],
  },
  'policies-forbidden': {
    describe: 'All policies, rules and mappings get a 403.',
    make: () => [forbidden(/^GET \/api\/v1\/policies/)],
  },
  'factors-forbidden': { describe: 'The factors of all users get a 403.', make: () => [forbidden(FACTORS)] },
  'logs-forbidden': { describe: 'The System Log gets a 403.', make: () => [forbidden('GET /api/v1/logs')] },
  'apps-forbidden': { describe: 'Everything under /apps gets a 403.', make: () => [forbidden(/^GET \/api\/v1\/apps/)] },
  'groups-forbidden': {
    describe: 'Everything under /groups gets a 403.',
    make: () => [forbidden(/^GET \/api\/v1\/groups/)],
  },
  'app-users-forbidden': {
    describe: 'The users of all applications get a 403.',
    make: () => [forbidden('GET /api/v1/apps/{id}/users')],
  },
  'members-forbidden-one-group': {
    describe: 'The members of the first group with an admin role get a 403.',
    make: (org) => [
      { ...forbidden('GET /api/v1/groups/{id}/users'), where: ({ params }) => params.id === org.adminGroupIds()[0] },
    ],
  },
  'read-only-admin': {
    describe: 'What a Read-Only Admin token meets: 403 on roles, on API tokens and on one policy type.',
    make: () => [
      forbidden(ROLES),
      forbidden('GET /api/v1/api-tokens'),
      forbidden('GET /api/v1/principal-rate-limits'),
      { ...forbidden('GET /api/v1/policies'), where: ({ query }) => query.get('type') === 'ENTITY_RISK' },
    ],
  },
  'no-admin-role': {
    describe: 'A service app without an admin role: users and groups are empty, everything else gets a 403.',
    make: () => [
      { match: /^GET \/api\/v1\/(users|groups)(\?|$)/, status: 200, body: [] },
      forbidden(/^GET \/api\/v1\/(?!users(\?|$)|groups(\?|$)|org$)/),
    ],
  },
  'token-invalid': {
    describe: 'Every call gets a 401 E0000011.',
    make: () => [{ match: /\/api\/v1/, status: 401 }],
  },
  'token-expires-midway': {
    describe: 'After 20 calls every call gets a 401 E0000011.',
    make: () => [{ match: /\/api\/v1/, skip: 20, status: 401 }],
  },
  'token-outside-network': {
    describe: 'The token may not be used from here: every call gets a 403 E0000006.',
    make: () => [forbidden(/\/api\/v1/)],
  },
  'org-deactivated': {
    describe: 'The developer org was deactivated: every call gets a 403 E0000260.',
    make: () => [{ match: /\/api\/v1/, status: 403, body: errorBody('E0000260') }],
  },
  'feature-off-401': {
    describe: 'Policies and /iam get a 401 E0000015: feature not in this org. The token is fine.',
    make: () => [{ match: /^GET \/api\/v1\/(policies|iam)/, status: 401, body: errorBody('E0000015') }],
  },
  'factors-empty-by-policy': {
    describe: 'Enrolment policy hides everything: the factors of all users are an empty list.',
    make: () => [{ match: FACTORS, transform: (body) => (Array.isArray(body) ? [] : body) }],
  },
  'factors-404-for-some': {
    describe: 'The factors of every 25th user get a 404: deprovisioned between list and read.',
    make: () => {
      let number = 0
      return [{ match: FACTORS, where: () => ++number % 25 === 0, status: 404 }]
    },
  },
  'unknown-factor-type': {
    describe: 'Every factor list ends with a factor of an unknown type and provider.',
    make: () => [
      {
        match: FACTORS,
        transform: (body) =>
          Array.isArray(body)
            ? [
                ...body,
                { id: 'xyz0000000000000sim', factorType: 'retina', provider: 'ACME', status: 'ACTIVE', profile: null },
              ]
            : body,
      },
    ],
  },
  'unknown-role-type': {
    describe: 'Role lists hold a type nobody has heard of.',
    make: () => [
      {
        match: /^GET \/api\/v1\/(users|groups)\/[^/?]+\/roles(\?|$)/,
        transform: (body) =>
          Array.isArray(body) ? body.map((role: Json, i) => (i === 0 ? { ...role, type: 'GROUP_ADMIN' } : role)) : body,
      },
    ],
  },
}
