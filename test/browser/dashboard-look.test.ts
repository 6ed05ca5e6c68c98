import { gzipSync } from 'node:zlib'
import type { Locator, Page, Response } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { call } from '../e2e/server.ts'
import { connectOrg, type Known, openSignedIn, syncAgain } from './signed-in.ts'
import { expectAccessible, useStage } from './stage.ts'
import { press } from './walk.ts'

/** How each page is for everybody: whoever does not see or point, has a small screen, a dark room or a slow line. */
const stage = useStage({ users: 12 })
let whole: Known
let lacking: Known
let webhooks: string
let endpoint: string
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
  const organization = whole.page.split('/')[2]
  webhooks = `/organizations/${organization}/webhooks`
  // Nothing listens there: what is sent fails, and waits for its next try.
  endpoint = await makeEndpoint(organization ?? '', `${stage.sim.origin}/nowhere`)
  stage.sim.org.updateUser(stage.sim.org.userId(3), { profile: { title: 'Head of Looks' } })
  await syncAgain(stage, whole)
  stage.sim.fault('roles-forbidden')
  lacking = await connectOrg(stage)
  page = await openSignedIn(stage, '/')
  await page.addInitScript(watchShifts)
  page.on('response', (response) => {
    if (/\/assets\/.+\.js$/.test(response.url())) scripts.push(response)
  })
})

async function makeEndpoint(organization: string, url: string): Promise<string> {
  const path = `/v1/provisioning/organizations/${organization}/webhook-endpoints`
  return (await stage.call<{ id: string }>('POST', path, { url })).id
}

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
  ['changes', () => `${whole.page}/changes`, 'Changes'],
  ['changes of which there are none', () => `${lacking.page}/changes`, 'Nothing has changed since the first sync'],
  ['logs', () => `${whole.page}/logs`, /^Logs \d+$/],
  ['syncs', () => `${whole.page}/sync`, 'Job history'],
  ['syncs that lack something', () => `${lacking.page}/sync`, 'Job history'],
  ['a user', async () => `${whole.page}/users/${await firstOf('users?status=active')}`, /^Groups \d+$/],
  ['a group', async () => `${whole.page}/groups/${await firstOf('groups')}`, /^Members \d+$/],
  ['an application', async () => `${whole.page}/applications/${await firstOf('applications')}`, /^Users \d+$/],
  ['a policy', async () => `${whole.page}/policies/${await firstOf('policies')}`, /^Rules \d+$/],
  ['webhooks', () => webhooks, /^Webhooks \d+$/],
  ['a webhook endpoint', async () => `${webhooks}/${endpoint}`, /^Messages \d+$/],
  ['an address without a page', () => '/organizations/nothing', 'There is nothing at this address'],
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

/** In both themes; what the other theme changes is the colors. */
async function expectAccessibleInBoth(shown: Page = page): Promise<void> {
  await expectAccessibleIn('light', shown)
  await shown.emulateMedia({ colorScheme: 'dark' })
  await expectAccessible(shown, ['color-contrast'])
}

async function expectAccessibleIn(theme: 'light' | 'dark', shown: Page = page): Promise<void> {
  await shown.emulateMedia({ colorScheme: theme })
  await expectAccessible(shown)
}

describe('each page is light, stands still, fits any screen, and is accessible wide in light and narrow in dark:', () => {
  it.each(PAGES)('%s', async (_, pathOf, heading) => {
    const path = await pathOf()
    await page.setViewportSize(WIDE)
    const wide = await load(path, heading)
    expect(await scriptBytes()).toBeLessThan(MOST_SCRIPT)
    expect(scripts.length).toBeGreaterThan(1)
    await expectAccessibleIn('light')

    await page.setViewportSize(NARROW)
    const narrow = await load(path, heading)
    await expectAccessibleIn('dark')
    await page.setViewportSize(NARROWEST)
    expect(await sideways()).toBeLessThanOrEqual(0)
    expect(Math.max(wide, narrow)).toBeLessThan(MOST_SHIFT)
  })
})

/** Goes on to something by the Tab key alone. Each stop on the way can be seen to have the focus. */
async function tabTo(visit: Page, wanted: Locator): Promise<void> {
  const target = await wanted.elementHandle()
  for (let stops = 0; stops < 60; stops += 1) {
    const focus = await visit.evaluate((element) => {
      const focused = document.activeElement
      // A link that stands for all of its item has its outline there.
      const ring = [focused, focused?.closest('li')].map((one) => one && getComputedStyle(one).outlineStyle)
      const isShown = ring.some((style) => style && style !== 'none')
      return { isThere: focused === element, isShown: isShown || focused === document.body, html: focused?.outerHTML }
    }, target)
    if (stops > 0) expect(focus.isShown, focus.html?.slice(0, 200)).toBe(true)
    if (focus.isThere) return
    await visit.keyboard.press('Tab')
  }
  expect.fail(`the Tab key does not lead to ${wanted}`)
}

