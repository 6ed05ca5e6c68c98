// npm run check: everything that has to hold before a commit. Stops at the first that does not, and names it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)

/** What `npm run gen` writes. */
const GENERATED = ['docs/reference', 'src/client/api.generated.ts', 'test/schema.sql']

const CHECKS = [
  ...['tsconfig.json', 'tsconfig.web.json', 'tsconfig.browser.json'].map((config) => ({
    name: `types (${config})`,
    run: () => node(binOf('typescript', 'tsc'), '--noEmit', '-p', config),
  })),
  { name: 'lint and format', run: () => node(binOf('@biomejs/biome', 'biome'), 'check', '.') },
  { name: 'generated files', run: generatedFilesAreFresh },
  { name: 'OpenAPI document', run: () => node('scripts/lint-openapi.mjs') },
  { name: 'tests', run: () => node(binOf('vitest', 'vitest'), 'run') },
]

for (const { name, run } of CHECKS) {
  const startedAt = Date.now()
  console.log(`\n── ${name}`)
  if (!run()) {
    console.error(`\nnpm run check failed at: ${name}`)
    process.exit(1)
  }
  console.log(`   ok, ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
}

function node(...args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0
}

/** A package's program as a script for this Node, whatever the PATH is. */
function binOf(packageName, program) {
  const manifest = path.join(root, 'node_modules', packageName, 'package.json')
  const { bin } = require(manifest)
  return path.join(path.dirname(manifest), typeof bin === 'string' ? bin : bin[program])
}

/** Generates again and compares: needs no git, so it holds in an unpacked archive too. */
function generatedFilesAreFresh() {
  const before = fingerprint()
  if (!node('--import', 'tsx', 'scripts/gen.ts')) return false
  if (fingerprint() === before) return true
  console.error(`${GENERATED.join(' and ')} were stale. They have been generated again: look at them and commit them.`)
  return false
}

function fingerprint() {
  const hash = createHash('sha256')
  for (const file of GENERATED.flatMap(filesIn)) hash.update(`${file}\0`).update(readFileSync(path.join(root, file)))
  return hash.digest('hex')
}

function filesIn(name) {
  const full = path.join(root, name)
  if (!existsSync(full)) return []
  if (!statSync(full).isDirectory()) return [name]
  const entries = readdirSync(full, { recursive: true, encoding: 'utf8' }).sort()
  return entries.map((entry) => path.join(name, entry)).filter((entry) => statSync(path.join(root, entry)).isFile())
}
