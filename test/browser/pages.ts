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

/** Builds the pages and starts a browser, once for a whole test run: each page has a profile of its own all the same. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildPages()
  const browser = await chromium.launchServer({
    executablePath: browserPath() ?? '',
    host: '127.0.0.1',
    args: ['--no-sandbox'],
  })
  project.provide('browser', browser.wsEndpoint())
  return () => browser.close()
}
