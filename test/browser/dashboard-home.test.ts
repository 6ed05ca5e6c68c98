import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { connectOrg, makeKey, openSignedIn, syncAgain } from './signed-in.ts'
import { useStage } from './stage.ts'
import { at, connectionsOf, domainField, enterDomain, press, says } from './walk.ts'

const stage = useStage({ users: 12 })

const ORGANIZATIONS = '/v1/provisioning/organizations'
const makeOrganization = (name: string, identifier: string) =>
  stage.call<{ id: string }>('POST', ORGANIZATIONS, { name, identifier })

const cardOf = (page: Page, organization: string) => page.getByRole('article', { name: organization, exact: true })
const namesOn = (page: Page): Promise<string[]> => page.getByRole('heading', { level: 2 }).allInnerTexts()

describe('where nothing is connected yet', () => {
  it('a read-only key is told how to begin, and offered nothing that it may not', async () => {
    const page = await openSignedIn(stage, '/', { key: await makeKey(stage, 'read_only') })
    await page.getByRole('heading', { name: 'Nothing is connected yet' }).waitFor()
    await says(page, 'Make an invite link for it.')
    expect(await page.getByRole('button', { name: 'New organization' }).count()).toBe(0)
  })

  it('an organization is made, and an invite link that leads whoever has it to the token, without a key', async () => {
    const page = await openSignedIn(stage, '/')
    await page.getByRole('heading', { name: 'Nothing is connected yet' }).waitFor()
    await press(page, 'New organization')
    const dialog = page.getByRole('dialog', { name: 'New organization' })
    await dialog.getByRole('button', { name: 'Make the organization' }).click()
    await says(page, 'Give it a name, such as Acme.')
    await dialog.getByLabel('Name').fill('Acme Corp')
    await dialog.getByLabel('Identifier').fill('customer-42')
    await page.keyboard.press('Enter')

    const invite = page.getByRole('dialog', { name: 'Connect Okta for Acme Corp' })
    await invite.getByRole('radio', { name: '7 days' }).check()
    await invite.getByRole('button', { name: 'Make the link' }).click()
    const link = await invite.getByRole('textbox', { name: 'Link' }).inputValue()
    expect(link.startsWith(`${stage.url}/connect/`)).toBe(true)
    expect(await invite.getByRole('link', { name: 'Open' }).getAttribute('href')).toBe(link)

    const admin = await stage.open(new URL(link).pathname)
    await at(admin, 'Connect Okta')
    await says(admin, /Acme Corp/)
    await enterDomain(admin, stage.sim.origin)

    await page.keyboard.press('Escape')
    await cardOf(page, 'Acme Corp').getByText('Nothing connected yet.').waitFor()
    await cardOf(page, 'Acme Corp').getByText('customer-42').waitFor()
    expect(await page.content(), 'the link is shown once').not.toContain(link)
    const path = `${ORGANIZATIONS}/${(await organizationOf('customer-42')).id}`
    expect(await connectionsOf(stage, path), 'nothing is connected before the token was given').toEqual([])
    expect(await domainField(admin).count()).toBe(0)
  })
})

const organizationOf = async (identifier: string): Promise<{ id: string }> => {
  const { items } = await stage.call<{ items: { id: string }[] }>('GET', `${ORGANIZATIONS}?identifier=${identifier}`)
  expect(items).toHaveLength(1)
  return items[0] ?? expect.fail('there is no organization')
}

describe('connections', () => {
  it('are listed with their health, and what is missing with what to do about it, in words', async () => {
    const connection = await connectOrg(stage)
    const page = await openSignedIn(stage, '/')
    const card = cardOf(page, 'Acme')
    await card.getByRole('link', { name: 'Acme Small' }).waitFor()
    await card.getByText('Healthy').waitFor()
    await card.getByText(/^Current as of (now|\d+ seconds? ago)$/).waitFor()
    await card.getByText(/^Last sync .+, next in /).waitFor()

    stage.sim.fault('roles-forbidden')
    await syncAgain(stage, connection)
    await page.reload()
    await card.getByText('Two things not permitted').waitFor()
    await card.getByText(/^Not permitted: roles of users, roles of groups\. .*role/).waitFor()
    expect(await card.getByText('Healthy').count()).toBe(0)

    stage.sim.clearFaults()
    stage.sim.fault('token-invalid')
    await syncAgain(stage, connection)
    await page.reload()
    await card.getByText('Okta refuses the token').waitFor()
    await card.getByText(/^Create a new token in Okta under Security > API > Tokens\./).waitFor()

    await stage.call('PATCH', connection.api, { state: 'PAUSED' })
    await page.reload()
    await card.getByText('Paused', { exact: true }).waitFor()
    await card.getByRole('link', { name: 'Acme Small' }).click()
    await at(page, 'Acme Small')
    expect(page.url()).toBe(`${stage.url}${connection.page}`)
  })
})

describe('organizations', () => {
  it('are paged, found by their identifier, and shown with names of any kind as text', async () => {
    const long = 'W'.repeat(200)
    const rtl = 'شركة أكمي المحدودة'
    const markup = '<img src=x onerror="document.title=1"><b>Bold</b>'
    await Promise.all(Array.from({ length: 19 }, (_, place) => makeOrganization(`Customer ${place}`, `c-${place}`)))
    for (const [name, identifier] of [
      [long, 'long'],
      [rtl, 'rtl'],
      [markup, 'markup'],
    ] as const)
      await makeOrganization(name, identifier)

    const page = await openSignedIn(stage, '/')
    const pages = page.getByRole('navigation', { name: 'Pages of organizations' })
    await pages.getByText('1 to 20 of 25 organizations').waitFor()
    expect(await namesOn(page)).toHaveLength(20)
    await pages.getByRole('link', { name: 'Next' }).click()
    await pages.getByText('21 to 25 of 25 organizations').waitFor()
    await cardOf(page, markup).waitFor()
    expect((await namesOn(page)).slice(-3)).toEqual([long, rtl, markup])
    expect(await page.getByRole('img', { name: 'x' }).count()).toBe(0)
    const [content, place] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect(content).toBeLessThanOrEqual(Number(place))
    await page.reload()
    await pages.getByText('21 to 25 of 25 organizations').waitFor()
    await page.goBack()
    await pages.getByText('1 to 20 of 25 organizations').waitFor()

    const search = page.getByRole('searchbox', { name: 'Find an organization by its identifier' })
    await search.fill('markup')
    await search.press('Enter')
    await expect.poll(() => namesOn(page)).toEqual([markup])
    await search.fill('no such')
    await search.press('Enter')
    await says(page, 'No organization has this identifier')
    await page.getByRole('link', { name: 'Show all organizations' }).click()
    await pages.getByText('1 to 20 of 25 organizations').waitFor()
  })
})
