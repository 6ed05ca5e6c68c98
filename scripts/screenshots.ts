/**
 * Takes a picture of every page, in light and dark, narrow and wide, into `docs/screenshots/`. Everything in them is made
 * up: a simulated org of 10,000 users, read by a server of its own.
 *
 *     npm run screenshots
 *     npm run screenshots -- changes webhooks    # only these pages; the names are in screenshots-pages.ts
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { startHost } from '../examples/onramp-host/server.mjs'
import { startSim } from '../sim/index.ts'
import { browserPath } from '../test/browser/browser-path.ts'
import { buildPages } from './pages.mjs'
import { apiOf, connect, makeLively, startReceiver } from './screenshots-org.ts'
import { dashboardPages, embedded, onboardingPages, type Picture, type Place } from './screenshots-pages.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = path.join(root, 'docs', 'screenshots')
const LOOKS = [
  { name: 'light-1440', colorScheme: 'light', width: 1_440, height: 900 },
  { name: 'dark-1440', colorScheme: 'dark', width: 1_440, height: 900 },
  { name: 'light-390', colorScheme: 'light', width: 390, height: 844 },
  { name: 'dark-390', colorScheme: 'dark', width: 390, height: 844 },
] as const
/** Longer pages are cut: what matters is at their top. */
const TALLEST = 1_800
const QUALITY = 82

const dataDir = mkdtempSync(path.join(tmpdir(), 'rollcall-screenshots-'))
await buildPages()
const wanted = new Set(process.argv.slice(2))
const isWanted = ({ name }: Pick<Picture, 'name'>) => wanted.size === 0 || wanted.has(name)
const sims = {
  whole: await startSim({ org: 'r1', limitScale: Number.POSITIVE_INFINITY }),
  gaps: await startSim({ limitScale: 1_000, faults: ['roles-forbidden'] }),
}
const lively = await startSim({ limitScale: 1_000 })
const receiver = await startReceiver()
const server = await startServer([...Object.values(sims), lively].map(({ origin }) => origin).concat(receiver.origin))
const api = apiOf(server)
const host = await startHost({ rollcallUrl: server.url, apiKey: server.key, port: 0 })
const browser = await chromium.launch({ executablePath: browserPath() ?? '', args: ['--no-sandbox'] })
try {
  mkdirSync(folder, { recursive: true })
  const { organizationId, invitedId } = await makeOrganizations()
  const place: Place = {
    ...server,
    sims,
    hostUrl: host.url,
    organizationId,
    invitedId,
    ...(await makeLively(api, { organizationId, sim: lively, hooks: receiver.origin })),
    connectionId: needsWhole() ? await connect(api, organizationId, sims.whole) : null,
  }
  await take(dashboardPages(place).filter(isWanted))
  await take([...onboardingPages(place), ...embedded(place)].filter(isWanted))
} finally {
  await browser.close()
  await host.close()
  server.child.kill('SIGTERM')
  await new Promise((resolve) => server.child.once('exit', resolve))
  receiver.close()
  await Promise.all([...Object.values(sims), lively].map((sim) => sim.close()))
  rmSync(dataDir, { recursive: true, force: true })
}

/** Whether a picture of the large org is wanted: all of the dashboard but what is small or without data. */
function needsWhole(): boolean {
  const small = [
    'sign-in',
    'user',
    'group',
    'changes',
    'webhooks',
    'webhook-endpoint',
    'new-webhook-endpoint',
    'not-found',
  ]
  return wanted.size === 0 || [...wanted].some((name) => !small.includes(name) && !/^(connect-|embedded)/.test(name))
}

async function take(pictures: readonly Picture[]): Promise<void> {
  for (const look of LOOKS) {
    for (const { name, open } of pictures) {
      const page = await openPage(browser, look)
      await open(page)
      const file = `${name}-${look.name}.webp`
      writeFileSync(path.join(folder, file), await picture(page, look))
      console.log(file)
      await page.context().close()
    }
  }
}

async function openPage(from: Browser, { colorScheme, width, height }: (typeof LOOKS)[number]): Promise<Page> {
  const viewport = { width, height }
  const context = await from.newContext({ viewport, colorScheme, reducedMotion: 'reduce', locale: 'en-US' })
  return context.newPage()
}

/** WebP, a quarter of a PNG; Playwright itself takes none. https://chromedevtools.github.io/devtools-protocol/tot/Page/#method-captureScreenshot */
async function picture(page: Page, { width, height }: { width: number; height: number }): Promise<Buffer> {
  await page.evaluate('document.fonts.ready')
  const whole = Number(await page.evaluate('document.scrollingElement.scrollHeight'))
  const clip = { x: 0, y: 0, width, height: Math.min(Math.max(whole, height), TALLEST), scale: 1 }
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', {
    format: 'webp',
    quality: QUALITY,
    clip,
    captureBeyondViewport: true,
  })
  return Buffer.from(data, 'base64')
}

interface Server {
  readonly child: ChildProcess
  readonly url: string
  readonly key: string
}

async function startServer(allowed: readonly string[]): Promise<Server> {
  const child = spawn(process.execPath, ['bin/rollcall.mjs', 'serve', '--json', '--port', '0'], {
    cwd: root,
    env: {
      ...process.env,
      DATABASE_URL: '',
      ROLLCALL_DATA_DIR: dataDir,
      ROLLCALL_API_RATE_LIMIT: '0',
      ROLLCALL_EGRESS_ADDRESSES: '203.0.113.7',
      ROLLCALL_ALLOWED_INSECURE_ORIGINS: allowed.join(','),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const { url, key } = JSON.parse(line) as { url: string; key: string }
    return { child, url, key }
  }
  throw new Error('the server did not start')
}

/** Two customers. */
async function makeOrganizations(): Promise<Pick<Place, 'organizationId' | 'invitedId'>> {
  const path = '/v1/provisioning/organizations'
  const { id: organizationId } = await api.call('POST', path, { name: 'Acme Corporation', identifier: 'acme' })
  const { id: invitedId } = await api.call('POST', path, { name: 'Globex', identifier: 'globex' })
  return { organizationId, invitedId }
}
