import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, onTestFinished } from 'vitest'
import { type Sim, type SimOptions, startSim } from '../../sim/index.ts'
import { type Running, startRollcall } from '../e2e/rollcall.ts'
import { type FreshDatabase, freshDatabase } from '../harness/database.ts'

/** What an admin's browser meets: a server of its own process, a simulated org, and the run's Chromium. */
export interface Stage {
  readonly sim: Sim
  /** Where Rollcall is. */
  readonly url: string
  readonly key: string
  readonly databaseUrl: string
  /** A page in a browser profile of its own. What it complains of fails the test at its end, see `complaints`. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>
  /** The API as the host product's back end calls it. @throws when it is not answered with 200 */
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  /** An organization, and a link that connects an org to it. */
  invite(body?: object): Promise<Invite>
  /** Ends the server at once, as a crash would. */
  kill(): Promise<void>
  /** Starts it again, at the same address. */
  revive(): Promise<void>
  /** All that the server has printed. */
  printed(): string
}

export interface Invite {
  readonly organization: string
  readonly token: string
  /** The path of the page. */
  readonly path: string
}

export interface StageOptions extends SimOptions {
  /** Further origins that may be connected though they are http. */
  readonly alsoAllowed?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Errors that a test expects its page to show in the console: the browser itself reports each failed request. */
const EXPECTED = /Failed to load resource: the server responded with a status of|net::ERR_/

/** A stage for all tests of a file. */
export function useStage({ alsoAllowed = [], env = {}, ...simOptions }: StageOptions = {}): Stage {
  let sim: Sim
  let database: FreshDatabase
  let browser: Browser
  let server: Running
  let url = ''
  let key = ''
  let printed = ''
  const complaints: string[] = []

  const start = async (port: number) => {
    const settings = {
      DATABASE_URL: database.url,
      ROLLCALL_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      ROLLCALL_ALLOWED_INSECURE_ORIGINS: [sim.origin, ...alsoAllowed].join(','),
      ROLLCALL_EGRESS_ADDRESSES: '203.0.113.7',
      ...env,
    }
    server = startRollcall(['serve', '--json', '--port', String(port)], settings)
    const keep = (text: string) => {
      printed += text
    }
    server.child.stdout?.on('data', keep)
    server.child.stderr?.on('data', keep)
    const line = JSON.parse(await server.printed('"url"')) as { url: string; key: string | null }
    url = line.url
    key = line.key ?? key
  }

  beforeAll(async () => {
    sim = await startSim({ limitScale: 1_000, ...simOptions })
    database = await freshDatabase()
    await start(0)
    browser = await chromium.connect(inject('browser'))
  }, 120_000)
  afterAll(async () => {
    await browser.close()
    server.child.kill('SIGTERM')
    await server.ended
    await sim.close()
    await database.drop()
    expect(complaints).toEqual([])
    expect(printed).not.toContain(sim.token)
  })

  const call: Stage['call'] = async (method, path, body) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'x-api-key': key, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    expect(answer.status, text).toBe(200)
    return JSON.parse(text)
  }

  return {
    get sim() {
      return sim
    },
    get url() {
      return url
    },
    get key() {
      return key
    },
    get databaseUrl() {
      return database.url
    },
    open: async (path, options = {}) => {
      const context = await browser.newContext({
        viewport: { width: 1_280, height: 900 },
        reducedMotion: 'reduce',
        ...options,
      })
      context.setDefaultTimeout(20_000)
      closeWithTest(context)
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`))
      page.on('console', (message) => {
        if (message.type() === 'error' && !EXPECTED.test(message.text())) complaints.push(`${path}: ${message.text()}`)
      })
      await page.goto(new URL(path, url).href)
      return page
    },
    call,
    invite: async (body = { vendor: 'OKTA_IDP' }) => {
      const organizations = '/v1/provisioning/organizations'
      const { id } = await call<{ id: string }>('POST', organizations, { name: 'Acme', identifier: 'acme' })
      const organization = `${organizations}/${id}`
      const made = await call<{ token: string; url: string }>('POST', `${organization}/connection-invite-tokens`, body)
      return { organization, token: made.token, path: new URL(made.url).pathname }
    },
    kill: async () => {
      server.child.kill('SIGKILL')
      await server.ended
    },
    revive: () => start(Number(new URL(url).port)),
    printed: () => printed,
  }
}

/** What a test opened for itself goes with it: pages that nobody looks at any more go on drawing and asking. */
function closeWithTest(context: BrowserContext): void {
  try {
    onTestFinished(() => context.close())
  } catch {
    // Opened for all tests of a file, before the first.
  }
}

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly target: readonly unknown[] }[]
}

/**
 * What is wrong with the page for people who do not see or point, by WCAG 2.2 AA and axe's best practices: nothing.
 * `rules` names those that are to be tried where the others have been.
 */
export async function expectAccessible(page: Page, rules?: readonly string[]): Promise<void> {
  // Evaluated by the debugger, where the page's own policy lets no script in.
  await page.evaluate(`if (!globalThis.axe) { ${await axe} };0`)
  const options = JSON.stringify(rules ? { runOnly: rules } : {})
  const violations = (await page.evaluate(`axe.run(${options}).then(({ violations }) => violations)`)) as Violation[]
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual(
    [],
  )
}

/** Everything that a browser keeps of a page, where a secret could be found: addresses, storage, cookies, the document. */
export async function keptBy(page: Page): Promise<string> {
  const inPage = await page.evaluate(() => {
    const texts: string[] = [location.href, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })]
    const walk = (root: Document | ShadowRoot) => {
      for (const element of root.querySelectorAll('*')) {
        texts.push(...[...element.attributes].map(({ value }) => value))
        if (element instanceof HTMLInputElement) texts.push(element.value)
        if (element.shadowRoot) walk(element.shadowRoot)
      }
      texts.push(root.textContent ?? '')
    }
    walk(document)
    texts.push(JSON.stringify(performance.getEntriesByType('resource').map(({ name }) => name)))
    return texts.join('\n')
  })
  const cookies = await page.context().cookies()
  return `${inPage}\n${JSON.stringify(cookies)}`
}
