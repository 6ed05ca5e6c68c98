import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, useStage } from './stage.ts'
import { alertOn, at, domainField, enterDomain, openInvite, press, says, tokenField } from './walk.ts'

/** The address of the org, as people enter it on the page. Nothing real is ever asked: what is not ours is only typed. */

/** A site that is no org, and what it was asked. */
const asked: string[] = []
const site = createServer(({ url = '', headers }, response) => {
  asked.push(`${url} ${headers.authorization === undefined ? 'without' : 'with'} a token`)
  response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Shop</title><p>Welcome to our shop')
})
await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
const shop = `http://127.0.0.1:${(site.address() as AddressInfo).port}`

const stage = useStage({ users: 12, alsoAllowed: [shop] })
/** The page waits a moment after each keystroke: with several people at it, not all of it is waited for. */
const PEOPLE = 4
let page: Page
let pages: readonly Page[]

beforeAll(async () => {
  pages = await Promise.all(Array.from({ length: PEOPLE }, async () => (await openInvite(stage)).page))
  page = pages[0] as Page
})
afterEach(() => stage.sim.clearFaults())
afterAll(() => new Promise((resolve) => site.close(resolve)))

/** Everything is typed by somebody. */
async function eachOf<Case>(cases: readonly Case[], check: (page: Page, one: Case) => Promise<void>): Promise<void> {
  const left = [...cases]
  await Promise.all(
    pages.map(async (page) => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) await check(page, one)
    }),
  )
}

/** Types into the empty field, where nothing is said yet. */
async function type(page: Page, text: string): Promise<void> {
  await domainField(page).fill('')
  await page.getByText(/^Okta address:/).waitFor({ state: 'detached' })
  await domainField(page).fill(text)
}

/** Types it, and waits for what is shown as the org's address. */
async function expectHost(page: Page, typed: string, host: string): Promise<void> {
  await type(page, typed)
  await page.getByText(`Okta address: ${host}`, { exact: true }).waitFor()
}

type Refusal = readonly [typed: string, sentence: RegExp]

/** What is wrong stands below the field already as it is typed, and at the field once it was pressed on. */
async function expectRefusal(page: Page, [typed, sentence]: Refusal): Promise<void> {
  await type(page, typed)
  await says(page, sentence)
  expect(await page.getByText(/^Okta address:/).count(), typed).toBe(0)
  expect(await domainField(page).getAttribute('aria-invalid'), typed).toBeNull()
  await press(page, 'Continue')
  const error = await alertOn(page)
  expect(error).toMatch(sentence)
  expect(error, 'it is a sentence').toMatch(/^\S.*\.$/)
  expect(await domainField(page).getAttribute('aria-invalid'), typed).toBe('true')
  expect(await domainField(page).inputValue()).toBe(typed)
}

