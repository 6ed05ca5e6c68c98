import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginConnection, connectOrg, goToTab, type Known, namesIn, openSignedIn, syncAgain } from './signed-in.ts'
import { useStage } from './stage.ts'
import { makeGate } from './walk.ts'

const gate = makeGate()
const stage = useStage({ clock: gate.clock })
let connection: Known
let page: Page

beforeAll(async () => {
  connection = await connectOrg(stage)
  page = await openSignedIn(stage, `${connection.page}/users`)
})
afterAll(() => gate.open())

const list = (name = 'Users') => page.getByRole('region', { name, exact: true })
const table = (name = 'Users') => list(name).getByRole('table')
const filters = () => page.getByRole('search')
const pager = () => page.getByRole('navigation', { name: 'Pages', exact: true })
const search = () => filters().getByRole('searchbox', { name: 'Search name, email or username' })
const queryOf = () => Object.fromEntries(new URL(page.url()).searchParams)

/** Waits until the pager says so, which it does once the rows are there. */
const shows = async (range: string | RegExp): Promise<string[]> => {
  await pager().getByRole('status').getByText(range, { exact: true }).waitFor()
  await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
  return namesIn(table())
}
const choose = async (filter: string, choice: string): Promise<void> => {
  await filters().getByText(filter, { exact: true }).first().click()
  await filters().getByRole('checkbox', { name: choice, exact: true }).check()
  await page.keyboard.press('Escape')
}

const everybody = () => [...stage.sim.org.allUsers()]
const total = () => everybody().length
const isMatch = ({ profile }: { profile: object }, text: string) => {
  const { login, email, firstName, lastName } = profile as Record<string, string | null>
  return `${login}\n${email}\n${firstName} ${lastName}`.toLowerCase().includes(text)
}

describe('the table of users', () => {
  it('is paged forward and back, each page with its place in the address', async () => {
    const first = await shows(`1–50 of ${total()}`)
    expect(first).toHaveLength(50)
    await pager().getByRole('button', { name: 'Next' }).click()
    const second = await shows(`51–100 of ${total()}`)
    expect(queryOf()).toMatchObject({ from: '51', cursor: expect.any(String) })
    await pager().getByRole('button', { name: 'Next' }).click()
    const last = await shows(`101–${total()} of ${total()}`)
    expect(first.length + second.length + last.length).toBe(total())
    expect(await pager().getByRole('button', { name: 'Next' }).getAttribute('aria-disabled')).toBe('true')

    await page.reload()
    expect(await shows(`101–${total()} of ${total()}`)).toEqual(last)
    await pager().getByRole('button', { name: 'Previous' }).click()
    expect(await shows(`51–100 of ${total()}`)).toEqual(second)
    await page.goBack()
    expect(await shows(`101–${total()} of ${total()}`)).toEqual(last)
    await page.goBack()
    await page.goBack()
    expect(await shows(`1–50 of ${total()}`)).toEqual(first)
    expect(queryOf()).toEqual({})
  })

  it('is searched as it is typed, and filtered by status; the address has it all, and restores it', async () => {
    const wanted = everybody().filter((user) => isMatch(user, 'ximena'))
    expect(wanted.length).toBeGreaterThan(1)
    await search().fill('Ximena')
    const found = await shows(String(wanted.length))
    expect(found.every((name) => name.includes('Ximena'))).toBe(true)
    expect(queryOf()).toEqual({ search: 'Ximena' })

    const active = wanted.filter(({ status }) => status === 'ACTIVE').length
    expect(active).toBeLessThan(wanted.length)
    await choose('Status', 'Active')
    const both = await shows(String(active))
    expect(queryOf()).toEqual({ search: 'Ximena', status: 'active' })
    await page.reload()
    expect(await shows(String(active))).toEqual(both)
    expect(await search().inputValue()).toBe('Ximena')
    await filters().getByText('Status:').waitFor()

    await page.goBack()
    expect(await shows(String(wanted.length))).toEqual(found)
    await filters().getByRole('button', { name: 'Clear filters' }).click()
    await shows(`1–50 of ${total()}`)
    expect(await search().inputValue()).toBe('')
    expect(queryOf()).toEqual({})
  })

  it('shows several statuses at once, as many as Okta has of each', async () => {
    const of = (...statuses: string[]) => everybody().filter(({ status }) => statuses.includes(status)).length
    await choose('Status', 'Locked out')
    expect(await shows(String(of('LOCKED_OUT')))).toHaveLength(of('LOCKED_OUT'))
    await filters().getByText('Status:').click()
    await filters().getByRole('checkbox', { name: 'Suspended' }).check()
    await shows(String(of('LOCKED_OUT', 'SUSPENDED')))
    expect(queryOf()).toEqual({ status: 'locked_out,suspended' })
    await page.goto(`${stage.url}${connection.page}/users?status=deprovisioned`)
    await shows(String(of('DEPROVISIONED')))
    await page.goto(`${stage.url}${connection.page}/users`)
  })

  it('shows who has vanished from Okta only when asked to, and as such', async () => {
    const all = total()
    const gone = stage.sim.org.userId(20)
    stage.sim.org.deactivateUser(gone)
    stage.sim.org.deleteUser(gone)
    await syncAgain(stage, connection)
    await page.reload()
    await shows(`1–50 of ${all - 1}`)
    await filters().getByRole('checkbox', { name: 'Show deleted' }).check()
    await shows(`1–50 of ${all}`)
    expect(queryOf()).toEqual({ includeDeleted: 'true' })
    await search().fill('goran.eklund.20')
    await shows('1')
    await table().getByRole('row').getByText('No longer in Okta').waitFor()
    await filters().getByRole('checkbox', { name: 'Show deleted' }).uncheck()
    await list().getByText('No users match these filters').waitFor()
    await list().getByText('Those that are no longer in Okta are not searched.').waitFor()
    await list().getByRole('button', { name: 'Clear filters' }).last().click()
    await shows(`1–50 of ${all - 1}`)
  })
})

