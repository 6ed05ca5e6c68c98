import type { Fault } from '../fault.ts'
import type { NamedFault } from '../faults.ts'
import { errorBody } from '../http/answer.ts'

const POLICIES = 'GET /api/v1/policies'
const NEWER_TYPES = ['ACCESS_POLICY', 'POST_AUTH_SESSION', 'ENTITY_RISK', 'SESSION_VIOLATION_DETECTION']

const typeRefused = (types: string[], status: number, body: unknown): Fault => ({
  match: POLICIES,
  where: ({ query }) => types.includes(query.get('type') ?? ''),
  status,
  body,
})

export const POLICY_AND_LOG_FAULTS: Record<string, NamedFault> = {
  'classic-policy-400': {
    describe: 'Newer policy types get a 400: invalid type, or a missing feature flag.',
    make: () => [
      typeRefused(NEWER_TYPES, 400, errorBody('E0000001', 'type', ['Invalid policy type specified.'])),
      typeRefused(
        ['PROFILE_ENROLLMENT', 'DEVICE_SIGNAL_COLLECTION', 'CLIENT_UPDATE'],
        400,
        errorBody('E0000001', 'type', ['Missing Required Feature Flag.']),
      ),
    ],
  },
  'policy-type-401': {
    describe: 'Identity threat protection is not licensed: its policy types get a 401 E0000015.',
    make: () => [typeRefused(NEWER_TYPES.slice(1), 401, errorBody('E0000015'))],
  },
  'policy-type-forbidden': {
    describe: 'One policy type (PROFILE_ENROLLMENT) gets a 403.',
    make: () => [typeRefused(['PROFILE_ENROLLMENT'], 403, errorBody('E0000006'))],
  },
  'mappings-404': {
    describe: 'Mappings of all but access policies get a 404.',
    make: (org) => [
      {
        match: 'GET /api/v1/policies/{id}/mappings',
        where: ({ params }) => {
          const index = org.state.policies.indexOf(params.id ?? '')
          return index !== undefined && org.state.policies.get(index)?.type !== 'ACCESS_POLICY'
        },
        status: 404,
      },
    ],
  },
  'mappings-400': {
    describe: 'Mappings of all policies get a 400.',
    make: () => [{ match: 'GET /api/v1/policies/{id}/mappings', status: 400 }],
  },
  'rules-null': {
    describe: 'The rules of every other policy are null instead of a list.',
    make: () => {
      let number = 0
      return [{ match: 'GET /api/v1/policies/{id}/rules', transform: (body) => (number++ % 2 === 0 ? null : body) }]
    },
  },
  'rules-404': {
    describe: 'The rules of one policy get a 404: it belongs to an authorization server.',
    make: () => [{ match: 'GET /api/v1/policies/{id}/rules', skip: 2, times: 1, status: 404 }],
  },
  'policies-locked-423': {
    describe: 'Two calls for policies get a 423: priorities are being reconciled.',
    make: () => [{ match: /^GET \/api\/v1\/policies/, times: 2, status: 423 }],
  },
  'group-rules-400': {
    describe: 'Group rules are not in this org: 400.',
    make: () => [{ match: 'GET /api/v1/groups/rules', status: 400 }],
  },
  'log-late-events': {
    describe: 'Before each poll of the System Log an event is stored that happened four minutes ago.',
    make: () => [
      {
        match: 'GET /api/v1/logs',
        onHit: (_call, sim) => {
          sim.org.logEvent({ eventType: 'user.session.start', publishedAt: sim.now() - 240_000 })
        },
      },
    ],
  },
  'log-burst': {
    describe: 'Before the second poll of the System Log 2,500 events are stored, all of the same millisecond.',
    make: () => [
      {
        match: 'GET /api/v1/logs',
        skip: 1,
        times: 1,
        onHit: (_call, sim) => {
          const publishedAt = sim.now()
          for (let i = 0; i < 2500; i++) sim.org.logEvent({ eventType: 'user.session.start', publishedAt })
        },
      },
    ],
  },
  'log-null-targets': {
    describe: 'System Log events have null for target, actor and outcome.',
    make: () => [
      {
        match: 'GET /api/v1/logs',
        transform: (body) =>
          Array.isArray(body)
            ? body.map((event: object) => ({ ...event, target: null, actor: null, outcome: null }))
            : body,
      },
    ],
  },
  'log-repeats-events': {
    describe: 'Every page of the System Log holds each event twice.',
    make: () => [{ match: 'GET /api/v1/logs', transform: (body) => (Array.isArray(body) ? [...body, ...body] : body) }],
  },
  'log-500-timeout': {
    describe: 'Pages of more than 100 System Log events get a 500: the query took too long.',
    make: () => [
      { match: 'GET /api/v1/logs', where: ({ query }) => Number(query.get('limit') ?? 100) > 100, status: 500 },
    ],
  },
  'log-cursor-expired': {
    describe: 'Cursors of the System Log are refused: invalid.',
    make: () => [
      {
        match: 'GET /api/v1/logs',
        where: ({ query }) => query.has('after'),
        status: 400,
        body: errorBody('E0000031', '', ['Invalid cursor.']),
      },
    ],
  },
}
