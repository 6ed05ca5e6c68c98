import { configDefaults, defineConfig } from 'vitest/config'
import { browserPath } from './test/browser/browser-path.ts'

const hasBrowser = browserPath() !== null
if (!hasBrowser)
  console.warn(
    'LEFT OUT: the tests in test/browser. No Chromium was found (Debian: apt install chromium; or CHROMIUM_PATH).',
  )

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'sim/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(hasBrowser ? [] : ['test/browser/**'])],
    pool: 'threads',
    // Modules are loaded once for each of both workers: nothing in them is another test's.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 60_000,
    globalSetup: [
      'test/harness/postgres.ts',
      'test/harness/built.ts',
      ...(hasBrowser ? ['test/browser/pages.ts'] : []),
    ],
  },
})
