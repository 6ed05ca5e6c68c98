import { afterAll, beforeAll, expect, it } from 'vitest'
import { validateAnswer } from './documented.ts'
import { type Item, openRelatedOrg, type RelatedOrg } from './related-org.ts'

/** One user over five syncs: what changed, and what came and went. */
let api: RelatedOrg
let path: string
let user: string
let group: string
/** ISO times of the syncs. */
const syncs: string[] = []

async function sync(): Promise<void> {
  api.org.clock.advance(60_000)
  await api.org.sync({ confirmDeletes: true })
  syncs.push(new Date(api.org.clock.now()).toISOString())
}

beforeAll(async () => {
  api = await openRelatedOrg({ users: 12 })
  const { org } = api.org.sim
  user = [...org.allUsers()].find(({ id, status }) => id !== org.ownerId && status === 'ACTIVE')?.id ?? ''
  path = `idp/users/${api.idOf('user', user)}/history`
  const [own] = org.groupsOf(user).filter((id) => id !== org.everyoneId)
  group = own ?? org.addGroup({ name: 'Own' }).id
  org.updateUser(user, { profile: { title: 'Clerk', department: 'A' } })
  if (own) org.removeMember(group, user)
  org.enrollFactor(user, 'token:software:totp google')
  await sync()
  org.updateUser(user, { profile: { title: 'Head' } })
  org.addMember(group, user)
  org.grantRole(user, 'HELP_DESK_ADMIN')
  await sync()
  org.updateUser(user, { profile: { title: 'Chief' } })
  org.removeMember(group, user)
  await sync()
  org.addMember(group, user)
  await sync()
  org.deleteUser(user)
  await sync()
})
afterAll(() => api.close())

async function history(query = ''): Promise<Item[]> {
  const answer = await api.get(`${path}?limit=1000${query}`)
  validateAnswer('list_idp_user_history', answer.status, answer.body)
  expect(answer.body.next_cursor).toBeNull()
  return answer.items
}

it('tells what changed, the newest first, with the values before and after each change', async () => {
  const items = await history()
  const titles = items.map(({ kind, before, after }) => [
    kind,
    (before as Item | null)?.title,
    (after as Item | null)?.title,
  ])
  expect(titles.slice(0, 3)).toEqual([
    ['deleted', undefined, undefined],
    ['updated', 'Head', 'Chief'],
    ['updated', 'Clerk', 'Head'],
  ])
  expect(titles.at(3)?.[2]).toBe('Clerk')
  expect(titles.at(-1)).toEqual(['created', undefined, undefined])
  expect(new Set(items.map(({ record_id }) => record_id)).size).toBe(1)
  expect(items[0]?.changed_at).toBe(syncs.at(-1))
})

it('tells on request what the user gained and lost as well, in the same order', async () => {
  const items = await history('&includeRelations=true')
  const membership = items.filter(({ vendor_id }) => vendor_id === `${group}:${user}`)
  const told = membership.map(({ kind, fields }) => [kind, (fields as string[]).includes('is_deleted')])
  expect(told.slice(0, 3)).toEqual([
    ['deleted', false],
    ['updated', true],
    ['deleted', false],
  ])
  expect(membership[0]?.relation).toMatchObject({ group_vendor_id: group, user_vendor_id: user })
  const entities = new Set(items.map(({ entity }) => entity))
  expect([...entities].sort()).toEqual(
    expect.arrayContaining(['factor', 'group-membership', 'role-assignment', 'user']),
  )
  // A membership that only tells another status of the user was neither gained nor lost.
  const relations = items.filter(({ entity, kind }) => entity !== 'user' && kind === 'updated')
  expect(relations.every(({ fields }) => (fields as string[]).includes('is_deleted'))).toBe(true)
  const times = items.map(({ changed_at }) => String(changed_at))
  expect(times).toEqual([...times].sort().reverse())
  expect(items.filter(({ entity }) => entity === 'user')).toEqual(await history())
})

it('comes in pages that add up to the whole', async () => {
  for (const relations of ['', '&includeRelations=true']) {
    const paged: Item[] = []
    let query = `limit=2${relations}`
    for (;;) {
      const answer = await api.get(`${path}?${query}`)
      paged.push(...answer.items)
      if (answer.body.next_cursor === null) break
      query = `limit=2&cursor=${answer.body.next_cursor}`
    }
    expect(paged).toEqual(await history(relations))
  }
})

it('is there for every kind of record that has a list and changes', async () => {
  const records = { groups: 'group', applications: 'application', policies: 'policy', factors: 'factor', roles: 'role' }
  for (const [plural, singular] of Object.entries(records)) {
    const [first] = (await api.get(`idp/${plural}?limit=1`)).items
    const answer = await api.get(`idp/${plural}/${first?.id}/history`)
    validateAnswer(`list_idp_${singular}_history`, answer.status, answer.body)
    expect(answer.items.at(-1)).toMatchObject({ kind: 'created', record_id: first?.id })
  }
  const other = await api.otherConnection()
  expect((await api.get(path, other)).status).toBe(404)
})
