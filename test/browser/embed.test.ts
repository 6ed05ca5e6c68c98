import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Host, startHost } from '../../examples/onramp-host/server.mjs'
import { type ReactHost, startReactHost } from './react-host/server.ts'
import { expectAccessible, keptBy, useStage } from './stage.ts'
import { at, connectionsOf, domainField, enterDomain, enterToken, press, says, tokenField } from './walk.ts'

const stage = useStage({ users: 12 })
const WRONG = `00${'wrong'.repeat(8)}`

const textOf = (page: Page, label: string): Promise<string | null> => page.getByLabel(label).textContent()

/** What of the page's policy was broken since it was asked first. */
async function watchPolicy(page: Page): Promise<() => Promise<readonly string[]>> {
  const broken: string[] = []
  await page.exposeFunction('tellBroken', (what: string) => broken.push(what))
  await page.evaluate(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
      Reflect.get(window, 'tellBroken')(`${violatedDirective} ${blockedURI} ${sourceFile}`),
    )
  })
  return async () => {
    // Events that are under way have arrived once the page answers again.
    await page.evaluate(() => new Promise(requestAnimationFrame))
    return broken
  }
}

describe('the component in the example product', () => {
  let host: Host
  const organization = () => `/v1/provisioning/organizations/${host.organizationId}`
  /** The product's page, with the dialog over it. */
  const open = async (options?: BrowserContextOptions): Promise<Page> => {
    const page = await stage.open(host.url, options)
    await press(page, 'Connect')
    await at(page, 'Connect Okta')
    return page
  }

  beforeAll(async () => {
    host = await startHost({ rollcallUrl: stage.url, apiKey: stage.key })
  })
  afterAll(() => host.close())

  it('is a dialog of the product’s own name that takes the focus, and Escape closes it and gives it back', async () => {
    const page = await open()
    const dialog = page.getByRole('dialog', { name: 'Connect Okta' })
    await dialog.waitFor()
    await says(page, /Northwind Security wants to read users, groups, applications, policies/)
    expect(
      await dialog.evaluate((element) => element.contains((element.getRootNode() as ShadowRoot).activeElement)),
    ).toBe(true)
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Connect')
    await expectAccessible(page)
    expect(await page.locator('rollcall-onramp').count()).toBe(0)
  })

  it('closes by its button, and opens anew', async () => {
    const page = await open()
    await domainField(page).fill('acme.okta.com')
    await press(page, 'Close')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Connect')
    await press(page, 'Connect')
    await at(page, 'Connect Okta')
    expect(await domainField(page).inputValue(), 'another link, another start').toBe('')
  })

  it('can be used by keyboard alone', async () => {
    const page = await open()
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 20; presses++) {
        await page.keyboard.press('Tab')
        const focus = await page.evaluate(() => {
          let element = document.activeElement
          while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
          const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element?.textContent
          return label ?? ''
        })
        if (focus.includes(name)) return
      }
      throw new Error(`no Tab leads to ${name}`)
    }
    await tabTo('Okta domain')
    await page.keyboard.type(stage.sim.origin)
    await page.keyboard.press('Enter')
    await at(page, 'Create an API token in Okta')
    await tabTo('API token')
    await page.keyboard.type(stage.sim.token)
    await page.keyboard.press('Enter')
    await at(page, 'The token can read everything')
  })

  it('wears the product’s colors, in the light and in the dark', async () => {
    const page = await open()
    const button = page.getByRole('button', { name: 'Continue' })
    const look = () =>
      button.evaluate((element) => {
        const { backgroundColor, color } = getComputedStyle(element)
        const ground = getComputedStyle((element.getRootNode() as ShadowRoot).querySelector('dialog') as Element)
        return { backgroundColor, color, ground: ground.backgroundColor }
      })
    const light = { backgroundColor: 'rgb(11, 110, 99)', color: 'rgb(255, 255, 255)', ground: 'rgb(255, 255, 255)' }
    const dark = { backgroundColor: 'rgb(95, 208, 192)', color: 'rgb(0, 0, 0)', ground: 'rgb(26, 27, 26)' }
    expect(await look()).toEqual(light)
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await look()).toEqual(dark)
    await expectAccessible(page)

    const set = (properties: object) =>
      page.locator('rollcall-onramp').evaluate((element, given) => void Object.assign(element, given), properties)
    await set({ darkMode: false })
    expect(await look(), 'darkMode goes before the system').toEqual(light)
    await set({ darkMode: true, darkModeColor: { primary: '#ffd700', secondary: '#101820', border: '#405060' } })
    expect(await look()).toEqual({ ...dark, backgroundColor: 'rgb(255, 215, 0)', ground: 'rgb(16, 24, 32)' })
    await expectAccessible(page)
  })

  it('tells the product of a token that was refused, and of the connection once it is there', async () => {
    const page = await stage.open(host.url)
    const broken = await watchPolicy(page)
    await press(page, 'Connect')
    await at(page, 'Connect Okta')
    await enterDomain(page, stage.sim.origin)
    await enterToken(page, WRONG)
    await at(page, 'This token cannot be used')
    const told = page
      .getByRole('main')
      .filter({ hasText: 'Integrations' })
      .getByText(/^Okta does not accept this token\./)
    await told.waitFor()
    expect(await connectionsOf(stage, organization())).toEqual([])

    await press(page, 'Enter another token')
    await enterToken(page, stage.sim.token)
    await at(page, 'The token can read everything')
    await press(page.getByRole('dialog'), 'Connect')
    await says(page, 'Acme Small is connected. The first sync has begun.')
    await told.waitFor({ state: 'hidden' })
    const [connection] = await connectionsOf(stage, organization())
    await says(page, connection?.id ?? 'no connection')
    await at(page, 'Connected, and everything is read')
    await expectAccessible(page)
    const kept = await keptBy(page)
    for (const secret of [stage.sim.token, stage.key]) expect(kept).not.toContain(secret)

    await press(page, 'Done')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Update token')
    await says(page, 'Acme Small')
    expect(await broken()).toEqual([])
  })

  it('updates the token of that connection afterwards', async () => {
    const page = await stage.open(host.url)
    await press(page, 'Update token')
    await at(page, 'Update the connection to Acme Small')
    expect(await domainField(page).inputValue()).toBe(stage.sim.origin)
    await press(page, 'Continue')
    await tokenField(page).waitFor()
    await enterToken(page, stage.sim.token)
    await at(page, 'The token can read everything')
    await press(page.getByRole('dialog'), 'Connect')
    await says(page, 'Acme Small has its new token.')
  })

  it('is served under a policy that lets nothing in from elsewhere, and nothing inline', async () => {
    const policy = (await fetch(host.url)).headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).not.toMatch(/unsafe|\*|nonce|strict-dynamic/)
  })
})

