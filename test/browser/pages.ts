import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { buildPages } from '../../scripts/pages.mjs'
import { browserPath } from './browser-path.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where tests reach the browser of this run. */
    browser: string
  }
}

/**
 * Parts of Chromium that no page needs: the first three load pages of their own beside each that is opened, which takes
 * half of its time, and the fourth starts a process for a page that never comes. The others are what Playwright would leave
 * out, whose list this one replaces.
 */
const LEFT_OUT = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'SpareRendererForSitePerProcess',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
]

/** Builds the pages and starts a browser, once for a whole test run: each page has a profile of its own all the same. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildPages()
  const browser = await chromium.launchServer({
    executablePath: browserPath() ?? '',
    host: '127.0.0.1',
    args: ['--no-sandbox', '--in-process-gpu', `--disable-features=${LEFT_OUT.join()}`],
  })
  project.provide('browser', browser.wsEndpoint())
  return () => browser.close()
}
