import type { Schema } from '../../src/client/index.ts'
import type { Freshness, ReadOutcome } from './list.ts'

export type ResourceHealth = Schema<'ResourceHealth'>

/** Why something is not complete, for people. */
export interface ReadWords {
  readonly tone: 'info' | 'warn' | 'bad'
  readonly title: string
  /** What happened; null where the title says all. */
  readonly reason: string | null
  /** What to do. */
  readonly remedy: string | null
}

/** A connection, as far as it matters here. */
interface Read {
  readonly health: { readonly resources: readonly ResourceHealth[] } | null
}

const WORST_FIRST: readonly ReadOutcome[] = ['failed', 'not_permitted', 'partial', 'never', 'not_available', 'complete']

/** How the resources that feed a list were read, the worst first. */
export function readsOf(connection: Read | null, resources: readonly string[]): readonly ResourceHealth[] {
  const found = (connection?.health?.resources ?? []).filter(({ resource }) => resources.includes(resource))
  return found.toSorted((a, b) => WORST_FIRST.indexOf(a.outcome) - WORST_FIRST.indexOf(b.outcome))
}

const TITLES: Readonly<Record<Exclude<ReadOutcome, 'complete'>, (things: string) => string>> = {
  not_permitted: (things) => `The token may not read ${things}`,
  not_available: (things) => `This org has no ${things} to read`,
  partial: (things) => `Not all ${things} were read`,
  failed: (things) => `The last read of ${things} failed`,
  never: (things) => `The ${things} have not been read yet`,
}
const TONES: Readonly<Record<Exclude<ReadOutcome, 'complete'>, ReadWords['tone']>> = {
  not_permitted: 'warn',
  not_available: 'info',
  partial: 'warn',
  failed: 'bad',
  never: 'info',
}

/** What to say of a list that is not complete; null for one that is. `things` is what it lists: `users`. */
export function readWords(things: string, { outcome }: Freshness, reads: readonly ResourceHealth[]): ReadWords | null {
  if (outcome === 'complete') return null
  // The headers and the connection are two answers: a reason counts only for the outcome it belongs to.
  const read = reads.find((one) => one.outcome === outcome)
  const isNew = outcome === 'never'
  return {
    tone: TONES[outcome],
    title: TITLES[outcome](things),
    reason: read?.reason ?? (isNew ? 'They appear here once a sync has read them.' : null),
    remedy: read?.remedy ?? null,
  }
}

/** Whether the connection has been read completely again since the answer was given. */
export function isOutdated({ lastCompleteAt }: Freshness, reads: readonly ResourceHealth[]): boolean {
  const times = reads.map(({ last_complete_at: at }) => at)
  const earliest = times.length === 0 || times.includes(null) ? null : (times.toSorted()[0] ?? null)
  return earliest !== null && (lastCompleteAt === null || Date.parse(earliest) > Date.parse(lastCompleteAt))
}
