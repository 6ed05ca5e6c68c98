import { isoNow } from '../clock.ts'
import type { Page, ParentRef, Stream } from '../connectors/connector.ts'
import { type AppError, toAppError } from '../errors.ts'
import { type Step, saveStep } from '../store/jobs.ts'
import { underLease } from '../store/lease.ts'
import { clearRejected } from '../store/rejected.ts'
import { byteOrder, type Checkpoint, gapAt, readCheckpoint } from './checkpoint.ts'
import { type ListedPage, savePages } from './commit-pages.ts'
import { CommitQueue } from './commit-queue.ts'
import { eachPage } from './each-page.ts'
import { finishStep } from './finish-step.ts'
import { overlapBefore, type PageNotes } from './incremental/note-pages.ts'
import { clientFor, type JobContext, listingSettings } from './job-context.ts'
import { brokenOff, listedToTheEnd, type StepEnd } from './outcome.ts'
import { ParentSource } from './parents.ts'
import { scopeMatchesNothing, scopeOfMembers } from './scope.ts'

/** Refusals in a row, before anything was allowed, after which a listing per parent is given up. */
const REFUSALS = 10
/** Failures in a row, each after all its retries, after which Okta is taken to be down for this listing. */
const FAILURES = 3
/** Rows saved in one transaction, unless a single page has more: bounds the memory that a commit takes. */
const COMMIT_ROWS = 500

/**
 * Runs one stream to its end: the page loop. Pages are read, saved with their checkpoint in one transaction, and only a
 * complete, clean listing is reconciled. Goes on from the step's checkpoint, and leaves the step unfinished when told
 * to stop.
 * @throws AppError whose action is `stop`; the step can be resumed
 */
export async function runStep<Client>(stream: Stream<Client>, step: Step, job: JobContext<Client>): Promise<void> {
  if (step.state === 'ended') return
  const run = new StepRun(stream, step, job)
  await run.begin()
  const end = await run.list()
  if (end) await finishStep(stream, step, end, job)
}

class StepRun<Client> {
  readonly #stream: Stream<Client>
  readonly #step: Step
  readonly #job: JobContext<Client>
  readonly #client: Client
  readonly #queue: CommitQueue<ListedPage>
  readonly #startedAt: number
  readonly #secondsBefore: number
  #checkpoint: Checkpoint
  /** Parents begun and not yet under the checkpoint's low-water mark, in order. */
  readonly #issued: string[] = []
  #refusals = 0
  #failures = 0
  #allowed = false
  /** The listing has shown something, whether or not the scope keeps any of it. */
  #shown: boolean
  #givenUp: StepEnd | null = null

