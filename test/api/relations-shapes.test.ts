import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Item, openRelatedOrg, type RelatedOrg } from './related-org.ts'

/** Rows written by hand: what no simulated org has, and what must never show. */
let api: RelatedOrg
let other: string
beforeAll(async () => {
  api = await openRelatedOrg({ users: 5 }, false)
  other = await api.otherConnection()
}, 60_000)
afterAll(() => api.close())

let made = 0
const make = (entity: string, row: Record<string, unknown> = {}, connection?: string) =>
  api.insert(entity, { vendor_id: `${entity}-${++made}`, ...row }, connection)
const member = (group: string, user: string, row: Record<string, unknown> = {}) =>
  make('group-membership', { group_id: group, user_id: user, ...row })
const assign = (application: string, principal: string, row: Record<string, unknown> = {}) =>
  make('application-assignment', { application_id: application, principal_id: principal, ...row })
const namesOf = (items: readonly Item[]) => items.map(({ name }) => name).sort()

describe('access', () => {
  it('names live groups only, the winning one first, and says via what the assignment says', async () => {
    const [app, user] = [await make('application'), await make('user')]
    const [first, last, left, gone] = await Promise.all(
      ['first', 'last', 'left', 'gone'].map((name) => make('group', { name, is_deleted: name === 'gone' })),
    )
    for (const [group = '', priority, isMember] of [
      [last, null, true],
      [first, 0, true],
      [left, 1, false],
      [gone, 2, true],
    ] as const) {
      await assign(app, group, { principal_type: 'group', via: 'direct', priority })
      await member(group, user, { is_deleted: !isMember })
    }
    const assignment = await assign(app, user, {
      via: 'direct',
      status: 'active',
      vendor_status: 'ACTIVE',
      username: 'u',
    })
    const expected = {
      assignment_id: assignment,
      via: 'direct',
      status: 'active',
      vendor_status: 'ACTIVE',
      username: 'u',
      groups: [
        { name: 'first', id: first, priority: 0 },
        { name: 'last', priority: null },
      ],
      groups_truncated: false,
      is_deleted: false,
    }
    for (const path of [`idp/users/${user}/applications`, `idp/applications/${app}/users`]) {
      const { items } = await api.get(path)
      expect(items.map(({ access }) => access)).toMatchObject([expected])
    }
    expect(namesOf((await api.get(`idp/applications/${app}/groups`)).items)).toEqual(['first', 'last', 'left'])
    expect(namesOf((await api.get(`idp/applications/${app}/groups?includeDeleted=1`)).items)).toContain('gone')
  })

  it('names a hundred groups at most and says that there are more', async () => {
    const [app, user] = [await make('application'), await make('user')]
    await assign(app, user, { via: null })
    for (let priority = 0; priority < 101; priority++) {
      const group = await make('group')
      await assign(app, group, { principal_type: 'group', priority })
      await member(group, user)
    }
    const [item] = (await api.get(`idp/users/${user}/applications`)).items
    const access = item?.access as { groups: { priority: number }[]; groups_truncated: boolean; via: string | null }
    expect(access.groups.map(({ priority }) => priority)).toEqual(Array.from({ length: 100 }, (_, place) => place))
    expect([access.groups_truncated, access.via]).toEqual([true, null])
  })
})

describe('what has vanished', () => {
  it('is hidden unless asked for: relations, related records, and all of a vanished record', async () => {
    const group = await make('group')
    const [live, left, gone] = [await make('user'), await make('user'), await make('user', { is_deleted: true })]
    await member(group, live, { user_status: 'suspended' })
    await member(group, left, { is_deleted: true })
    await member(group, gone)
    const path = `idp/groups/${group}/users`
    expect((await api.get(path)).body).toMatchObject({ total: 1, items: [{ id: live }] })
    expect((await api.get(path)).items[0]?.membership).toMatchObject({ user_status: 'suspended', is_deleted: false })
    const whole = await api.get(`${path}?includeDeleted=true`)
    expect(whole.body.total).toBe(3)
    const marks = Object.fromEntries(
      whole.items.map((user) => [user.id, [user.is_deleted, (user.membership as { is_deleted: boolean }).is_deleted]]),
    )
    expect(marks).toEqual({ [live]: [false, false], [left]: [false, true], [gone]: [true, false] })
    expect((await api.get(`idp/users/${gone}/groups`)).body).toMatchObject({ total: 0, items: [] })
    expect((await api.get(`idp/users/${gone}/groups?includeDeleted=true`)).body.total).toBe(1)
    expect((await api.byCursor(`${path}?includeDeleted=true`, 1)).map(({ id }) => id)).toEqual(
      [live, left, gone].sort(),
    )
  })

  it('keeps its place in a walk whose first request asked for it', async () => {
    const group = await make('group')
    for (let count = 0; count < 3; count++) await member(group, await make('user'), { is_deleted: true })
    const first = await api.get(`idp/groups/${group}/users?enableCursor=true&limit=2&includeDeleted=true`)
    const rest = await api.get(`idp/groups/${group}/users?cursor=${first.body.next_cursor}&limit=2`)
    expect([first.items.length, rest.items.length]).toEqual([2, 1])
    const elsewhere = await make('group')
    const moved = await api.get(`idp/groups/${elsewhere}/users?cursor=${first.body.next_cursor}`)
    expect([moved.status, moved.body.code]).toEqual([422, 'cursor_invalid'])
  })

  it('shows with updatedSince, as does what changed in the record or in the relation', async () => {
    const group = await make('group')
    const [late, early] = ['2026-06-01T00:00:00Z', '2026-01-01T00:00:00Z']
    const users = [await make('user', { changed_at: late }), await make('user'), await make('user'), await make('user')]
    await member(group, users[0] ?? '', { changed_at: early })
    await member(group, users[1] ?? '', { changed_at: late })
    await member(group, users[2] ?? '', { changed_at: late, is_deleted: true })
    await member(group, users[3] ?? '', { changed_at: early })
    const since = `idp/groups/${group}/users?updatedSince=${late}`
    const ids = (items: Item[]) => items.map(({ id }) => id)
    expect(ids(await api.byOffset(since, 1))).toEqual(users.slice(0, 2).sort())
    expect(ids(await api.byOffset(`${since}&includeDeleted=true`, 2))).toEqual(users.slice(0, 3).sort())
    expect((await api.get(`${since.replace('06-01', '06-02')}`)).body.total).toBe(0)
  })
})

