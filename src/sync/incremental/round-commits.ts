import { isoNow } from '../../clock.ts'
import type { Queryable } from '../../store/db.ts'
import { type Step, saveSteps } from '../../store/jobs.ts'
import { underLease } from '../../store/lease.ts'
import { CommitQueue } from '../commit-queue.ts'
import type { JobContext } from '../job-context.ts'

/** The transaction that a write goes into, with the steps that account for it. */
export interface RoundTx {
  readonly tx: Queryable
  /** ISO time of the commit. */
  readonly at: string
  /** The step of a stream, to count in; durable with the transaction. */
  step(stream: string): Step
}

export type Write = (round: RoundTx) => Promise<void>

/** Rows saved in one transaction, unless a single write has more. */
const COMMIT_ROWS = 500

/**
 * All that a round writes, one transaction at a time: several listings may show the same record, and the feed of changes
 * relies on it that no two transactions about a record overlap.
 */
export class RoundCommits<Client> {
  readonly #job: JobContext<Client>
  readonly #queue: CommitQueue<{ write: Write; rows: number }>

  constructor(job: JobContext<Client>) {
    this.#job = job
    this.#queue = new CommitQueue(
      (items) => this.#save(items.map(({ write }) => write)),
      COMMIT_ROWS,
      ({ rows }) => Math.max(1, rows),
    )
  }

  /** Resolves when the write is durable. `rows`: how much it writes, about. */
  commit(rows: number, write: Write): Promise<void> {
    return this.#queue.commit({ rows, write })
  }

  async #save(writes: readonly Write[]): Promise<void> {
    const { db, lease, jobId, clock, steps } = this.#job
    const at = isoNow(clock)
    const touched = new Map<string, Step>()
    const step = (stream: string): Step => {
      const known = touched.get(stream) ?? { ...(steps.get(stream) as Step) }
      touched.set(stream, known)
      return known
    }
    await underLease(db, lease, async (tx) => {
      for (const write of writes) await write({ tx, at, step })
      await saveSteps(tx, jobId, [...touched.values()], at)
    })
    for (const [stream, saved] of touched) {
      const known = steps.get(stream)
      // Requests answered meanwhile stay counted.
      if (known) Object.assign(known, saved, { requests: known.requests, rate_limited: known.rate_limited })
      this.#job.onProgress(stream)
    }
  }
}
