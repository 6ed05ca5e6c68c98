import type { Page } from 'playwright-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Schema } from '../../src/client/index.ts'
import { eventually } from '../harness/eventually.ts'
import { connectOrg, endOfSync, type Known, openSignedIn } from './signed-in.ts'
import { useStage } from './stage.ts'
import { at, makeGate, press, says } from './walk.ts'

const gate = makeGate()
const stage = useStage({ users: 12, clock: gate.clock })
let connection: Known
let page: Page

beforeAll(async () => {
  stage.sim.fault({ match: 'GET /api/v1/users/{id}/factors', delayMs: 1 })
  connection = await connectOrg(stage)
  page = await openSignedIn(stage, `${connection.page}/sync`)
})
afterEach(() => gate.open())

const part = (name: string | RegExp) => page.getByRole('region', { name, exact: typeof name === 'string' })
const jobs = () => part('Job history').getByRole('group')
const resource = (name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) })

describe('a sync', () => {
  it('is begun by a press, and shows how far it is until it has ended by itself', async () => {
    await part('Last sync').getByText('Complete', { exact: true }).waitFor()
    await part('Last sync')
      .getByText(/^About \d+ requests/)
      .waitFor()
    gate.shut()
    await press(page, 'Sync now')
    const now = part('Sync in progress')
    await now.getByRole('progressbar', { name: 'Resources read' }).waitFor()
    await now.getByText(/^1[012] of 13 resources read$/).waitFor()
    await now.getByText(/^On request, began /).waitFor()
    await now.getByText(/^of about \d+$/).waitFor()
    await resource('Factors').getByText('Reading').waitFor()
    await resource('Users').getByText('Complete').waitFor()
    await page.getByRole('progressbar', { name: 'Progress of Factors' }).waitFor()
    expect(await page.getByRole('button', { name: 'Sync now' }).count(), 'one at a time').toBe(0)
    gate.open()
    await part('Last sync').getByText('Complete', { exact: true }).waitFor()
    await resource('Factors').getByText('Complete').waitFor()
    await page.getByRole('button', { name: 'Sync now' }).waitFor()
  })

  it('is in the history with a bar for each resource on one axis of time', async () => {
    await expect.poll(() => jobs().count()).toBe(2)
    const [newest, first] = [jobs().first(), jobs().last()]
    await first.getByText('First sync').waitFor()
    await newest.getByText('On request').waitFor()
    await newest.getByText(/^\d+ requests, \d+ planned, /).click()
    const limits = newest.getByRole('group', { name: 'Requests by rate limit' }).getByRole('row')
    await limits.filter({ hasText: '/api/v1/users' }).waitFor()
    await limits.getByRole('rowheader', { name: /^All, .+% off$/ }).waitFor()
    const timeline = newest.getByRole('group', { name: 'Timeline of the job' }).getByRole('table')
    const rows = timeline.getByRole('row')
    expect(await rows.count()).toBe(14)
    const users = rows.filter({ has: page.getByRole('rowheader', { name: 'Users', exact: true }) })
    await users.getByText('Complete').waitFor()
    await users.getByText(/^After \d.* s, for \d.* s$/).waitFor({ state: 'attached' })
    const total = String(stage.sim.org.expected().users)
    expect(await users.getByRole('cell').allInnerTexts()).toContain(total)
  })

  it('can be canceled: it ends after the pages in flight, and says so', async () => {
    gate.shut()
    await press(page, 'Sync now')
    await part('Sync in progress')
      .getByText(/ of 13 resources read$/)
      .waitFor()
    await resource('Factors').getByText('Reading').waitFor()
    await press(page, 'Cancel')
    await part('Sync in progress').getByText('Ends after the pages in flight.').waitFor()
    await part('Last sync').getByText('Canceled', { exact: true }).waitFor()
    expect((await endOfSync(stage, connection)).status).toBe('CANCELED')
    await expect.poll(() => jobs().first().textContent()).toContain('Canceled')
  })

  it('is not planned while the connection is paused, and again after it is resumed', async () => {
    const next = part('Last sync').getByText('Next sync').locator('..')
    await press(page, 'Pause')
    await page.getByRole('status').getByText('Paused', { exact: true }).waitFor()
    await next.getByText('Not planned').waitFor()
    await press(page, 'Resume')
    await next.getByText(/^in \d+ (hours?|minutes?)$/).waitFor()
    expect(await page.getByRole('status').getByText('Paused', { exact: true }).count()).toBe(0)
  })
})

