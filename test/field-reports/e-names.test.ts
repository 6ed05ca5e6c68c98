import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ENTITIES } from '../../src/model/index.ts'
import { EVERYTHING } from '../../src/model/scope.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { withClient } from './calls.ts'

/** Names as people write them: labels, never keys and never parts of an address. */

const QUOTED = 'Our "quoted" \\ team'
const ODD_LOGINS = ['#abcd', 'ab/cd', '..', '?x=y&z', 'a%2Fb', 'o’brien@acme.test']

let org: TestOrg

beforeAll(async () => {
  org = await openTestOrg({ users: 20 })
})
afterEach(async () => {
  org.sim.clearFaults()
  org.sim.resetCounts()
  await org.db.query(`truncate ${[...ENTITIES.map(({ table }) => table), 'changes'].join()}`)
})
afterAll(() => org.close())

const sync = (streams: readonly string[]) => org.sync({ streams })
const live = async (entity: string) => (await org.rows(entity)).filter((row) => !row.is_deleted)

describe('a login', () => {
  it('B084: never becomes part of an address: whoever bears an odd one is read by id, with all that hangs on it', async () => {
    const { org: okta } = org.sim
    const bearers = ODD_LOGINS.map((login) => okta.addUser({ login }).id)
    for (const id of bearers) {
      okta.enrollFactor(id, 'sms')
      okta.grantRole(id, 'HELP_DESK_ADMIN', [okta.groupId(1)])
    }
    const { outcome } = await sync(['users', 'factors', 'user_roles'])
    expect(outcome).toBe('complete')
    const rows = (await live('user')).filter((row) => bearers.includes(String(row.vendor_id)))
    expect(new Set(rows.map((row) => row.username))).toEqual(new Set(ODD_LOGINS))
    for (const id of bearers) {
      expect((await live('factor')).filter((row) => row.user_vendor_id === id)).not.toEqual([])
      const [role] = (await live('role-assignment')).filter((row) => row.principal_vendor_id === id)
      expect(role?.targets).toMatchObject([{ vendor_id: okta.groupId(1) }])
    }
    const asked = org.sim.requests.filter(({ path }) => path.startsWith('/api/v1/users/'))
    expect(asked.length).toBeGreaterThan(20)
    for (const { path } of asked) expect(path).toMatch(/^\/api\/v1\/users\/00u[0-9A-Za-z]{17}\//)
  })

  it.each(['..', 'a/b', 'a?b', '#', '../groups'])(
    'B084, and neither does an id like %s escape its place',
    async (id) => {
      org.sim.fault({
        match: 'GET /api/v1/users',
        transform: (body) => (Array.isArray(body) ? [{ ...body[0], id }, ...body.slice(1)] : body),
      })
      await sync(['users', 'factors'])
      const first = org.sim.org.userId(0)
      for (const { path } of org.sim.requests.filter(({ path }) => path.includes('factors'))) {
        expect(path).toMatch(/^\/api\/v1\/users\/[^/?#]+\/factors$/)
        expect(path).not.toContain(first)
      }
    },
  )
})

describe('the name of a group', () => {
  const NAMES = [
    'Eng/Platform',
    'Eng Platform',
    'eng-platform',
    'ENG-PLATFORM',
    '日本 & Co "x"',
    '',
    ' ',
    '<b>\u0000\ud83d</b>',
  ]

  it('B086: is only a label: groups whose names differ in a character, or not at all, are groups of their own', async () => {
    const { org: okta } = org.sim
    const made = [...NAMES, 'Eng/Platform'].map((name) => okta.addGroup({ name }).id)
    made.forEach((id, index) => {
      okta.addMember(id, okta.userId(index))
    })
    const { resources } = await sync(['users', 'groups', 'group_memberships'])
    expect(resources.groups).toMatchObject({ outcome: 'complete', rows: okta.expected().groups, rejected: 0 })
    const rows = new Map((await live('group')).map((row) => [row.vendor_id, row]))
    expect(new Set(made.map((id) => rows.get(id)?.id)).size).toBe(made.length)
    for (const [index, name] of NAMES.slice(0, 5).entries()) expect(rows.get(made[index])).toMatchObject({ name })
    const members = await live('group-membership')
    for (const [index, id] of made.entries())
      expect(members.filter((row) => row.group_vendor_id === id).map((row) => row.user_vendor_id)).toEqual([
        okta.userId(index),
      ])
  })

  it('B086, and renaming one changes it in place', async () => {
    const { id } = org.sim.org.addGroup({ name: 'Before' })
    await sync(['groups'])
    org.sim.org.renameGroup(id, 'After / 日本')
    expect((await sync(['groups'])).resources.groups).toMatchObject({ created: 0, changed: 1, deleted: 0 })
    const named = (await org.rows('group')).filter((row) => row.vendor_id === id)
    expect(named).toMatchObject([{ name: 'After / 日本', is_deleted: false }])
  })

  it('B087: is encoded once and understood, quotes and all', async () => {
    const { id } = org.sim.org.addGroup({ name: QUOTED })
    const search = `profile.name eq ${JSON.stringify(QUOTED)}`
    const { items } = await withClient(org, (client) =>
      client.list('/api/v1/groups', { query: { search, limit: 200 }, cursor: null }),
    )
    expect(items).toMatchObject([{ id }])
    const { path } = org.sim.requests.at(-1) ?? { path: '' }
    expect(path).toContain('search=profile.name%20eq%20%22Our%20%5C%22quoted%5C%22%20%5C%5C%20team%22')
    expect(path).not.toContain('%25')
  })

  it('B087, and is no filter: a sync of named groups asks for no field that Okta refuses', async () => {
    const { id } = org.sim.org.addGroup({ name: QUOTED })
    const scope = { ...EVERYTHING, groups: [QUOTED, org.sim.org.groupId(1)] }
    const { outcome } = await org.sync({ scope, streams: ['users', 'groups', 'group_memberships'] })
    expect(outcome).toBe('complete')
    const kept = (await live('group')).map((row) => row.vendor_id)
    expect(kept).toContain(id)
    expect(kept).toContain(org.sim.org.groupId(1))
    expect(kept.length).toBeLessThan(5)
    expect(org.sim.requests.filter(({ path }) => /[?&](filter|q)=/.test(path))).toEqual([])
    expect(org.sim.requests.filter(({ status }) => status === 400 || status === 0)).toEqual([])
  })
})

describe('Okta is the source of truth', () => {
  const streams = ['users', 'groups', 'group_memberships']

  it('B091: a member who is removed there is removed here, and may come back', async () => {
    const { org: okta } = org.sim
    const { id: group } = okta.addGroup({ name: 'Team' })
    for (const index of [0, 2, 3]) okta.addMember(group, okta.userId(index))
    await sync(streams)
    const membership = async () =>
      (await org.rows('group-membership')).find((row) => row.vendor_id === `${group}:${okta.userId(2)}`)

    okta.removeMember(group, okta.userId(2))
    expect((await sync(streams)).resources.group_memberships).toMatchObject({ outcome: 'complete', deleted: 1 })
    const gone = await membership()
    expect(gone).toMatchObject({ is_deleted: true, deleted_at: expect.any(String) })
    const changes = await org.db.query('select kind from changes where record_id = $1 order by seq', [gone?.id])
    expect(changes).toEqual([{ kind: 'created' }, { kind: 'deleted' }])
    expect(await live('user')).toHaveLength(okta.expected().users)

    okta.addMember(group, okta.userId(2))
    await sync(streams)
    expect(await membership()).toMatchObject({ id: gone?.id, is_deleted: false, deleted_at: null })
  })

  it('B091, and the first run takes nothing away, there or here', async () => {
    const before = org.sim.org.expected()
    const { resources } = await org.sync()
    for (const resource of Object.values(resources)) expect(resource).toMatchObject({ deleted: 0, held_deletes: 0 })
    expect(new Set(org.sim.requests.map(({ method }) => method))).toEqual(new Set(['GET']))
    expect(org.sim.org.expected()).toEqual(before)
  })

  it('B091, and a member stays whose group could not be read', async () => {
    const { org: okta } = org.sim
    await sync(streams)
    const before = (await live('group-membership')).length
    const { id } = okta.addGroup({ name: 'Fine' })
    okta.addMember(id, okta.userId(0))
    const broken = okta.everyoneId
    okta.removeMember(id, okta.userId(0))
    org.sim.fault({ match: 'GET /api/v1/groups/{id}/users', where: ({ params }) => params.id === broken, status: 403 })
    expect((await sync(streams)).resources.group_memberships).toMatchObject({ outcome: 'partial', deleted: 0 })
    expect(await live('group-membership')).toHaveLength(before)
  })
})
