import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENTITIES } from '../../src/model/index.ts'
import { feedSettled } from '../harness/feed.ts'
import { validateAnswer } from './documented.ts'
import { dice, mutate } from './random-mutations.ts'
import { openRelatedOrg, type RelatedOrg } from './related-org.ts'

interface Change {
  id: string
  changed_at: string
  entity: string
  kind: 'created' | 'updated' | 'deleted'
  record_id: string
  vendor_id: string
  fields: string[]
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  relation: Record<string, unknown> | null
  job_id: string
}

const CHANGING = ENTITIES.filter(({ appendOnly }) => !appendOnly)

/** A reader of the feed who keeps his place. */
function follower(api: RelatedOrg, filters = '', limit = 1000) {
  let cursor: string | null = null
  const seen: Change[] = []
  const page = async () => {
    const query = cursor === null ? filters : `cursor=${cursor}`
    const answer = await api.get(`idp/changes?limit=${limit}&${query}`)
    validateAnswer('list_idp_changes', answer.status, answer.body)
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
    cursor = answer.body.next_cursor as string
    const items = answer.items as unknown as Change[]
    seen.push(...items)
    return { items, hasMore: answer.body.has_more as boolean }
  }
  return {
    seen,
    page,
    /** Everything up to now: what came new. */
    catchUp: async () => {
      await feedSettled(api.org.db)
      const from = seen.length
      while ((await page()).hasMore);
      return seen.slice(from)
    },
  }
}

/** Each record of the tables as an answer shows it. */
async function stored(api: RelatedOrg): Promise<Map<string, Record<string, unknown>>> {
  const rows = new Map<string, Record<string, unknown>>()
  for (const { name, columns } of CHANGING)
    for (const row of await api.org.rows(name))
      rows.set(String(row.id), Object.fromEntries(columns.map((column) => [column, row[column]])))
  return rows
}

describe.each([1, 2, 3, 4])('a random history, seed %i', (seed) => {
  let api: RelatedOrg
  beforeAll(async () => {
    api = await openRelatedOrg({ users: 14, seed }, false)
  })
  afterAll(() => api.close())

  it('is told by the feed from empty to what is stored, value by value, each change once', async () => {
    const next = dice(seed)
    const reader = follower(api, '', 97)
    /** What a consumer makes of the feed: the changed fields, and whether the record is there. */
    const replayed = new Map<string, { is_deleted: boolean; values: Record<string, unknown> }>()
    const snapshots: { count: number; rows: Map<string, Record<string, unknown>> }[] = []
    for (let round = 0; round < 5; round++) {
      for (let change = 0; round > 0 && change < 12; change++) mutate(api.org.sim.org, next)
      api.org.clock.advance(60_000)
      await api.org.sync({ confirmDeletes: true })
      for (const { kind, record_id, fields, after } of await reader.catchUp()) {
        const known = replayed.get(record_id)
        expect(kind === 'created').toBe(known === undefined)
        const isBack = kind === 'updated' && fields.includes('is_deleted')
        if (known) expect(known.is_deleted).toBe(isBack)
        replayed.set(record_id, { is_deleted: kind === 'deleted', values: { ...known?.values, ...after } })
      }
      const rows = await stored(api)
      snapshots.push({ count: reader.seen.length, rows })
      expect([...replayed.keys()].sort()).toEqual([...rows.keys()].sort())
      for (const [id, { is_deleted, values }] of replayed) {
        const row = rows.get(id)
        expect(row).toMatchObject({ ...values, is_deleted })
      }
    }
    expect(new Set(reader.seen.map(({ id }) => id)).size).toBe(reader.seen.length)
    const kinds = reader.seen.map(({ entity, kind }) => `${kind} ${entity}`)
    for (const kind of ['created user', 'updated user', 'deleted group-membership']) expect(kinds).toContain(kind)

    // And back again: undoing the changes from the end gives what was stored after each of the syncs.
    const state = new Map([...(snapshots.at(-1)?.rows ?? [])].map(([id, row]) => [id, { ...row }]))
    for (const [place, change] of [...reader.seen.entries()].reverse()) {
      const row = state.get(change.record_id)
      expect(row).toMatchObject({ ...change.after })
      if (change.kind === 'created') state.delete(change.record_id)
      else if (change.kind === 'deleted') Object.assign(row ?? {}, { is_deleted: false })
      else Object.assign(row ?? {}, change.before)
      const snapshot = snapshots.find(({ count }) => count === place)
      if (snapshot) expect(Object.fromEntries(state)).toEqual(Object.fromEntries(snapshot.rows))
    }
    expect(state.size).toBe(0)
  }, 60_000)
})

