import { beforeEach, describe, expect, it } from 'vitest'
import { useDatabase } from '../../test/harness/database.ts'
import type { NewRow } from '../model/entity.ts'
import type { Field } from '../model/fields.ts'
import { Group } from '../model/group.ts'
import { GroupMembership } from '../model/group-membership.ts'
import { User, type UserRow } from '../model/user.ts'
import { type Connection, findOrCreateConnection } from './connections.ts'
import type { Db } from './db.ts'
import { abandonJobs, createJob, type Job } from './jobs.ts'
import { reconcile } from './reconcile.ts'
import { upsert } from './upsert.ts'

let db: Db
let connection: Connection
let job: Job
const at = '2026-01-05T09:00:00.000Z'

useDatabase('file', async (opened) => {
  db = opened
  const org = { vendor: 'TEST', origin: 'https://acme.okta.com', org_id: '00o1', org_name: null, engine: null }
  connection = await findOrCreateConnection(db, org)
})
beforeEach(async () => {
  await db.query('truncate users, groups, group_memberships, changes, sync_seen')
  job = await nextJob()
})

const nextJob = async () => {
  await abandonJobs(db, connection.id, at)
  const request = { connectionId: connection.id, trigger: 'command_line', settings: {}, at, isQueued: false } as const
  const job = await createJob(db, request)
  if (!job) throw new Error('the connection has an unfinished job')
  return job
}
const context = () => ({ connectionId: connection.id, jobId: job.id, stream: 'users', at })

function blank(entity: { readonly fields: object }): Record<string, unknown> {
  const fields = Object.entries(entity.fields as Record<string, Field<unknown>>)
  const empty: Record<string, unknown> = { json: {}, texts: [] }
  return Object.fromEntries(fields.map(([name, { kind, nullable }]) => [name, nullable ? null : (empty[kind] ?? 'x')]))
}
const group = (vendorId: string) => ({ row: { ...blank(Group), vendor_id: vendorId } as never, raw: {} })
const member = (groupId: string, userId: string) => {
  const ends = { group_id: Group.idOf(connection.id, groupId), group_vendor_id: groupId }
  const other = { user_id: User.idOf(connection.id, userId), user_vendor_id: userId, user_status: 'active' }
  const row = { ...blank(GroupMembership), vendor_id: `${groupId}:${userId}`, ...ends, ...other }
  return { row: row as never, raw: {} }
}

function user(vendorId: string, over: Partial<UserRow> = {}) {
  const row = { ...blank(User), vendor_id: vendorId, status: 'active', ...over } as unknown as UserRow
  return { row: row as NewRow<UserRow>, raw: { id: vendorId } as object }
}
const save = (...users: ReturnType<typeof user>[]) =>
  db.transaction((tx) => upsert(tx, User as never, users, context()))
const changes = () => db.query('select kind, fields from changes order by seq')
const limit = { share: 0.25, atLeast: 20 }
const judged = () => ({ ...context(), rowsRead: 0, limit })

describe('upsert', () => {
  it('creates what is new and leaves alone what is the same', async () => {
    expect(await save(user('u1'), user('u2'))).toEqual({ read: 2, created: 2, changed: 0 })
    expect(await save(user('u1'), user('u2'))).toEqual({ read: 0, created: 0, changed: 0 })
    expect(await changes()).toEqual([
      { kind: 'created', fields: [] },
      { kind: 'created', fields: [] },
    ])
  })

  it('names the fields that changed', async () => {
    await save(user('u1', { title: 'Clerk', department: 'A' }))
    expect(await save(user('u1', { title: 'Head', department: 'A' }))).toMatchObject({ created: 0, changed: 1 })
    expect((await changes()).at(-1)).toEqual({ kind: 'updated', fields: ['title'] })
  })

  it('takes the order of keys and the links of Okta’s JSON for no change', async () => {
    await save({ ...user('u1'), raw: { id: 'u1', a: 1, _links: { self: 'x' } } })
    expect(await save({ ...user('u1'), raw: { _links: { self: 'y', more: 'z' }, a: 1, id: 'u1' } })).toMatchObject({
      created: 0,
      changed: 0,
    })
  })

  it('keeps an attribute that Rollcall has no column for as a change of raw', async () => {
    await save({ ...user('u1'), raw: { id: 'u1' } })
    await save({ ...user('u1'), raw: { id: 'u1', brandNew: true } })
    expect((await changes()).at(-1)).toEqual({ kind: 'updated', fields: ['raw'] })
  })

  it('lets the later of two readings in one page win', async () => {
    expect(await save(user('u1', { title: 'old' }), user('u1', { title: 'new' }))).toEqual({
      read: 1,
      created: 1,
      changed: 0,
    })
    expect(await db.query('select title from users')).toEqual([{ title: 'new' }])
  })

  it('gives the same id to the same record on every sync, and times and JSON back as they were', async () => {
    const custom_attributes = { badge: 7, list: ['a"b\\', null], remote: true }
    await save(user('u1', { last_login_at: '2026-01-02T03:04:05.678Z', custom_attributes }))
    const [row] = await db.query('select id, last_login_at, custom_attributes from users')
    expect(row).toEqual({
      id: User.idOf(connection.id, 'u1'),
      last_login_at: '2026-01-02T03:04:05.678Z',
      custom_attributes,
    })
  })

  it('writes nothing when anything in its transaction fails', async () => {
    const failing = db.transaction(async (tx) => {
      await upsert(tx, User as never, [user('u1')], context())
      throw new Error('after the write')
    })
    await expect(failing).rejects.toThrow('after the write')
    expect(await db.query('select from users')).toEqual([])
    expect(await changes()).toEqual([])
  })
})

