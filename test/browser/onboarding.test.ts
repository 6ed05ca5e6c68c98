import type { Page } from 'playwright-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { truthOfUsers, vendorIdsOfUsers } from '../e2e/server.ts'
import { expectAccessible, useStage } from './stage.ts'
import {
  at,
  connectionOf,
  enterDomain,
  enterToken,
  makeGate,
  openInvite,
  press,
  resourcesOn,
  says,
  scopesOn,
  type Visit,
} from './walk.ts'

const gate = makeGate()
const stage = useStage({ users: 12, clock: gate.clock })

beforeAll(() => {
  stage.sim.fault({ match: 'GET /api/v1/users/{id}/factors', delayMs: 1 })
})
afterEach(() => gate.open())

/** The whole way, with a look at each step. */
async function walk(look: (page: Page) => Promise<void>): Promise<Visit> {
  const visit = await openInvite(stage)
  const { page } = visit
  await look(page)
  await enterDomain(page, stage.sim.origin)
  await look(page)
  await enterToken(page, stage.sim.token)
  await at(page, 'The token can read everything')
  await says(page, /About \d+ requests; finishes in about /)
  await look(page)
  gate.shut()
  await press(page, 'Connect')
  await at(page, 'Connected: the sync is running')
  await says(page, /^Reading/)
  await look(page)
  gate.open()
  await at(page, 'Connected, and everything is read')
  await look(page)
  await press(page, 'Done')
  await at(page, 'All done')
  await look(page)
  return visit
}

/** Whatever is too wide scrolls by itself, never the page. */
async function expectNoSideways(page: Page): Promise<void> {
  const [content, place] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
  expect(content).toBeLessThanOrEqual(Number(place))
}

describe('from an invite link to the first synced user', () => {
  it('each step is accessible to everybody, and the API lists the users afterwards', async () => {
    const { organization } = await walk(expectAccessible)
    const { id, health } = await connectionOf(stage, organization)
    expect(health.status).toBe('HEALTHY')
    expect(await vendorIdsOfUsers(stage.url, stage.key, id)).toEqual(truthOfUsers(stage.sim))
  })

  it('each step is accessible on a phone, in the dark at 390 px, in the light at 360 px, and never wider than it', async () => {
    const grounds: number[] = []
    await walk(async (page) => {
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.setViewportSize({ width: 390, height: 844 })
      await expectAccessible(page)
      await expectNoSideways(page)
      grounds.push(await brightnessOf(page))
      await page.emulateMedia({ colorScheme: 'light' })
      await page.setViewportSize({ width: 360, height: 640 })
      await expectAccessible(page)
      await expectNoSideways(page)
    })
    expect(grounds).toHaveLength(6)
    expect(Math.max(...grounds), 'the ground is dark').toBeLessThan(80)
  })
})

/** Of what everything stands on: 0 is black, 255 is white. */
const brightnessOf = (page: Page): Promise<number> =>
  page.getByRole('heading', { level: 1 }).evaluate((heading) => {
    for (let element: Element | null = heading; element; element = element.parentElement) {
      const [red = 0, green = 0, blue = 0, alpha = 1] =
        getComputedStyle(element)
          .backgroundColor.match(/[\d.]+/g)
          ?.map(Number) ?? []
      if (alpha > 0) return (red + green + blue) / 3
    }
    return 255
  })

describe('what is shown on the way', () => {
  let visit: Visit
  beforeAll(async () => {
    visit = await openInvite(stage)
  })

  it('before anything is connected: each scope, whose token it is, how much there is, and how long it takes', async () => {
    const { page, organization } = visit
    await enterDomain(page, stage.sim.origin)
    await enterToken(page, stage.sim.token)
    await at(page, 'The token can read everything')
    const every = ['Users', 'Groups', 'Applications', 'System Log', 'Admin roles', 'Policies']
    expect(await scopesOn(page)).toEqual(Object.fromEntries(every.map((name) => [name, 'Readable'])))
    await says(page, /This token belongs to .+ and stops working when that user is deactivated\./)
    const { users, groups, applications } = stage.sim.org.expected()
    await says(page, new RegExp(`reads ${users} users, ${groups} groups and ${applications} applications`))
    await says(page, /About \d+ requests; finishes in about .+, at a fair share of your rate limits\./)
    expect(await stage.call('GET', `${organization}/connections`)).toMatchObject({ items: [] })
  })

  it('while it is read: what is ready already, and how far the rest is', async () => {
    const { page } = visit
    gate.shut()
    await press(page, 'Connect')
    await at(page, 'Connected: the sync is running')
    await says(page, /^[1-9]\d* of 13 kinds of data can be used already\.$/)
    await says(page, /^\d+ of about \d+ requests$/)
    const halfway = { Users: 'Ready', Groups: 'Ready', 'MFA factors': expect.stringMatching(/^Reading/) }
    await expect.poll(() => resourcesOn(page)).toMatchObject(halfway)
    await page.getByRole('progressbar', { name: 'MFA factors' }).waitFor()
    gate.open()
    await at(page, 'Connected, and everything is read')
    expect(new Set(Object.values(await resourcesOn(page)))).toEqual(new Set(['Ready']))
    await says(page, /^[\d,]+ records read$/)
  })

  it('a reload in the same tab leads back to the sync; in another browser the link is used up', async () => {
    const { page, path } = visit
    await page.reload()
    await at(page, 'Connected, and everything is read')
    const other = await stage.open(path)
    await at(other, 'This link cannot be used any more')
    await says(other, /If you have connected with it already, all is well/)
    await expectAccessible(other)
  })
})
