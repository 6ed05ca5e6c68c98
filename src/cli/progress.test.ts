import { expect, test } from 'vitest'
import type { JobProgress, StepProgress, SyncResult } from '../sync/progress.ts'
import { plain } from './paint.ts'
import { endedLine, resumedLine, summaryLine } from './progress-lines.ts'
import { bar, progressTable } from './progress-table.ts'
import { syncSummary } from './sync-summary.ts'

const step = (stream: string, given: Partial<StepProgress> = {}): StepProgress => ({
  stream,
  state: 'waiting',
  outcome: null,
  reason_code: null,
  reason: null,
  rows_read: 0,
  created: 0,
  changed: 0,
  deleted: 0,
  held_deletes: 0,
  rejected: 0,
  pages: 0,
  requests: 0,
  rate_limited: 0,
  buckets: {},
  seconds: 0,
  parents: null,
  bucket: '/api/v1/users',
  ...given,
})

const users = step('users', {
  state: 'ended',
  outcome: 'complete',
  rows_read: 10_000,
  created: 3,
  changed: 2,
  deleted: 1,
  pages: 50,
  requests: 51,
  seconds: 12.34,
})
const memberships = step('group_memberships', {
  state: 'running',
  rows_read: 420,
  pages: 9,
  requests: 9,
  parents: { done: 500, total: 2_000 },
})
const roles = step('user_roles', {
  state: 'ended',
  outcome: 'not_permitted',
  reason_code: 'okta_scope_missing',
  reason: 'Okta answered 403.',
  requests: 1,
  seconds: 0.2,
})

const progress: JobProgress = {
  jobId: 'job',
  mode: 'full',
  plan: null,
  resumed: true,
  elapsedMs: 61_000,
  requests: 61,
  rateLimited: 1,
  steps: [users, memberships, roles, step('factors')],
  buckets: [
    { bucket: '/api/v1/users', limit: 600, remaining: 300, resetsInMs: 5_000, perMinute: 270 },
    { bucket: '/api/v1/iam', limit: null, remaining: null, resetsInMs: null, perMinute: null },
  ],
  etaMs: 200_000,
}

test('the table has a line per resource, and a footer', () => {
  expect(progressTable(progress, 1_000, plain)).toEqual([
    '   resource             rows  pages  requests',
    '✓  users              10,000     50        51',
    '▸  group_memberships     420      9         9  ████░░░░░░░░░░░░ 500 of 2,000',
    '!  user_roles              0      0         1  not permitted: Okta answered 403.',
    '·  factors                                     waits',
    '',
    '  61 requests · 1 refused by a rate limit · 1 min 2 s so far · at least 3 min 19 s left',
    '  rate limits used  users 50 %',
  ])
})

test('with a plan, what is planned stands beside what is spent of it', () => {
  const plan = {
    requests: 700,
    seconds: null,
    at_least: false,
    buckets: {},
    resources: { group_memberships: 40, factors: 600 },
  }
  const lines = progressTable({ ...progress, plan }, 1_000, plain)
  expect(lines).toContain('▸  group_memberships     420      9    9 / 40  ████░░░░░░░░░░░░ 500 of 2,000')
  expect(lines[4]).toMatch(/^· {2}factors +0 \/ 600 {2}waits$/)
  expect(lines.at(-2)).toMatch(/^ {2}61 of about 700 requests · /)
})

test.each([
  [0, '░░░░░░░░░░░░░░░░'],
  [0.5, '████████░░░░░░░░'],
  [7, '████████████████'],
])('a bar of %d', (share, drawn) => {
  expect(bar(share)).toBe(drawn)
})

test('a resource that has ended is one plain line', () => {
  expect(endedLine(users)).toBe('users: complete, 10,000 rows (3 created, 2 changed, 1 deleted), 51 requests, 12 s.')
  expect(endedLine(roles)).toBe(
    'user_roles: not permitted, 0 rows (0 created, 0 changed, 0 deleted), 1 request, 0.2 s. Okta answered 403.',
  )
})

test('how far it is, is one plain line', () => {
  expect(summaryLine(progress, 0)).toBe(
    '… 2 of 4 resources read, 10,420 rows, 61 requests (1 refused by a rate limit), rate limits used: users 50 %, 1 min 1 s so far, at least 3 min 20 s left',
  )
  expect(resumedLine(progress.steps)).toBe(
    'Resuming the sync that was stopped before its end: 2 of 4 resources and 10,420 rows are already read.',
  )
})

const resource = {
  outcome: 'complete',
  rows: 5,
  created: 0,
  changed: 0,
  deleted: 0,
  held_deletes: 0,
  rejected: 0,
  requests: 2,
  seconds: 1,
  reason_code: null,
  reason: null,
  remedy: null,
} as const
const refused = {
  ...resource,
  outcome: 'not_permitted',
  rows: 0,
  reason_code: 'okta_scope_missing',
  reason: 'Okta answered 403.',
  remedy: 'Give the role.',
} as const
const result: SyncResult = {
  connection_id: 'connection',
  job_id: 'job',
  outcome: 'partial',
  resumed: false,
  seconds: 90,
  requests: 6,
  rate_limited: 0,
  plan: null,
  estimate_error: null,
  error: null,
  resources: { users: resource, user_roles: refused, group_roles: refused },
}

test('the summary says once what was not read and what would help', () => {
  expect(syncSummary(result, plain, 80)).toEqual([
    '   resource     outcome        rows  created  changed  deleted  requests',
    '✓  users        complete          5        0        0        0         2',
    '!  user_roles   not permitted     0        0        0        0         2',
    '!  group_roles  not permitted     0        0        0        0         2',
    '   total                          5        0        0        0         6',
    '',
    'user_roles, group_roles: Okta answered 403. Give the role.',
    '',
    'Partial: not everything could be read, after 1 min 30 s and 6 requests. Nothing',
    'changed since the last sync.',
  ])
})

test('a sync that was stopped does not repeat why for each resource', () => {
  const error = { code: 'job_interrupted', message: 'Stopped.', remedy: 'Run again.' }
  const stopped = { ...resource, outcome: 'partial', reason_code: 'job_interrupted', reason: 'Stopped.' } as const
  const lines = syncSummary({ ...result, outcome: 'failed', error, resources: { users: stopped } }, plain, 80)
  expect(lines[1]).toMatch(/^· {2}users +unfinished/)
  expect(lines.slice(3)).toEqual(['', 'Stopped after 1 min 30 s and 6 requests.'])
})
