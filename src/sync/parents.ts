import type { PageRequest, ParentRef, Parents, Stream } from '../connectors/connector.ts'
import { type AppError, toAppError } from '../errors.ts'
import { isEverything } from '../model/scope.ts'
import { listSeen, liveIds } from '../store/list.ts'
import { byteOrder, type Checkpoint, gapAt, type ListedParents, skipping } from './checkpoint.ts'
import { spared } from './incremental/spare.ts'
import type { JobContext } from './job-context.ts'
import { PageWatch } from './page-watch.ts'

/** The one parent of a listing that has none. */
const NO_PARENT: ParentRef = { key: '', row: {} }

const BATCH = 500

interface StepAccess<Client> {
  checkpoint(): Checkpoint
  request(parent: ParentRef, cursor: string | null): PageRequest<Client>
  /** Makes a checkpoint durable. */
  save(checkpoint: Checkpoint): Promise<void>
}

type From<Client, Kind extends Parents<Client>['from']> = Extract<Parents<Client>, { from: Kind }>

/** The parents of one step's listings, in byte order of their keys, beginning after what the checkpoint has done. */
export class ParentSource<Client> {
  readonly #stream: Stream<Client>
  readonly #job: JobContext<Client>
  readonly #step: StepAccess<Client>

  constructor(stream: Stream<Client>, job: JobContext<Client>, step: StepAccess<Client>) {
    this.#stream = stream
    this.#job = job
    this.#step = step
  }

  async open(): Promise<AsyncIterator<ParentRef>> {
    const { parents } = this.#stream
    const { after } = this.#step.checkpoint()
    if (!parents) return onlyOnce(after)
    if (parents.from === 'stream') {
      let total = 0
      for await (const _ of this.#stored(parents, null)) total++
      this.#job.onProgress(this.#stream.name, { parentsTotal: total })
      return this.#stored(parents, after)
    }
    const keys = parents.from === 'keys' ? parents.keys(this.#job.facts) : await this.#listedInScope(parents)
    const ordered = [...new Set(keys)].sort(byteOrder)
    this.#job.onProgress(this.#stream.name, { parentsTotal: ordered.length })
    return inOrder(ordered, after)
  }

  /** Stored records of the parents' stream that this job has seen. */
  async *#stored(parents: From<Client, 'stream'>, after: string | null): AsyncGenerator<ParentRef> {
    const parent = this.#job.streams.get(parents.stream)
    if (!parent) throw new Error(`${this.#stream.name} names an unknown parent stream ${parents.stream}`)
    let place = after
    for (;;) {
      const rows = await listSeen(this.#job.db, parent.entity, {
        connectionId: this.#job.connection.id,
        jobId: this.#job.jobId,
        stream: parents.stream,
        after: place,
        limit: BATCH,
        child:
          parents.column === null
            ? null
            : { table: this.#stream.entity.table, column: parents.column, stream: this.#stream.name },
      })
      const toRead = rows.filter((row) => parents.needs(row) || (parents.verifyEmpty && row.has_children))
      const good = await spared(this.#stream, toRead, this.#job)
      for (const row of toRead) if (!good.has(row.vendor_id)) yield { key: row.vendor_id, row }
      const last = rows.at(-1)
      if (!last || rows.length < BATCH) return
      place = last.vendor_id
    }
  }

  /** Of those that are records the stored ones: under a scope nothing would be kept of the others. */
  async #listedInScope(parents: From<Client, 'listing'>): Promise<readonly string[]> {
    const keys = await this.#listed(parents)
    const { refetch } = this.#stream
    const entity = refetch?.parents == null ? undefined : this.#job.streams.get(refetch.parents)?.entity
    if (isEverything(this.#job.settings.scope) || !refetch || !entity) return keys
    const idOf = (key: string) => refetch.parentId(this.#job.connection.id, key)
    const stored = await liveIds(this.#job.db, entity, keys.map(idOf))
    return keys.filter((key) => stored.has(idOf(key)))
  }

  /**
   * The keys that a listing of its own names; what it has shown so far is kept page by page. Where it breaks off, those
   * it has shown are read all the same, and the step remembers the gap.
   */
  async #listed(parents: From<Client, 'listing'>): Promise<readonly string[]> {
    let listed: ListedParents = this.#step.checkpoint().listed ?? { keys: [], cursor: null, done: false }
    let watch = new PageWatch()
    let restarted = false
    while (!listed.done && !this.#job.stopping.aborted) {
      let cutOff: AppError | undefined
      try {
        watch.enter(listed.cursor)
        const page = await parents.page(this.#step.request(NO_PARENT, listed.cursor))
        const keys = page.items.map((item) => parents.keyOf(item)).filter((key) => key !== null)
        listed = { keys: [...listed.keys, ...keys], cursor: page.next, done: page.next === null }
        cutOff = page.cutOff
        if (page.next !== null) watch.leave(page.items)
      } catch (thrown) {
        const error = toAppError(thrown)
        if (error.action === 'stop' || this.#job.aborted.aborted || listed.cursor === null) throw thrown
        if (error.action === 'restart' && !restarted) {
          restarted = true
          watch = new PageWatch()
          listed = { ...listed, cursor: null }
          continue
        }
        listed = { ...listed, done: true }
        cutOff = error
      }
      await this.#saveListed(listed, cutOff)
    }
    return listed.keys
  }

  #saveListed(listed: ListedParents, cutOff: AppError | undefined): Promise<void> {
    const place = { ...this.#step.checkpoint(), listed }
    return this.#step.save(cutOff ? skipping(place, gapAt(NO_PARENT.key, cutOff)) : place)
  }
}

async function* onlyOnce(after: string | null): AsyncGenerator<ParentRef> {
  if (after === null) yield NO_PARENT
}

async function* inOrder(keys: readonly string[], after: string | null): AsyncGenerator<ParentRef> {
  for (const key of keys) if (after === null || byteOrder(key, after) > 0) yield { key, row: {} }
}