describe('the feed of changes', () => {
  let api: RelatedOrg
  beforeAll(async () => {
    api = await openRelatedOrg({ users: 12 })
  })
  afterAll(() => api.close())

  it('leads on from its end, and shows there what comes later', async () => {
    const reader = follower(api)
    expect((await reader.catchUp()).length).toBeGreaterThan(100)
    expect(await reader.page()).toEqual({ items: [], hasMore: false })
    expect(await reader.page()).toEqual({ items: [], hasMore: false })
    const { org } = api.org.sim
    const user = org.userId(3)
    const before = org.user(user)?.profile.title ?? null
    org.updateUser(user, { profile: { title: 'Head of Heads' } })
    await api.org.sync()
    const changes = await reader.catchUp()
    const change = changes.find(({ entity }) => entity === 'user')
    expect(change).toEqual({
      id: expect.stringMatching(/^\d+-\d+$/),
      changed_at: expect.stringMatching(/Z$/),
      entity: 'user',
      kind: 'updated',
      record_id: api.idOf('user', user),
      vendor_id: user,
      fields: expect.arrayContaining(['title', 'last_updated_at']),
      before: expect.objectContaining({ title: before }),
      after: expect.objectContaining({ title: 'Head of Heads' }),
      relation: null,
      job_id: expect.any(String),
    })
    expect(await api.org.db.query('select from sync_jobs where id = $1', [change?.job_id])).toHaveLength(1)
  })

  it('names both ends of a relation', async () => {
    const reader = follower(api, 'entity=group-membership,application-assignment,factor,role-assignment,policy-rule')
    const changes = await reader.catchUp()
    const one = (entity: string) => changes.find((change) => change.entity === entity)
    const [groupId, userId] = one('group-membership')?.vendor_id.split(':') ?? []
    expect(one('group-membership')?.relation).toEqual({
      group_id: api.idOf('group', groupId ?? ''),
      group_vendor_id: groupId,
      user_id: api.idOf('user', userId ?? ''),
      user_vendor_id: userId,
    })
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
    expect(one('application-assignment')?.relation).toMatchObject({ application_id: uuid, principal_id: uuid })
    // Users and groups are asked for their roles at the same time: whose come first in the feed is nobody's to say.
    const roles = changes.filter(({ entity }) => entity === 'role-assignment').map(({ relation }) => relation)
    for (const principal_type of ['user', 'group'])
      expect(roles).toContainEqual(
        expect.objectContaining({ principal_type, principal_id: uuid, role_type: expect.any(String) }),
      )
    expect(one('factor')?.relation).toMatchObject({ user_id: uuid })
    expect(one('policy-rule')?.relation).toMatchObject({ policy_id: uuid })
  })

  it('is narrowed by entity, kind, record and time, and its cursor remembers how', async () => {
    const all = await follower(api).catchUp()
    const policies = await follower(api, 'entity=policy&kind=created', 3).catchUp()
    expect(policies).toEqual(all.filter(({ entity, kind }) => entity === 'policy' && kind === 'created'))
    expect(policies.length).toBeGreaterThan(3)
    const id = api.idOf('user', api.org.sim.org.userId(3))
    expect(await follower(api, `recordId=${id}`).catchUp()).toEqual(all.filter(({ record_id }) => record_id === id))
    const middle = all[Math.floor(all.length / 2)]?.changed_at ?? ''
    const since = await follower(api, `since=${middle}`).catchUp()
    const until = await follower(api, `until=${middle}`).catchUp()
    expect(since.map(({ id }) => id)).toEqual(all.filter((one) => one.changed_at >= middle).map(({ id }) => id))
    expect(since.length + until.length).toBe(all.length)
    const first = await api.get('idp/changes?entity=policy&limit=1')
    const contrary = await api.get(`idp/changes?entity=user&cursor=${first.body.next_cursor}`)
    expect([contrary.status, contrary.body.code]).toEqual([422, 'invalid_request'])
    expect((await api.get('idp/changes?entity=log-event')).status).toBe(422)
    expect((await api.get(`idp/users?cursor=${first.body.next_cursor}`)).body.code).toBe('cursor_invalid')
  })

  it('shows nothing of another connection, and nothing of a deleted one', async () => {
    const other = await api.otherConnection()
    expect((await api.get('idp/changes', other)).items).toEqual([])
    const { next_cursor: cursor } = (await api.get('idp/changes?limit=1')).body
    expect((await api.get(`idp/changes?cursor=${cursor}`, other)).body.code).toBe('cursor_invalid')
    await api.org.db.query("update connections set state = 'DELETED', deleted_at = now() where id = $1", [
      api.connectionId,
    ])
    // Keys and connections are believed for a moment.
    api.org.clock.advance(60_000)
    expect((await api.get('idp/changes')).status).toBe(404)
  })
})
