import type { Page, ParentRef, Stream } from '../../connectors/connector.ts'
import { AppError, toAppError } from '../../errors.ts'
import { countLive, liveRows } from '../../store/list.ts'
import { dropTargets, enqueueTargets, listTargetsOf, type QueuedTarget } from '../../store/refetch-queue.ts'
import { eachPage } from '../each-page.ts'
import { clientFor, type JobContext, listingSettings } from '../job-context.ts'
import { expand } from './expand.ts'
import { letIn, standingOf } from './members-only.ts'
import { isRemembered, noteParents } from './note-pages.ts'
import type { Refetch } from './plan-refetch.ts'
import type { RoundCommits, RoundTx } from './round-commits.ts'
import type { RoundWrites } from './round-writes.ts'

export interface RoundContext<Client> {
  readonly job: JobContext<Client>
  readonly commits: RoundCommits<Client>
  readonly writes: RoundWrites<Client>
}

/** A stream that a target may name, and whose rows it brings. */
export interface Reader<Client> {
  readonly stream: Stream<Client>
  readonly storedAs: Stream<Client>
}

/** What one read works with. */
export interface ReadContext<Client> extends RoundContext<Client>, Reader<Client> {
  readonly client: Client
}

/**
 * Reads once what the queue names, and takes it out of the queue in the transaction that stores what was read.
 * @throws AppError why it could not be read; it stays in the queue
 */
export async function refetch<Client>(
  { kind, key, lines }: Omit<Refetch, 'stream'>,
  reader: Reader<Client>,
  round: RoundContext<Client>,
): Promise<void> {
  const step = round.job.steps.get(reader.storedAs.name)
  if (!step) return
  const context = { ...round, ...reader, client: clientFor({ ...reader.stream, name: step.stream }, step, round.job) }
  if (kind === 'record') return readRecord(key, lines, context)
  if (kind === 'children') return readChildren(key, lines, context)
  if (reader.stream.parents) return expand(lines, context)
  return readListing({ parent: { key: '', row: {} }, isAsked: true }, lines, context)
}

async function readRecord<Client>(key: string, lines: readonly QueuedTarget[], context: ReadContext<Client>) {
  const { stream, storedAs, client, job, commits, writes } = context
  const connectionId = job.connection.id
  if ((await standingOf(job.db, key, storedAs, job)) !== null)
    return commits.commit(1, async (round) => {
      // Somebody may have let them in again meanwhile.
      const standing = await standingOf(round.tx, key, storedAs, job)
      if (standing === 'left') await writes.markRecordGone(round, storedAs, key)
      if (standing !== null) await dropTargets(round.tx, connectionId, lines)
    })
  const item = stream.get ? await stream.get({ client, vendorId: key }) : undefined
  const owner = stream.ownerOf?.(key) ?? ''
  const row = owner === '' ? null : await parentRow(owner, context)
  await commits.commit(1, async (round) => {
    const read = { reader: stream, storedAs, parent: { key: owner, row: row ?? {} }, isFirstOfParent: false }
    if (item === null) await writes.markRecordGone(round, storedAs, key)
    else if (item !== undefined) await writes.storeItems(round, { ...read, items: [item] })
    await dropTargets(round.tx, connectionId, lines)
  })
}

async function readChildren<Client>(key: string, lines: readonly QueuedTarget[], context: ReadContext<Client>) {
  const { stream, storedAs, job, commits } = context
  if (stream.refetch?.parents == null) return readListing({ parent: { key, row: {} }, isAsked: true }, lines, context)
  const { row, isNew } = await knownParent(key, lines, context)
  // Gone, or outside the scope: what hung on it went with it, or was never kept.
  if (row === null) return commits.commit(1, ({ tx }) => dropTargets(tx, job.connection.id, lines))
  // A new parent has named its listing anew, and that is about to be read.
  const place = { kind: 'children', stream: stream.name, key } as const
  const named = isNew ? [...lines, ...(await listTargetsOf(job.db, job.connection.id, place))] : lines
  const { parents } = storedAs
  const isSideways = stream.name !== storedAs.name
  // A parent that has nothing to list is not asked; where a count says so it is, while rows of it stand.
  const isNeeded = isSideways || parents?.from !== 'stream' || parents.needs(row)
  const isAsked = isNeeded || (parents.verifyEmpty === true && (await countRows(key, context)) > 0)
  return readListing({ parent: { key, row }, isAsked }, named, context)
}

