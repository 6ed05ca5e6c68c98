import type { Stream } from '../../connectors/connector.ts'
import { toAppError } from '../../errors.ts'
import { dropTargets, listTargets, QUEUED_AT_ONCE, type QueuedTarget } from '../../store/refetch-queue.ts'
import { plannedReads } from '../planning/plan-reads.ts'
import { placeOf, planRefetch, type Refetch } from './plan-refetch.ts'
import { countRows, type Reader, type RoundContext, refetch } from './refetch.ts'
import type { Troubles } from './troubles.ts'

/** Rows that a page has where a stream does not say: such listings are not paged. */
const UNPAGED = 10_000

/**
 * Reads what the queue names until nothing is left that this round has not tried: each record and each listing once,
 * parents before what hangs on them, what waits for others last. Resolves to what it could not read.
 */
export function drainQueue<Client>(round: RoundContext<Client>, troubles: Troubles): Promise<readonly QueuedTarget[]> {
  return new Drain(round, troubles).run()
}

class Drain<Client> {
  readonly #round: RoundContext<Client>
  readonly #troubles: Troubles
  readonly #readers = new Map<string, Reader<Client>>()
  readonly #order: readonly string[]
  readonly #tried = new Set<string>()
  readonly #total = new Map<string, number>()
  readonly #left: QueuedTarget[] = []

  constructor(round: RoundContext<Client>, troubles: Troubles) {
    this.#round = round
    this.#troubles = troubles
    const { streams, connector } = round.job
    for (const stream of [...streams.values(), ...connector.sideways]) {
      const storedAs = streams.get(stream.refetch?.storedAs ?? stream.name)
      if (storedAs && !storedAs.entity.appendOnly) this.#readers.set(stream.name, { stream, storedAs })
    }
    const all = [...streams.values()]
    const isLast = ({ background }: Stream<Client>) => background === true
    this.#order = [...all.filter((one) => !isLast(one)), ...all.filter(isLast)].map(({ name }) => name)
  }

