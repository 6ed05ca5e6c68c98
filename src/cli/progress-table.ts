import type { BucketStatus } from '../connectors/connector.ts'
import type { SyncPlan } from '../store/job-plan.ts'
import type { JobProgress, StepProgress } from '../sync/progress.ts'
import type { Color, Paint } from './paint.ts'
import { bucketName } from './plan-lines.ts'
import { table } from './table.ts'
import { count, counted, duration, percent, words } from './wording.ts'

const BAR = 16

/** The sync as it stands, a line per resource and a footer. `sinceMs`: how old that knowledge is. */
export function progressTable(progress: JobProgress, sinceMs: number, paint: Paint): string[] {
  const header = ['', 'resource', 'rows', 'pages', 'requests', ''].map((name) => paint('dim', name))
  const rows = progress.steps.map((step) => stepRow(step, progress.plan, paint))
  return [...table([header, ...rows], [2, 3, 4]), '', ...footer(progress, sinceMs, paint)]
}

function stepRow(step: StepProgress, plan: SyncPlan | null, paint: Paint): string[] {
  const [mark, color] = markOf(step)
  const name = step.state === 'waiting' ? paint('dim', step.stream) : step.stream
  const planned = plan?.resources[step.stream]
  const isOn = step.state !== 'ended' && planned !== undefined
  const requests = isOn ? `${count(step.requests)} / ${count(planned)}` : count(step.requests)
  const numbers = step.state === 'waiting' ? ['', ''] : [step.rows_read, step.pages].map(count)
  const shown = step.state === 'waiting' ? paint('dim', isOn ? requests : '') : requests
  return [paint(color, mark), name, ...numbers, shown, remark(step, paint)]
}

export function markOf({ state, outcome }: Pick<StepProgress, 'state' | 'outcome'>): readonly [string, Color] {
  if (state === 'waiting') return ['·', 'dim']
  if (state === 'running') return ['▸', 'cyan']
  if (outcome === 'complete') return ['✓', 'green']
  if (outcome === 'not_available') return ['–', 'dim']
  return outcome === 'failed' ? ['✗', 'red'] : ['!', 'yellow']
}

function remark(step: StepProgress, paint: Paint): string {
  if (step.state === 'waiting') return paint('dim', 'waits')
  if (step.state === 'ended') return step.outcome === 'complete' ? '' : `${words(step.outcome ?? '')}: ${step.reason}`
  if (!step.parents) return ''
  const { done, total } = step.parents
  return `${paint('cyan', bar(total === 0 ? 1 : done / total))} ${count(done)} of ${count(total)}`
}

export function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR)
  return '█'.repeat(full) + '░'.repeat(BAR - full)
}

function footer(progress: JobProgress, sinceMs: number, paint: Paint): string[] {
  const facts = [
    spent(progress),
    `${count(progress.rateLimited)} refused by a rate limit`,
    `${duration(progress.elapsedMs + sinceMs)} so far`,
    timeLeft(progress, sinceMs),
  ]
  const limits = rateLimits(progress.buckets)
  return [
    `  ${facts.filter((fact) => fact !== '').join(paint('dim', ' · '))}`,
    ...(limits === '' ? [] : [`  rate limits used  ${limits}`]),
  ]
}

/** `1,204 of about 12,337 requests`; without the plan once it has been overrun. */
export function spent({ requests, plan }: Pick<JobProgress, 'requests' | 'plan'>): string {
  if (plan === null || requests > plan.requests) return counted(requests, 'request')
  return `${count(requests)} of ${plan.at_least ? 'at least' : 'about'} ${counted(plan.requests, 'request')}`
}

export function timeLeft({ etaMs }: Pick<JobProgress, 'etaMs'>, sinceMs = 0): string {
  if (etaMs === null) return ''
  const left = Math.max(0, etaMs - sinceMs)
  return left < 1000 ? 'almost done' : `at least ${duration(left)} left`
}

/** `users 43 %  groups 12 %`: the part of each limit that is used up in this minute, by everybody with this token. */
export function rateLimits(buckets: readonly BucketStatus[]): string {
  return buckets
    .flatMap(({ bucket, limit, remaining }) => {
      const used = limit === null || remaining === null || limit <= 0 ? 0 : (limit - remaining) / limit
      return used < 0.005 ? [] : [`${bucketName(bucket)} ${percent(used)}`]
    })
    .join('  ')
}
