import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dropOldChanges } from '../../src/store/old-changes.ts'
import { validateAnswer } from './documented.ts'
import { dice, mutate } from './random-mutations.ts'
import { openRelatedOrg, type RelatedOrg } from './related-org.ts'

/** Lists that can be told of another time: of what, what, and the entity of what they are asked of. */
const LISTS = [
  ['groups', 'users', 'group'],
  ['users', 'groups', 'user'],
  ['applications', 'users', 'application'],
  ['applications', 'groups', 'application'],
  ['users', 'applications', 'user'],
  ['groups', 'applications', 'group'],
] as const

/** What each of these lists says, record by record: vendor ids, and the groups that give access where it tells them. */
async function edges(api: RelatedOrg, query: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  for (const [of, what, entity] of LISTS)
    for (const { id } of await api.org.rows(entity)) {
      const answer = await api.get(`idp/${of}/${id}/${what}?limit=1000${query}`)
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
      const told = answer.items.map(({ vendor_id, access }) => {
        const groups = (access as { groups: { vendor_id: string }[] } | undefined)?.groups ?? []
        return [vendor_id, ...groups.map((group) => group.vendor_id).sort()].join(' ')
      })
      if (told.length > 0) found[`${of}/${id}/${what}`] = told
    }
  return found
}

const now = (api: RelatedOrg) => new Date(api.org.clock.now()).toISOString()

describe.each([11, 12])('a random history, seed %i', (seed) => {
  let api: RelatedOrg
  beforeAll(async () => {
    api = await openRelatedOrg({ users: 12, seed }, false)
  })
  afterAll(() => api.close())

  it('is told as of each sync as the lists told it then', async () => {
    const next = dice(seed)
    const then: { at: string; edges: Record<string, string[]> }[] = []
    for (let round = 0; round < 4; round++) {
      for (let change = 0; round > 0 && change < 15; change++) mutate(api.org.sim.org, next)
      api.org.clock.advance(60_000)
      await api.org.sync({ confirmDeletes: true })
      then.push({ at: now(api), edges: await edges(api, '') })
    }
    for (const { at, edges: expected } of then) expect(await edges(api, `&asOf=${at}`)).toEqual(expected)
    expect(new Set(then.map(({ edges }) => JSON.stringify(edges))).size).toBe(then.length)
  }, 120_000)
})

describe('asOf', () => {
  let api: RelatedOrg
  let user: string
  let members: string
  const syncs: string[] = []
  const sync = async () => {
    api.org.clock.advance(60_000)
    await api.org.sync({ confirmDeletes: true })
    syncs.push(now(api))
  }
  const isMember = async (query: string) => {
    const answer = await api.get(`${members}?limit=1000${query}`)
    validateAnswer('list_idp_group_users', answer.status, answer.body)
    return answer.items.find(({ vendor_id }) => vendor_id === user)
  }
  beforeAll(async () => {
    api = await openRelatedOrg({ users: 12 })
    const { org } = api.org.sim
    const group = org.addGroup({ name: 'Revolving door' }).id
    user = [...org.allUsers()].find(({ id, status }) => id !== org.ownerId && status === 'ACTIVE')?.id ?? ''
    members = `idp/groups/${api.idOf('group', group)}/users`
    for (let round = 0; round < 4; round++) {
      if (round % 2 === 0) org.addMember(group, user)
      else org.removeMember(group, user)
      await sync()
    }
    org.addMember(group, user)
    await sync()
    org.deleteGroup(group)
    await sync()
  })
  afterAll(() => api.close())

  it('tells an edge that went and came back several times, by what it is now', async () => {
    const there: boolean[] = []
    for (const at of syncs) there.push((await isMember(`&asOf=${at}`)) !== undefined)
    expect(there).toEqual([true, false, true, false, true, false])
    // Between two syncs it is what the earlier one saw; the record and the edge are shown as they are now.
    const between = new Date(Date.parse(syncs[0] ?? '') + 1_000).toISOString()
    expect((await isMember(`&asOf=${between}`))?.membership).toMatchObject({ is_deleted: true })
    expect(await isMember('')).toBeUndefined()
    const counted = await api.get(`${members}?asOf=${syncs[0]}&limit=0`)
    expect(counted.body.total).toBe(1)
  })

  it('goes along in a cursor', async () => {
    const everyone = `idp/groups/${api.idOf('group', api.org.sim.org.everyoneId)}/users`
    const paged = await api.byCursor(`${everyone}?asOf=${syncs[1]}`, 5)
    expect(paged).toEqual((await api.get(`${everyone}?asOf=${syncs[1]}&limit=1000`)).items)
    const first = await api.get(`${everyone}?asOf=${syncs[1]}&enableCursor=true&limit=1`)
    const contrary = await api.get(`${everyone}?asOf=${syncs[2]}&cursor=${first.body.next_cursor}`)
    expect(contrary.status).toBe(422)
  })

  it('is refused where it cannot be told, with since when it can', async () => {
    const refusal = async (query: string, path = members) => {
      const { status, body } = await api.get(`${path}?${query}`)
      const [mistake] = body.detail as { loc: string[]; msg: string }[]
      expect([status, mistake?.loc]).toEqual([422, ['query', 'asOf']])
      return mistake?.msg ?? ''
    }
    const early = await refusal('asOf=2026-01-01T00:00:00Z')
    const [, since = ''] = /^cannot be told before (.*Z)$/.exec(early) ?? []
    expect(Date.parse(since)).toBeLessThan(Date.parse(syncs[0] ?? ''))
    expect((await api.get(`${members}?asOf=${since}`)).status).toBe(200)
    expect(await refusal('asOf=2999-01-01T00:00:00Z')).toBe('is in the future')
    expect(await refusal(`asOf=${syncs[0]}&includeDeleted=true`)).toContain('cannot be sent together')
    expect(await refusal(`asOf=${syncs[0]}&updatedSince=${syncs[0]}`)).toContain('cannot be sent together')

    const other = await api.otherConnection()
    const theirs = await api.insert('group', { vendor_id: 'theirs' }, other)
    const unread = await api.get(`idp/groups/${theirs}/users?asOf=${syncs[0]}`, other)
    expect(unread.body.detail).toMatchObject([{ msg: 'cannot be told: this was never read yet' }])
  })

  it('is told since the latest change that was thrown away, and refused before it', async () => {
    const days = Math.floor((Date.now() - Date.parse(syncs[2] ?? '')) / 86_400_000) + 1
    const begin = await api.get('idp/changes?limit=1')
    // Those of the first syncs, made older than the days that are kept.
    await api.org.db.query("update changes set changed_at = changed_at - interval '10 days' where changed_at <= $1", [
      syncs[1],
    ])
    expect((await api.get(`idp/changes?cursor=${begin.body.next_cursor}`)).status).toBe(200)
    expect(await dropOldChanges(api.org.db, days)).toBeGreaterThan(100)
    const tooOld = await api.get(`idp/changes?cursor=${begin.body.next_cursor}`)
    expect([tooOld.status, tooOld.body.code]).toEqual([422, 'cursor_invalid'])
    const there = await Promise.all(syncs.slice(2).map((at) => isMember(`&asOf=${at}`)))
    expect(there.map((member) => member !== undefined)).toEqual([true, false, true, false])
    await api.org.db.query('update connections set changes_since = $2 where id = $1', [api.connectionId, syncs[3]])
    const refused = await api.get(`${members}?asOf=${syncs[2]}`)
    expect(refused.body.detail).toMatchObject([{ msg: `cannot be told before ${syncs[3]}` }])
    expect(await isMember(`&asOf=${syncs[4]}`)).toBeDefined()
  })
})