describe('another connection', () => {
  it('never shows through a relation that leads across', async () => {
    const [group, app, policy] = [await make('group'), await make('application'), await make('policy')]
    const user = await make('user')
    const theirUser = await make('user', {}, other)
    const theirGroup = await make('group', { vendor_id: 'their-group' }, other)
    const theirApp = await make('application', { access_policy_id: policy }, other)
    await member(group, theirUser)
    await make('group-membership', { group_id: group, user_id: user }, other)
    await assign(app, theirUser)
    await assign(theirApp, user)
    await assign(app, theirGroup, { principal_type: 'group' })
    await make('policy-mapping', { policy_id: policy, application_id: theirApp })
    await make('factor', { user_id: user }, other)
    await make('role-assignment', { principal_id: user, principal_type: 'user' }, other)
    await make('policy-rule', { policy_id: policy, conditions: { people: { groups: { include: ['g'] } } } }, other)
    await make('group', { vendor_id: 'g' })
    for (const path of [
      `groups/${group}/users`,
      `applications/${app}/users`,
      `applications/${app}/groups`,
      `users/${user}/groups`,
      `users/${user}/applications`,
      `users/${user}/factors`,
      `users/${user}/roles`,
      `policies/${policy}/applications`,
      `policies/${policy}/rules`,
      `policies/${policy}/groups`,
    ])
      expect([path, (await api.get(`idp/${path}?includeDeleted=true`)).body.total]).toEqual([path, 0])
    expect((await api.get(`configuration/users/${user}`)).status).toBe(404)
  })
})

describe('the people of a policy', () => {
  it('are included or excluded by the policy or by rules that have names', async () => {
    const people = (include: unknown, exclude: unknown) => ({
      people: { groups: { include, exclude }, users: { exclude } },
    })
    const policy = await make('policy', { conditions: people(['pg-1', 'pg-1', 'never-read'], null) })
    const second = await make('policy-rule', {
      policy_id: policy,
      name: 'Second',
      status: 'inactive',
      position: 1,
      conditions: people(null, ['pg-1', 'pg-2', 'pu-1']),
    })
    await make('policy-rule', { policy_id: policy, name: 'First', position: 0, conditions: people(['pg-1'], ['pg-1']) })
    await make('policy-rule', { policy_id: policy, name: 'Old', is_deleted: true, conditions: people(['pg-3'], []) })
    const ids = await Promise.all(['pg-1', 'pg-2', 'pg-3'].map((id) => make('group', { vendor_id: id, name: id })))
    await make('user', { vendor_id: 'pu-1' })
    const groups = await api.byCursor(`idp/policies/${policy}/groups`, 1)
    expect(groups.map(({ id }) => id)).toEqual(ids.slice(0, 2).sort())
    const said = (groups.find(({ name }) => name === 'pg-1')?.relations ?? []) as Record<string, unknown>[]
    expect(said.map(({ kind, policy_rule_name }) => [kind, policy_rule_name])).toEqual([
      ['include', null],
      ['include', 'First'],
      ['exclude', 'First'],
      ['exclude', 'Second'],
    ])
    expect(said[0]).toMatchObject({ policy_rule_id: null, policy_rule_vendor_id: null, policy_rule_status: null })
    expect(said[3]).toMatchObject({ policy_rule_id: second, policy_rule_status: 'inactive', is_deleted: false })
    const users = await api.get(`idp/policies/${policy}/users`)
    expect(users.items).toMatchObject([{ vendor_id: 'pu-1', relations: [{ kind: 'exclude', policy_rule_id: second }] }])
    const old = (await api.get(`idp/policies/${policy}/groups?includeDeleted=true`)).items.find(
      ({ name }) => name === 'pg-3',
    )
    expect(old?.relations).toMatchObject([{ policy_rule_name: 'Old', is_deleted: true }])
  })

  it.each([
    ['nothing', null, 0],
    ['an array', [], 0],
    ['people of another kind', { people: 'everyone' }, 0],
    ['people that are an array', { people: [1, null, { groups: 7 }] }, 0],
    ['groups that are null', { people: { groups: null, users: null } }, 0],
    ['numbers for ids', { people: { groups: { include: [1, null, true, {}, [['odd-group']]] } } }, 0],
    ['one id in place of a list', { people: { groups: { include: 'odd-group' } } }, 1],
    ['an id among others', { people: { groups: { include: [null, 'odd-group', 7], exclude: { a: 1 } } } }, 1],
    ['text for conditions', 'odd-group', 0],
  ])('are found in conditions that hold %s', async (_, conditions, found) => {
    await api.org.db.query("delete from groups where vendor_id = 'odd-group'")
    await make('group', { vendor_id: 'odd-group' })
    const policy = await make('policy', { conditions })
    await make('policy-rule', { policy_id: policy, conditions })
    const [groups, users] = [
      await api.get(`idp/policies/${policy}/groups`),
      await api.get(`idp/policies/${policy}/users`),
    ]
    expect([groups.status, groups.body.total, users.status, users.body.total]).toEqual([200, found, 200, 0])
  })
})

