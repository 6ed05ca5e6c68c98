import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What lies where in Rollcall's package: package.json is above src/ in a checkout, above dist/src/ once published. */
const root = ['../../', '../../../']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(new URL('package.json', url)))

/** Rollcall's version. */
export function readVersion(): string {
  if (!root) return 'unknown'
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version?: string }
  return version ?? 'unknown'
}

/** The folder of the built pages; null where they have not been built. */
export function pagesDir(): string | null {
  const pages = root && new URL('dist/web/', root)
  return pages && existsSync(new URL('index.html', pages)) ? fileURLToPath(pages) : null
}
