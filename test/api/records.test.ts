import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openRecordsApi } from './records-api.ts'

type Api = Awaited<ReturnType<typeof openRecordsApi>>

const LISTS: readonly [list: string, table: string][] = [
  ['users', 'users'],
  ['groups', 'groups'],
  ['applications', 'applications'],
  ['factors', 'factors'],
  ['roles', 'role_assignments'],
  ['policies', 'policies'],
  ['logs', 'log_events'],
]
const MISSING = '11111111-1111-4111-8111-111111111111'

let api: Api
const idsOf = (items: readonly Record<string, unknown>[]) => items.map(({ id }) => id)
const one = async (sql: string) => (await api.org.db.query<Record<string, string>>(sql))[0] ?? {}
const ids = async (sql: string) => (await api.org.db.query<{ id: string }>(sql)).map(({ id }) => id).sort()
const found = async (path: string) => {
  const { status, body, text } = await api.get(path)
  if (status !== 200) throw new Error(text)
  return idsOf(body.items).sort()
}

describe('before any sync', () => {
  it('every list is empty and says that it was never read', async () => {
    const empty = await openRecordsApi()
    for (const [list] of LISTS) {
      const { status, body, headers } = await empty.get(list)
      expect([list, status, body]).toEqual([list, 200, { count: 0, items: [], total: 0 }])
      expect(headers.get('x-rollcall-outcome')).toBe('never')
      expect(headers.get('x-rollcall-last-complete-at')).toBeNull()
      expect((await empty.get(`${list}?enableCursor=true`)).body).toEqual({
        items: [],
        next_cursor: null,
        previous_cursor: null,
      })
    }
    await empty.close()
  })
})

