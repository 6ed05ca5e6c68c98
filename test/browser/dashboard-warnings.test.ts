import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { connectOrg, inDatabase, type Known, openSignedIn, syncAgain } from './signed-in.ts'
import { expectAccessible, useStage } from './stage.ts'

/** What an engineer is told before anything breaks. */
const stage = useStage({ users: 12 })
let connection: Known
let page: Page

beforeAll(async () => {
  connection = await connectOrg(stage)
  page = await openSignedIn(stage, connection.page)
})

const warnings = () => page.getByRole('list', { name: 'Warnings' })
const told = async () => (await warnings().getByRole('listitem').allInnerTexts()).map((text) => text.split('\n')[0])
const lookAt = (path: string) => page.goto(`${stage.url}${path}`)

describe('a connection that will be in trouble', () => {
  it('is healthy, and lists what to mend: the most pressing first, with what to do', async () => {
    await page.getByText('Healthy').waitFor()
    expect(await warnings().count()).toBe(0)

    const owner = stage.sim.org.updateUser(stage.sim.org.ownerId, { status: 'SUSPENDED' })
    stage.sim.fault('roles-forbidden')
    await syncAgain(stage, connection)
    await inDatabase(stage, (db) =>
      db.query("update connections set token_used_at = now() - interval '28 days' where id = $1", [connection.id]),
    )
    await lookAt(connection.page)
    await warnings().waitFor()
    expect(await told()).toEqual([
      expect.stringMatching(/^The token has not been used for 28 days\. Okta ends a token after 30 days without use/),
      `${owner.profile.login} owns the token and is suspended in Okta.`,
      'Not permitted any more: roles of users, roles of groups. What was read is kept as it was.',
    ])
    await warnings().getByText('Test the connection or sync it once: either uses the token.').waitFor()
    expect(await page.getByText(/user_roles/).count()).toBe(0)
    await expectAccessible(page)
  })

  it('is listed with its warnings, in brief, and on a phone within the screen', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await lookAt('/')
    await warnings().waitFor()
    // What is not permitted stands above them already.
    expect(await told()).toEqual([expect.stringMatching(/^The token has/), expect.stringMatching(/ owns the token/)])
    expect(await warnings().getByText('Test the connection or sync it once').count()).toBe(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await expectAccessible(page)
    await page.setViewportSize({ width: 1_280, height: 900 })
  })

  it('is quiet again once everything is mended', async () => {
    stage.sim.clearFaults()
    stage.sim.org.updateUser(stage.sim.org.ownerId, { status: 'ACTIVE' })
    await syncAgain(stage, connection)
    await lookAt(connection.page)
    await page.getByText('Healthy').waitFor()
    expect(await warnings().count()).toBe(0)
  })
})

describe('a paused connection whose token was refused when it was kept alive', () => {
  it('is paused, and says what to do', async () => {
    await stage.call('PATCH', connection.api, { state: 'PAUSED' })
    await lookAt(connection.page)
    await page.getByRole('status').getByText('Paused', { exact: true }).waitFor()
    expect(await page.getByRole('link', { name: 'What to do', exact: true }).count()).toBe(0)
    await inDatabase(stage, (db) =>
      db.query("update connections set keep_alive_at = now(), keep_alive_error = 'okta_token_rejected' where id = $1", [
        connection.id,
      ]),
    )
    await lookAt(connection.page)
    await page.getByRole('link', { name: 'What to do', exact: true }).click()
    await page.getByText(/^Create a new token in Okta under Security > API > Tokens\./).waitFor()
  })
})
