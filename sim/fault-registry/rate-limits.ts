import type { Fault } from '../fault.ts'
import type { NamedFault } from '../faults.ts'
import type { SimCall } from '../http/call.ts'

const USERS = 'GET /api/v1/users'
const MEMBERS = 'GET /api/v1/groups/{id}/users'

/** From the first call it meets, 429 for so many seconds; the reset is honest, or repeated every `told` seconds. */
function limitedFor(match: string | RegExp, seconds: number, told = seconds): Fault {
  let until: number | undefined
  const isLimited = (call: SimCall) => {
    until ??= call.at + seconds * 1000
    return call.at < until
  }
  const rateHeaders = (_usual: unknown, call: SimCall) => ({
    limit: 600,
    remaining: 0,
    resetIn: Math.max(1, Math.min(told, Math.ceil(((until ?? call.at) - call.at) / 1000))),
  })
  return { match, where: isLimited, status: 429, rateHeaders }
}

/** A bucket of its own with a small limit, in one minute windows. */
function ownBucket(match: string | RegExp, limit: number): Fault[] {
  let startedAt = Number.NEGATIVE_INFINITY
  let used = 0
  const enter = (call: SimCall) => {
    if (call.at >= startedAt + 60_000) [startedAt, used] = [call.at, 0]
    used += 1
    return used > limit
  }
  const rateHeaders = (_usual: unknown, call: SimCall) => ({
    limit,
    remaining: Math.max(0, limit - used),
    resetIn: Math.ceil((startedAt + 60_000 - call.at) / 1000),
  })
  return [
    { match, where: enter, status: 429, rateHeaders },
    { match, where: () => used <= limit, rateHeaders },
  ]
}

const once429 = (match: string, skip: number, resetIn: number, times = 1): Fault => ({
  match,
  skip,
  times,
  status: 429,
  rateHeaders: { remaining: 0, resetIn },
})