describe('after a sync', () => {
  beforeAll(async () => {
    api = await openRecordsApi()
    await api.org.sync()
    api.org.clock.advance(2_000)
  })
  beforeEach(() => api.org.clock.advance(2_000))
  afterAll(() => api.close())

  describe.each(LISTS)('/v1/idp/%s', (list, table) => {
    it('lists by offset, counts, and skips the count on request', async () => {
      const all = await ids(`select id from ${table}`)
      const first = await api.get(`${list}?limit=3`)
      expect(first.body).toMatchObject({ count: Math.min(3, all.length), total: all.length })
      expect(Object.keys(first.body)).toEqual(['count', 'items', 'total'])
      expect((await api.get(`${list}?excludeTotal=true`)).body.total).toBeNull()
      const gathered: unknown[] = []
      for (let offset = 0; offset < all.length; offset += 7)
        gathered.push(...idsOf((await api.get(`${list}?limit=7&offset=${offset}`)).body.items))
      expect(gathered.sort()).toEqual(all)
      expect((await api.get(`${list}?offset=${all.length + 5}`)).body).toEqual({
        count: 0,
        items: [],
        total: all.length,
      })
    })

    it('walks by cursor to the end and back, each record once', async () => {
      const all = await ids(`select id from ${table}`)
      const pages = await api.walk(list, 5)
      expect(pages.flatMap(({ items }) => idsOf(items)).sort()).toEqual(all)
      expect(
        pages
          .map(({ items }) => items.length)
          .slice(0, -1)
          .every((length) => length === 5),
      ).toBe(true)
      expect(pages[0]).not.toHaveProperty('count')
      expect(pages[0]?.previous_cursor).toBeNull()
      const back: unknown[][] = []
      for (let cursor = pages.at(-1)?.previous_cursor; cursor; ) {
        const { body } = await api.get(`${list}?limit=5&cursor=${cursor}`)
        back.unshift(idsOf(body.items))
        cursor = body.previous_cursor
      }
      expect(back).toEqual(pages.slice(0, -1).map(({ items }) => idsOf(items)))
    })

    it('takes limits from 0 to 1000', async () => {
      expect((await api.get(`${list}?limit=0`)).body).toMatchObject({ count: 0, items: [], total: expect.any(Number) })
      expect((await api.get(`${list}?limit=0&enableCursor=true`)).body).toMatchObject({ items: [], next_cursor: null })
      expect((await api.get(`${list}?limit=1`)).body.items).toHaveLength(1)
      expect((await api.get(`${list}?limit=1000`)).status).toBe(200)
      const over = await api.get(`${list}?limit=1001`)
      expect([over.status, over.body.detail]).toEqual([422, [expect.objectContaining({ loc: ['query', 'limit'] })]])
    })

    it('gets each by its id, as the list shows it, and no other', async () => {
      const [item] = (await api.get(`${list}?limit=1`)).body.items
      expect((await api.get(`${list}/${item?.id}`)).body).toEqual(item)
      const missing = await api.get(`${list}/${MISSING}`)
      expect([missing.status, missing.body.code]).toEqual([404, 'record_not_found'])
      expect((await api.get(`${list}/nonsense`)).status).toBe(422)
    })

    it('shows Okta’s JSON with raw only', async () => {
      const [plain] = (await api.get(`${list}?limit=1`)).body.items
      const [raw] = (await api.get(`${list}?limit=1&raw=true`)).body.items
      expect(plain).not.toHaveProperty('raw')
      expect(plain).not.toHaveProperty('content_hash')
      const stored = await one(`select raw::text as raw from ${table} where id = '${raw?.id}'`)
      expect(raw?.raw).toEqual(JSON.parse(stored.raw ?? ''))
      expect((await api.get(`${list}/${raw?.id}?raw=true`)).body.raw).toEqual(raw?.raw)
    })

    it('finds by ids and by Okta’s ids', async () => {
      const { id, vendor_id } = await one(`select id, vendor_id from ${table} order by vendor_id desc limit 1`)
      expect(await found(`${list}?ids=${id},${MISSING}`)).toEqual([id])
      expect(await found(`${list}?vendorId=${encodeURIComponent(vendor_id ?? '')}`)).toEqual([id])
    })

    it('says that it was read completely, and when', async () => {
      const { headers } = await api.get(`${list}?limit=1`)
      expect(headers.get('x-rollcall-outcome')).toBe('complete')
      expect(Date.parse(headers.get('x-rollcall-last-complete-at') ?? '')).toBeLessThan(api.org.clock.now())
    })

    it('refuses cursors that are cut, altered, of another list or connection, or joined by updatedSince', async () => {
      const cursor = (await api.get(`${list}?limit=1&enableCursor=true`)).body.next_cursor ?? ''
      expect(cursor).not.toBe('')
      const other = list === 'users' ? 'groups' : 'users'
      const foreign = (await api.get(`${other}?limit=1&enableCursor=true`)).body.next_cursor
      const altered = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`
      for (const bad of [cursor.slice(0, -1), altered, foreign, 'eyJvZmZzZXQiOjJ9', '%00x', 'ü']) {
        const { status, body } = await api.get(`${list}?cursor=${bad}`)
        expect([status, JSON.stringify(body.detail).includes('["query","cursor"]')]).toEqual([422, true])
      }
      expect((await api.get(`${list}?cursor=${altered}`)).body.code).toBe('cursor_invalid')
      const both = await api.get(`${list}?cursor=${cursor}&updatedSince=2020-01-01`)
      expect([both.status, both.body.code]).toEqual([422, 'invalid_request'])
    })

    it('has every parameter of its query in working order', async () => {
      const { ENDPOINTS } = await import('../../src/api/routes/index.ts')
      const query = ENDPOINTS.find(({ operationId }) => operationId === `list_idp_${list}`)?.query as unknown as {
        shape: Record<string, unknown>
      }
      const values: Record<string, string> = {
        ids: MISSING,
        userId: MISSING,
        principalId: MISSING,
        principalType: 'user',
      }
      const special = ['cursor', 'limit', 'offset', 'order', 'since', 'until', 'updatedSince']
      for (const name of Object.keys(query.shape).filter((name) => !special.includes(name))) {
        const isFlag = /^(enable|exclude|include|raw|use)/.test(name)
        const { status, text } = await api.get(`${list}?${name}=${values[name] ?? (isFlag ? 'true' : 'x')}`)
        expect([name, status, status === 200 ? '' : text]).toEqual([name, 200, ''])
      }
    })
  })

  it('walks while records are inserted, changed and tombstoned: none twice, none lost', async () => {
    const { db } = api.org
    const before = await ids('select id from users')
    const columns =
      (await one(`select string_agg(quote_ident(column_name), ', ') as list from information_schema.columns
      where table_name = 'users' and column_name not in ('id', 'vendor_id')`)) as { list: string }
    const pages = await api.walk('users', 4, async (page) => {
      await db.query(`insert into users (id, vendor_id, ${columns.list})
        select md5('extra' || ${page})::uuid, 'extra${page}', ${columns.list} from users limit 1`)
      await db.query(`update users set changed_at = now(), display_name = display_name || '!' where id in
        (select id from users order by random() limit 5)`)
      await db.query(
        `update users set is_deleted = not is_deleted where id in (select id from users order by random() limit 3)`,
      )
    })
    const seen = pages.flatMap(({ items }) => idsOf(items))
    expect(new Set(seen).size).toBe(seen.length)
    expect(before.filter((id) => !seen.includes(id))).toEqual([])
    await db.query("delete from users where starts_with(vendor_id, 'extra')")
    await db.query('update users set is_deleted = false')
  })

  it('carries the filters of the first request in the cursor, and refuses others beside it', async () => {
    const wanted = await ids("select id from users where status = 'active'")
    expect(wanted.length).toBeGreaterThan(6)
    const pages = await api.walk('users?status=ACTIVE&raw=true', 3)
    expect(pages.flatMap(({ items }) => idsOf(items)).sort()).toEqual(wanted)
    expect(pages.every(({ items }) => items.every((item) => 'raw' in item))).toBe(true)
    const cursor = pages[0]?.next_cursor
    expect((await api.get(`users?status=ACTIVE&cursor=${cursor}`)).status).toBe(200)
    const differing = await api.get(`users?status=suspended&cursor=${cursor}`)
    expect([differing.status, differing.body.detail]).toEqual([
      422,
      [expect.objectContaining({ loc: ['query', 'status'] })],
    ])
  })

  it('finds nobody of another connection, nor lets its cursor be used there', async () => {
    const other = await api.connection(await api.organization())
    expect((await api.get('users', other.id)).body.total).toBe(0)
    const [user] = (await api.get('users?limit=1')).body.items
    expect((await api.get(`users/${user?.id}`, other.id)).status).toBe(404)
    const { body } = await api.get('users?limit=1&enableCursor=true')
    expect((await api.get(`users?cursor=${body.next_cursor}`, other.id)).body.code).toBe('cursor_invalid')
  })

  it('filters users by status, email and the beginning of their name', async () => {
    const suspended = await ids("select id from users where status = 'suspended'")
    expect(await found('users?status=suspended')).toEqual(suspended)
    expect(await found('users?status=SUSPENDED,ACTIVE')).toEqual(
      await ids("select id from users where status in ('suspended', 'active')"),
    )
    const { id, email } = await one('select id, email from users where email is not null limit 1')
    expect(await found(`users?email=${encodeURIComponent(email?.toUpperCase() ?? '')}`)).toContain(id)
    expect(await found('users?email=nobody@example.com')).toEqual([])
  })

  it('takes %, _ and other scripts in the beginning of a name literally', async () => {
    const long = 'Ü'.repeat(999)
    const names = ['100%_Team', '100xyTeam', 'back\\slash', 'Ärzte 🧑‍⚕️', long]
    const groups = names.map((name) => api.org.sim.org.addGroup({ name }))
    await api.org.sync({ streams: ['groups'] })
    const vendorIds = async (prefix: string) =>
      (await api.get(`groups?name=${encodeURIComponent(prefix)}`)).body.items.map(({ vendor_id }) => vendor_id)
    expect(await vendorIds('100%_t')).toEqual([groups[0]?.id])
    expect(await vendorIds('BACK\\')).toEqual([groups[2]?.id])
    expect(await vendorIds('ärzte 🧑')).toEqual([groups[3]?.id])
    expect(await vendorIds(long.toLowerCase())).toEqual([groups[4]?.id])
    expect((await api.get(`groups?name=${'x'.repeat(1_001)}`)).status).toBe(422)
  })

  it.each([
    ['groups?type=app_group', "select id from groups where 'APP_GROUP' = any(types)"],
    ['applications?status=ACTIVE', "select id from applications where status = 'active'"],
    ['applications?type=SAML_2_0', "select id from applications where sign_on_mode = 'SAML_2_0'"],
    ['factors?type=push', "select id from factors where factor_type = 'push'"],
    ['factors?type=okta_verify', "select id from factors where authenticator = 'okta_verify'"],
    ['factors?status=active', "select id from factors where status = 'active'"],
    ['roles?type=SUPER_ADMIN', "select id from role_assignments where role_type = 'super_admin'"],
    ['roles?principalType=group', "select id from role_assignments where principal_type = 'group'"],
    ['policies?type=password', "select id from policies where type = 'PASSWORD'"],
    [
      'logs?eventType=user.session.start&outcome=success',
      "select id from log_events where event_type = 'user.session.start' and outcome = 'SUCCESS'",
    ],
  ])('%s', async (path, sql) => {
    const expected = await ids(sql)
    expect(expected.length).toBeGreaterThan(0)
    expect(await found(`${path}&limit=1000`)).toEqual(expected)
  })

  it('filters factors by user, roles by principal, applications and policies by name', async () => {
    const { user_id } = await one('select user_id from factors limit 1')
    expect(await found(`factors?userId=${user_id}`)).toEqual(
      await ids(`select id from factors where user_id = '${user_id}'`),
    )
    const { principal_id } = await one('select principal_id from role_assignments limit 1')
    expect(await found(`roles?principalId=${principal_id}`)).toEqual(
      await ids(`select id from role_assignments where principal_id = '${principal_id}'`),
    )
    const { id, label } = await one('select id, label from applications where label is not null limit 1')
    expect(await found(`applications?name=${encodeURIComponent(label?.slice(0, 4).toUpperCase() ?? '')}`)).toContain(id)
    const policy = await one('select id, name from policies limit 1')
    expect(await found(`policies?name=${encodeURIComponent(policy.name ?? '')}`)).toContain(policy.id)
  })

  it('lists log events newest first, oldest first on request, in a window of time, by actor and target', async () => {
    const times = (await api.walk('logs', 40)).flatMap(({ items }) => items.map((item) => String(item.published_at)))
    expect(times).toEqual([...times].sort().reverse())
    const rising = (await api.walk('logs?order=asc', 40)).flatMap(({ items }) =>
      items.map((item) => String(item.published_at)),
    )
    expect(rising).toEqual([...times].reverse())
    const [until = '', since = ''] = [times[3], times[9]]
    const between = await found(`logs?since=${since}&until=${until}`)
    expect(between).toEqual(
      await ids(`select id from log_events where published_at >= '${since}' and published_at < '${until}'`),
    )
    const actor = await one(
      'select actor_user_id as ours, actor_vendor_id as theirs from log_events where actor_user_id is not null limit 1',
    )
    const byActor = await ids(`select id from log_events where actor_vendor_id = '${actor.theirs}'`)
    expect(await found(`logs?actorId=${actor.ours}&limit=1000`)).toEqual(byActor)
    expect(await found(`logs?actorId=${actor.theirs}&limit=1000`)).toEqual(byActor)
    const target = await one(`select u.id, u.vendor_id from users u join log_events e
      on e.targets @> jsonb_build_array(jsonb_build_object('id', u.vendor_id)) limit 1`)
    const byTarget = await ids(`select id from log_events where targets @> '[{"id": "${target.vendor_id}"}]'`)
    expect(byTarget.length).toBeGreaterThan(0)
    expect(await found(`logs?targetId=${target.id}&limit=1000`)).toEqual(byTarget)
    expect(await found(`logs?targetId=${target.vendor_id}&limit=1000`)).toEqual(byTarget)
  })

  it('lists events without a time last, by offset and by cursor, in both orders', async () => {
    await api.org.db.query(
      `update log_events set published_at = null where id in (select id from log_events order by id limit 4)`,
    )
    for (const order of ['asc', 'desc']) {
      const expected = await api.org.db.query<{ id: string }>(
        `select id from log_events order by published_at ${order} nulls last, id ${order}`,
      )
      const pages = await api.walk(`logs?order=${order}`, 3)
      expect(pages.flatMap(({ items }) => idsOf(items))).toEqual(expected.map(({ id }) => id))
      const last = await api.get(`logs?order=${order}&limit=10&offset=${expected.length - 6}`)
      expect(idsOf(last.body.items)).toEqual(expected.slice(-6).map(({ id }) => id))
      const beyond = await api.get(`logs?order=${order}&limit=10&offset=${expected.length - 2}`)
      expect(idsOf(beyond.body.items)).toEqual(expected.slice(-2).map(({ id }) => id))
      const back = await api.get(`logs?limit=3&cursor=${pages.at(-1)?.previous_cursor}`)
      expect(back.body.items).toEqual(pages.at(-2)?.items)
    }
  })

  it('shows what changed since a time, to the millisecond, through relations and tombstones as well', async () => {
    const { db } = api.org
    const at = '2030-01-01T00:00:00.123Z'
    const [changed, related, gone] = await ids('select id from users')
    await db.query(`update users set changed_at = $2 where id = $1`, [changed, at])
    await db.query(`update group_memberships set changed_at = $2 where user_id = $1`, [related, at])
    await db.query(`update users set is_deleted = true, deleted_at = $2, changed_at = $2 where id = $1`, [gone, at])
    expect(await found(`users?updatedSince=${at}`)).toEqual([changed, related, gone])
    expect(await found('users?updatedSince=2030-01-01T00:00:00.124Z')).toEqual([])
    expect(await found(`users?updatedSince=${at}&includeDeleted=false`)).toEqual([changed, related])
    expect((await api.get(`users/${gone}`)).body.is_deleted).toBe(true)
    const pages = await api.walk(`users?updatedSince=${at}`, 1)
    expect(pages.flatMap(({ items }) => idsOf(items))).toEqual([changed, related, gone])
    const groups = await ids(`select distinct group_id as id from group_memberships where user_id = '${related}'`)
    expect(await found(`groups?updatedSince=${at}`)).toEqual(groups)
    await db.query(`update users set is_deleted = false, deleted_at = null where id = $1`, [gone])
  })

  it('includes related records, live ones only, and says where it cut them', async () => {
    const { db } = api.org
    const everyone = await one("select id from groups where name = 'Everyone'")
    const members = await ids(
      `select user_id as id from group_memberships where group_id = '${everyone.id}' and not is_deleted`,
    )
    expect(members.length).toBeGreaterThan(20)
    const whole = await api.get(`groups/${everyone.id}?includeIdpUsers=true&includeIdpApplications=true`)
    expect(idsOf(whole.body.idp_users as Record<string, unknown>[])).toEqual(members)
    expect(whole.body).toMatchObject({ idp_users_truncated: false, idp_applications_truncated: false })
    expect((whole.body.idp_users as object[])[0]).not.toHaveProperty('idp_groups')
    const cut = await api.get(`groups?ids=${everyone.id}&limit=1000&includeIdpUsers=true`)
    expect(cut.body.items[0]).toMatchObject({ idp_users_truncated: true })
    expect(idsOf(cut.body.items[0]?.idp_users as Record<string, unknown>[])).toEqual(members.slice(0, 20))
    await db.query('update users set is_deleted = true where id = $1', [members[0]])
    const fewer = await api.get(`groups/${everyone.id}?includeIdpUsers=true`)
    expect(idsOf(fewer.body.idp_users as Record<string, unknown>[])).toEqual(members.slice(1))
    await db.query('update users set is_deleted = false where id = $1', [members[0]])
  })

  it('includes all four kinds of a user, and both of an application, through cursors too', async () => {
    const flags = 'includeIdpGroups=true&includeIdpApplications=true&includeIdpRoles=true&includeIdpFactors=true'
    const items = (await api.walk(`users?${flags}`, 10)).flatMap((page) => page.items)
    const counted = (property: string) => items.reduce((sum, item) => sum + (item[property] as unknown[]).length, 0)
    const live = async (table: string, where: string) =>
      (await ids(`select id from ${table} where not is_deleted and ${where}`)).length
    expect(counted('idp_groups')).toBe(await live('group_memberships', 'true'))
    expect(counted('idp_applications')).toBe(await live('application_assignments', "principal_type = 'user'"))
    expect(counted('idp_roles')).toBe(await live('role_assignments', "principal_type = 'user'"))
    expect(counted('idp_factors')).toBe(await live('factors', 'true'))
    const applications = (await api.get('applications?limit=50&includeIdpUsers=true&includeIdpGroups=true')).body.items
    const held = applications.reduce((sum, item) => sum + (item.idp_groups as unknown[]).length, 0)
    expect(held).toBe(await live('application_assignments', "principal_type = 'group'"))
  })

  it('says that roles were refused, keeps when they were last complete, and leaves the others alone', async () => {
    const before = (await api.get('roles')).headers.get('x-rollcall-last-complete-at')
    api.org.sim.fault('roles-forbidden')
    await api.org.sync()
    api.org.clock.advance(2_000)
    const { headers } = await api.get('roles')
    expect(headers.get('x-rollcall-outcome')).toBe('not_permitted')
    expect(headers.get('x-rollcall-last-complete-at')).toBe(before)
    expect((await api.get('users')).headers.get('x-rollcall-outcome')).toBe('complete')
    expect((await api.get('users?includeIdpRoles=true')).headers.get('x-rollcall-outcome')).toBe('not_permitted')
    api.org.sim.clearFaults()
  })
})