describe('with the keyboard alone', () => {
  it('one comes from the page to sign in to a user, filters, reads a chart and all about an event', async () => {
    const visit = await stage.open('/')
    const { keyboard } = visit
    const link = (name: string) => visit.getByRole('link', { name, exact: true })
    await visit.getByRole('heading', { name: 'Sign in' }).waitFor()
    await tabTo(visit, visit.getByRole('textbox', { name: 'API key', exact: true }))
    await keyboard.type(stage.key)
    await keyboard.press('Enter')
    const connection = link('Acme Small').first()
    await connection.waitFor()
    await tabTo(visit, connection)
    await keyboard.press('Enter')

    const chart = visit.getByRole('group', { name: 'Sign-ins to Okta by day' })
    await chart.waitFor()
    await tabTo(visit, chart)
    await visit.locator('figure canvas').waitFor()
    await keyboard.press('ArrowLeft')
    await visit
      .getByRole('status')
      .getByText(/^\w+, \w+ \d+, \d+: Succeeded \d+, Failed or denied \d+$/)
      .waitFor()

    await tabTo(visit, link('Users').last())
    await keyboard.press('Enter')
    const search = visit.getByRole('searchbox', { name: 'Search name, email or username' })
    await search.waitFor()
    await tabTo(visit, search)
    await keyboard.type('no-names')
    const user = visit.getByRole('row').getByRole('link')
    await expect.poll(() => user.count()).toBe(1)
    await tabTo(visit, user)
    await keyboard.press('Enter')
    await visit.getByRole('heading', { level: 2, name: 'no-names@acme.example' }).waitFor()
    expect(await visit.title()).toMatch(/^no-names@acme\.example · Users · /)

    await tabTo(visit, visit.locator('summary', { hasText: 'Raw JSON' }))
    await keyboard.press('Enter')
    await visit.getByRole('region', { name: /^Raw JSON/ }).waitFor()
  })

  it('one can skip what is the same on each page, and choose in lists and dialogs', async () => {
    const visit = await openSignedIn(stage, `${whole.page}/users`)
    const { keyboard } = visit
    await visit.getByRole('row').getByRole('link').first().waitFor()
    await visit.locator('body').focus()
    await keyboard.press('Tab')
    expect(await visit.locator(':focus').textContent()).toBe('Skip to the page')
    await keyboard.press('Enter')
    expect(await visit.evaluate(() => document.activeElement?.id)).toBe('main')

    await tabTo(visit, visit.getByRole('search').locator('summary'))
    await keyboard.press('Enter')
    await tabTo(visit, visit.getByRole('checkbox', { name: 'Suspended' }))
    await keyboard.press('Space')
    await visit.waitForURL(/status=suspended/)
    await keyboard.press('Escape')
    expect(await visit.getByRole('checkbox', { name: 'Suspended' }).isVisible()).toBe(false)
    expect(await visit.locator(':focus').textContent()).toContain('Suspended')

    await visit.goto(`${stage.url}${whole.page}/sync`)
    await visit.getByRole('button', { name: 'Update token' }).waitFor()
    await tabTo(visit, visit.getByRole('button', { name: 'Update token' }))
    await keyboard.press('Enter')
    const dialog = visit.getByRole('dialog')
    await dialog.waitFor()
    await tabTo(visit, dialog.getByRole('radio', { name: '30 minutes' }))
    await keyboard.press('ArrowDown')
    expect(await dialog.getByRole('radio', { name: '1 day' }).isChecked()).toBe(true)
    await keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await visit.locator(':focus').textContent(), 'the focus is back where it was').toBe('Update token')
  })
})

describe('what opens over a page is accessible as well:', () => {
  const button = (name: string) => page.getByRole('button', { name }).last()
  const DIALOGS = [
    ['a new organization', () => '/', () => button('New organization')],
    ['an invite link', () => '/', () => button('Connect Okta')],
    ['the test of a token', () => `${lacking.page}/sync`, () => button('Test now')],
    ['a new token', () => `${whole.page}/sync`, () => button('Update token')],
    ['the end of a connection', () => `${whole.page}/sync`, () => button('Delete connection')],
    ['a new webhook endpoint', () => webhooks, () => button('New endpoint')],
    ['the end of a webhook endpoint', () => webhooks, () => button('Delete')],
    ['a log event', () => `${whole.page}/logs`, () => page.getByRole('row').getByRole('button').first()],
  ] as const

  it.each(DIALOGS)('%s', async (_, pathOf, opener) => {
    await page.setViewportSize(NARROWEST)
    await page.goto(`${stage.url}${pathOf()}`)
    await opener().click()
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
    await expectAccessibleIn('light', guest)
    expect(await guest.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await guest.setViewportSize(WIDE)
    await expectAccessibleIn('dark', guest)
  })
})
