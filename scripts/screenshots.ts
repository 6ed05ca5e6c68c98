/**
 * Takes a picture of every page, in light and dark, narrow and wide, into `docs/screenshots/`. Everything in them is made
 * up: a simulated org of 10,000 users, read by a server of its own.
 *
 *     npm run screenshots
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { startHost } from '../examples/onramp-host/server.mjs'
import { type Sim, startSim } from '../sim/index.ts'
import { browserPath } from '../test/browser/browser-path.ts'
import { buildPages } from './pages.mjs'
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
const sims = {
  whole: await startSim({ org: 'r1', limitScale: Number.POSITIVE_INFINITY }),
  gaps: await startSim({ limitScale: 1_000, faults: ['roles-forbidden'] }),
}
const server = await startServer([sims.whole, sims.gaps])
const host = await startHost({ rollcallUrl: server.url, apiKey: server.key, port: 0 })
const browser = await chromium.launch({ executablePath: browserPath() ?? '', args: ['--no-sandbox'] })
try {
  mkdirSync(folder, { recursive: true })
  const place: Place = { ...server, sims, hostUrl: host.url, ...(await connect(sims.whole)) }
  await take(dashboardPages(place))
  await take([...onboardingPages(place), ...embedded(place)])
} finally {
  await browser.close()
  await host.close()
  server.child.kill('SIGTERM')
  await new Promise((resolve) => server.child.once('exit', resolve))
  await Promise.all(Object.values(sims).map((sim) => sim.close()))
  rmSync(dataDir, { recursive: true, force: true })
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

async function startServer(allowed: readonly Sim[]): Promise<Server> {
  const child = spawn(process.execPath, ['bin/rollcall.mjs', 'serve', '--json', '--port', '0'], {
    cwd: root,
    env: {
      ...process.env,
      DATABASE_URL: '',
      ROLLCALL_DATA_DIR: dataDir,
      ROLLCALL_API_RATE_LIMIT: '0',
      ROLLCALL_EGRESS_ADDRESSES: '203.0.113.7',
      ROLLCALL_ALLOWED_INSECURE_ORIGINS: allowed.map(({ origin }) => origin).join(','),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const { url, key } = JSON.parse(line) as { url: string; key: string }
    return { child, url, key }
  }
  throw new Error('the server did not start')
}

/** Two customers, one of them connected and read. */
async function connect(sim: Sim): Promise<Pick<Place, 'organizationId' | 'connectionId' | 'invitedId'>> {
  const organizations = '/v1/provisioning/organizations'
  const { id: organizationId } = await call('POST', organizations, { name: 'Acme Corporation', identifier: 'acme' })
  const { id: invitedId } = await call('POST', organizations, { name: 'Globex', identifier: 'globex' })
  const connections = `${organizations}/${organizationId}/connections`
  const credentials = { domain: sim.origin, api_token: sim.token }
  const { id: connectionId } = await call('POST', connections, { vendor: 'OKTA_IDP', credentials })
  for (;;) {
    const answer = await fetch(`${server.url}${connections}/${connectionId}/progress`, {
      headers: { 'x-api-key': server.key, accept: 'text/event-stream' },
    })
    // Ends when the sync has ended.
    const told = (await answer.text()).trim().split('\n\n').at(-1) ?? ''
    if (told.includes('"status":"SUCCEEDED"')) return { organizationId, connectionId, invitedId }
    if (/"status":"(PARTIAL|FAILED|TIMED_OUT)"/.test(told)) throw new Error(`the sync went wrong: ${told}`)
  }
}

async function call(method: string, at: string, body: object): Promise<{ id: string }> {
  const answer = await fetch(`${server.url}${at}`, {
    method,
    headers: { 'x-api-key': server.key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${at}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as { id: string }
}
