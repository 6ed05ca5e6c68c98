import type { Page } from 'playwright-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Schema } from '../../src/client/index.ts'
import { eventually } from '../harness/eventually.ts'
import { connectOrg, goToTab, type Known, namesIn, openSignedIn, syncAgain } from './signed-in.ts'
import { useStage } from './stage.ts'
import { press, says } from './walk.ts'

/** What an engineer sees of an org, a token or a server in trouble. */
const stage = useStage()
let connection: Known
let page: Page

beforeAll(async () => {
  connection = await connectOrg(stage)
  page = await openSignedIn(stage, connection.page)
})
afterEach(() => stage.sim.clearFaults())

/** Looks at the connection again. */
const lookAt = (part: string) => page.goto(`${stage.url}${connection.page}${part}`)
const health = () => page.getByRole('main').getByRole('status').first()
const list = (name: string) => page.getByRole('region', { name, exact: true })
const resource = (name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) })
const countOf = async (name: string): Promise<number> => {
  const title = list(name).getByRole('heading', { name: new RegExp(`^${name} [\\d,]+$`) })
  return Number((await title.textContent())?.replace(/\D/g, ''))
}
const usersInOkta = () => stage.sim.org.expected().users

describe('a token that Okta refuses', () => {
  it('B149: is told at once, in red and in words, with what to do; what was read before stays', async () => {
    stage.sim.fault('token-invalid')
    await syncAgain(stage, connection)
    await lookAt('')
    await health().getByText('Okta refuses the token').waitFor()
    await page.getByRole('link', { name: 'What to do', exact: true }).click()
    await says(page, /^Create a new token in Okta under Security > API > Tokens\./)
    const last = page.getByRole('region', { name: 'Last sync' })
    await last.getByText('Failed', { exact: true }).waitFor()
    await last.getByText('Okta answered 401 E0000011: Invalid token provided.').waitFor()
    expect(await page.getByText('Healthy').count()).toBe(0)

    await press(page, 'Test now')
    const dialog = page.getByRole('dialog', { name: 'Test of the stored token' })
    await dialog.getByText('A sync would read nothing').waitFor()
    await dialog
      .getByText(/Invalid token provided/)
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
    await goToTab(page, 'Users')
    await list('Users')
      .getByText(/^Complete as of /)
      .waitFor()
    expect(await countOf('Users')).toBe(usersInOkta())
  })
})

