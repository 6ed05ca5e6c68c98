import type { AppError } from '../errors.ts'

/**
 * The durable place of a step, committed with the rows it stands for.
 *
 * A step lists once per parent (a listing without parents has one, named ''). Several parents are read at once and end
 * in any order, so the place is a low-water mark: `after`, the last parent before which everything is done, and what is
 * known of the parents above it.
 */
export interface Checkpoint {
  /** Parents up to and including this key are done. Keys come in byte order. Null: none yet. */
  readonly after: string | null
  /** Parents beyond `after` that were begun: where their next page is, or that they are done. */
  readonly open: Readonly<Record<string, ParentPlace>>
  /** Where parents come from a listing of their own: what that listing has shown. */
  readonly listed?: ListedParents
  /** Parents that were not read, by reason: the step cannot be complete, or their records stay untouched. */
  readonly skipped: readonly SkippedParent[]
  /** Parents read to their end. */
  readonly parentsDone: number
  /** The latest time of change that the records have shown, as ISO time, where later syncs ask what changed since. */
  readonly mark?: string
}

export type ParentPlace = { readonly done: true } | { readonly done: false; readonly cursor: string }

export interface ListedParents {
  readonly keys: readonly string[]
  readonly cursor: string | null
  readonly done: boolean
}

export interface SkippedParent {
  readonly key: string
  readonly code: string
  readonly reason: string
}

export const START: Checkpoint = { after: null, open: {}, skipped: [], parentsDone: 0 }

export function readCheckpoint(stored: unknown): Checkpoint {
  return { ...START, ...(stored as Partial<Checkpoint>) }
}

/** Byte order, as PostgreSQL's "C" collation has it: the order in which parents are read. */
export const byteOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** After a page of `key`: its next page is at `cursor`. */
export const movedOn = (checkpoint: Checkpoint, key: string, cursor: string): Checkpoint => ({
  ...checkpoint,
  open: { ...checkpoint.open, [key]: { done: false, cursor } },
})

/** After the last page of `key`. `issued`: every parent begun so far and not yet under the low-water mark, in order. */
export function finished(checkpoint: Checkpoint, key: string, issued: readonly string[]): Checkpoint {
  const open: Record<string, ParentPlace> = { ...checkpoint.open, [key]: { done: true } }
  let after = checkpoint.after
  for (const next of issued) {
    if (!open[next]?.done) break
    delete open[next]
    after = next
  }
  return { ...checkpoint, open, after, parentsDone: checkpoint.parentsDone + 1 }
}

/** The parent `key` as one that could not be read, and why. */
export const gapAt = (key: string, { code, message }: AppError): SkippedParent => ({ key, code, reason: message })

export const skipping = (checkpoint: Checkpoint, parent: SkippedParent): Checkpoint => ({
  ...checkpoint,
  // One refusal tells as much as ten thousand; the count is kept, the list is bounded.
  skipped: checkpoint.skipped.length < MAX_SKIPPED ? [...checkpoint.skipped, parent] : checkpoint.skipped,
})

const MAX_SKIPPED = 200
