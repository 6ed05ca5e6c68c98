import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { eachRecord, oneRecord, rawOf } from './answers.ts'

/** Applications of every shape: kept, or kept as rejects, and deleted only when a whole listing lacks them. */

const APPS = 'GET /api/v1/apps'
const streams = ['applications']

let org: TestOrg
/** An ordinary application. */
let target: string

beforeAll(async () => {
  org = await openTestOrg({ users: 12 })
  target = org.sim.org.appId(8)
})
afterEach(async () => {
  org.sim.clearFaults()
  await org.db.query('truncate applications, rejected_records, changes')
})
afterAll(() => org.close())

const sync = async () => (await org.sync({ streams })).resources.applications
const find = async (id = target) => (await org.rows('application')).find((row) => row.vendor_id === id)
const total = () => org.sim.org.expected().applications

describe('an application of an odd shape', () => {
  it('B092: without a sign-on mode is kept, be it null or absent', async () => {
    org.sim.fault(
      eachRecord(APPS, ({ signOnMode, ...app }, place) => {
        if (place === 0) return { ...app, signOnMode: null }
        return place === 1 ? app : { ...app, signOnMode }
      }),
    )
    expect(await sync()).toMatchObject({ outcome: 'complete', rows: total(), rejected: 0 })
    const rows = await org.rows('application')
    expect(rows).toHaveLength(total())
    const [first, second, ...rest] = rows
    expect([first?.sign_on_mode, second?.sign_on_mode]).toEqual([null, null])
    expect(rest.some((row) => row.sign_on_mode === 'SAML_2_0')).toBe(true)
  })

  it.each([
    ['a sign-on mode of tomorrow', { signOnMode: 'TELEPATHY' }, { sign_on_mode: 'TELEPATHY' }],
    ['a number for a label', { label: 7 }, { label: '7' }],
    ['an object for a label', { label: { de: 'x' } }, { label: null }],
    ['no name', { name: null, label: 'Benefits' }, { name: 'Benefits' }],
    ['a text for features', { features: 'NONE' }, { features: ['NONE'] }],
    ['null features', { features: null }, { features: [] }],
    ['an unknown status', { status: 'PAUSED' }, { status: 'unknown', vendor_status: 'PAUSED' }],
    ['a date nobody can read', { created: 'yesterday' }, { vendor_created_at: null }],
    ['a list for visibility', { visibility: [], accessibility: 'none' }, { is_hidden: null, is_self_service: null }],
    ['links that are none', { _links: null }, { access_policy_id: null }],
  ])('B092, and one with %s, too', async (_, change, expected) => {
    org.sim.fault(oneRecord(APPS, target, (app) => ({ ...app, ...change })))
    expect(await sync()).toMatchObject({ outcome: 'complete', rows: total(), rejected: 0 })
    expect(await find()).toMatchObject(expected)
  })

  it('B094: with a list where others have a text costs neither its page nor itself; what came is kept', async () => {
    const settings = { app: { domains: ['acme.test', 'acme.example'], seats: { max: null } } }
    org.sim.fault(oneRecord(APPS, target, (app) => ({ ...app, settings })))
    expect(await sync()).toMatchObject({ outcome: 'complete', rows: total(), rejected: 0 })
    expect(rawOf(await find())).toMatchObject({ settings })
  })

  it('B094, and one without an id leaves the other rows, and is kept as a reject', async () => {
    org.sim.fault(oneRecord(APPS, target, ({ id: _, ...app }) => ({ ...app, settings: { app: { domains: ['a'] } } })))
    expect(await sync()).toMatchObject({ outcome: 'partial', rows: total() - 1, rejected: 1 })
    expect(await org.rows('application')).toHaveLength(total() - 1)
    const rejects = await org.db.query('select stream, issues, raw from rejected_records')
    expect(rejects).toMatchObject([{ stream: 'applications', issues: expect.stringContaining('id') }])
    expect(rawOf(rejects[0])).toMatchObject({ settings: { app: { domains: ['a'] } } })
  })

  it('B097: with empty settings, or with none, is accepted', async () => {
    org.sim.fault(
      eachRecord(APPS, ({ settings, credentials, ...app }, place) => {
        const odd = [
          { ...app, settings: {} },
          app,
          { ...app, settings: null },
          { ...app, settings: [], credentials: 7 },
        ]
        return odd[place] ?? { ...app, settings, credentials }
      }),
    )
    expect(await sync()).toMatchObject({ outcome: 'complete', rows: total(), rejected: 0 })
    expect(rawOf((await org.rows('application'))[0])).toMatchObject({ settings: {} })
  })
})

describe('a listing that does not add up', () => {
  it('B096: rows that came in are rows or rejects, and a mismatch is not a success', async () => {
    await sync()
    const junk = [null, 'app', 7, [], { id: '' }, { id: null, label: 'x' }]
    org.sim.fault({ match: APPS, transform: (body) => (Array.isArray(body) ? [...junk, ...body] : body) })
    const found = await sync()
    expect(found).toMatchObject({ outcome: 'partial', rows: total(), rejected: junk.length, deleted: 0 })
    expect(found?.reason).toContain(`${junk.length} records`)
    const [stored] = await org.db.query<{ count: number }>('select count(*) as count from rejected_records')
    expect(stored?.count).toBe(junk.length)
  })

  it.each([
    ['an object', { apps: [] }],
    ['a text', JSON.stringify('none')],
    ['a page of HTML', '<html><body>Sign in</body></html>'],
    ['nothing', ''],
  ])('B096, and %s in place of the list is a failure that deletes nothing', async (_, body) => {
    await sync()
    org.sim.fault({ match: APPS, status: 200, body })
    expect(await sync()).toMatchObject({ outcome: 'failed', rows: 0, deleted: 0, reason_code: expect.any(String) })
    expect((await org.rows('application')).filter((row) => row.is_deleted)).toEqual([])
  })
})

describe('an inactive application', () => {
  it('B103: is stored with its status, and deleted only once a complete listing lacks it', async () => {
    org.sim.org.updateApp(target, { status: 'INACTIVE' })
    await sync()
    expect(await find()).toMatchObject({ status: 'inactive', vendor_status: 'INACTIVE', is_deleted: false })

    org.sim.fault('inactive-apps-missing')
    const cut = org.sim.fault({ match: APPS, truncate: 300 })
    expect(await sync()).toMatchObject({ outcome: 'failed', deleted: 0 })
    expect(await find()).toMatchObject({ status: 'inactive', is_deleted: false })

    cut.remove()
    const inactive = [...org.sim.org.allApps()].filter(({ status }) => status === 'INACTIVE').length
    expect(await sync()).toMatchObject({ outcome: 'complete', deleted: inactive })
    expect(await find()).toMatchObject({ is_deleted: true })

    org.sim.clearFaults()
    expect(await sync()).toMatchObject({ outcome: 'complete', deleted: 0 })
    expect(await find()).toMatchObject({ status: 'inactive', is_deleted: false, deleted_at: null })
    org.sim.org.updateApp(target, { status: 'ACTIVE' })
  })

  it('B103, and one that is deactivated between two syncs changes and stays', async () => {
    await sync()
    org.sim.org.updateApp(target, { status: 'INACTIVE' })
    expect(await sync()).toMatchObject({ outcome: 'complete', changed: 1, deleted: 0 })
    expect(await find()).toMatchObject({ status: 'inactive', is_deleted: false })
    org.sim.org.updateApp(target, { status: 'ACTIVE' })
  })
})