/** The listing of one parent, or of a whole stream, page by page; what it does not show at its end is gone. */
async function readListing<Client>(
  { parent, isAsked }: { parent: ParentRef; isAsked: boolean },
  lines: readonly QueuedTarget[],
  context: ReadContext<Client>,
): Promise<void> {
  const { stream, client, job, commits } = context
  const shown = new Set<string>()
  let rejected = 0
  const settings = listingSettings(stream, job)
  const keep = async (page: Page, isFirst: boolean) => {
    const isNone = isFirst && page.items.length === 0 && parent.key === '' && stream.neverEmpty === true
    if (isNone) throw new AppError('okta_suspicious_empty', `Okta listed no ${stream.name} at all.`)
    await commits.commit(page.items.length, async (round) => {
      const items = { reader: stream, storedAs: context.storedAs, parent, items: page.items, isFirstOfParent: isFirst }
      const stored = await context.writes.storeItems(round, items)
      for (const id of stored.ids) shown.add(id)
      rejected += stored.rejected
      if (page.next !== null || page.cutOff) return
      await endListing(round, { parent, shown: rejected === 0 ? shown : null, lines }, context)
    })
  }
  const nothing: Page = { items: [], next: null }
  if (!isAsked) return keep(nothing, true)
  let cutOff: AppError | undefined
  try {
    await eachPage({
      from: null,
      ask: async (cursor) => {
        const page = await stream.page({ client, cursor, parent, settings })
        return cursor === null ? { ...page, isFirst: true } : page
      },
      keep: (page) => {
        cutOff = page.cutOff
        return keep(page, 'isFirst' in page)
      },
      isOver: () => job.stopping.aborted || job.aborted.aborted,
      isLost: ({ action }) => action === 'restart',
      onRestart: () => shown.clear(),
    })
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.code !== 'okta_not_found' || !(await hasNothing(parent, context))) throw thrown
    return keep(nothing, true)
  }
  if (cutOff) throw cutOff
}

async function endListing<Client>(
  round: RoundTx,
  { parent, shown, lines }: { parent: ParentRef; shown: ReadonlySet<string> | null; lines: readonly QueuedTarget[] },
  { stream, storedAs, job, writes }: ReadContext<Client>,
): Promise<void> {
  const connectionId = job.connection.id
  const { refetch } = stream
  const place =
    parent.key === '' || !refetch ? null : { column: refetch.column, id: refetch.parentId(connectionId, parent.key) }
  if (shown) {
    await writes.markUnshown(round, storedAs, place, shown)
    if (isRemembered(stream)) await noteParents(round.tx, stream, [parent], { connectionId, at: round.at })
  }
  await dropTargets(round.tx, connectionId, lines)
}

/** Whether "not found" means that there is nothing to list. Where the parent itself is gone, it is looked at next. */
async function hasNothing<Client>(parent: ParentRef, context: ReadContext<Client>): Promise<boolean> {
  const { stream, storedAs, client, job, commits } = context
  const parents = stream.refetch?.parents
  const parentGone = stream.parentGone ?? storedAs.parentGone
  const get = parents == null ? undefined : job.streams.get(parents)?.get
  const isGone = async () => get !== undefined && (await get({ client, vendorId: parent.key })) === null
  if (!(parentGone ? await parentGone({ client, parent }) : await isGone())) return false
  if (parents != null && get)
    await commits.commit(1, ({ tx, at }) =>
      enqueueTargets(tx, { connectionId: job.connection.id, at }, [
        { kind: 'record', stream: parents, key: parent.key },
      ]),
    )
  return true
}

/** How many live rows the parent of this key has. */
export async function countRows<Client>(
  key: string,
  { stream, storedAs, job }: Pick<ReadContext<Client>, 'stream' | 'storedAs' | 'job'>,
): Promise<number> {
  const { refetch } = stream
  if (!refetch) return 0
  const parent = { column: refetch.column, id: refetch.parentId(job.connection.id, key) }
  return countLive(job.db, storedAs.entity, { connectionId: job.connection.id, stream: storedAs.name, parent })
}

async function parentRow<Client>(key: string, { stream, job }: ReadContext<Client>) {
  const parents = stream.refetch?.parents
  const entity = parents == null ? undefined : job.streams.get(parents)?.entity
  if (!entity) return null
  const id = entity.idOf(job.connection.id, key)
  return (await liveRows(job.db, entity, [id])).get(id) ?? null
}

/** The parent's row. One that is not stored is read first: its creation may not be known yet. Null: there is none. */
async function knownParent<Client>(key: string, lines: readonly QueuedTarget[], context: ReadContext<Client>) {
  const stored = await parentRow(key, context)
  const parents = context.stream.refetch?.parents
  const parentStream = parents == null ? undefined : context.job.streams.get(parents)
  if (stored || !parentStream?.get) return { row: stored, isNew: false }
  const { membersOnly } = context.job.settings.scope
  if (membersOnly && parents === 'users') await letIn(key, lines, context)
  else await refetch({ kind: 'record', key, lines: [] }, { stream: parentStream, storedAs: parentStream }, context)
  return { row: await parentRow(key, context), isNew: true }
}