describe('reconcile', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => user(`u${index}`))

  it('marks what a later job no longer saw, and says so once', async () => {
    await save(...many(3))
    job = await nextJob()
    await save(...many(2))
    const gone = await db.transaction((tx) => reconcile(tx, User as never, judged()))
    expect(gone).toEqual({ deleted: 1, held: 0 })
    expect(await db.query('select vendor_id from users where is_deleted')).toEqual([{ vendor_id: 'u2' }])
    expect(await db.transaction((tx) => reconcile(tx, User as never, judged()))).toEqual({
      deleted: 0,
      held: 0,
    })
    expect((await changes()).at(-1)).toMatchObject({ kind: 'deleted' })
  })

  it('brings a record back that reappears', async () => {
    await save(...many(2))
    job = await nextJob()
    await save(user('u0'))
    await db.transaction((tx) => reconcile(tx, User as never, judged()))
    job = await nextJob()
    expect(await save(...many(2))).toEqual({ read: 2, created: 0, changed: 1 })
    expect(await db.query('select from users where is_deleted or deleted_at is not null')).toEqual([])
    expect((await changes()).at(-1)).toEqual({ kind: 'updated', fields: ['is_deleted'] })
  })

  it('holds back deletes past the limit, and lets them through without one', async () => {
    await save(...many(60))
    job = await nextJob()
    await save(...many(40))
    expect(await db.transaction((tx) => reconcile(tx, User as never, judged()))).toEqual({
      deleted: 0,
      held: 20,
    })
    expect(await db.query('select from users where is_deleted')).toEqual([])
    expect(await db.transaction((tx) => reconcile(tx, User as never, { ...judged(), limit: null }))).toEqual({
      deleted: 20,
      held: 0,
    })
  })

  it('takes children along with their deleted parent, whatever their number, and holds others back beside them', async () => {
    const members = (group: string, count: number) =>
      Array.from({ length: count }, (_, index) => member(group, `u${index}`))
    const saveBoth = async (groups: string[], edges: ReturnType<typeof member>[]) => {
      await db.transaction((tx) => upsert(tx, Group as never, groups.map(group), { ...context(), stream: 'groups' }))
      await db.transaction((tx) => upsert(tx, GroupMembership as never, edges, { ...context(), stream: 'members' }))
      job = await nextJob()
    }
    const parents = { table: Group.table, stream: 'groups', column: 'group_id' }
    const remove = (entity: object, stream: string) =>
      db.transaction((tx) =>
        reconcile(tx, entity as never, { ...judged(), stream, ...(stream === 'members' && { parents }) }),
      )
    await saveBoth(['g1', 'g2', 'g3', 'g4', 'g5'], [...members('g1', 30), ...members('g2', 40)])
    await db.transaction((tx) =>
      upsert(tx, Group as never, ['g2', 'g3', 'g4', 'g5'].map(group), { ...context(), stream: 'groups' }),
    )
    expect(await remove(Group, 'groups')).toEqual({ deleted: 1, held: 0 })
    await db.transaction((tx) =>
      upsert(tx, GroupMembership as never, members('g2', 10), { ...context(), stream: 'members' }),
    )
    expect(await remove(GroupMembership, 'members')).toEqual({ deleted: 30, held: 30 })
    const left = await db.query('select distinct group_vendor_id from group_memberships where not is_deleted')
    expect(left).toEqual([{ group_vendor_id: 'g2' }])
  })
})