describe('the stored token', () => {
  it('is tested at once, each API on its own, and what was found is told in words', async () => {
    await press(page, 'Test now')
    const dialog = page.getByRole('dialog', { name: 'Test of the stored token' })
    await dialog.getByText('The token can read everything that a sync reads').waitFor()
    await dialog.getByText(/^\d+ APIs can be read/).waitFor()
    await dialog.getByText(/The token belongs to .+, and dies with that user\./).waitFor()

    const fault = stage.sim.fault('policies-forbidden')
    await dialog.getByRole('button', { name: 'Test again' }).click()
    await dialog.getByText('A sync works, and leaves some of it out').waitFor()
    await dialog.getByText(/^Cannot be read, or not all of it: policies, .*policy mappings\.$/).waitFor()
    await dialog.getByRole('listitem').filter({ hasText: 'Not permitted' }).first().waitFor()
    fault.remove()
    await dialog.getByRole('button', { name: 'Close' }).click()
    expect(await page.getByRole('dialog').count()).toBe(0)
    await eventually(() => isFocused('Test now'))
  })

  it('is replaced by whoever has a link that is made for it, without a key', async () => {
    await press(page, 'Update token')
    const dialog = page.getByRole('dialog', { name: 'Update the token of Acme Small' })
    await dialog.getByRole('button', { name: 'Make the link' }).click()
    const link = await dialog.getByRole('textbox', { name: 'Link' }).inputValue()
    await page.keyboard.press('Escape')
    const admin = await stage.open(new URL(link).pathname)
    await at(admin, 'Update the connection to Acme Small')
    expect(await page.content()).not.toContain(link)
  })
})

describe('requests to Okta', () => {
  it('are drawn, and are in a table with the numbers of the API', async () => {
    const since = new Date(Date.now() - 86_400_000).toISOString()
    const { items } = await stage.call<Schema<'RequestCounts'>>(
      'GET',
      `${connection.api}/requests?since=${since}&per=hour`,
    )
    const chart = page.getByRole('figure', { name: 'Requests to Okta' })
    await chart.getByText('Numbers as a table').click()
    const table = chart.getByRole('table')
    await table.waitFor()
    const total = items.reduce((sum, { requests }) => sum + requests, 0)
    expect(total).toBeGreaterThan(40)
    expect(sum(await columnOf('Requests per hour'))).toBe(total)
    await says(
      page,
      new RegExp(`^${total} requests in the last 24 hours, none answered with 429\\. Nearest to a limit: `),
    )

    const bucket = '/api/v1/users'
    const ofBucket = items.filter((item) => item.bucket === bucket)
    await page.getByRole('combobox', { name: 'Rate limit' }).selectOption(bucket)
    await page.getByRole('figure', { name: `Requests to Okta under ${bucket}` }).waitFor()
    expect(page.url()).toContain(`bucket=${encodeURIComponent(bucket)}`)
    expect(sum(await columnOf('Requests per hour'))).toBe(ofBucket.reduce((all, { requests }) => all + requests, 0))
    const limit = ofBucket.at(-1)?.limit ?? expect.fail('no limit is known')
    expect((await columnOf('Okta grants'))[0]).toBe(limit * 60)

    await page.getByRole('navigation', { name: 'Range of time' }).getByRole('link', { name: '1 h' }).click()
    await page.getByRole('columnheader', { name: 'Requests per minute' }).waitFor()
    expect(await columnOf('Requests per minute')).toHaveLength(60)
  })
})

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

/** The numbers of a column of the chart's table, the newest first. */
async function columnOf(name: string): Promise<number[]> {
  const table = page.getByRole('figure', { name: /^Requests to Okta/ }).getByRole('table')
  const names = await table.getByRole('columnheader').allInnerTexts()
  const place = names.findIndex((one) => one.trim() === name)
  expect(names, name).toContain(name)
  const rows = await table.getByRole('row').allInnerTexts()
  return rows.slice(1).map((row) => Number(row.split('\t')[place]?.replaceAll(',', '')))
}

async function isFocused(button: string): Promise<void> {
  const field = page.getByRole('button', { name: button, exact: true })
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
}

describe('a connection', () => {
  it('is deleted only by whoever types its address, and is then gone everywhere', async () => {
    const { host } = new URL(stage.sim.origin)
    await press(page, 'Delete connection')
    const dialog = page.getByRole('dialog', { name: 'Delete this connection?' })
    const word = dialog.getByRole('textbox', { name: `Type ${host} to confirm` })
    await word.fill('acme')
    await dialog.getByRole('button', { name: 'Delete connection' }).click()
    await dialog.getByText(`Type ${host} exactly.`).waitFor()
    expect(await stage.call('GET', connection.api)).toMatchObject({ state: 'ACTIVE' })
    await word.fill(host)
    await page.keyboard.press('Enter')
    await at(page, 'Connections')
    await page.getByRole('article', { name: 'Acme', exact: true }).getByText('Nothing connected yet.').waitFor()
    await page.goto(`${stage.url}${connection.page}/users`)
    await at(page, 'There is no such connection')
  })
})