describe('a policy', () => {
  it('lists rules without a position last, whichever way it is walked', async () => {
    const policy = await make('policy')
    for (const position of [null, 2, 0, null, 1]) await make('policy-rule', { policy_id: policy, position })
    const rules = await api.byCursor(`idp/policies/${policy}/rules`, 2)
    expect(rules.map(({ position }) => position)).toEqual([0, 1, 2, null, null])
    expect(await api.byOffset(`idp/policies/${policy}/rules`, 2)).toEqual(rules)
  })

  it('applies by a link, by a mapping, or by both, and shows a mapping that is gone as such', async () => {
    const policy = await make('policy')
    const [linked, mapped] = [
      await make('application', { name: 'linked', profile_enrollment_policy_id: policy }),
      await make('application', { name: 'mapped' }),
    ]
    await make('policy-mapping', { policy_id: policy, application_id: linked, is_deleted: true })
    const gone = await make('policy-mapping', { policy_id: policy, application_id: mapped, is_deleted: true })
    await make('policy-mapping', { policy_id: policy, application_id: null })
    const path = `idp/policies/${policy}/applications`
    expect((await api.get(path)).items).toMatchObject([
      { id: linked, relations: ['profile_enrollment'], mapping: null },
    ])
    const whole = await api.get(`${path}?includeDeleted=true`)
    expect(whole.items.find(({ id }) => id === mapped)).toMatchObject({
      relations: [],
      mapping: { id: gone, is_deleted: true },
    })
    expect((await api.get(`idp/policies/${policy}/mappings`)).body.total).toBe(1)
    expect((await api.get(`idp/applications/${linked}/policies`)).items).toMatchObject([
      { id: policy, relations: ['profile_enrollment'] },
    ])
  })
})

describe('administrators', () => {
  it('are those who hold a role now; with includeDeleted those who did, marked', async () => {
    const [now, once] = [await make('user'), await make('user')]
    await make('role-assignment', { principal_type: 'user', principal_id: now, role_type: 'org_admin' })
    await make('role-assignment', { principal_type: 'user', principal_id: now, is_deleted: true })
    await make('role-assignment', { principal_type: 'user', principal_id: once, is_deleted: true })
    const { items } = await api.get('configuration/users')
    expect(items).toMatchObject([{ id: now, is_deleted: false, access_data: { roles: [{ role_type: 'org_admin' }] } }])
    const whole = await api.get('configuration/users?includeDeleted=true&raw=true')
    expect(new Map(whole.items.map((user) => [user.id, user.is_deleted]))).toEqual(
      new Map([
        [now, false],
        [once, true],
      ]),
    )
    expect(whole.items.map(({ raw }) => raw)).toEqual([{}, {}])
    expect((await api.get(`configuration/users/${once}`)).status).toBe(404)
  })

  it('are unknown before a sync, which the answer says', async () => {
    const answer = await api.get('configuration/users', other)
    expect(answer.headers.get('x-rollcall-outcome')).toBe('never')
    expect(answer.headers.get('x-rollcall-last-complete-at')).toBeNull()
  })
})

it('adds what Okta sent, when it is asked for', async () => {
  const group = await make('group', { raw: { id: 'g' } })
  const user = await make('user')
  await member(group, user)
  const path = `idp/users/${user}/groups`
  expect((await api.get(`${path}?raw=true`)).items[0]?.raw).toEqual({ id: 'g' })
  expect((await api.get(path)).items[0]).not.toHaveProperty('raw')
})