export const RATE_LIMIT_FAULTS: Record<string, NamedFault> = {
  'rate-limit-429': {
    describe: 'The first call of each main listing is refused once with a 429; its reset is 37 s away.',
    make: () => [USERS, 'GET /api/v1/groups', 'GET /api/v1/apps'].map((match) => once429(match, 0, 37)),
  },
  'rate-limit-45-seconds': {
    describe: 'The users bucket is full for 45 s from the first call on.',
    make: () => [limitedFor(USERS, 45)],
  },
  'rate-limit-58-seconds': {
    describe: 'The users bucket is full for 58 s: longer than five quick tries.',
    make: () => [limitedFor(USERS, 58)],
  },
  'rate-limit-75-seconds': {
    describe: 'The groups bucket is full for 75 s: longer than a minute.',
    make: () => [limitedFor('GET /api/v1/groups', 75)],
  },
  'rate-limit-five-minutes': {
    describe: 'Applications are refused for five minutes; every 429 tells a reset at most 45 s away.',
    make: () => [limitedFor(/^GET \/api\/v1\/apps/, 300, 45)],
  },
  'rate-limit-three-in-a-row': {
    describe: 'The seventh page of users is refused three times in a row.',
    make: () => [once429(USERS, 6, 20, 3)],
  },
  'rate-limit-40th-group': {
    describe: 'The members of the 40th group are refused once.',
    make: () => [once429(MEMBERS, 39, 30)],
  },
  'rate-limit-everything': {
    describe: 'Every call with a token gets a 429; the reset stays 55 s away.',
    make: () => [{ match: /\/api\/v1/, status: 429, rateHeaders: { remaining: 0, resetIn: 55 } }],
  },
  'rate-limit-no-headers': {
    describe: 'The first call for users and the first for groups get a 429 without any rate-limit header.',
    make: () => [USERS, 'GET /api/v1/groups'].map((match) => ({ match, times: 1, status: 429, rateHeaders: null })),
  },
  'rate-limit-retry-after': {
    describe: 'A proxy refuses the first call for users with a 429 that has Retry-After and no rate-limit headers.',
    make: () => [
      { match: USERS, skip: 1, times: 1, status: 429, rateHeaders: null, headers: { 'Retry-After': '12' }, html: true },
    ],
  },
  'rate-headers-missing': {
    describe: 'No answer carries rate-limit headers.',
    make: () => [{ match: '*', rateHeaders: null }],
  },
  'rate-headers-doubled': {
    describe: 'A proxy doubles the rate-limit headers: "300, 300".',
    make: () => [
      {
        match: '*',
        rateHeaders: ({ limit, remaining, reset }) => ({
          limit: `${limit}, ${limit}`,
          remaining: `${remaining}, ${remaining}`,
          reset: `${reset}, ${reset}`,
        }),
      },
    ],
  },
  'rate-headers-garbage': {
    describe: 'Rate-limit headers hold words, negative numbers and nothing.',
    make: () => [{ match: '*', rateHeaders: { limit: 'unlimited', remaining: '-1', reset: '' } }],
  },
  'remaining-out-of-order': {
    describe: 'Answers overtake each other: every other one shows a remaining count that is three too high.',
    make: () => {
      let number = 0
      return [
        {
          match: '*',
          rateHeaders: (usual) => ({
            ...usual,
            remaining: Number(usual.remaining ?? 0) + (number++ % 2 === 1 ? 3 : 0),
          }),
        },
      ]
    },
  },
  'hidden-token-share': {
    describe: "Headers show the org's whole limit, but the 429 comes at the token's share of it.",
    make: () => [
      {
        match: '*',
        rateHeaders: (usual, call) => {
          const share = call.token?.share ?? 1
          const whole = Math.round(Number(usual.limit ?? 0) / share)
          return { ...usual, limit: whole, remaining: whole - Number(usual.limit ?? 0) + Number(usual.remaining ?? 0) }
        },
      },
    ],
  },
  'second-client': {
    describe: 'Another client spends two requests of the same bucket for each of ours; the remaining count shows it.',
    make: () => {
      const taken = new Map<string, number>()
      const key = (call: SimCall) => `${call.bucket} ${Math.floor(call.at / 60_000)}`
      return [
        {
          match: /\/api\/v1/,
          onHit: (call, sim) => {
            sim.consume(call.bucket, 2)
            taken.set(key(call), (taken.get(key(call)) ?? 0) + 2)
          },
          rateHeaders: (usual, call) => ({
            ...usual,
            remaining: Math.max(0, Number(usual.remaining ?? 0) - (taken.get(key(call)) ?? 0)),
          }),
        },
      ]
    },
  },
  'second-client-empties-bucket': {
    describe:
      "Before our 10th call to groups another client empties the org's bucket: 429 with requests of our own left.",
    make: () => [
      { match: 'GET /api/v1/groups', skip: 8, times: 1, onHit: (_call, sim) => sim.consume('/api/v1/groups', 500) },
    ],
  },
  'roles-bucket-50': {
    describe: "A user's roles have a bucket of 50 a minute of their own.",
    make: () => ownBucket('GET /api/v1/users/{id}/roles', 50),
  },
  'concurrency-429': {
    describe:
      'More than four at once get a 429 with limit 0, remaining 0 and a reset 120 s away; each call takes 300 ms.',
    make: () => [
      {
        match: /\/api\/v1/,
        where: (call) => call.inFlight > 4,
        status: 429,
        rateHeaders: { limit: 0, remaining: 0, resetIn: 120 },
      },
      { match: /\/api\/v1/, where: (call) => call.inFlight <= 4, delayMs: 300 },
    ],
  },
  'concurrency-429-once': {
    describe: 'The third call gets one concurrency 429: limit 0, remaining 0, reset 120 s away.',
    make: () => [
      { match: /\/api\/v1/, skip: 2, times: 1, status: 429, rateHeaders: { limit: 0, remaining: 0, resetIn: 120 } },
    ],
  },
  'clock-skew': {
    describe: "The server's clock, its Date and its resets are 90 s behind.",
    make: () => [{ match: '*', dateSkewMs: -90_000 }],
  },
  'clock-skew-ahead': {
    describe: "The server's clock, its Date and its resets are 90 s ahead.",
    make: () => [{ match: '*', dateSkewMs: 90_000 }],
  },
}
