import type { ParentRef, Stream } from '../../connectors/connector.ts'
import { listLiveIds, listLiveIdsOf, liveRows } from '../../store/list.ts'
import { isTooMany, markDeleted } from '../../store/reconcile.ts'
import { enqueueTargets } from '../../store/refetch-queue.ts'
import { forgetRejected, saveRejected } from '../../store/rejected.ts'
import { type Incoming, upsert } from '../../store/upsert.ts'
import { normalizePage } from '../commit-pages.ts'
import type { JobContext } from '../job-context.ts'
import { withinScope } from '../scope.ts'
import { followsOf } from './note-pages.ts'
import type { RoundTx } from './round-commits.ts'

/** What was read of one listing or record. */
export interface ReadItems<Client> {
  /** Whose `normalize` reads the items. */
  readonly reader: Stream<Client>
  /** Whose rows they become. */
  readonly storedAs: Stream<Client>
  readonly parent: ParentRef
  readonly items: readonly unknown[]
  /** The first page of a parent's listing: what was rejected of it before is told anew. */
  readonly isFirstOfParent: boolean
}

/** What a round writes, each in a transaction that its caller opens. */
export class RoundWrites<Client> {
  readonly #job: JobContext<Client>
  /** Records of each stream that this run has found gone by themselves, not with another. */
  readonly #gone = new Map<string, number>()

  constructor(job: JobContext<Client>) {
    this.#job = job
  }

  /**
   * Stores items, and queues what follows from them. Resolves to the records, our ids of those
   * that the scope keeps, and how many items were rejected.
   */
  async storeItems(
    { tx, at, step }: RoundTx,
    { reader, storedAs, parent, items, isFirstOfParent }: ReadItems<Client>,
  ): Promise<{ records: readonly Incoming[]; ids: readonly string[]; rejected: number }> {
    const { connection, jobId, settings } = this.#job
    const context = { connectionId: connection.id, jobId, stream: storedAs.name, at }
    const { records, rejected } = normalizePage(reader, connection.id, parent, items)
    const kept = await withinScope(tx, storedAs.entity, records, settings.scope)
    await enqueueTargets(
      tx,
      context,
      await followsOf(tx, storedAs, kept, { connectionId: connection.id, changedBy: at }),
    )
    const counts = await upsert(tx, storedAs.entity, kept, context)
    if (isFirstOfParent || rejected.length > 0)
      await forgetRejected(tx, {
        ...context,
        parentKey: isFirstOfParent ? parent.key : null,
        items: rejected.map(({ raw }) => raw),
      })
    await saveRejected(tx, rejected, context)
    const account = step(storedAs.name)
    account.rows_read += counts.read
    account.created += counts.created
    account.changed += counts.changed
    account.rejected += rejected.length
    account.pages += 1
    return {
      records,
      ids: kept.map(({ row }) => storedAs.entity.idOf(connection.id, row.vendor_id)),
      rejected: rejected.length,
    }
  }

  /**
   * Marks what a complete, clean listing did not show, unless that is more than may go unasked. `parent` null: the
   * listing was of the whole stream. `isEmpty`: it listed nothing at all.
   */
  async markUnshown(
    round: RoundTx,
    stream: Stream<Client>,
    parent: { readonly column: string; readonly id: string } | null,
    shown: ReadonlySet<string>,
    isEmpty = shown.size === 0,
  ): Promise<void> {
    const rows = { connectionId: this.#job.connection.id, stream: stream.name, parent }
    const live = await listLiveIds(round.tx, stream.entity, rows)
    const gone = live.filter(({ id }) => !shown.has(id))
    await this.#markGone(round, stream, gone, parent === null && isEmpty ? 1 : this.#job.settings.deleteAtLeast)
  }

  /** Marks a record that is gone by itself, with all that hangs on it, unless that is more than may go unasked. */
  async markRecordGone(round: RoundTx, stream: Stream<Client>, key: string): Promise<void> {
    const { connection, settings } = this.#job
    const id = stream.entity.idOf(connection.id, key)
    if (!(await liveRows(round.tx, stream.entity, [id])).has(id)) return
    await this.#markGone(round, stream, [{ id }], settings.deleteAtLeast)
  }

  /** Records that are gone go with all that hangs on them. */
  async #takeAlong(round: RoundTx, { name }: Stream<Client>, ids: readonly string[]): Promise<void> {
    const connectionId = this.#job.connection.id
    const rowsOf = (child: Stream<Client>, column: string) =>
      listLiveIdsOf(round.tx, child.entity, { connectionId, stream: child.name, column, ids })
    for (const child of this.#job.streams.values()) {
      for (const [column, of] of Object.entries(child.goesWith ?? {}))
        if (of === name) await this.#markEdges(round, child, await rowsOf(child, column))
      for (const [column, of] of Object.entries(child.changesWith ?? {}))
        if (of === name) await this.#queueRows(round, child, await rowsOf(child, column))
    }
  }

  /** Each by itself, or with the listing that shows them all, as the plan finds cheaper. */
  async #queueRows({ tx, at }: RoundTx, child: Stream<Client>, rows: readonly { vendor_id: string }[]): Promise<void> {
    const targets = rows.map(({ vendor_id: key }) => {
      const owner = child.ownerOf?.(key)
      const target = { kind: 'record' as const, stream: child.name, key }
      return owner === undefined ? target : { ...target, shownBy: { stream: child.name, key: owner } }
    })
    await enqueueTargets(tx, { connectionId: this.#job.connection.id, at }, targets)
  }

  async #markEdges(round: RoundTx, child: Stream<Client>, edges: readonly { id: string }[]): Promise<void> {
    if (edges.length === 0) return
    const { connection, jobId } = this.#job
    await markDeleted(round.tx, child.entity, edges, { connectionId: connection.id, jobId, at: round.at })
    round.step(child.name).deleted += edges.length
  }

  /** All that a round finds gone by itself is weighed together: many small losses are a large one. */
  async #markGone(
    round: RoundTx,
    stream: Stream<Client>,
    gone: readonly { id: string }[],
    atLeast: number,
  ): Promise<void> {
    if (gone.length === 0) return
    const { tx, at, step } = round
    const { name, entity } = stream
    const { connection, jobId, settings } = this.#job
    const before = this.#gone.get(name) ?? 0
    const limit = settings.confirmDeletes ? null : { share: settings.deleteShare, atLeast }
    const context = { connectionId: connection.id, stream: name, limit }
    // Those that went before count among the live ones of which a share may go.
    if (await isTooMany(tx, entity, context, before + gone.length, -before)) {
      step(name).held_deletes += gone.length
      return
    }
    this.#gone.set(name, before + gone.length)
    await markDeleted(tx, entity, gone, { connectionId: connection.id, jobId, at })
    step(name).deleted += gone.length
    await this.#takeAlong(
      round,
      stream,
      gone.map(({ id }) => id),
    )
  }
}
