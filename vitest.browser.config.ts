import { defineConfig } from 'vitest/config'
import { browserPath } from './test/browser/browser-path.ts'

if (browserPath() === null) {
  console.error('No Chromium was found: install it (Debian: apt install chromium), or name it in CHROMIUM_PATH.')
  process.exit(1)
}

/** The tests in a real browser alone. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    pool: 'threads',
    maxWorkers: 2,
    // Each file has a server, an org and a database of its own: its modules need not be loaded anew as well.
    isolate: false,
    testTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 120_000,
    globalSetup: ['test/harness/postgres.ts', 'test/harness/built.ts', 'test/browser/pages.ts'],
  },
})
