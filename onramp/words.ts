import { formatCounted, formatSeconds, formatShare } from '../ui/numbers.ts'
import type { Tone } from '../ui/tone.ts'
import type { CheckRow, DataExport, Estimate } from './answers.ts'

const list = new Intl.ListFormat('en', { type: 'conjunction' })
/** `users, groups and policies`. */
export const inWords = (names: readonly string[]): string => list.format(names).replace(/, and /, ' and ')
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** The six scopes of Okta that a sync needs, in the order in which they are shown. */
export const SCOPES = [
  { scope: 'okta.users.read', name: 'Users' },
  { scope: 'okta.groups.read', name: 'Groups' },
  { scope: 'okta.apps.read', name: 'Applications' },
  { scope: 'okta.logs.read', name: 'System Log' },
  { scope: 'okta.roles.read', name: 'Admin roles' },
  { scope: 'okta.policies.read', name: 'Policies' },
] as const

const RESOURCES: Readonly<Record<string, string>> = {
  users: 'users',
  groups: 'groups',
  group_memberships: 'group memberships',
  applications: 'applications',
  application_users: 'users of applications',
  application_groups: 'groups of applications',
  factors: 'MFA factors',
  user_roles: 'admin roles of users',
  group_roles: 'admin roles of groups',
  policies: 'policies',
  policy_rules: 'policy rules',
  policy_mappings: 'applications of policies',
  log_events: 'log events',
}
/** A resource in words: `group memberships`. */
export const resourceInWords = (resource: string): string => RESOURCES[resource] ?? resource.replaceAll('_', ' ')

export const ENGINES = { idx: 'Okta Identity Engine', v1: 'Okta Classic Engine' } as const

export interface Wording {
  readonly tone: Tone
  readonly words: string
}

const LIMITED: ReadonlySet<string | null> = new Set(['okta_rate_limited', 'okta_concurrency_limited'])
/** Whether the row met a rate limit: it says nothing about what the token may read. */
export const isLimited = ({ code }: CheckRow): boolean => LIMITED.has(code)
export const isGap = ({ outcome }: CheckRow): boolean => outcome === 'not_permitted' || outcome === 'failed'

/** How one API answered, in words. */
export function rowInWords(row: CheckRow): Wording {
  if (row.code === 'okta_suspicious_empty') return { tone: 'bad', words: 'Suspicious' }
  if (isLimited(row)) return { tone: 'warn', words: 'Rate limited' }
  switch (row.outcome) {
    case 'ok':
      return { tone: 'good', words: 'Readable' }
    case 'not_permitted':
      return { tone: 'warn', words: 'Not permitted' }
    case 'not_available':
      return { tone: 'idle', words: 'Not available' }
    case 'failed':
      return { tone: 'bad', words: 'Failed' }
  }
}

/** How a scope stands, from its rows: the worst of them tells. `isOver`: no more rows will come. */
export function scopeInWords(rows: readonly CheckRow[], isOver: boolean): Wording {
  const gaps = rows.filter(isGap)
  const [worst] = [...gaps].sort((a, b) => RANK.indexOf(rowInWords(a).tone) - RANK.indexOf(rowInWords(b).tone))
  if (worst) {
    const isPartial = worst.outcome === 'not_permitted' && rows.some(({ outcome }) => outcome === 'ok')
    return isPartial ? { tone: 'warn', words: 'Partly readable' } : rowInWords(worst)
  }
  if (!isOver) return rows.length === 0 ? { tone: 'idle', words: 'Waiting' } : { tone: 'busy', words: 'Checking' }
  const [first] = rows
  if (!first) return { tone: 'idle', words: 'Not checked' }
  return rows.every(({ outcome }) => outcome === 'not_available')
    ? rowInWords(first)
    : { tone: 'good', words: 'Readable' }
}
const RANK: readonly Tone[] = ['bad', 'warn', 'idle', 'good']

/** What a sync with these rows would lack: `admin roles of users, some policies`. */
export function missingInWords(rows: readonly CheckRow[]): readonly string[] {
  const gaps = rows.filter((row) => isGap(row) && !isLimited(row))
  const isReadable = (resource: string) => rows.some((row) => row.resource === resource && row.outcome === 'ok')
  return [...new Set(gaps.map(({ resource }) => resource))].map(
    (resource) => `${isReadable(resource) ? 'some ' : ''}${resourceInWords(resource)}`,
  )
}

/** `About 12,300 requests; finishes in about 20 minutes, at a fair share of your rate limits.` */
export function estimateInWords({ requests, seconds, at_least }: Estimate): string {
  const count = formatCounted(roundly(requests), 'request')
  const start = at_least ? `At least ${count}` : `About ${count}`
  if (seconds === null) return `${start}. How long that takes depends on the rate limits of your org.`
  const time = `${at_least ? 'at least' : 'about'} ${formatSeconds(seconds)}`
  return `${start}; finishes in ${time}, at a fair share of your rate limits.`
}

/** `120 users, 24 groups and 13 applications`; empty where nothing could be counted. */
export function countsInWords({ counts: { users, groups, applications } }: Estimate): string {
  const known = [
    users !== null && formatCounted(users, 'user'),
    groups !== null && formatCounted(groups, 'group'),
    applications !== null && formatCounted(applications, 'application'),
  ]
  return inWords(known.filter((part) => part !== false))
}

/** Two digits are as exact as an estimate is. */
export function roundly(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 2)
  return Math.round(count / unit) * unit
}

/** Where the reading of one resource is, in words. `isOver`: the sync has ended, be it before its end. */
export function exportInWords({ state, outcome, parents }: DataExport, isOver: boolean): Wording {
  if (isOver && state === 'running') return { tone: 'warn', words: 'Not finished' }
  if (isOver && outcome === null) return { tone: 'idle', words: 'Not read' }
  if (state === 'running') {
    const share =
      parents && parents.total > 0 ? ` ${formatShare(Math.floor((100 * parents.done) / parents.total) / 100)}` : ''
    return { tone: 'busy', words: `Reading${share}` }
  }
  if (state === 'waiting' || outcome === null) return { tone: 'idle', words: 'Waiting' }
  return OUTCOMES[outcome]
}

const OUTCOMES: Readonly<Record<NonNullable<DataExport['outcome']>, Wording>> = {
  complete: { tone: 'good', words: 'Ready' },
  not_permitted: { tone: 'warn', words: 'Not permitted' },
  not_available: { tone: 'idle', words: 'Not available' },
  partial: { tone: 'warn', words: 'Partly read' },
  failed: { tone: 'bad', words: 'Failed' },
}
