import type { Schema } from '../../src/client/index.ts'
import { outcomeWords, type Words } from '../connection/words.ts'

export type Overview = Schema<'Overview'>
/** How what a part counts was read. */
export type Reading = Pick<Overview['groups'], 'outcome' | 'last_complete_at'>

/** What is wrong with a reading, in a few words; null when nothing is. */
export function readingWords({ outcome }: Reading, isSyncing: boolean): Words | null {
  if (outcome === 'complete') return null
  if (outcome === 'never')
    return isSyncing ? { tone: 'busy', text: 'Being read' } : { tone: 'idle', text: 'Not read yet' }
  return outcomeWords(outcome)
}

/**
 * Why a part shows nothing, as a sentence: nothing there, nothing allowed, nothing offered and nothing tried are four
 * things. `things` is what the part counts: `administrators`.
 */
export function whyNothing({ outcome }: Reading, things: string, isSyncing: boolean): string {
  switch (outcome) {
    case 'complete':
      return `Okta was read completely, and there are no ${things}.`
    case 'not_permitted':
      return `The token may not read ${things}. There may be some all the same.`
    case 'not_available':
      return `Okta does not offer ${things} in this org.`
    case 'partial':
      return `The last read of ${things} ended early, before any was found.`
    case 'failed':
      return `The last read of ${things} failed. The next sync tries again.`
    case 'never':
      return isSyncing ? `The first sync is reading ${things}.` : `No sync has read ${things} yet.`
  }
}

/** What to know about numbers that are not complete, as a sentence; null where they are. */
export function whatToKnow({ outcome }: Reading, things: string): string | null {
  switch (outcome) {
    case 'complete':
      return null
    case 'not_permitted':
      return `The token may no longer read ${things}. These numbers are from before.`
    case 'not_available':
      return `Okta no longer offers ${things} in this org. These numbers are from before.`
    case 'partial':
      return `The last read of ${things} was not complete. The true numbers may be higher.`
    case 'failed':
      return `The last read of ${things} failed. These numbers are from before.`
    case 'never':
      return `The first read of ${things} has not ended. These numbers still grow.`
  }
}
