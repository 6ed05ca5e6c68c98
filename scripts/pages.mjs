// The pages and the embeddable component, built where their sources are newer than what was built last. Node finds
// `vite` only where the packages are installed, so it is loaded when it is needed.
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const SOURCES = ['web', 'ui', 'onramp', 'src/client', 'package-lock.json']
const BUILDS = [
  { config: 'vite.config.ts', output: 'dist/web/index.html' },
  { config: 'vite.onramp.config.ts', output: 'dist/onramp/rollcall-onramp.js' },
]

/** Builds what is stale. Resolves to whether anything was. */
export async function buildPages() {
  const stale = BUILDS.filter(isStale)
  if (stale.length === 0) return false
  const { build } = await import('vite')
  for (const { config } of stale) await build({ configFile: path.join(root, config), logLevel: 'error' })
  return true
}

function isStale({ config, output }) {
  const file = path.join(root, output)
  if (!existsSync(file)) return true
  const builtAt = statSync(file).mtimeMs
  return [config, ...SOURCES].some((source) => changedAt(path.join(root, source)) > builtAt)
}

/** When the newest file within was changed. */
function changedAt(place) {
  const entry = statSync(place)
  if (!entry.isDirectory()) return entry.mtimeMs
  return Math.max(entry.mtimeMs, ...readdirSync(place).map((name) => changedAt(path.join(place, name))))
}