  constructor(stream: Stream<Client>, step: Step, job: JobContext<Client>) {
    this.#stream = stream
    this.#step = step
    this.#job = job
    this.#startedAt = job.clock.now()
    this.#secondsBefore = step.seconds
    this.#shown = step.pages > 0
    this.#checkpoint = readCheckpoint(step.checkpoint)
    this.#queue = new CommitQueue(
      (pages) => this.#save(pages),
      COMMIT_ROWS,
      ({ page }) => page.items.length,
    )
    this.#client = clientFor(stream, step, job)
  }

  async begin(): Promise<void> {
    if (this.#step.state === 'running') return
    this.#step.state = 'running'
    await underLease(this.#job.db, this.#job.lease, async (tx) => {
      await clearRejected(tx, this.#job.connection.id, this.#stream.name)
      await saveStep(tx, this.#job.jobId, this.#step, this.#at())
    })
  }

  /** Lists everything; null when told to stop before the end. */
  async list(): Promise<StepEnd | null> {
    try {
      const parents = await new ParentSource(this.#stream, this.#job, {
        checkpoint: () => this.#checkpoint,
        request: (parent, cursor) => this.#request(parent, cursor),
        save: (checkpoint) => this.#saveCheckpoint(checkpoint),
      }).open()
      const readers = Array.from({ length: this.#readers() }, () => this.#readEach(parents))
      for (const result of await Promise.allSettled(readers)) if (result.status === 'rejected') throw result.reason
    } catch (thrown) {
      const error = toAppError(thrown)
      if (error.action === 'stop' || this.#job.aborted.aborted) throw thrown
      return brokenOff(error, this.#step.rows_read > 0)
    }
    if (this.#givenUp) return this.#givenUp
    if (this.#job.stopping.aborted) return null
    if (this.#isOfNobody) return brokenOff(scopeMatchesNothing(this.#job.settings.scope), false)
    const { neverEmpty = false, parents } = this.#stream
    return listedToTheEnd(this.#step, this.#checkpoint, parents?.from, neverEmpty && !this.#shown)
  }

  /** Only members of chosen groups are wanted, and the org has none of the groups. */
  get #isOfNobody(): boolean {
    const { parents } = this.#stream
    return parents?.from === 'stream' && parents.column === null && this.#checkpoint.parentsDone === 0
  }

  /** Each reader holds one page in memory; those of a background listing are tiny and many. */
  #readers(): number {
    return this.#job.settings.parallelParents * (this.#stream.background ? 2 : 1)
  }

  get #over(): boolean {
    return this.#givenUp !== null || this.#job.stopping.aborted || this.#job.aborted.aborted
  }

  /** One of several readers that share the parents among them. */
  async #readEach(parents: AsyncIterator<ParentRef>): Promise<void> {
    while (!this.#over) {
      const next = await parents.next()
      if (next.done) return
      const parent = next.value
      this.#issued.push(parent.key)
      if (!this.#checkpoint.open[parent.key]?.done) await this.#readParent(parent)
    }
  }

  /** The listing of one parent, page by page, from where it was left. */
  async #readParent(parent: ParentRef): Promise<void> {
    const place = this.#checkpoint.open[parent.key]
    try {
      await eachPage({
        from: place && !place.done ? place.cursor : this.#logPlace(),
        ask: (cursor) => this.#stream.page(this.#request(parent, cursor)),
        keep: (page) => this.#keep(parent, page),
        isOver: () => this.#over,
        isLost: (error) => this.#placeIsLost(error),
        onRestart: ({ code }) =>
          this.#job.log.warn({ stream: this.#stream.name, code }, 'listing starts again from its first page'),
      })
    } catch (thrown) {
      const error = toAppError(thrown)
      if (!this.#stream.parents || error.action === 'stop' || this.#job.aborted.aborted) throw thrown
      await this.#passOver(parent, error)
    }
  }

  async #keep(parent: ParentRef, page: Page): Promise<void> {
    this.#allowed = true
    this.#failures = 0
    this.#shown ||= page.items.length > 0
    await this.#queue.commit({ parent, page, skipped: page.cutOff ? gapAt(parent.key, page.cutOff) : null })
  }

  /** Okta refuses a place in a listing after a while; a log's kept place with any of several answers. */
  #placeIsLost(error: AppError): boolean {
    return error.action === 'restart' || (this.#stream.entity.appendOnly && error.code === 'okta_bad_request')
  }

  /** A log is read on from where the last sync ended, unless a longer look back is asked for. */
  #logPlace(): string | null {
    const { log_cursor, log_since } = this.#job.connection
    if (!this.#stream.entity.appendOnly || log_since === null) return null
    return this.#job.mode === 'incremental' || log_since <= this.#logSince() ? log_cursor : null
  }

  #logSince(): string {
    return new Date(this.#startedAt - this.#job.settings.logDays * 86_400_000).toISOString()
  }

  /** One parent could not be listed: the others go on, and the step remembers. */
  async #passOver(parent: ParentRef, error: AppError): Promise<void> {
    const gone = error.code === 'okta_not_found' && (await this.#isGone(parent))
    const skipped = gone ? null : gapAt(parent.key, error)
    await this.#queue.commit({ parent, page: { items: [], next: null }, skipped })
    if (gone) return
    if (error.action === 'retry' && ++this.#failures >= FAILURES) this.#givenUp ??= brokenOff(error, this.#allowed)
    const refused = error.code === 'okta_scope_missing' || error.code === 'okta_feature_off'
    if (refused && !this.#allowed && this.#stream.parents?.from !== 'keys' && ++this.#refusals >= REFUSALS)
      this.#givenUp ??= brokenOff(error, false)
  }

  async #isGone(parent: ParentRef): Promise<boolean> {
    const { parents, parentGone } = this.#stream
    if (parentGone) return parentGone({ client: this.#client, parent })
    if (parents?.from !== 'stream') return false
    const get = this.#job.streams.get(parents.stream)?.get
    return get !== undefined && (await get({ client: this.#client, vendorId: parent.key })) === null
  }

  #request(parent: ParentRef, cursor: string | null) {
    const settings = listingSettings(this.#stream, this.#job, this.#startedAt)
    return { client: this.#client, cursor, parent, settings }
  }

  async #save(pages: readonly ListedPage[]): Promise<void> {
    const { db, connection, lease, settings, log } = this.#job
    const saved = await savePages(pages, {
      db,
      connection,
      lease,
      stream: this.#stream,
      step: { ...this.#step, seconds: this.#seconds() },
      checkpoint: this.#checkpoint,
      issued: this.#issued,
      // Listed by group, its users are members.
      scope:
        this.#stream.parents && this.#stream.entity.name === 'user' ? scopeOfMembers(settings.scope) : settings.scope,
      at: this.#at(),
      logSince: this.#logSince(),
      notes: this.#notes(),
    })
    this.#adopt(saved.step, saved.checkpoint)
    const { after } = saved.checkpoint
    while (this.#issued[0] !== undefined && after !== null && byteOrder(this.#issued[0], after) <= 0)
      this.#issued.shift()
    log.debug({ stream: this.#stream.name, pages: pages.length, rows: this.#step.rows_read }, 'pages committed')
    this.#job.onProgress(this.#stream.name)
  }

  #notes(): PageNotes {
    const { connection, connector, mode, startedAt } = this.#job
    return {
      connectionId: connection.id,
      at: this.#at(),
      targetsOf: (event) => connector.targetsOf(event),
      eventsFrom: mode === 'full' && connection.log_cursor === null ? overlapBefore(startedAt) : null,
      follows: connection.full_sync_at !== null,
      changedBy: overlapBefore(startedAt),
    }
  }

  async #saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const step = { ...this.#step, checkpoint, seconds: this.#seconds() }
    await underLease(this.#job.db, this.#job.lease, (tx) => saveStep(tx, this.#job.jobId, step, this.#at()))
    this.#adopt(step, checkpoint)
  }

  /** Takes over what has become durable; requests answered meanwhile stay counted. */
  #adopt(step: Step, checkpoint: Checkpoint): void {
    const { requests, rate_limited } = this.#step
    Object.assign(this.#step, step, { requests, rate_limited })
    this.#checkpoint = checkpoint
  }

  #seconds(): number {
    return this.#secondsBefore + (this.#job.clock.now() - this.#startedAt) / 1000
  }

  #at(): string {
    return isoNow(this.#job.clock)
  }
}
