import { gzipSync } from 'node:zlib'
import type { Page, Response } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { call } from '../e2e/server.ts'
import { connectOrg, type Known, openSignedIn } from './signed-in.ts'
import { expectAccessible, useStage } from './stage.ts'
import { press } from './walk.ts'

/** How each page is for everybody: whoever does not see or point, has a small screen, a dark room or a slow line. */
const stage = useStage({ users: 12 })
let whole: Known
let lacking: Known
let page: Page
let scripts: Response[] = []
const sizes = new Map<string, number>()

const WIDE = { width: 1_280, height: 900 }
const NARROW = { width: 390, height: 844 }
const NARROWEST = { width: 360, height: 640 }
const MOST_SCRIPT = 250_000
const MOST_SHIFT = 0.1

declare global {
  interface Window {
    shifts: number
  }
}

/** Sums up, from the start of each page, how far what is shown jumps by itself: https://web.dev/articles/cls */
function watchShifts(): void {
  window.shifts = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[])
      if (!entry.hadRecentInput) window.shifts += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
}

beforeAll(async () => {
  whole = await connectOrg(stage)
  stage.sim.fault('roles-forbidden')
  lacking = await connectOrg(stage)
  page = await openSignedIn(stage, '/')
  await page.addInitScript(watchShifts)
  page.on('response', (response) => {
    if (/\/assets\/.+\.js$/.test(response.url())) scripts.push(response)
  })
})

const firstOf = async (path: string): Promise<string> => {
  const { items } = await call('GET', `${stage.url}/v1/idp/${path}`, { key: stage.key, connection: whole.id })
  return items[0]?.id ?? expect.fail(`no ${path}`)
}

/** Each page: where it is, and a heading of what is there once it is. */
const PAGES: readonly (readonly [name: string, path: () => string | Promise<string>, heading: string | RegExp])[] = [
  ['home', () => '/', 'Acme'],
  ['an overview', () => whole.page, 'Sign-ins'],
  ['an overview that lacks something', () => lacking.page, 'Not everything could be read'],
  ['users', () => `${whole.page}/users`, /^Users \d+$/],
  ['users of whom none match', () => `${whole.page}/users?search=nobody`, 'No users match these filters'],
  ['groups', () => `${whole.page}/groups`, /^Groups \d+$/],
  ['applications', () => `${whole.page}/applications`, /^Applications \d+$/],
  ['roles', () => `${whole.page}/roles`, /^Admin roles \d+$/],
  ['roles that may not be read', () => `${lacking.page}/roles`, 'Admin roles'],
  ['policies', () => `${whole.page}/policies`, /^Policies \d+$/],
  ['logs', () => `${whole.page}/logs`, /^Logs \d+$/],
  ['syncs', () => `${whole.page}/sync`, 'Job history'],
  ['syncs that lack something', () => `${lacking.page}/sync`, 'Job history'],
  ['a user', async () => `${whole.page}/users/${await firstOf('users?status=active')}`, /^Groups \d+$/],
  ['a group', async () => `${whole.page}/groups/${await firstOf('groups')}`, /^Members \d+$/],
  ['an application', async () => `${whole.page}/applications/${await firstOf('applications')}`, /^Users \d+$/],
  ['a policy', async () => `${whole.page}/policies/${await firstOf('policies')}`, /^Rules \d+$/],
  ['an address without a page', () => '/nothing/here', 'There is nothing at this address'],
]

/** Opens a page anew. Resolves to how far its parts have jumped until all of it was there. */
async function load(path: string, heading: string | RegExp): Promise<number> {
  scripts = []
  await page.goto(`${stage.url}${path}`)
  await page.getByRole('heading', { name: heading, exact: true }).first().waitFor()
  await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null)
  await page.waitForFunction(() => [...document.querySelectorAll('figure')].every((one) => one.querySelector('canvas')))
  return page.evaluate(() => window.shifts)
}

/** Of all scripts that the page has loaded, compressed. */
async function scriptBytes(): Promise<number> {
  const urls = new Map(scripts.map((response) => [response.url(), response]))
  for (const [url, response] of urls) if (!sizes.has(url)) sizes.set(url, gzipSync(await response.body()).length)
  return [...urls.keys()].reduce((sum, url) => sum + (sizes.get(url) ?? 0), 0)
}

const sideways = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

async function expectAccessibleInBoth(shown: Page = page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await shown.emulateMedia({ colorScheme })
    await expectAccessible(shown)
  }
}

describe('each page is light, stands still, fits any screen, and is accessible in light and dark, wide and narrow:', () => {
  it.each(PAGES)('%s', async (name, pathOf, heading) => {
    const path = await pathOf()
    await page.setViewportSize(WIDE)
    const wide = await load(path, heading)
    expect(await scriptBytes()).toBeLessThan(MOST_SCRIPT)
    expect(scripts.length).toBeGreaterThan(1)
    await expectAccessibleInBoth()

    await page.setViewportSize(NARROW)
    const narrow = await load(path, heading)
    await expectAccessibleInBoth()
    await page.setViewportSize(NARROWEST)
    expect(await sideways()).toBeLessThanOrEqual(0)
    console.log(name, await scriptBytes(), wide, narrow)
    expect(Math.max(wide, narrow)).toBeLessThan(MOST_SHIFT)
  })
})

describe('what opens over a page is accessible as well:', () => {
  const DIALOGS = [
    ['a new organization', () => '/', 'New organization'],
    ['an invite link', () => '/', 'Connect Okta'],
    ['the test of a token', () => `${lacking.page}/sync`, 'Test now'],
    ['a new token', () => `${whole.page}/sync`, 'Update token'],
    ['the end of a connection', () => `${whole.page}/sync`, 'Delete connection'],
    ['a log event', () => `${whole.page}/logs`, /user\.session\.start/],
  ] as const

  it.each(DIALOGS)('%s', async (_, pathOf, opener) => {
    await page.setViewportSize(NARROWEST)
    await page.goto(`${stage.url}${pathOf()}`)
    await page.getByRole('button', { name: opener }).last().click()
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null)
    expect(await sideways()).toBeLessThanOrEqual(0)
    await expectAccessibleInBoth()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  it('and so is the page to sign in, with what it says of a wrong key', async () => {
    const guest = await stage.open('/sign-in', { viewport: NARROWEST })
    await press(guest, 'Sign in')
    await guest.getByText('Paste your API key.').waitFor()
    await expectAccessibleInBoth(guest)
    expect(await guest.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await guest.setViewportSize(WIDE)
    await expectAccessibleInBoth(guest)
  })
})