describe('a token whose owner has no admin role any more', () => {
  it('B140: sees no users: that is never taken for an org without users, and the remedy is told', async () => {
    stage.sim.fault('no-admin-role')
    await syncAgain(stage, connection)
    // How fresh a list is comes out of a memory of a second.
    await eventually(async () => {
      await lookAt('/users')
      await list('Users').getByText('The last read of users failed.').waitFor({ timeout: 1_500 })
    })
    await health().getByText('No users can be seen').waitFor()
    await list('Users')
      .getByText(/Okta listed no users at all, although an org always has one\. Nothing was deleted\./)
      .waitFor()
    expect(await countOf('Users')).toBe(usersInOkta())
    await page.getByRole('link', { name: 'What to do', exact: true }).click()
    await says(page, /^Assign an admin role, such as Read-Only Admin, to the token's owner/)
    await resource('Users').getByText('Failed').waitFor()
    await resource('Policies').getByText('Not permitted').waitFor()
    await resource('Policies').getByRole('button', { name: /^Why/ }).click()
    await page.getByRole('cell', { name: /^Okta answered 403 .*What to do: / }).waitFor()
  })
})

describe('a Read-Only Admin', () => {
  let known: Known
  beforeAll(async () => {
    stage.sim.fault('read-only-admin')
    known = await connectOrg(stage)
  })

  it('B145: may not read admin roles: nowhere does that read as none', async () => {
    await page.goto(`${stage.url}${known.page}`)
    await health().getByText('Two things not permitted').waitFor()
    const number = page
      .getByRole('list', { name: 'In numbers' })
      .getByRole('listitem')
      .filter({ hasText: 'Administrators' })
    await expect.poll(() => number.textContent()).toBe('Administrators–Not permitted')
    const part = page.getByRole('region', { name: 'Administrators by role' })
    await part.getByText('The token may not read administrators. There may be some all the same.').waitFor()
    const missing = page.getByRole('region', { name: 'Not everything could be read' })
    await missing.getByText('Roles of users, Roles of groups').waitFor()
    await missing.getByText(/^1 of \d+ could not be read, such as ENTITY_RISK: Okta answered 403/).waitFor()
    expect(await missing.getByText(/^What to do: Give the token's owner a role/).count()).toBeGreaterThan(1)

    await goToTab(page, 'Roles')
    await list('Admin roles').getByText('The token may not read admin roles').waitFor()
    await list('Admin roles')
      .getByText("Give the token's owner a role that may read this, or the service app the role and the scope.")
      .waitFor()
    expect(await list('Admin roles').getByRole('table').count()).toBe(0)
    expect(
      await list('Admin roles')
        .getByText(/there are none|No admin roles/)
        .count(),
    ).toBe(0)

    await goToTab(page, 'Policies')
    await list('Policies').getByText('Not all policies were read.').waitFor()
    await goToTab(page, 'Users')
    await list('Users').getByRole('table').getByRole('link').first().click()
    const roles = page.getByRole('region', { name: 'Admin roles' })
    await roles.getByText('The token may not read admin roles').waitFor()
    expect(await roles.getByText('This user holds no admin role.').count()).toBe(0)
  })
})

describe('records that vanish from Okta, very many at once', () => {
  it('are held until somebody has seen how many, and confirms; then they are gone, and can still be looked at', async () => {
    stage.sim.fault('mass-disappearance')
    await syncAgain(stage, connection)
    const { held_deletes: held, health: known } = await stage.call<Schema<'Connection'>>('GET', connection.api)
    const users = known?.resources.find((one) => one.resource === 'users')?.held_deletes ?? 0
    expect(users).toBeGreaterThan(30)
    expect(held).toBeGreaterThan(users)

    await lookAt('/users')
    await health().getByText('Two things to look at').waitFor()
    expect(await countOf('Users')).toBe(usersInOkta())
    await goToTab(page, 'Sync')
    await says(page, `${held} held deletes`)
    await says(
      page,
      new RegExp(`^Okta no longer lists everything that it listed before: users \\(${users}\\), group memberships`),
    )
    await press(page, 'Look and confirm')
    const dialog = page.getByRole('dialog', { name: 'Confirm held deletes' })
    const row = dialog.getByRole('row').filter({ hasText: 'Users' })
    expect(await row.getByRole('cell').allInnerTexts()).toEqual([String(users), String(usersInOkta() - users)])
    await dialog.getByText(/A token that suddenly sees less looks the same: test the token first\./).waitFor()
    await dialog.getByRole('button', { name: 'Keep them' }).click()
    expect(await stage.call('GET', connection.api)).toMatchObject({ held_deletes: held })

    await press(page, 'Look and confirm')
    await dialog.getByRole('button', { name: `Mark ${held} records as deleted` }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('region', { name: 'Last sync' }).getByText('Complete', { exact: true }).waitFor()
    await health().getByText('Healthy').waitFor()
    expect(await page.getByText(/held deletes?$/).count()).toBe(0)
    await goToTab(page, 'Users')
    expect(await countOf('Users')).toBe(usersInOkta() - users)
    await page.getByRole('checkbox', { name: 'Show deleted' }).check()
    await list('Users').getByRole('row').getByText('No longer in Okta').first().waitFor()
    expect(await countOf('Users')).toBe(usersInOkta())
    expect(await namesIn(list('Users').getByRole('table'))).toHaveLength(50)
  })
})

describe('a server that does not answer', () => {
  it('is told as such, not as an empty list, and everything goes on where it was once it answers again', async () => {
    await goToTab(page, 'Groups')
    await list('Groups').getByRole('table').getByRole('link').first().waitFor()
    await stage.kill()
    await goToTab(page, 'Policies')
    await list('Policies').getByText('The policies could not be loaded').waitFor()
    await list('Policies').getByText('The server does not answer. Check your network, then try again.').waitFor()
    expect(await list('Policies').getByRole('table').count()).toBe(0)
    await stage.revive()
    await press(page, 'Try again')
    await list('Policies').getByRole('table').getByRole('link').first().waitFor()
    expect(await countOf('Policies')).toBe(stage.sim.org.expected().policies)
  })
})