describe('a list without rows', () => {
  it('says whether none match, none were read, none may be read, or there are none', async () => {
    const said = async (name: string): Promise<string> => {
      await list(name).locator('[aria-busy=true]').waitFor({ state: 'detached' })
      expect(await table(name).count()).toBe(0)
      return (await list(name).textContent()) ?? ''
    }
    await search().fill('nobody is called this')
    await list().getByText('No users match these filters').waitFor()
    const filtered = await said('Users')

    stage.sim.fault({ match: /GET \/api\/v1\/users\?.*limit=200/, delayMs: 1 })
    stage.sim.fault('policies-forbidden')
    stage.sim.fault('apps-empty')
    gate.shut()
    const other = await beginConnection(stage)
    await page.goto(`${stage.url}${other.page}/users`)
    await list().getByText('The users have not been read yet').waitFor()
    const never = await said('Users')
    gate.open()
    // Without a reload: the page hears of it.
    await shows(`1–50 of ${total()}`)
    await goToTab(page, 'Policies')
    await list('Policies').getByText('The token may not read policies').waitFor()
    const refused = await said('Policies')
    await goToTab(page, 'Applications')
    await list('Applications').getByText('No applications in Okta').waitFor()
    await list('Applications').getByText('They were read completely, and there are none.').waitFor()
    const none = await said('Applications')
    expect(new Set([filtered, never, refused, none]).size).toBe(4)

    stage.sim.clearFaults()
  })
})

describe('the other tables', () => {
  it('are filtered by what their records are', async () => {
    const { org } = stage.sim
    await page.goto(`${stage.url}${connection.page}/groups`)
    await choose('Type', 'From an application')
    const imported = [...org.allGroups()].filter(({ type }) => type === 'APP_GROUP').length
    await pager().getByRole('status').getByText(String(imported), { exact: true }).waitFor()
    expect(queryOf()).toEqual({ type: 'APP_GROUP' })

    await goToTab(page, 'Applications')
    await choose('Sign-on', 'SAML 2.0')
    const saml = [...org.allApps()].filter(({ signOnMode }) => signOnMode === 'SAML_2_0').length
    await pager().getByRole('status').getByText(String(saml), { exact: true }).waitFor()

    await goToTab(page, 'Policies')
    await choose('Type', 'Password')
    const passwords = [...org.allPolicies()].filter(({ type }) => type === 'PASSWORD').length
    await pager().getByRole('status').getByText(String(passwords), { exact: true }).waitFor()

    await goToTab(page, 'Roles')
    await filters().getByRole('combobox', { name: 'Held by' }).selectOption('Groups')
    const { group_roles: held } = org.expected()
    await pager().getByRole('status').getByText(String(held), { exact: true }).waitFor()
    const kinds = await table('Admin roles').getByRole('row').allInnerTexts()
    expect(kinds.slice(1).every((row) => row.split('\t')[1] === 'Group')).toBe(true)
  })
})
