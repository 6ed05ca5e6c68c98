import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enqueueSync } from '../../src/store/job-queue.ts'
import { eventually } from '../harness/eventually.ts'
import { connectOrg, endOfSync, inDatabase, type Known, openSignedIn, syncAgain } from './signed-in.ts'
import { keptBy, useStage } from './stage.ts'
import { press } from './walk.ts'

/** What an engineer sees of what changed, and of those who are told. */

/** A receiver that takes nothing until it is mended. */
let isBroken = true
const receiver = createServer((request, answer) => {
  request.resume()
  answer.writeHead(isBroken ? 500 : 204).end(isBroken ? 'No room left.' : undefined)
})
receiver.listen(0, '127.0.0.1')
await once(receiver, 'listening')
const hooks = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`

const stage = useStage({ users: 12, alsoAllowed: [hooks] })
let connection: Known
let page: Page
let ada: string
let group: string
/** Between joining and leaving. */
let inBetween: string

const table = (name: string) => page.getByRole('table', { name, exact: true })
const rowsOf = async (name: string): Promise<string[]> => {
  await table(name).getByRole('row').nth(1).waitFor()
  await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
  const rows = await table(name).getByRole('row').allInnerTexts()
  return rows.slice(1).map((row) => row.split(/\s+/).join(' '))
}
const query = () => Object.fromEntries(new URL(page.url()).searchParams)

/** What the page does by itself every few seconds, and when somebody comes back to it. */
const lookAgain = () => page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange')))

/** A round, as the schedule begins it. */
async function round(): Promise<void> {
  await inDatabase(stage, (db) =>
    enqueueSync(db, {
      connectionId: connection.id,
      trigger: 'schedule',
      mode: 'incremental',
      at: new Date().toISOString(),
    }),
  )
  await endOfSync(stage, connection)
}

beforeAll(async () => {
  const { org } = stage.sim
  connection = await connectOrg(stage)
  page = await openSignedIn(stage, `${connection.page}/changes`)
  await page.getByText('Nothing has changed since the first sync').waitFor()
  ada = org.addUser({
    profile: { login: 'ada@acme.example', firstName: 'Ada', lastName: 'Lovelace', title: 'Clerk' },
  }).id
  group = org.addGroup({ name: 'Analysts' }).id
  org.addMember(group, ada)
  await syncAgain(stage, connection)
  inBetween = new Date().toISOString()
  org.removeMember(group, ada)
  org.updateUser(ada, { status: 'SUSPENDED', profile: { title: 'Countess' } })
  await round()
})
afterAll(() => {
  receiver.close()
})

describe('the changes of a connection', () => {
  it('are told in words, the newest first, and that there are newer ones without pushing anything away', async () => {
    await page.reload()
    const rows = await rowsOf('Changes')
    expect(rows.find((row) => row.includes('Left Analysts'))).toMatch(/ Ada Lovelace .*Left Analysts$/)
    expect(rows.findIndex((row) => row.includes('Left Analysts'))).toBeLessThan(
      rows.findIndex((row) => row.includes('Joined Analysts')),
    )
    expect(rows.find((row) => row.includes('Countess'))).toContain('Status Active → is now Suspended')
    stage.sim.org.updateUser(ada, { profile: { title: 'Queen' } })
    await round()
    await lookAgain()
    await page.getByRole('button', { name: 'Show newer changes' }).waitFor()
    expect(await rowsOf('Changes')).toEqual(rows)
    await press(page, 'Show newer changes')
    await table('Changes').getByText('Queen').waitFor()
  })

  it('are filtered by what they are and of what, in the address', async () => {
    await page.getByRole('search').getByText('Of what', { exact: true }).first().click()
    await page.getByRole('checkbox', { name: 'Group memberships' }).check()
    await page.keyboard.press('Escape')
    await page.getByRole('search').getByText('What', { exact: true }).first().click()
    await page.getByRole('checkbox', { name: 'Deleted' }).check()
    await page.keyboard.press('Escape')
    await expect.poll(() => rowsOf('Changes')).toEqual([expect.stringMatching(/Left Analysts$/)])
    expect(query()).toEqual({ entity: 'group-membership', kind: 'deleted' })
    await page.reload()
    expect(await rowsOf('Changes')).toHaveLength(1)
    await page.goto(`${stage.url}${connection.page}/changes?includeFirstRead=true&entity=application`)
    expect(await rowsOf('Changes')).toHaveLength(stage.sim.org.expected().applications)
    await page.goto(`${stage.url}${connection.page}/changes?since=2099-01-01`)
    await page.getByText('No changes match these filters').waitFor()
  })

  it('are the history of a user, with what they gained and lost', async () => {
    await page.goto(`${stage.url}${connection.page}/users/${ada}`)
    await page.getByRole('heading', { level: 2, name: 'Ada Lovelace' }).waitFor()
    const told = (await rowsOf('History')).map((row) => row.replace(/^.*?[AP]M /, '').replace(/^\w+: /, ''))
    expect(told.at(0)).toBe('Title Countess → is now Queen')
    expect(told.at(-1)).toBe('New user')
    for (const words of ['Joined Analysts', 'Left Analysts', 'Joined Everyone']) expect(told).toContain(words)
  })

  it('tell who was in a group at a time, and what cannot be told any more', async () => {
    await page.goto(`${stage.url}${connection.page}/groups/${group}`)
    const members = page.getByRole('region', { name: /^Members/ })
    await members.getByText('Nobody is in this group.').waitFor()
    await page.goto(`${page.url()}?asOf=${inBetween}`)
    await members.getByRole('link', { name: 'Ada Lovelace' }).waitFor()
    await members.getByText(/Names and statuses are those of now\./).waitFor()
    await members.getByLabel('Members as of').fill('2001-01-01T00:00')
    await members.getByText(/cannot be told before \d{4}/).waitFor()
    await members.getByRole('button', { name: 'Show those of now' }).click()
    await members.getByText('Nobody is in this group.').waitFor()
    expect(query()).toEqual({})
  })
})

describe('rounds', () => {
  it('that changed nothing are one line of the job history, and make everything current', async () => {
    await round()
    await round()
    await page.goto(`${stage.url}${connection.page}/sync`)
    const history = page.getByRole('region', { name: 'Job history' })
    await history.getByText(/^2 checks found no change, the last (now|\d+ seconds? ago)$/).waitFor()
    expect(await history.getByRole('group').count()).toBe(4)
    await history.getByRole('group').first().getByText('Check for changes · On schedule').waitFor()
    await page.getByText(/^Current as of (now|\d+ seconds? ago)$/).waitFor()
  })
})

describe('a webhook endpoint', () => {
  it('is made with a secret that is shown once, and tested with the answer of the receiver', async () => {
    await page.goto(`${stage.url}/`)
    await page.getByRole('article', { name: 'Acme', exact: true }).getByRole('link', { name: 'Webhooks' }).click()
    await page.getByText('No endpoint yet').waitFor()
    await press(page, 'New endpoint')
    const dialog = page.getByRole('dialog', { name: 'New endpoint' })
    await dialog.getByRole('button', { name: 'Make the endpoint' }).click()
    await dialog.getByText('Enter an address, such as https://hooks.example.com/rollcall.').waitFor()
    await dialog.getByRole('textbox', { name: 'Address' }).fill(`${hooks}/in`)
    await dialog.getByRole('radio', { name: 'Only what is chosen' }).check()
    await dialog.getByRole('group', { name: 'Users' }).getByRole('checkbox', { name: 'Updated' }).check()
    await dialog.getByRole('button', { name: 'Make the endpoint' }).click()
    const secret = await page.getByRole('textbox', { name: 'Secret' }).inputValue()
    expect(secret).toMatch(/^whsec_/)
    await press(page, 'Done')
    await page.getByText('Told: Users (updated)').waitFor()
    expect(await keptBy(page)).not.toContain(secret)

    await press(page, 'Send a test')
    await page.getByText('The test did not arrive').waitFor()
    await page.getByText(/^It answered 500 /).waitFor()
    await page.getByText('No room left.').waitFor()
  })

  it('shows a message that could not be delivered, and sends it again when it is asked to', async () => {
    stage.sim.org.updateUser(ada, { profile: { title: 'Empress' } })
    await syncAgain(stage, connection)
    await page.getByRole('link', { name: `${hooks}/in` }).click()
    const message = page.getByRole('list', { name: 'Messages' }).getByRole('listitem').last()
    await eventually(async () => {
      await lookAgain()
      expect(await message.getByText(/Answered 500\./).count()).toBe(1)
    })
    await inDatabase(stage, (db) =>
      db.query("update webhook_messages set state = 'parked', parked_at = now(), lease_until = null"),
    )
    await page.getByRole('navigation', { name: 'Which messages' }).getByRole('link', { name: 'Parked' }).click()
    await message.getByText('Parked', { exact: true }).waitFor()
    await message.getByText(/Given up /).waitFor()
    expect(query()).toEqual({ state: 'parked' })
    isBroken = false
    await message.getByRole('button', { name: /^Send again/ }).click()
    await page.getByText('No message is parked.').waitFor()
    await page.getByRole('navigation', { name: 'Which messages' }).getByRole('link', { name: 'Delivered' }).click()
    await eventually(async () => {
      await lookAgain()
      expect(await message.getByText('Delivered', { exact: true }).count()).toBe(1)
    })
  })

  it('is disabled and enabled, and deleted once that was said twice', async () => {
    await press(page, 'Disable')
    await page.getByText('Disabled', { exact: true }).waitFor()
    await press(page, 'Enable')
    await page.getByText('Active', { exact: true }).waitFor()
    await press(page, 'Delete')
    await page.getByRole('dialog').getByRole('button', { name: 'Delete endpoint' }).click()
    await page.getByText('No endpoint yet').waitFor()
  })
})
