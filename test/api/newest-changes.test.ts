import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Schema } from '../../src/client/index.ts'
import { validateAnswer } from './documented.ts'
import { openRelatedOrg, type RelatedOrg } from './related-org.ts'

/** What people look at: the newest changes, with names, and the syncs that brought them. */
let api: RelatedOrg
let user: string
let group: string
let before: Schema<'History'>
let jobs: string

type Job = Schema<'Job'>

const COMMAND_LINE = '00000000-0000-4000-8000-000000000001'

async function newest(query = ''): Promise<Schema<'History'>> {
  const answer = await api.get(`idp/changes/newest?limit=1000${query}`)
  validateAnswer('list_newest_idp_changes', answer.status, answer.body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as unknown as Schema<'History'>
}

async function round(): Promise<void> {
  api.org.clock.advance(60_000)
  await api.org.round()
}

beforeAll(async () => {
  api = await openRelatedOrg({ users: 12 })
  jobs = `provisioning/organizations/${COMMAND_LINE}/connections/${api.connectionId}/jobs`
  before = await newest()
  const { org } = api.org.sim
  await round()
  await round()
  user = org.addUser({ profile: { login: 'ada@acme.example', firstName: 'Ada', lastName: 'Lovelace' } }).id
  group = org.addGroup({ name: 'Analysts' }).id
  org.addMember(group, user)
  org.enrollFactor(user, 'webauthn')
  await round()
  org.updateUser(user, { status: 'SUSPENDED' })
  await round()
  await round()
})
afterAll(() => api.close())

it('the newest changes begin after the first sync; what that found is told on request', async () => {
  expect(before.items).toEqual([])
  const { items } = await newest('&includeFirstRead=true&entity=user&kind=created')
  expect(items.length).toBe((await api.org.rows('user')).length)
  const { items: since } = await newest('&entity=user&kind=created')
  expect(since.map(({ vendor_id }) => vendor_id)).toEqual([user])
})

it('the newest changes come with the names of what changed and of what it relates to', async () => {
  const { items, names, next_cursor } = await newest()
  expect(next_cursor).toBeNull()
  const times = items.map(({ changed_at }) => changed_at)
  expect(times).toEqual([...times].sort().reverse())
  const joined = items.find(
    ({ entity, relation }) => entity === 'group-membership' && relation?.group_vendor_id === group,
  )
  expect(names[joined?.relation?.user_id ?? '']).toBe('Ada Lovelace')
  expect(names[joined?.relation?.group_id ?? '']).toBe('Analysts')
  expect(items.find(({ entity }) => entity === 'factor')?.relation).toMatchObject({ authenticator: 'webauthn' })
})

it('another status of a user is told once, not for each of their groups again', async () => {
  const { items } = await newest('&kind=updated')
  const told = items.filter(({ fields }) => fields.some((field) => /status$/.test(field)))
  expect(told.map(({ entity, vendor_id }) => [entity, vendor_id])).toEqual([['user', user]])
  const kept = await api.org.db.query(
    "select from changes where entity = 'group-membership' and kind = 'updated' and 'user_status' = any(fields)",
  )
  expect(kept.length).toBeGreaterThan(0)
})

it('the newest changes come in pages that add up, and can be those of one record', async () => {
  const { items } = await newest()
  const paged: unknown[] = []
  let query = 'limit=2'
  for (;;) {
    const { body } = await api.get(`idp/changes/newest?${query}`)
    const page = body as unknown as Schema<'History'>
    paged.push(...page.items)
    if (page.next_cursor === null) break
    query = `limit=2&cursor=${page.next_cursor}`
  }
  expect(paged).toEqual(items)
  const own = await newest(`&recordId=${api.idOf('user', user)}`)
  expect(own.items.map(({ kind }) => kind)).toEqual(['updated', 'created'])
})

it('syncs are listed without rounds that changed nothing, and tell how many those were and what they cost', async () => {
  const all = (await api.get(`${jobs}?limit=100`)).items as unknown as Job[]
  expect(all).toHaveLength(6)
  expect(all.every(({ quiet_rounds: quiet }) => quiet === null)).toBe(true)
  const answer = await api.get(`${jobs}?excludeQuiet=true`)
  validateAnswer('list_jobs_by_connection_id', answer.status, answer.body)
  const telling = answer.items as unknown as Job[]
  expect(answer.body.total).toBe(3)
  expect(telling.map(({ id }) => id)).toEqual([all[1], all[2], all[5]].map((job) => job?.id))
  expect(telling.map(({ quiet_rounds: quiet }) => quiet?.count ?? 0)).toEqual([1, 0, 2])
  expect(telling[2]?.quiet_rounds).toEqual({
    count: 2,
    requests: (all[3]?.requests ?? 0) + (all[4]?.requests ?? 0),
    first_at: all[4]?.started_at,
    last_at: all[3]?.started_at,
  })
  const [second] = (await api.get(`${jobs}?excludeQuiet=true&limit=1&offset=2`)).items as unknown as Job[]
  expect(second).toEqual(telling[2])
})
