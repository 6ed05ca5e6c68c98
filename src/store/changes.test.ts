import { beforeEach, describe, expect, it } from 'vitest'
import { useDatabase } from '../../test/harness/database.ts'
import { feedSettled } from '../../test/harness/feed.ts'
import type { Field } from '../model/fields.ts'
import { Group } from '../model/group.ts'
import { type Change, listChanges, type Place, readChangesAfter } from './changes.ts'
import { type Connection, findOrCreateConnection } from './connections.ts'
import type { Db, Queryable } from './db.ts'
import { createJob, type Job } from './jobs.ts'
import { migrate } from './migrate.ts'
import { dropOldChanges, hasMissed } from './old-changes.ts'
import { type ReconcileContext, reconcile } from './reconcile.ts'
import { historyOf } from './record-history.ts'
import { upsert } from './upsert.ts'

let db: Db
let url: string
let connection: Connection
let job: Job
const at = '2026-01-05T09:00:00.000Z'

useDatabase('file', async (opened, openedUrl) => {
  db = opened
  url = openedUrl
  const org = { vendor: 'TEST', origin: 'https://acme.okta.com', org_id: '00o1', org_name: null, engine: null }
  connection = await findOrCreateConnection(db, org)
  const request = { connectionId: connection.id, trigger: 'command_line', settings: {}, at, isQueued: false } as const
  const made = await createJob(db, request)
  if (!made) throw new Error('the connection has an unfinished job')
  job = made
})
beforeEach(async () => {
  await db.query('truncate groups, changes, sync_seen')
  await db.query('update connections set changes_since = null, changes_gone_tx = null, changes_gone_seq = null')
})

const fields = Object.entries(Group.fields as unknown as Record<string, Field<unknown>>)
const empty: Record<string, unknown> = { json: {}, texts: [] }
const blank = Object.fromEntries(
  fields.map(([name, { kind, nullable }]) => [name, nullable ? null : (empty[kind] ?? 'x')]),
)
const context = (over: object = {}) => ({ connectionId: connection.id, jobId: job.id, stream: 'groups', at, ...over })

/** Saves one group as a sync would, in a transaction of somebody else's. */
const saveIn = (tx: Queryable, vendorId: string, over: object = {}, when = at) => {
  const row = { ...blank, vendor_id: vendorId, ...over } as never
  return upsert(tx, Group as never, [{ row, raw: over }], context({ at: when }))
}
const save = (vendorId: string, over: object = {}, when = at) =>
  db.transaction((tx) => saveIn(tx, vendorId, over, when))
/** Marks everything as gone, as after a listing that shows nothing. */
const removeAll = async (when = at) => {
  await db.query('truncate sync_seen')
  const judged = context({ at: when, rowsRead: 0, limit: null }) as ReconcileContext
  await db.transaction((tx) => reconcile(tx, Group as never, judged))
}
/** The end of the feed as of now. */
const feedEnd = async (): Promise<Place> => {
  const [row] = await db.query<{ tx: string }>('select pg_snapshot_xmin(pg_current_snapshot())::text as tx')
  return { tx: row?.tx ?? '0', seq: '0' }
}
const read = (after: Place | null, limit = 100) => readChangesAfter(db, { connectionId: connection.id, after, limit })
const told = (changes: readonly Change[]) => changes.map(({ vendor_id, kind }) => `${kind} ${vendor_id}`)

