import type { NamedFault } from '../faults.ts'
import { errorBody } from '../http/answer.ts'
import type { SimCall } from '../http/call.ts'

const LISTS = /^GET \/api\/v1\/(users|groups|apps)(\?|$)/

export const CONNECTION_FAULTS: Record<string, NamedFault> = {
  'reset-before-headers': {
    describe: 'The connection is reset before the answer begins, on every third call of a listing.',
    make: () => [every(3, { match: LISTS, reset: 'before-headers' })],
  },
  'reset-after-headers': {
    describe: 'The connection ends after the headers, on every third call of a listing.',
    make: () => [every(3, { match: LISTS, reset: 'after-headers' })],
  },
  'reset-mid-body': {
    describe: 'The connection ends in the middle of the body, on every third call of a listing.',
    make: () => [every(3, { match: LISTS, reset: 'mid-body' })],
  },
  'truncated-body': {
    describe: 'The body of the second list call ends early but cleanly: broken JSON with status 200.',
    make: () => [{ match: LISTS, skip: 1, times: 1, truncate: 500 }],
  },
  'truncated-body-always': {
    describe: 'The body of every page of groups ends early but cleanly.',
    make: () => [{ match: 'GET /api/v1/groups', truncate: 500 }],
  },
  'empty-body': {
    describe: 'The second list call gets status 200 and no body at all.',
    make: () => [{ match: LISTS, skip: 1, times: 1, truncate: 0 }],
  },
  'chunked-bodies': {
    describe: 'Bodies come without a length in seven pieces, cut in the middle of characters.',
    make: () => [{ match: '*', chunks: 7 }],
  },
  'never-answers': {
    describe: "The third group's members are asked for and no answer ever comes, once.",
    make: () => [{ match: 'GET /api/v1/groups/{id}/users', skip: 2, times: 1, never: true }],
  },
  'never-answers-at-all': {
    describe: 'No call is ever answered.',
    make: () => [{ match: '*', never: true }],
  },
  'slow-app': {
    describe: 'The users of one app take 45 s until the first byte.',
    make: (org) => [
      { match: 'GET /api/v1/apps/{id}/users', where: (call) => call.params.id === org.appId(9), delayMs: 45_000 },
    ],
  },
  'slow-bodies': {
    describe: 'Half of each page of users comes at once, the rest 20 s later.',
    make: () => [{ match: 'GET /api/v1/users', delayMs: 20_000, delayAt: 'body' }],
  },
  'slow-everything': {
    describe: 'Every answer takes 5 s.',
    make: () => [{ match: '*', delayMs: 5_000 }],
  },
  'html-error': {
    describe: "A gateway's HTML page with status 502 instead of the second list call's answer.",
    make: () => [{ match: LISTS, skip: 1, times: 1, html: true, status: 502 }],
  },
  'html-200': {
    describe: 'A captive portal answers everything with an HTML page and status 200.',
    make: () => [
      { match: '*', html: true, status: 200, body: '<html><body>Please sign in to the network</body></html>' },
    ],
  },
  'unavailable-503': {
    describe: 'Three calls in a row get a 503 (read-only mode).',
    make: () => [{ match: /\/api\/v1/, skip: 1, times: 3, status: 503 }],
  },
  'unavailable-503-always': {
    describe: 'Every call gets a 503.',
    make: () => [{ match: '*', status: 503 }],
  },
  'error-500-text': {
    describe: 'The second list call gets a 500 with plain text.',
    make: () => [
      { match: LISTS, skip: 1, times: 1, status: 500, body: 'java.lang.NullPointerException', rateHeaders: null },
    ],
  },
  'groups-500-large-pages': {
    describe:
      'Pages of more than 250 groups with expand, and of more than 100 with expand=stats, get a 500: took too long.',
    make: () => [
      {
        match: 'GET /api/v1/groups',
        where: ({ query }) => {
          const expand = query.get('expand') ?? ''
          const limit = Number(query.get('limit') ?? 200)
          return limit > (expand.includes('stats') ? 100 : expand ? 250 : 10_000)
        },
        status: 500,
      },
    ],
  },
  'groups-500-twice': {
    describe: 'The first two calls for groups get a 500 (E0000009), then all is well.',
    make: () => [{ match: 'GET /api/v1/groups', times: 2, status: 500 }],
  },
  'users-500-above-50': {
    describe: 'Pages of more than 50 users get a 500: took too long.',
    make: () => [
      { match: 'GET /api/v1/users', where: ({ query }) => Number(query.get('limit') ?? 200) > 50, status: 500 },
    ],
  },
  'members-500-large-pages': {
    describe: 'Pages of more than 200 group members get a 500.',
    make: () => [
      {
        match: 'GET /api/v1/groups/{id}/users',
        where: ({ query }) => Number(query.get('limit') ?? 1000) > 200,
        status: 500,
      },
    ],
  },
  'echo-authorization': {
    describe: 'The second list call gets a 500 whose text repeats the Authorization header.',
    make: () => {
      const body = { ...errorBody('E0000009') }
      return [
        {
          match: LISTS,
          skip: 1,
          times: 1,
          status: 500,
          body,
          transform: (_body, call) => ({ ...body, errorSummary: `Request failed: ${call.headers.authorization}` }),
        },
      ]
    },
  },
}

/** Meets every nth call, so that a retry gets through. */
function every(n: number, rule: { match: RegExp; reset: 'before-headers' | 'after-headers' | 'mid-body' }) {
  // Counted by listing: among several that take turns, a common count could meet one of them at every try.
  const calls = new Map<string, number>()
  const where = ({ route }: SimCall) => {
    const number = (calls.get(route) ?? 0) + 1
    calls.set(route, number)
    return number % n === 0
  }
  return { ...rule, where }
}
