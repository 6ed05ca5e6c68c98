import { expect, test } from 'vitest'
import type { SyncPlan } from '../store/job-plan.ts'
import { plain } from './paint.ts'
import { planLine, planTable, spentOfPlan } from './plan-lines.ts'
import { spent } from './progress-table.ts'

const plan: SyncPlan = {
  requests: 12_290,
  seconds: 1_132,
  at_least: false,
  buckets: {
    '/api/v1/groups': { requests: 1_412, seconds: 314 },
    '/api/v1/users': { requests: 10_187, seconds: 1_132 },
    '/api/v1/apps': { requests: 602, seconds: 80.27 },
    '/api/v1': { requests: 89, seconds: null },
  },
  resources: { users: 55 },
}

test('the plan in one line names the largest limits, roundly', () => {
  expect(planLine(plan, 0.9)).toBe(
    'Plan: about 12,300 requests (users 10,200, groups 1,410, apps 602, …), about 19 min at 90 % of your limits.',
  )
  const atLeast = { ...plan, requests: 4, seconds: null, at_least: true, buckets: {} }
  expect(planLine({ ...atLeast, buckets: { '/api/v1/logs': { requests: 4, seconds: null } } }, 0.5)).toBe(
    'Plan: at least 4 requests (logs 4).',
  )
})

test('a dry run has a line per limit, the largest first', () => {
  expect(planTable(plan, 0.5, plain)).toEqual([
    'rate limit      requests    takes',
    '/api/v1/users     10,187   19 min',
    '/api/v1/groups     1,412    5 min',
    '/api/v1/apps         602     80 s',
    '/api/v1               89  unknown',
    'total             12,290   19 min',
    '',
    'It takes about 12,300 requests, about 19 min at 50 % of your limits.',
  ])
  expect(planTable({ ...plan, at_least: true }, 0.9, plain).at(-1)).toMatch(/^It may be more: /)
})

test('what was spent stands beside the plan, and how far off it was', () => {
  const ended = { ...plan, buckets: {} }
  expect(spentOfPlan(12_337, ended, 0.0038)).toBe('12,337 requests, planned 12,290 (0.4 % off)')
  expect(spentOfPlan(12_337, ended, null)).toBe('12,337 requests')
  expect(spentOfPlan(1, null, null)).toBe('1 request')
  expect(spent({ requests: 40, plan })).toBe('40 of about 12,290 requests')
  expect(spent({ requests: 12_291, plan })).toBe('12,291 requests')
})
