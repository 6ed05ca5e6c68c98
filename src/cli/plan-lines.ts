import type { PlanSpent, SyncPlan } from '../store/job-plan.ts'
import type { Paint } from './paint.ts'
import { table } from './table.ts'
import { count, counted, duration, percent } from './wording.ts'

/** Limits that are named in one line: the largest. */
const NAMED = 3

/** A rate limit as people name it: `users` for `/api/v1/users`. */
export const bucketName = (bucket: string): string => bucket.replace(/^\/api\/v1\/?/, '') || 'other'

/** `Plan: about 12,300 requests (users 10,100, groups 1,400, …), about 12 min at 90 % of your limits.` */
export function planLine(plan: SyncPlan, rateShare: number): string {
  const buckets = Object.entries(plan.buckets).sort(([, a], [, b]) => b.requests - a.requests)
  const named = buckets
    .slice(0, NAMED)
    .map(([bucket, { requests }]) => `${bucketName(bucket)} ${count(roundly(requests))}`)
  const rest = buckets.length > NAMED ? ', …' : ''
  return `Plan: ${inWords(plan)} (${named.join(', ')}${rest})${time(plan, rateShare)}.`
}

/** The plan of a sync that is not made: a line per rate limit, the largest first. */
export function planTable(plan: SyncPlan, rateShare: number, paint: Paint): string[] {
  const header = ['rate limit', 'requests', 'takes'].map((name) => paint('dim', name))
  const rows = Object.entries(plan.buckets)
    .sort(([, a], [, b]) => b.requests - a.requests)
    .map(([bucket, { requests, seconds }]) => [bucket, count(requests), seconds === null ? 'unknown' : took(seconds)])
  const total = ['total', count(plan.requests), plan.seconds === null ? 'unknown' : took(plan.seconds)]
  return [
    ...table([header, ...rows, total.map((cell) => paint('bold', cell))], [1, 2]),
    '',
    `It takes ${inWords(plan)}${time(plan, rateShare)}.`,
    ...(plan.at_least ? ['It may be more: not everything could be counted beforehand.'] : []),
  ]
}

/** `12,337 requests, planned 12,290 (0.4 % off)`, without the second half where nothing was planned. */
export function spentOfPlan(requests: number, plan: PlanSpent | null, error: number | null): string {
  const spent = counted(requests, 'request')
  if (plan === null || error === null) return spent
  return `${spent}, planned ${count(plan.requests)} (${(Math.abs(error) * 100).toFixed(1)} % off)`
}

function inWords({ requests, at_least: atLeast }: SyncPlan): string {
  return `${atLeast ? 'at least' : 'about'} ${counted(roundly(requests), 'request')}`
}

const time = ({ seconds }: SyncPlan, rateShare: number): string =>
  seconds === null ? '' : `, about ${took(seconds)} at ${percent(rateShare)} of your limits`

/** A time to come is told in whole seconds, and from two minutes on in minutes. */
function took(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds))
  const minutes = Math.round(seconds / 60)
  if (whole < 120) return `${whole} s`
  return minutes < 60 ? `${minutes} min` : duration(minutes * 60_000)
}

/** An estimate to three digits: `12,300`. */
function roundly(requests: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, requests))) - 2)
  return Math.round(requests / step) * step
}
