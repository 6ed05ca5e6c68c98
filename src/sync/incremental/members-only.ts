import type { Stream } from '../../connectors/connector.ts'
import { toAppError } from '../../errors.ts'
import { Group } from '../../model/group.ts'
import { User } from '../../model/user.ts'
import type { Queryable } from '../../store/db.ts'
import { liveIds } from '../../store/list.ts'
import { isInAnyGroup, usersOfMemberships } from '../../store/members.ts'
import type { QueuedTarget, WantedTarget } from '../../store/refetch-queue.ts'
import { normalizePage } from '../commit-pages.ts'
import { eachPage } from '../each-page.ts'
import { type JobContext, listingSettings } from '../job-context.ts'
import type { ReadContext } from './refetch.ts'

/**
 * Rounds of which the scope wants only members of chosen groups. Who is stored is a member. A stranger is let in by the
 * listing of a chosen group, or by their own groups where the log says that they joined one; who is in none any more goes.
 */

type Scoped<Client> = Pick<JobContext<Client>, 'settings' | 'connection'>

/** Whether the items of a listing are whole users, and members by being listed. */
export const isListingOfMembers = <Client>({ settings }: Scoped<Client>, reader: Stream<Client>): boolean =>
  settings.scope.membersOnly && reader.entity.name === 'group-membership' && reader.parents?.from === 'stream'

/**
 * What the store alone says of a record that is to be read again: that of a `stranger` is not kept, a user who has `left` is
 * in no chosen group any more. Null: it has to be asked for.
 */
export async function standingOf<Client>(
  db: Queryable,
  key: string,
  { entity, userOf }: Stream<Client>,
  { settings, connection }: Scoped<Client>,
): Promise<'stranger' | 'left' | null> {
  const isUser = entity.name === 'user'
  const user = isUser ? key : userOf?.(key)
  if (!settings.scope.membersOnly || user === undefined) return null
  const id = User.idOf(connection.id, user)
  if (!(await liveIds(db, User, [id])).has(id)) return 'stranger'
  return !isUser || (await isInAnyGroup(db, id)) ? null : 'left'
}

/** Users who lost one of these records: if they were memberships, it may have been the last one. */
export async function toLookAfter<Client>(
  tx: Queryable,
  { settings }: Scoped<Client>,
  { entity }: Stream<Client>,
  gone: readonly { id: string }[],
): Promise<WantedTarget[]> {
  if (!settings.scope.membersOnly || entity.name !== 'group-membership') return []
  const keys = await usersOfMemberships(
    tx,
    gone.map(({ id }) => id),
  )
  return keys.map((key) => ({ kind: 'record', stream: 'users', key }))
}

/** All that is listed per user, of users who were strangers: nothing that was told of it then was read. */
export function listingsOf<Client>(
  { streams, connector }: Pick<JobContext<Client>, 'streams' | 'connector'>,
  users: readonly { vendor_id: string }[],
): WantedTarget[] {
  const listings = [...streams.values(), ...connector.sideways].filter(
    ({ refetch, parents }) => refetch?.parents === 'users' && parents?.from !== 'listing',
  )
  return users.flatMap(({ vendor_id: key }) =>
    listings.map(({ name }): WantedTarget => ({ kind: 'children', stream: name, key })),
  )
}

/**
 * Stores a stranger whom the log names together with a chosen group, if they are in one now. Whoever it names otherwise
 * costs no request.
 */
export async function letIn<Client>(
  key: string,
  lines: readonly QueuedTarget[],
  context: ReadContext<Client>,
): Promise<void> {
  const { job, client, commits, writes } = context
  const users = job.streams.get('users')
  if (!users?.get || !(await isAboutChosen(lines, job)) || !(await isInChosen(key, context))) return
  const item = await users.get({ client, vendorId: key })
  if (item === null) return
  await commits.commit(1, async (round) => {
    const read = { reader: users, storedAs: users, parent: { key: '', row: {} }, isFirstOfParent: false }
    await writes.storeItems(round, { ...read, items: [item], areMembers: true })
  })
}

/** A group that is not chosen is not stored. */
async function isAboutChosen<Client>(lines: readonly QueuedTarget[], job: JobContext<Client>): Promise<boolean> {
  const groups = lines.flatMap(({ shown_by_stream: stream, shown_by_key: key }) =>
    job.streams.get(stream)?.refetch?.parents === 'groups' ? [Group.idOf(job.connection.id, key)] : [],
  )
  return (await liveIds(job.db, Group, groups)).size > 0
}

async function isInChosen<Client>(key: string, { stream, client, job }: ReadContext<Client>): Promise<boolean> {
  const parent = { key, row: {} }
  const settings = listingSettings(stream, job)
  let isIn = false
  try {
    await eachPage({
      from: null,
      ask: (cursor) => stream.page({ client, cursor, parent, settings }),
      keep: async ({ items, cutOff }) => {
        const { records } = normalizePage(stream, job.connection.id, parent, items)
        const groups = records.flatMap(({ row }) => ('group_id' in row ? [String(row.group_id)] : []))
        isIn ||= (await liveIds(job.db, Group, groups)).size > 0
        if (cutOff && !isIn) throw cutOff
      },
      isOver: () => isIn,
      isLost: ({ action }) => action === 'restart',
      onRestart: () => undefined,
    })
  } catch (thrown) {
    // Whoever was deleted is in no group.
    if (toAppError(thrown).code !== 'okta_not_found') throw thrown
  }
  return isIn
}