describe('the feed', () => {
  it('shows a change that commits late exactly once, to a reader who was there before it did', async () => {
    await save('g0')
    await feedSettled(db)
    const seen: Change[] = []
    let place: Place | null = null
    const follow = async () => {
      const page = await read(place)
      seen.push(...page.changes)
      place = page.next
    }
    await follow()
    expect(told(seen)).toEqual(['created g0'])
    await db.transaction(async (slow) => {
      await saveIn(slow, 'slow')
      await save('fast')
      const [committed] = await db.query<{ seq: number }>('select max(seq) as seq from changes')
      const [pending] = await slow.query<{ seq: number }>('select max(seq) as seq from changes where record_id = $1', [
        Group.idOf(connection.id, 'slow'),
      ])
      // Whoever goes by the sequence alone is past the slow one now.
      expect(pending?.seq).toBeLessThan(committed?.seq ?? 0)
      await follow()
      expect(told(seen)).toEqual(['created g0'])
    })
    await feedSettled(db)
    await follow()
    await follow()
    expect(told(seen)).toEqual(['created g0', 'created slow', 'created fast'])
  })

  it('shows a change whose sequence is lower and whose transaction is later after the other, once', async () => {
    const seen: Change[] = []
    let place: Place | null = await feedEnd()
    await db.transaction(async (first) => {
      // Its transaction has its number from here on, and writes its change last.
      await first.query('select pg_current_xact_id()')
      await db.transaction(async (second) => {
        await saveIn(second, 'second')
        await saveIn(first, 'first')
      })
      const page = await read(place)
      seen.push(...page.changes)
      place = page.next
      expect(seen).toEqual([])
    })
    await feedSettled(db)
    for (let more = true; more; ) {
      const page = await read(place, 1)
      seen.push(...page.changes)
      place = page.next
      more = page.hasMore
    }
    expect(told(seen)).toEqual(['created first', 'created second'])
    expect(BigInt(seen[0]?.seq ?? 0)).toBeGreaterThan(BigInt(seen[1]?.seq ?? 0))
  })

  it('shows nothing of a transaction that was rolled back, and goes on past it', async () => {
    const begin = await feedEnd()
    const failing = db.transaction(async (tx) => {
      await saveIn(tx, 'undone')
      throw new Error('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    await save('done')
    await feedSettled(db)
    expect(told((await read(begin)).changes)).toEqual(['created done'])
  })

  it('leads past what its filters leave out', async () => {
    await save('g1')
    await save('g1', { description: 'new' })
    await feedSettled(db)
    const request = { connectionId: connection.id, after: null, limit: 10 }
    const page = await listChanges(db, { ...request, filters: { entity: ['user'] } })
    expect(page).toMatchObject({ changes: [], hasMore: false })
    expect((await read(page.next)).changes).toEqual([])
    const filters = { kind: ['updated' as const], recordId: [Group.idOf(connection.id, 'g1')], jobId: job.id }
    expect(told((await listChanges(db, { ...request, filters })).changes)).toEqual(['updated g1'])
    const times = { since: at, until: at }
    expect((await listChanges(db, { ...request, filters: times })).changes).toEqual([])
    expect((await listChanges(db, { ...request, filters: { since: at } })).changes).toHaveLength(2)
  })

  it('tells the values before and right after each change, whatever came later', async () => {
    await save('g1', { description: 'a', users_count: 1 })
    await save('g1', { description: 'b', users_count: 2 })
    await save('g1', { description: 'b', users_count: 3 })
    await removeAll()
    await save('g1', { description: 'c', users_count: 4, types: ['X'] })
    await feedSettled(db)
    const { changes } = await read(null)
    expect(changes.map(({ kind, before, after }) => [kind, before, after])).toEqual([
      ['created', null, null],
      ['updated', { description: 'a', users_count: 1 }, { description: 'b', users_count: 2 }],
      ['updated', { users_count: 2 }, { users_count: 3 }],
      ['deleted', null, null],
      [
        'updated',
        { description: 'b', users_count: 3, types: [], is_deleted: true },
        { description: 'c', users_count: 4, types: ['X'], is_deleted: false },
      ],
    ])
    const history = await historyOf(db, Group as never, {
      connectionId: connection.id,
      recordId: Group.idOf(connection.id, 'g1'),
      includeRelations: false,
      before: null,
      limit: 10,
    })
    expect(history.changes).toEqual([...changes].reverse())
  })

  it('leaves out values that were not kept, of before they were', async () => {
    await save('g1', { description: 'a' })
    await save('g1', { description: 'b' })
    await save('g1', { description: 'c', users_count: 1 })
    await db.query('update changes set before = null')
    await save('g1', { description: 'c', users_count: 2 })
    await feedSettled(db)
    const { changes } = await read(null)
    expect(changes.map(({ before, after }) => [before, after])).toEqual([
      [null, null],
      [null, {}],
      [null, { description: 'c', users_count: 1 }],
      [{ users_count: 1 }, { users_count: 2 }],
    ])
  })

  it('never holds Okta’s JSON', async () => {
    await save('g1', { description: 'a' })
    await db.query("update groups set content_hash = '', raw = '{}'")
    await save('g1', { description: 'a' })
    await feedSettled(db)
    expect((await read(null)).changes.at(-1)).toMatchObject({ fields: ['raw'], before: {}, after: {} })
  })
})

describe('a database that was restored on another server', () => {
  it('shows its changes and those to come, and refuses the cursors of before', async () => {
    await save('g1')
    await save('g2')
    await db.query("update changes set tx = '4000000000000000'::xid8")
    const foreign = { tx: '4000000000000000', seq: '1' }
    expect((await read(null)).changes).toEqual([])
    await migrate(url)
    await save('g3')
    await feedSettled(db)
    expect(told((await read(null)).changes)).toEqual(['created g1', 'created g2', 'created g3'])
    await expect(read(foreign)).rejects.toMatchObject({ code: 'cursor_invalid' })
    const before = await db.query('select tx, seq from changes order by seq')
    await migrate(url)
    expect(await db.query('select tx, seq from changes order by seq')).toEqual(before)
  })
})

describe('a database of before the feed', () => {
  it('shows its changes in the order in which they were written', async () => {
    for (const name of ['g1', 'g2', 'g3']) await save(name)
    // As the first migrations left it.
    await db.query(
      `alter table changes drop column tx, drop column before;
       drop index changes_connection_id_changed_at_idx;
       create index on changes (connection_id, seq);
       create index on changes (record_id, seq);
       alter table connections drop column changes_since, drop column changes_gone_tx, drop column changes_gone_seq;
       delete from schema_migrations where name = '0005_changes.sql'`,
    )
    await migrate(url)
    await save('g1', { description: 'new' })
    await feedSettled(db)
    expect(told((await read(null)).changes)).toEqual(['created g1', 'created g2', 'created g3', 'updated g1'])
  })
})

describe('old changes', () => {
  it('go, the oldest first, and leave word of how far', async () => {
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
    const [oldest, old, young] = [daysAgo(120), daysAgo(91), daysAgo(89)]
    const place = async (vendorId: string) => {
      const id = Group.idOf(connection.id, vendorId)
      const [row] = await db.query<Place>('select tx::text as tx, seq::text as seq from changes where record_id = $1', [
        id,
      ])
      if (!row) throw new Error(`no change of ${vendorId}`)
      return row
    }
    await save('g1', {}, oldest)
    await save('g2', {}, old)
    await save('g3', {}, young)
    const [first, second] = [await place('g1'), await place('g2')]
    expect(await dropOldChanges(db, 90)).toBe(2)
    const missed = (after: Place) => hasMissed(db, { connectionId: connection.id, after })
    expect([await missed(first), await missed(second), await missed(await place('g3'))]).toEqual([true, false, false])
    await feedSettled(db)
    expect(told((await read(null)).changes)).toEqual(['created g3'])
    const since = 'select changes_since from connections where id = $1'
    expect(await db.query(since, [connection.id])).toEqual([{ changes_since: old }])
    expect(await dropOldChanges(db, 90)).toBe(0)
    expect(await db.query(since, [connection.id])).toEqual([{ changes_since: old }])
  })
})