describe('an address, as it is typed', () => {
  it('B129: is taken as the whole host of any cloud; a bare tenant name is answered with a suggestion', async () => {
    await expectHost(page, 'acme.okta.com', 'acme.okta.com')
    await expectHost(page, 'https://acme.oktapreview.com/', 'acme.oktapreview.com')
    await eachOf<Refusal>(
      [
        ['globex', /globex is only a name\. Did you mean globex\.okta\.com\?/],
        ['https://initech', /initech is only a name\. Did you mean initech\.okta\.com\?/],
        ['hooli.okta', /hooli\.okta is not complete\. Did you mean hooli\.okta\.com\?/],
      ],
      expectRefusal,
    )
  })

  it('B129, and the field tells a person what belongs into it, and where to find it', async () => {
    await type(page, '')
    expect(await domainField(page).getAttribute('placeholder')).toBe('acme.okta.com')
    await page.getByText('Where do I find my domain?').click()
    await says(page, /It is the first part of the address in your browser while you use Okta/)
    await expectAccessible(page)
    await page.getByText('Where do I find my domain?').click()
  })

  it('B130: is taken without its scheme', async () => {
    const typed = ['bare.okta.com', 'SHOUTED.Okta.com', '//slashes.okta.com', 'pasted.okta.com/login?x=1#y']
    await eachOf(typed, (page, one) => expectHost(page, one, /[\w.]+\.okta\.com/i.exec(one)?.[0].toLowerCase() ?? ''))
  })

  it('B131: is refused for no suffix', async () => {
    const hosts = ['acme.okta-emea.com', 'acme.okta-gov.com', 'acme.okta.mil', 'id.acme.test', 'sso.acme.co.uk']
    await eachOf(hosts, (page, host) => expectHost(page, host, host))
  })

  it('B131, and is refused in words where it only looks like one of Okta’s', async () => {
    await eachOf<Refusal>(
      [
        ['acme.okta.com.evil.test', /begins like an address of Okta's and is somebody else's/],
        ['acme.\u043ekta.com', /mixes alphabets whose letters look alike/],
      ],
      expectRefusal,
    )
  })

  it('B133: of the admin console becomes that of the org, and the person is told', async () => {
    const consoles = [
      ['https://acme-admin.okta.com/admin/dashboard', 'acme-admin.okta.com', 'acme.okta.com'],
      ['globex-admin.oktapreview.com', 'globex-admin.oktapreview.com', 'globex.oktapreview.com'],
    ] as const
    await eachOf(consoles, async (page, [typed, shown, host]) => {
      await expectHost(page, typed, host)
      await says(page, `${shown} is the admin console; the org itself is ${host}.`)
    })
    await expectHost(page, 'login-admin.acme.test', 'login-admin.acme.test')
    expect(await page.getByText(/is the admin console;/).count()).toBe(0)
  })

  it('B135: loses blanks, slash, usual port, path, query and quotes', async () => {
    const cleaned = [
      [' blanks.okta.com/ ', 'blanks.okta.com'],
      ['https://port.okta.com:443', 'port.okta.com'],
      ['https://path.okta.com/api/v1', 'path.okta.com'],
      ['query.okta.com?x=1', 'query.okta.com'],
      ['“quoted.okta.com”.', 'quoted.okta.com'],
    ] as const
    await eachOf(cleaned, (page, [typed, host]) => expectHost(page, typed, host))
  })

  it('B135, and is refused, with a sentence that says why, where it is no address of an org', async () => {
    await eachOf<Refusal>(
      [
        ['http://plain.okta.com', /reached by https only: leave out http:\/\//],
        ['ftp://files.okta.com', /Only https addresses can be used/],
        ['other.okta.com:8443', /port 443 only: leave out the port/],
        ['jane@acme.okta.com', /holds a user name or an e-mail address: leave it out/],
        ['10.0.0.1', /An IP address cannot be used/],
        ['okta.internal', /okta\.internal is a name inside a private network/],
        ['{yourOktaDomain}', /This is a placeholder, not a domain/],
        ['your-domain.okta.com', /This is a placeholder, not a domain/],
        ['www.okta.com', /www\.okta\.com is Okta's own site, not an org/],
        ['my company', /This is not a domain/],
      ],
      expectRefusal,
    )
  })

  it('B135, and a name and password that came along are not repeated', async () => {
    await expectRefusal(page, ['https://jane:hunter2@acme.okta.com', /leave it out/])
    expect(await alertOn(page)).not.toMatch(/jane|hunter2/)
  })

  it('B137: that is missing is asked for by its name', async () => {
    await type(page, '')
    await press(page, 'Continue')
    expect(await alertOn(page)).toBe('Enter the address of your Okta org, for example acme.okta.com.')
    expect(await domainField(page).getAttribute('aria-invalid')).toBe('true')
    await expectAccessible(page)
    await domainField(page).fill('a')
    await page.getByRole('alert').waitFor({ state: 'detached' })
  })

  it('is told from others without anybody being asked', () => {
    expect(stage.sim.counts.total).toBe(0)
    expect(asked).toEqual([])
  })
})

describe('a host that is asked', () => {
  const errorOf = async (address: string): Promise<string> => {
    await type(page, address)
    await press(page, 'Continue')
    return alertOn(page)
  }

  it('B131: and is not Okta’s is told from an org, and never gets to the token', async () => {
    expect(await errorOf(shop)).toMatch(/does not answer like an Okta org.* Check the domain/s)
    expect(new Set(asked)).toEqual(new Set(['/.well-known/okta-organization without a token']))
    expect(await tokenField(page).count()).toBe(0)
  })

  it.each(['not-an-okta-org', 'well-known-missing', 'redirect-private-address'])(
    'B131, and one that answers otherwise (%s) as well',
    async (fault) => {
      stage.sim.fault(fault)
      const error = await errorOf(stage.sim.origin)
      expect(error).toMatch(/Check the domain: it should look like acme\.okta\.com\.$/)
    },
  )

  it('B131, and one that breaks the line is no wrong address', async () => {
    stage.sim.fault({ match: '*', reset: 'before-headers' })
    const error = await errorOf(stage.sim.origin)
    expect(error).toBe('Okta is not available right now. See status.okta.com, and try again later.')
  })

  it('B132: has its engine and its admin console shown, though it goes by a domain of its own', async () => {
    stage.sim.fault('custom-domain')
    await enterDomain(page, stage.sim.origin)
    await says(page, 'Okta Identity Engine org found')
    const link = page.getByRole('link', { name: /^Open it in Okta/ })
    const { subdomain } = stage.sim.org.world
    expect(await link.getAttribute('href')).toBe(`https://${subdomain}-admin.okta.com/admin/access/api/tokens`)
    expect(await link.getAttribute('rel')).toContain('noreferrer')
  })

  it('B132, and its engine is that of its own document', async () => {
    stage.sim.fault({
      match: 'GET /.well-known/okta-organization',
      transform: (body) => ({ ...Object(body), pipeline: 'v1' }),
    })
    await press(page, 'Back')
    await at(page, 'Connect Okta')
    await press(page, 'Continue')
    await says(page, 'Okta Classic Engine org found')
  })
})
