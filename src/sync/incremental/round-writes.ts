import type { ParentRef, Stream } from '../../connectors/connector.ts'
import { User } from '../../model/user.ts'
import type { Queryable } from '../../store/db.ts'
import { listLiveIds, listLiveIdsOf, liveIds, liveRows } from '../../store/list.ts'
import { isTooMany, markDeleted } from '../../store/reconcile.ts'
import { enqueueTargets, type WantedTarget } from '../../store/refetch-queue.ts'
import { forgetRejected, saveRejected } from '../../store/rejected.ts'
import { type Incoming, upsert } from '../../store/upsert.ts'
import { normalizePage } from '../commit-pages.ts'
import type { JobContext } from '../job-context.ts'
import { scopeOfMembers, withinScope } from '../scope.ts'
import { isListingOfMembers, listingsOf, toLookAfter } from './members-only.ts'
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
  /** Users who are known to be in a chosen group. */
  readonly areMembers?: boolean
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
    round: RoundTx,
    { reader, storedAs, parent, items, isFirstOfParent, areMembers = false }: ReadItems<Client>,
  ): Promise<{ records: readonly Incoming[]; ids: readonly string[]; rejected: number }> {
    const { tx, at, step } = round
    const { connection, jobId, settings } = this.#job
    if (isListingOfMembers(this.#job, reader)) await this.#storeMembers(round, items)
    const context = { connectionId: connection.id, jobId, stream: storedAs.name, at }
    const { records, rejected } = normalizePage(reader, connection.id, parent, items)
    const scope = areMembers ? scopeOfMembers(settings.scope) : settings.scope
    const kept = await withinScope(tx, storedAs.entity, records, { scope, connectionId: connection.id })
    if (areMembers) await enqueueTargets(tx, context, await this.#listingsOfNew(tx, kept))
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

  /** The users that a group's listing consists of, before they are its members. */
  async #storeMembers(round: RoundTx, items: readonly unknown[]): Promise<void> {
    const users = this.#job.streams.get('users')
    if (!users) return
    const read = { reader: users, storedAs: users, parent: { key: '', row: {} }, isFirstOfParent: false }
    await this.storeItems(round, { ...read, items, areMembers: true })
  }

  async #listingsOfNew(tx: Queryable, users: readonly Incoming[]): Promise<WantedTarget[]> {
    const idOf = ({ row }: Incoming) => User.idOf(this.#job.connection.id, row.vendor_id)
    const known = await liveIds(tx, User, users.map(idOf))
    return listingsOf(
      this.#job,
      users.filter((user) => !known.has(idOf(user))).map(({ row }) => row),
    )
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
    if (edges.length > 0) await this.#mark(round, child, edges)
  }

  async #mark({ tx, at, step }: RoundTx, stream: Stream<Client>, gone: readonly { id: string }[]): Promise<void> {
    const context = { connectionId: this.#job.connection.id, jobId: this.#job.jobId, at }
    await markDeleted(tx, stream.entity, gone, context)
    step(stream.name).deleted += gone.length
    await enqueueTargets(tx, context, await toLookAfter(tx, this.#job, stream, gone))
  }

  /** All that a round finds gone by itself is weighed together: many small losses are a large one. */
  async #markGone(
    round: RoundTx,
    stream: Stream<Client>,
    gone: readonly { id: string }[],
    atLeast: number,
  ): Promise<void> {
    if (gone.length === 0) return
    const { name, entity } = stream
    const { connection, settings } = this.#job
    const before = this.#gone.get(name) ?? 0
    const limit = settings.confirmDeletes ? null : { share: settings.deleteShare, atLeast }
    const context = { connectionId: connection.id, stream: name, limit }
    // Those that went before count among the live ones of which a share may go.
    if (await isTooMany(round.tx, entity, context, before + gone.length, -before)) {
      round.step(name).held_deletes += gone.length
      return
    }
    this.#gone.set(name, before + gone.length)
    await this.#mark(round, stream, gone)
    await this.#takeAlong(
      round,
      stream,
      gone.map(({ id }) => id),
    )
  }
}