  async run(): Promise<readonly QueuedTarget[]> {
    for (let isFirst = true; ; isFirst = false) {
      if (this.#isOver) return []
      const queue = await listTargets(this.#round.job.db, this.#round.job.connection.id, QUEUED_AT_ONCE)
      const known = queue.filter(({ stream }) => this.#readers.has(stream))
      const plan = planRefetch(known, await this.#costs(known), (place) => this.#isReadable(place))
      if (isFirst) await this.#round.job.onPlanned(await plannedReads(plan.reads, this.#readers, this.#round.job))
      const reads = this.#firstOf(plan.reads)
      if (reads.length > 0) await this.#readAll(reads)
      else if (plan.checks.length > 0) await this.#check(plan.checks)
      else return this.#leftOf(queue)
    }
  }

  get #isOver(): boolean {
    return this.#round.job.stopping.aborted || this.#round.job.aborted.aborted
  }

  /** Not tried in this round, and of a stream that may be asked. */
  #isReadable(place: string): boolean {
    const [, stream = ''] = place.split(' ', 2)
    return !this.#tried.has(place) && this.#readers.has(stream) && !this.#troubles.isRefused(stream)
  }

  /** How many requests each listing takes that the queue names: by the vendor's count, or by what is stored of it. */
  async #costs(queue: readonly QueuedTarget[]): Promise<(listing: { stream: string; key: string }) => number> {
    const costs = new Map<string, number>()
    const note = async (stream: string, key: string, counted: number | null) => {
      const place = placeOf({ kind: 'children', stream, key })
      const reader = this.#readers.get(stream)
      if (!reader || costs.has(place)) return
      const rows = counted ?? (await countRows(key, { ...reader, job: this.#round.job }))
      costs.set(place, Math.max(1, Math.ceil(rows / this.#pageSize(reader.stream))))
    }
    for (const { stream, key, unless_rows } of queue) if (unless_rows !== null) await note(stream, key, unless_rows)
    for (const { shown_by_stream, shown_by_key } of queue)
      if (shown_by_stream !== '') await note(shown_by_stream, shown_by_key, null)
    return ({ stream, key }) => costs.get(placeOf({ kind: 'children', stream, key })) ?? 1
  }

  #pageSize({ name, pageSize }: Stream<Client>): number {
    return this.#round.job.settings.pageSizes[name] ?? pageSize?.default ?? UNPAGED
  }

  /** The reads whose turn it is: of the first stream that has any; whole streams first, since they name more. */
  #firstOf(reads: readonly Refetch[]): readonly Refetch[] {
    const turn = ({ stream, kind }: Refetch) => {
      const storedAs = this.#readers.get(stream)?.storedAs.name ?? ''
      return this.#order.indexOf(storedAs) * 2 + (kind === 'stream' ? 0 : 1)
    }
    const first = reads.reduce((least, read) => Math.min(least, turn(read)), Number.POSITIVE_INFINITY)
    return reads.filter((read) => turn(read) === first)
  }

  async #readAll(reads: readonly Refetch[]): Promise<void> {
    const { job } = this.#round
    const storedAs = this.#readers.get(reads[0]?.stream ?? '')?.storedAs
    const step = storedAs && job.steps.get(storedAs.name)
    if (!storedAs || !step) return
    const total = (this.#total.get(storedAs.name) ?? 0) + reads.length
    this.#total.set(storedAs.name, total)
    job.onProgress(storedAs.name, { parentsTotal: total })
    const beganAt = job.clock.now()
    const waiting = [...reads]
    const readers = job.settings.parallelParents * (storedAs.background ? 2 : 1)
    const results = await Promise.allSettled(Array.from({ length: readers }, () => this.#readEach(waiting)))
    step.seconds += (job.clock.now() - beganAt) / 1000
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #readEach(waiting: Refetch[]): Promise<void> {
    while (!this.#isOver) {
      const next = waiting.shift()
      if (!next) return
      if (this.#isReadable(placeOf(next))) await this.#read(next)
    }
  }

  async #read(read: Refetch): Promise<void> {
    const { job, commits } = this.#round
    const reader = this.#readers.get(read.stream)
    if (!reader) return
    this.#tried.add(placeOf(read))
    const { name } = reader.storedAs
    try {
      await refetch(read, reader, this.#round)
      this.#troubles.none(read.stream, name)
    } catch (thrown) {
      const error = toAppError(thrown)
      if (error.action === 'stop' || job.aborted.aborted) throw thrown
      // The org does not have it, such as a type of policy: nothing comes of asking again.
      const lacks = error.code === 'okta_feature_off' && reader.stream.parents?.from === 'keys'
      if (lacks) return commits.commit(1, ({ tx }) => dropTargets(tx, job.connection.id, read.lines))
      job.log.info({ stream: read.stream, code: error.code }, 'not read again in this round')
      this.#left.push(...read.lines)
      this.#troubles.note(read.stream, name, error)
    }
  }

  /** Listings whose parents have moved: needless where as many rows stand as the vendor counts. */
  async #check(checks: readonly Refetch[]): Promise<void> {
    const { job, commits } = this.#round
    const unequal = new Map<string, Refetch[]>()
    for (const check of checks) {
      const reader = this.#readers.get(check.stream)
      if (!reader) continue
      const rows = await countRows(check.key, { ...reader, job })
      const isRight = check.lines.every((line) => line.unless_rows === null || line.unless_rows === rows)
      if (isRight) await commits.commit(1, ({ tx }) => dropTargets(tx, job.connection.id, check.lines))
      else unequal.set(check.stream, [...(unequal.get(check.stream) ?? []), check])
    }
    for (const reads of unequal.values()) await this.#readAll(reads)
  }

  /** What could not be read, and what was not even asked for because its stream was refused, or is not known any more. */
  #leftOf(queue: readonly QueuedTarget[]): readonly QueuedTarget[] {
    const failed = new Set(this.#left.map(({ seq }) => seq))
    return queue.filter(
      ({ seq, stream }) => failed.has(seq) || this.#troubles.isRefused(stream) || !this.#readers.has(stream),
    )
  }
}