describe('the wrapper for React, in strict mode', () => {
  let host: ReactHost
  const open = (token: string) => stage.open(`${host.url}/#${new URLSearchParams({ token, baseUrl: stage.url })}`)

  beforeAll(async () => {
    host = await startReactHost(stage.url)
  })
  afterAll(() => host.close())

  it('shows one dialog though it is mounted twice, and tells of errors, of the connection and of its end', async () => {
    const { token, organization } = await stage.invite()
    const page = await open(token)
    await at(page, 'Connect Okta')
    expect(await textOf(page, 'Mounted')).toBe('2 times')
    expect(await page.getByRole('dialog').count()).toBe(1)
    await expectAccessible(page)

    await enterDomain(page, stage.sim.origin)
    await enterToken(page, WRONG)
    await at(page, 'This token cannot be used')
    expect(await textOf(page, 'Failures')).toBe('okta_token_rejected')
    await press(page, 'Enter another token')
    await enterToken(page, stage.sim.token)
    await at(page, 'The token can read everything')
    await press(page, 'Connect')
    await at(page, 'Connected, and everything is read')
    const [connection] = await connectionsOf(stage, organization)
    expect(await textOf(page, 'Connection')).toBe(`200 ${connection?.id}`)
    await press(page, 'Done')
    await page.getByRole('button', { name: 'Show again' }).waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(await textOf(page, 'Failures'), 'of one error it is told once').toBe('okta_token_rejected')
  })

  it('tells of a link that cannot be used any more, once', async () => {
    const page = await open('a.b.c')
    await at(page, 'This link cannot be used any more')
    expect(await textOf(page, 'Failures')).toBe('invite_token_invalid')
  })
})
